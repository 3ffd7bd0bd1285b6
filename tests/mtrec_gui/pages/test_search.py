"""Search: what it decides, and that its page shows what is found and runs what is chosen."""

import pytest

from algorithms.search import Role, SearchMethod, WeightScale, rehearse
from mtrec_gui.events import Event
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.jobs.port import JobEvent, JobState
from mtrec_gui.pages.search import build
from mtrec_gui.pages.search.presenter import SearchPresenter
from mtrec_gui.run_desk import RunDesk
from mtrec_gui.search_desk import SearchDesk
from mtrec_gui.workspace import Workspace
from sample_data import load_world, world_tasks
from tests.mtrec_gui.fakes import Backend


@pytest.fixture(scope="module")
def world():
    from mtrec_gui.model_shelf import default_experiment

    log = load_world("ecommerce")
    return log, default_experiment(log, world_tasks("ecommerce"))


class View:
    """Keeps what it is shown."""

    def __init__(self):
        self.form = self.found = None
        self.errors = []

    def show_form(self, form):
        self.form = form

    def show_found(self, found):
        self.found = found

    def show_error(self, message):
        self.errors.append(message)


class Lab:
    def __init__(self, path, world):
        self.trials, self.jobs = Backend(), Backend()
        self.workspace = Workspace(ImmediateRunner())
        self.workspace.create(path, lambda progress: world)
        self.searches = SearchDesk(self.workspace, self.trials)
        self.desk = RunDesk(self.workspace, self.jobs)
        self.view = View()
        self.presenter = SearchPresenter(self.workspace, self.searches, self.desk)

    def end_all(self):
        for handle in self.trials.handles:
            result = rehearse(handle.spec, self.workspace.log)
            self.searches.job_happened(JobEvent(handle, JobState.DONE, result=result))


@pytest.fixture
def lab(tmp_path, world):
    made = Lab(tmp_path / "a.mtrec", world)
    made.presenter.attach(made.view)
    yield made
    made.workspace.close()


def compose(presenter):
    """Ask for two settings of a quick model."""
    presenter.model_chosen("popularity")
    presenter.method_chosen("sweep")
    presenter.trials_edited(2)


def test_it_begins_with_the_weights_of_two_tasks(lab):
    form = lab.view.form
    assert form.model == "shared_factors"
    assert [task.name for task in form.tasks if task.ticked] == ["click", "purchase"]
    assert form.weights is WeightScale.SIMPLEX
    assert form.obstacle is None
    assert not any(each.ticked for each in form.parameters)
    assert "oracle" not in dict(form.models)


def test_what_stands_in_the_way_is_said_before_starting(lab):
    lab.presenter.weights_chosen("kept")
    assert "Nothing is varied" in str(lab.view.form.obstacle)
    lab.presenter.start_pressed()
    assert lab.trials.handles == []
    lab.presenter.parameter_ticked("n_factors", True)
    assert lab.view.form.obstacle is None
    lab.presenter.range_edited("n_factors", 64, 8)
    assert "range" in str(lab.view.form.obstacle)
    for task in ("click", "purchase"):
        lab.presenter.objective_ticked(task, False)
    assert "Tick one to three" in str(lab.view.form.obstacle)


def test_no_more_than_three_objectives(lab):
    for task in ("rating", "ad click"):
        lab.presenter.objective_ticked(task, True)
    assert sum(task.ticked for task in lab.view.form.tasks) == 3
    assert [task.enabled for task in lab.view.form.tasks] == [True, True, True, False]


def test_a_search_is_followed_kept_and_found_again(lab):
    compose(lab.presenter)
    lab.presenter.start_pressed()
    assert lab.view.found.is_running
    lab.end_all()
    found = lab.view.found
    assert not found.is_running
    assert [trial.number for trial in found.result.candidates] == [-1, 0, 1]
    assert len(found.past) == 1
    again = SearchPresenter(lab.workspace, SearchDesk(lab.workspace, Backend()), lab.desk)
    view = View()
    again.attach(view)
    assert [t.values for t in view.found.result.trials] == [t.values for t in found.result.trials]


def test_a_chosen_setting_is_run_for_real(lab):
    compose(lab.presenter)
    lab.presenter.start_pressed()
    lab.end_all()
    assert not lab.view.found.can_run
    lab.presenter.trial_chosen(1)
    assert lab.view.found.can_run
    lab.presenter.run_pressed()
    (handle,) = lab.jobs.handles
    trial = next(t for t in lab.view.found.result.trials if t.number == 1)
    assert trial.role is Role.TRIAL
    assert handle.spec.model == "popularity"
    assert dict(handle.spec.config) == dict(trial.config)
    assert not lab.view.found.can_run  # it runs already


def test_a_missing_installation_is_said(lab, monkeypatch):
    monkeypatch.setattr("algorithms.search.points.find_spec", lambda name: None)
    lab.presenter.method_chosen(SearchMethod.BAYESIAN.value)
    lab.presenter.start_pressed()
    assert "optuna" in str(lab.view.errors[0])
    assert not lab.view.found.is_running


def test_the_page_shows_a_search_and_asks_for_its_run(qtbot, tmp_path, world):
    from mtrec_gui.context import Context
    from mtrec_gui.theme import ThemeName
    from mtrec_gui.widgets.appearance import Appearance

    lab = Lab(tmp_path / "b.mtrec", world)
    shown: Event[str] = Event()
    went: list[str] = []
    shown.connect(went.append)
    context = Context(
        lab.workspace,
        lab.desk,
        Appearance(ThemeName.LIGHT, 1.0),
        shown.emit,
        lambda text, tone: None,
        searches=lab.searches,
    )
    page = build(context)
    qtbot.addWidget(page)
    page.resize(1000, 800)
    page.show()
    assert page.empty.isVisible()
    assert not page.trials.isVisible()
    page.form.model_chosen.emit("popularity")
    page.form.trials.setValue(2)
    page.start.click()
    assert page.cancel.isVisible()
    assert not page.start.isEnabled()
    lab.end_all()
    assert not page.cancel.isVisible()
    assert page.table.model.n_rows == 3
    assert not page.run.isEnabled()
    page.table.table.selectRow(2)
    qtbot.waitUntil(page.run.isEnabled)
    page.run.click()
    assert went == ["experiments"]
    assert len(lab.jobs.handles) == 1
    lab.workspace.close()
