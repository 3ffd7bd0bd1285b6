"""The Experiments page: what can run, what an edit changes, how runs are shown."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox

from algorithms.balancing.catalog import BALANCERS
from algorithms.balancing.choice import DIALS
from algorithms.data.log import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.data.split import SplitMethod
from algorithms.evaluation import Experiment, ModelChoice
from algorithms.messages import Message
from algorithms.models import extras
from algorithms.models.base import Family
from algorithms.models.catalog import MODELS
from algorithms.progress import Stage
from algorithms.tasks import Task, TaskKind
from mtrec_gui.context import Context
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.jobs.port import JobEvent, JobState
from mtrec_gui.keys import Keys
from mtrec_gui.pages.experiments import build
from mtrec_gui.pages.experiments.presenter import ExperimentsPresenter
from mtrec_gui.pages.experiments.reading import read_seeds
from mtrec_gui.pages.experiments.state import Obstacle, SeedsProblem
from mtrec_gui.run_desk import RunDesk
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.code_view import CodeDialog
from mtrec_gui.workspace import Workspace
from tests.mtrec_gui.fakes import Backend

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product")
STARS = Task(
    name="stars", kind=TaskKind.RATING, label="stars", item_kind="product", relevant_from=4
)
FIRST = ("popularity", "svd", "als", "shared_factors")
EXPERIMENT = Experiment(tasks=(CLICK, STARS), models=tuple(ModelChoice(model=key) for key in FIRST))


def make_log():
    n = 8
    return InteractionLog(
        name="tiny",
        users=np.arange(n, dtype=np.int32) % 4,
        items=np.arange(n, dtype=np.int32) % 2,
        labels={
            "click": (np.arange(n) % 2).astype(np.float32),
            "stars": (np.arange(n) % 5 + 1).astype(np.float32),
        },
        user_table=UserTable(IdMap(np.array(["a", "b", "c", "d"]))),
        item_table=ItemTable(
            ids=IdMap(np.array(["x", "y"])),
            titles=np.array(["x", "y"]),
            kinds=("product",),
            kind_codes=np.zeros(2, dtype=np.int16),
            categories=np.array(["", ""]),
        ),
    )


class View:
    """Remembers what it was shown last."""

    def __init__(self):
        self.state = self.runs = None

    def show_state(self, state):
        self.state = state

    def show_runs(self, runs):
        self.runs = runs

    def row(self, title, variant=1):
        return next(r for r in self.state.rows if (r.title, r.variant) == (title, variant))


class Lab:
    """A page without a window in an open project."""

    def __init__(self, folder):
        self.backend = Backend()
        self.workspace = Workspace(ImmediateRunner())
        self.workspace.create(folder / "a.mtrec", lambda progress: (make_log(), EXPERIMENT))
        self.desk = RunDesk(self.workspace, self.backend)
        self.view = View()
        self.presenter = ExperimentsPresenter(
            self.workspace,
            self.desk,
            lambda edit, title: f"{edit.value} {title}".strip(),
            Keys(),
        )
        self.presenter.attach(self.view)

    @property
    def models(self):
        return [(each.model, each.config) for each in self.workspace.experiment.models]

    def switch_off(self, *names):
        tasks = tuple(
            task.model_copy(update={"enabled": task.name not in names})
            for task in self.workspace.experiment.tasks
        )
        self.workspace.edit("off", self.workspace.experiment.model_copy(update={"tasks": tasks}))


@pytest.fixture
def lab(tmp_path):
    made = Lab(tmp_path)
    yield made
    made.workspace.close()


@pytest.fixture
def without_torch(monkeypatch):
    """A machine without the extra for networks."""
    found = extras.find_spec
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "torch" else found(name))


# --- models --------------------------------------------------------------------------------------


def test_the_whole_catalog_is_listed_with_its_families_together(lab):
    assert {row.title for row in lab.view.state.rows} == {m.title for m in MODELS.values()}
    families = [row.family for row in lab.view.state.rows]
    assert families == sorted(families, key=list(Family).index)
    assert [row.title for row in lab.view.state.rows if row.ticked] == [
        MODELS[key].title for key in FIRST
    ]


def test_a_row_says_which_tasks_its_model_serves(lab):
    svd = lab.view.row("SVD (Surprise)")
    assert [mark.name for mark in svd.served] == ["stars"]
    assert [(mark.name, mark.position) for mark in svd.unserved] == [("click", 0)]


def test_a_model_that_the_experiment_did_not_name_can_be_ticked(lab):
    bias = lab.view.row("Bias")
    assert not bias.ticked
    lab.presenter.model_ticked(bias.place, True)
    assert lab.view.row("Bias").ticked
    assert lab.view.state.detail.row.title == "Bias"
    assert "bias" in [spec.model for spec in lab.workspace.experiment.run_specs()]
    assert lab.workspace.history.undo_name == "tick Bias"


def test_the_detail_shows_what_the_model_is(lab):
    lab.presenter.model_chosen(lab.view.row("ALS (implicit)").place)
    detail = lab.view.state.detail
    assert detail.equation == MODELS["als"].equation
    assert detail.reference.startswith("Hu, Koren and Volinsky (2008)")
    assert detail.served_kinds == ("binary", "quantity")
    assert Path(detail.sources[0]).name == "implicit_models.py"
    assert not detail.can_remove


def test_edits_of_one_value_are_one_step_and_can_be_undone(lab):
    lab.presenter.model_chosen(lab.view.row("Shared factors").place)
    for n in (33, 34, 64):
        lab.presenter.config_edited("n_factors", {"n_factors": n})
    assert lab.view.row("Shared factors").differs == (("n_factors", 64),)
    lab.workspace.undo()
    assert lab.view.row("Shared factors").differs == ()
    lab.workspace.redo()
    lab.presenter.defaults_pressed()
    assert lab.view.row("Shared factors").differs == ()


def test_a_variant_stands_beside_its_model_and_says_what_differs(lab):
    lab.presenter.model_chosen(lab.view.row("Shared factors").place)
    lab.presenter.variant_added()
    twin = lab.view.row("Shared factors", 2)
    assert lab.view.state.detail.row == twin
    assert twin.twin_of == twin.place - 1  # nothing differs yet
    lab.presenter.config_edited("n_factors", {"n_factors": 8})
    assert lab.view.row("Shared factors", 2).twin_of is None
    runs = [(spec.model, spec.config) for spec in lab.workspace.experiment.run_specs()]
    assert runs[-2:] == [("shared_factors", {}), ("shared_factors", {"n_factors": 8})]
    lab.presenter.variant_removed()
    assert [r.variant for r in lab.view.state.rows if r.title == "Shared factors"] == [1]
    assert lab.view.state.detail.row.title == "Shared factors"
    assert not lab.view.state.detail.can_remove


def test_a_model_that_this_version_does_not_have_is_shown_and_can_be_unticked(lab):
    models = (*EXPERIMENT.models, ModelChoice(model="from_the_future", config={"depth": 3}))
    lab.workspace.edit("x", EXPERIMENT.model_copy(update={"models": models}))
    row = lab.view.row("from_the_future")
    assert row.family is None
    assert row.blocked is not None
    lab.presenter.model_chosen(row.place)
    assert lab.view.state.detail is None
    lab.presenter.model_ticked(row.place, False)
    assert not lab.view.row("from_the_future").ticked


# --- what can run --------------------------------------------------------------------------------


def test_run_says_how_much_it_will_do(lab):
    lab.presenter.seeds_edited("1, 2, 3")
    plan = lab.view.state.plan
    assert (plan.n_models, plan.n_seeds, plan.n_runs, plan.obstacle) == (4, 3, 12, None)


def test_nothing_ticked(lab):
    for row in lab.view.state.rows:
        lab.presenter.model_ticked(row.place, False)
    assert lab.view.state.plan.obstacle is Obstacle.NOTHING_TICKED


def test_no_task(lab):
    lab.switch_off("click", "stars")
    assert lab.view.state.plan.obstacle is Obstacle.NO_TASK


def test_a_model_without_a_task_to_serve_says_so_and_the_others_can_run(lab):
    lab.switch_off("click")
    assert "binary, quantity" in str(lab.view.row("ALS (implicit)").blocked)
    assert lab.view.row("Bias").blocked is None
    assert (lab.view.state.plan.n_blocked, lab.view.state.plan.obstacle) == (1, None)


def test_a_model_whose_package_is_missing_is_never_ticked_and_names_the_command(without_torch, lab):
    models = (*EXPERIMENT.models, ModelChoice(model="shared_bottom"))
    lab.workspace.edit("add", lab.workspace.experiment.model_copy(update={"models": models}))
    row = lab.view.row("Shared-bottom network")
    assert not row.ticked
    assert row.missing.package == "torch"
    assert row.missing.command.endswith('-m pip install -c constraints.txt -e ".[deep]"')
    assert lab.view.row("ALS (implicit)").missing is None
    assert lab.view.state.plan.n_models == len(FIRST)
    lab.presenter.run_pressed()
    assert [handle.spec.model for handle in lab.backend.handles] == list(FIRST)
    assert lab.models[-1][0] == "shared_bottom"  # kept for a machine that has it


def test_the_balancer_that_is_chosen_is_explained(lab):
    lab.presenter.model_chosen(lab.view.row("Shared-bottom network").place)
    before = lab.view.state.detail.balancer
    assert before.title == BALANCERS["manual"].title
    lab.presenter.config_edited("balancer", {"balancer": "pcgrad"})
    chosen = lab.view.state.detail.balancer
    assert (chosen.title, chosen.when_conflict, chosen.doubt) == (
        BALANCERS["pcgrad"].title,
        BALANCERS["pcgrad"].when_conflict,
        BALANCERS["pcgrad"].doubt,
    )
    assert "2020" in chosen.reference
    lab.presenter.model_chosen(lab.view.row("Bias").place)
    assert lab.view.state.detail.balancer is None


def test_an_impossible_task_blocks_the_models_that_serve_it(lab):
    broken = STARS.model_copy(update={"label": "moons"})
    lab.workspace.edit("x", EXPERIMENT.model_copy(update={"tasks": (CLICK, broken)}))
    assert "moons" in str(lab.view.row("SVD (Surprise)").blocked)
    assert lab.view.row("ALS (implicit)").blocked is None
    for title in ("ALS (implicit)",):
        lab.presenter.model_ticked(lab.view.row(title).place, False)
    assert lab.view.state.plan.obstacle is Obstacle.ALL_BLOCKED
    assert "moons" in str(lab.view.state.plan.task_problem)
    lab.workspace.undo()
    lab.workspace.undo()
    assert lab.view.state.plan.obstacle is None


# --- how they are judged -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("1", (1,)),
        ("3, 1,2", (3, 1, 2)),
        ("0 7;9", (0, 7, 9)),
        ("1，2", (1, 2)),
        ("", SeedsProblem.EMPTY),
        (" , ", SeedsProblem.EMPTY),
        ("1, x", SeedsProblem.NO_NUMBER),
        ("-1", SeedsProblem.NO_NUMBER),
        ("1.5", SeedsProblem.NO_NUMBER),
        ("²", SeedsProblem.NO_NUMBER),
        ("1234567890", SeedsProblem.NO_NUMBER),
        ("2, 2", SeedsProblem.REPEATED),
        (" ".join(map(str, range(21))), SeedsProblem.TOO_MANY),
    ],
)
def test_seeds_are_read(text, seeds):
    assert read_seeds(text) == seeds


def test_what_is_no_list_of_seeds_is_kept_for_correction_and_changes_nothing(lab):
    lab.presenter.seeds_edited("1, x")
    judging = lab.view.state.judging
    assert (judging.seeds, judging.seeds_problem) == ("1, x", SeedsProblem.NO_NUMBER)
    assert lab.workspace.experiment.seeds == (1,)
    lab.presenter.seeds_edited("1")
    judging = lab.view.state.judging
    assert (judging.seeds, judging.seeds_problem) == ("1", None)


def test_split_and_length_of_lists_are_edited(lab):
    lab.presenter.split_edited("method", {"method": "leave_last_out", "n_test": 2})
    lab.presenter.k_edited(5)
    experiment = lab.workspace.experiment
    assert experiment.split.method is SplitMethod.LEAVE_LAST_OUT
    assert (experiment.split.n_test, experiment.k) == (2, 5)
    lab.presenter.split_edited("n_test", {"n_test": -2})
    assert lab.workspace.experiment == experiment


# --- runs ----------------------------------------------------------------------------------------


def test_runs_are_followed_while_editing_goes_on(lab):
    lab.presenter.run_pressed()
    first, second, *others = lab.backend.handles
    assert lab.view.state.plan.obstacle is Obstacle.RUNNING
    lab.desk.job_happened(JobEvent(first, JobState.PROGRESS, 0.5, Stage.FIT, 3.0))
    row = lab.view.runs.rows[0]
    assert (row.title, row.stage, row.fraction, row.seed) == ("Most popular", "fit", 0.5, None)
    lab.presenter.k_edited(7)
    assert lab.workspace.experiment.k == 7
    assert first.spec.k == 10
    lab.presenter.run_cancelled(second.id)
    assert second.cancelled == 1
    lab.presenter.all_cancelled()
    assert first.cancelled == 1
    reason = Message("No luck.")
    lab.desk.job_happened(JobEvent(first, JobState.FAILED, message=reason))
    for handle in (second, *others):
        lab.desk.job_happened(JobEvent(handle, JobState.CANCELLED))
    assert lab.view.runs.rows[0].message == reason
    assert not lab.view.runs.is_running
    assert lab.view.state.plan.obstacle is None


def test_the_seed_is_named_where_there_are_several(lab):
    lab.presenter.seeds_edited("4, 5")
    lab.presenter.run_pressed()
    assert {row.seed for row in lab.view.runs.rows} == {4, 5}


# --- real widgets --------------------------------------------------------------------------------


@pytest.fixture
def page(lab, qtbot):
    asked = []
    context = Context(
        lab.workspace, lab.desk, Appearance(), asked.append, lambda sentence, tone: None
    )
    made = build(context)
    made.asked = asked
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    return made


def test_from_tick_to_run_to_cancel_with_the_mouse(lab, page, qtbot):
    line = next(each for each in page.models.lines if each.button.accessibleName() == "Bias")
    line.tick.click()
    assert page.run.text() == "Run 5 models"
    assert page.detail.title.text() == "Bias"
    page.detail.form.control("item_damping").setValue(3)
    assert ("bias", {"item_damping": 3.0}) in lab.models
    assert line.button.accessibleName() == "Bias Item damping 3"
    qtbot.mouseClick(page.run, Qt.MouseButton.LeftButton)
    assert [row.spec.model for row in lab.desk.rows][-1] == "bias"
    assert not page.run.isEnabled()
    page.runs.lines["job 1"].cancel.click()
    assert lab.backend.handles[1].cancelled == 1
    sentence = Message("The {what} <b>is</b> full.", {"what": "disk"})
    lab.desk.job_happened(JobEvent(lab.backend.handles[0], JobState.FAILED, message=sentence))
    failed = page.runs.lines["job 0"]
    assert failed.state.text() == "failed"
    assert failed.reason.text() == "The disk <b>is</b> full."
    assert failed.reason.textFormat() is Qt.TextFormat.PlainText
    page.runs.compare.click()
    assert page.asked == ["compare"]
    assert not page.runs.inside.isEnabled()  # nothing has finished


def test_the_reason_why_nothing_runs_is_a_sentence(lab, page):
    lab.switch_off("click", "stars")
    assert not page.run.isEnabled()
    assert page.warning.isVisible()
    assert page.warning.text() == "There is nothing to learn: no task is switched on."
    page.tasks.click()
    assert page.asked == ["tasks"]


def test_undo_shows_in_the_form_and_lines_keep_the_focus(lab, page):
    line = page.models.lines[0]
    line.button.click()
    line.button.setFocus()
    page.detail.form.control("damping").setValue(50)
    lab.workspace.undo()
    assert page.detail.form.control("damping").value() == 10
    assert page.models.lines[0] is line


def choose(page, title):
    line = next(
        line for line in page.models.lines if line.button.accessibleName().startswith(title)
    )
    line.button.click()
    return line


def test_the_balancer_is_chosen_by_its_title_and_its_card_follows(lab, page):
    choose(page, "Shared-bottom network")
    well, combo = page.detail.balancer, page.detail.form.control("balancer")
    assert well.isVisible()
    combo.setCurrentIndex(combo.findText(BALANCERS["mgda"].title))
    assert well.title.text() == BALANCERS["mgda"].title
    assert well.conflict.text() == BALANCERS["mgda"].when_conflict
    assert well.doubt.text() == BALANCERS["mgda"].doubt
    assert ("shared_bottom", {"balancer": "mgda"}) in lab.models
    choose(page, "Bias")
    assert not well.isVisible()


def test_only_the_dials_of_the_balancer_that_is_chosen_are_shown(lab, page):
    choose(page, "Shared-bottom network")
    form = page.detail.form

    def shown():
        return [name for name in DIALS if not form.control(name).isHidden()]

    combo = form.control("balancer")
    assert shown() == []
    combo.setCurrentIndex(combo.findText(BALANCERS["gradnorm"].title))
    assert shown() == ["gradnorm_alpha", "gradnorm_learning_rate"]
    form.control("gradnorm_alpha").setValue(0.5)
    assert ("shared_bottom", {"balancer": "gradnorm", "gradnorm_alpha": 0.5}) in lab.models
    combo.setCurrentIndex(combo.findText(BALANCERS["cagrad"].title))
    assert shown() == ["cagrad_c"]


def test_a_missing_package_greys_the_model_and_its_command_can_be_copied(
    without_torch, lab, page, qtbot
):
    lab.workspace.experiment_changed.emit(lab.workspace.experiment)
    line = choose(page, "Shared-bottom network needs torch")
    assert not line.tick.isEnabled()
    assert not line.tick.isChecked()
    install = page.detail.install
    assert install.isVisible()
    assert "torch" in install.words.text()
    install.copy.click()
    assert QApplication.clipboard().text() == extras.install_command("deep")
    choose(page, "Bias")
    assert not install.isVisible()


def test_every_control_has_a_name(page):
    for box in page.findChildren(QCheckBox):
        assert box.accessibleName()
    for line in page.models.lines:
        assert line.button.accessibleName()


def test_theme_and_zoom_change_with_the_page_open(page):
    page.appearance.set_zoom(2.0)
    assert page.models.lines[0].button.accessibleName() == "Most popular"
    page.appearance.set_zoom(1.0)


def test_read_the_code_opens_the_file_of_the_model(page):
    page.models.lines[-1].button.click()
    page.detail.code.click()
    (dialog,) = page.findChildren(CodeDialog)
    assert "class Naive(Recommender):" in dialog.view.toPlainText()
    assert dialog.view.isReadOnly()
    dialog.close()


def test_every_parameter_of_every_model_is_declared_in_one_of_its_files(lab):
    for row in lab.view.state.rows:
        lab.presenter.model_chosen(row.place)
        detail = lab.view.state.detail
        code = "\n".join(Path(file).read_text(encoding="utf-8") for file in detail.sources)
        for name in detail.config_class.model_fields:
            assert f"    {name}: " in code, (detail.row.title, name)
        assert not any(Path(file).parts[-2:] == ("models", "base.py") for file in detail.sources)


def test_a_parameter_in_the_code_leads_to_its_field(qtbot, page):
    line = next(
        each for each in page.models.lines if each.button.accessibleName() == "Shared factors"
    )
    line.button.click()
    page.detail.code.click()
    (dialog,) = page.findChildren(CodeDialog)
    qtbot.waitExposed(dialog)
    names = [dialog.list.item(n).data(Qt.ItemDataRole.UserRole) for n in range(dialog.list.count())]
    assert names == list(page.detail.form.fields)
    assert all(dialog.view.places(name) for name in names)
    dialog.list.setCurrentRow(names.index("zero_weight"))
    assert dialog.view.textCursor().selectedText() == "zero_weight"
    page.models.lines[0].button.click()  # another model is looked at meanwhile
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    control = page.detail.form.control("zero_weight")
    assert page.focusWidget() is control
    assert "Length" in dialog.list.item(0).text()
    dialog.close()
