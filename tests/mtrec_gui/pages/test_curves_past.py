"""Earlier curves of a project: offered, looked at again, and left for new ones."""

from __future__ import annotations

import numpy as np
import pytest

from algorithms.evaluation import ModelChoice, RunSpec
from algorithms.messages import Message
from algorithms.search import CurveKind, CurveOutcome, CurveSpec, Objective
from mtrec_gui.curve_desk import CurveDesk
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.jobs.port import JobEvent, JobState
from mtrec_gui.model_shelf import default_experiment
from mtrec_gui.pages.search.curve_presenter import CurvePresenter
from mtrec_gui.pages.search.curve_state import CurveForm, CurvesFound
from mtrec_gui.pages.search.words import model_words
from mtrec_gui.workspace import Workspace
from sample_data import load_world, world_tasks
from tests.mtrec_gui.fakes import Backend, LateRunner


class View:
    """Remembers what it was shown last."""

    form: CurveForm
    found: CurvesFound

    def show_form(self, form: CurveForm) -> None:
        self.form = form

    def show_found(self, found: CurvesFound) -> None:
        self.found = found


@pytest.fixture(scope="module")
def world():
    log = load_world("ecommerce").select(np.arange(2000))
    return log, default_experiment(log, world_tasks("ecommerce"))


@pytest.fixture
def workspace(tmp_path, world):
    workspace = Workspace(ImmediateRunner())
    workspace.create(tmp_path / "a.mtrec", lambda _: world)
    yield workspace
    workspace.close()


def kept(workspace: Workspace, model: str, *outcomes: CurveOutcome) -> int:
    """Put curves into the project as another day would have left them."""
    experiment = workspace.experiment
    spec = CurveSpec(
        kind=CurveKind.LABELS,
        base=RunSpec(model=model, seed=1, tasks=experiment.tasks, split=experiment.split),
        objective=Objective(task="click"),
        values=(0.5, 1.0),
        seeds=(1,),
    )
    sheet = workspace.project.start_curves(workspace.dataset_id, [spec])
    for outcome in outcomes:
        workspace.project.add_curve_run(sheet, 0, outcome)
    return sheet


def shown(workspace: Workspace) -> tuple[CurvePresenter, View, CurveDesk, Backend]:
    view, backend = View(), Backend()
    desk = CurveDesk(workspace, backend)
    presenter = CurvePresenter(workspace, desk)
    presenter.attach(view)
    return presenter, view, desk, backend


def test_the_newest_are_shown_at_once_and_others_can_be_chosen(workspace) -> None:
    old = kept(workspace, "bias", CurveOutcome(0, (0.25,), 1.0, (10.0,)))
    new = kept(
        workspace,
        "popularity",
        CurveOutcome(0, (0.5,), 1.0, (20.0,)),
        CurveOutcome(1, message=Message("No memory.")),
    )
    presenter, view, _, _ = shown(workspace)
    assert [(each.id, each.models, each.task) for each in view.found.past] == [
        (new, (("popularity", {}),), "click"),
        (old, (("bias", {}),), "click"),
    ]
    assert view.found.shown == new
    (line,) = view.found.lines
    assert [(point.x, point.quality.mean) for point in line.points] == [(0.5, 0.5)]
    assert [str(each) for each in line.failures] == ["Most popular: No memory."]
    before = view.found.version
    presenter.past_chosen(old)
    assert view.found.shown == old
    assert view.found.version != before
    assert view.found.lines[0].spec.base.model == "bias"


def test_points_that_arrive_later_are_others(workspace) -> None:
    kept(workspace, "popularity", CurveOutcome(0, (0.5,), 1.0, (20.0,)))
    workspace.runner = LateRunner()
    _, view, _, _ = shown(workspace)
    workspace.runner.do_one()  # which curves there are
    before = view.found
    assert before.lines == ()
    workspace.runner.do_all()  # what their runs said
    assert len(view.found.lines[0].points) == 1
    assert view.found.version != before.version


def test_new_curves_take_the_place_of_those_looked_at(workspace) -> None:
    kept(workspace, "bias", CurveOutcome(0, (0.25,), 1.0, (10.0,)))
    presenter, view, desk, backend = shown(workspace)
    presenter.model_chosen(0, "popularity")
    presenter.start_pressed()
    assert view.found.is_running
    assert view.found.lines[0].points == ()  # of the new ones
    presenter.cancel_pressed()
    for handle in backend.handles:
        desk.job_happened(JobEvent(handle, JobState.CANCELLED))
    assert not view.found.is_running
    assert len(view.found.past) == 2
    assert view.found.shown == desk.id == view.found.past[0].id


def test_curves_of_a_model_that_is_gone_say_so(workspace) -> None:
    errors = []
    workspace.failed.connect(errors.append)
    kept(workspace, "gone")
    _, view, _, _ = shown(workspace)
    assert view.found.lines == ()
    assert view.found.past[0].models == (("gone", {}),)
    assert "gone" in str(errors[0])


def test_variants_of_the_experiment_stand_beside_each_other(workspace) -> None:
    other = ModelChoice(model="popularity", config={"damping": 50.0})
    experiment = workspace.experiment
    plain = ModelChoice(model="popularity")
    rest = tuple(each for each in experiment.models if each.model != "popularity")
    workspace.edit("Models", experiment.model_copy(update={"models": (plain, other, *rest)}))
    presenter, view, desk, _ = shown(workspace)
    offered = {each.id: each for each in view.form.models}
    assert offered["popularity#2"].config == {"damping": 50.0}
    presenter.model_chosen(0, "popularity")
    presenter.model_chosen(1, "popularity#2")
    assert view.form.chosen == ("popularity", "popularity#2")
    presenter.start_pressed()
    assert [line.spec.base.config for line in desk.lines] == [{}, {"damping": 50.0}]
    assert model_words("popularity", {"damping": 50.0}) == "Most popular · Damping 50"
    presenter.cancel_pressed()
    workspace.edit("Models", experiment)  # the variant goes, and with it the choice
    assert view.form.chosen == ("popularity",)


def test_the_list_of_what_there_was(qtbot) -> None:
    from mtrec_gui.pages.search.past import PastChoice

    choice, chosen = PastChoice("Which curves are shown"), []
    qtbot.addWidget(choice)
    choice.chosen.connect(chosen.append)
    choice.show_past([(7, "first")], 7, False)
    assert choice.isHidden()  # nothing else to choose
    choice.show_past([(9, "second"), (7, "first")], 7, False)
    assert not choice.isHidden()
    assert choice.currentText() == "first"
    choice.activated.emit(0)
    assert chosen == [9]
    choice.show_past([(9, "second"), (7, "first")], 7, True)
    assert choice.isHidden()
