"""The Tasks page: edits that keep names true, undo, and reasons at once."""

import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.evaluation import Experiment
from algorithms.evaluation.leaks import LeakFinding, LeakReport, Severity
from algorithms.messages import Message
from algorithms.rules import BoostBoughtCategory, DropBelow, Quota, RuleSet
from algorithms.tasks import Task, TaskKind
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.pages.tasks.edits import change_task, remove_task
from mtrec_gui.pages.tasks.facts import task_facts
from mtrec_gui.pages.tasks.presenter import EditKind, TaskField, TasksPresenter
from mtrec_gui.pages.tasks.view import TasksPage
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.workspace import Workspace

NAN = float("nan")
CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="item")
BUY = Task(name="buy", kind=TaskKind.BINARY, label="buy", item_kind="item", parent="click")


def small_log():
    return InteractionLog(
        name="small",
        users=np.array([0, 0, 1, 1, 1], np.int32),
        items=np.array([0, 1, 0, 0, 1], np.int32),
        labels={
            "click": np.array([1, 0, 1, 1, NAN], np.float32),
            "buy": np.array([0, 0, 1, 0, 0], np.float32),
            "stars": np.array([5, 1, NAN, 3, 4], np.float32),
        },
        user_table=UserTable(IdMap(np.array(["a", "b"]))),
        item_table=ItemTable(
            IdMap(np.array(["x", "y"])),
            np.array(["X", "Y"]),
            ("item",),
            np.zeros(2, np.int16),
            np.array(["", ""]),
        ),
    )


def experiment():
    rules = RuleSet(
        powers={"click": 0.5, "buy": 1.0},
        rules=(
            DropBelow(item_kind="item", task="click"),
            BoostBoughtCategory(task="buy"),
            Quota(item_kind="item"),
        ),
    )
    return Experiment(tasks=(CLICK, BUY), rules=rules)


class RecordingView:
    def __init__(self):
        self.states, self.refusals, self.empty = [], [], 0

    def show_empty(self):
        self.empty += 1

    def show_state(self, state):
        self.states.append(state)

    def show_refusal(self, reason):
        self.refusals.append(str(reason))

    def edit_name(self, kind, task):
        return f"{kind.value} {task}"


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(ImmediateRunner())
    made.create(tmp_path / "small.mtrec", lambda _: (small_log(), experiment()))
    yield made
    made.close()


@pytest.fixture
def view():
    return RecordingView()


@pytest.fixture
def presenter(workspace, view):
    made = TasksPresenter(workspace, view)
    made.start()
    return made


def test_a_new_name_is_taken_over_wherever_the_task_is_named():
    changed = change_task(experiment(), 0, name="tap")
    assert [(task.name, task.parent) for task in changed.tasks] == [("tap", None), ("buy", "tap")]
    assert changed.rules.powers == {"tap": 0.5, "buy": 1.0}
    assert changed.rules.rules[0].task == "tap"
    assert changed.rules.rules[1].task == "buy"


def test_what_followed_a_removed_task_follows_none():
    changed = remove_task(experiment(), 0)
    assert [(task.name, task.parent) for task in changed.tasks] == [("buy", None)]
    assert changed.rules.powers == {"buy": 1.0}
    assert len(changed.rules.rules) == 3


def test_facts_by_hand():
    facts = task_facts(small_log(), CLICK)
    assert (facts.n_events, facts.n_users) == (4, 2)
    assert facts.n_relevant == 2  # (a, x) and (b, x), which was clicked twice
    assert facts.chart.mean == pytest.approx(0.75)
    assert task_facts(small_log(), CLICK.model_copy(update={"label": "no such"})) is None


def test_edits_are_steps_and_the_page_follows_undo_and_redo(workspace, view, presenter):
    presenter.task_chosen(1)
    presenter.field_edited(TaskField.NAME, "  purchase ")
    assert workspace.history.undo_name == "renamed buy"
    assert [row.task.name for row in view.states[-1].rows] == ["click", "purchase"]
    workspace.undo()
    assert [row.task.name for row in view.states[-1].rows] == ["click", "buy"]
    workspace.redo()
    assert [row.task.name for row in view.states[-1].rows] == ["click", "purchase"]


def test_dragging_a_weight_is_one_step(workspace, presenter):
    for weight in (1.1, 1.5, 2.0):
        presenter.field_edited(TaskField.WEIGHT, weight)
    assert workspace.experiment.tasks[0].weight == 2.0
    workspace.undo()
    assert workspace.experiment == experiment()
    assert workspace.history.undo_name is None


def test_weights_of_two_tasks_are_two_steps(workspace, presenter):
    presenter.field_edited(TaskField.WEIGHT, 2.0)
    presenter.task_chosen(1)
    presenter.field_edited(TaskField.WEIGHT, 3.0)
    workspace.undo()
    assert [task.weight for task in workspace.experiment.tasks] == [2.0, 1.0]


@pytest.mark.parametrize("name", ["", "   ", "buy"])
def test_no_name_and_a_name_that_is_taken_are_refused(workspace, view, presenter, name):
    presenter.field_edited(TaskField.NAME, name)
    assert workspace.experiment == experiment()
    assert len(view.refusals) == 1


def test_a_weight_that_a_task_does_not_allow_is_refused(workspace, view, presenter):
    presenter.field_edited(TaskField.WEIGHT, 0.0)
    assert workspace.experiment == experiment()
    assert view.refusals


def test_an_impossible_task_says_why_at_once(view, presenter):
    assert not any(row.is_impossible for row in view.states[-1].rows)
    presenter.task_switched(0, False)
    rows = view.states[-1].rows
    assert not rows[0].problems  # off: nothing to say
    assert rows[1].is_impossible
    assert "click" in str(rows[1].problems[0].message)
    presenter.task_switched(0, True)
    assert not view.states[-1].rows[1].is_impossible


def test_a_task_is_added_for_a_label_that_has_none(workspace, view, presenter):
    presenter.task_added()
    added = workspace.experiment.tasks[-1]
    assert (added.name, added.label, added.kind) == ("stars", "stars", TaskKind.RATING)
    assert view.states[-1].chosen == 2
    presenter.task_added()  # every label has one now
    assert workspace.experiment.tasks[-1].name == "click 2"


def test_the_last_task_can_be_removed_and_brought_back(workspace, view, presenter):
    presenter.task_removed()
    presenter.task_removed()
    assert view.states[-1].chosen is None
    presenter.task_removed()
    workspace.undo()
    workspace.undo()
    assert workspace.experiment == experiment()
    assert view.states[-1].chosen == 0


def test_undo_of_an_added_task_leaves_a_task_chosen(workspace, view, presenter):
    presenter.task_added()
    workspace.undo()
    assert view.states[-1].chosen == 1


def test_every_edit_has_a_name(qtbot):
    page = TasksPage(Appearance())
    qtbot.addWidget(page)
    names = {page.edit_name(kind, "{odd}") for kind in EditKind}
    assert len(names) == len(EditKind)
    assert all("{odd}" in name for name in names)


def test_the_page_edits_a_task(qtbot, workspace):
    from PySide6.QtCore import Qt

    from mtrec_gui.pages.tasks.table import ON, STATE

    page = TasksPage(Appearance())
    qtbot.addWidget(page)
    presenter = TasksPresenter(workspace, page)
    page.task_chosen.connect(presenter.task_chosen)
    page.task_switched.connect(presenter.task_switched)
    page.field_edited.connect(presenter.field_edited)
    presenter.start()
    page.table.selectRow(1)
    assert page.editor.name.text() == "buy"
    page.editor.weight.setValue(2.5)
    assert workspace.experiment.tasks[1].weight == 2.5
    page.editor.slider.setValue(100)  # one factor of ten
    assert workspace.experiment.tasks[1].weight == 10
    assert page.editor.weight.value() == 10
    model = page.table.tasks
    model.setData(model.index(0, ON), Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
    assert not workspace.experiment.tasks[0].enabled
    assert model.index(1, STATE).data() == "cannot be learned"
    workspace.undo()
    assert workspace.experiment.tasks[0].enabled
    assert page.minimumSizeHint().width() <= 1096


def test_what_should_worry_stands_over_the_editor_and_notes_below(qtbot):
    page = TasksPage(Appearance())
    qtbot.addWidget(page)

    def report(severity):
        return LeakReport((LeakFinding(severity, Message("Look.")),), 5, 5)

    for severity, is_over in (
        (Severity.NOTE, False),
        (Severity.LEAK, True),
        (Severity.NOTE, False),
    ):
        page.show_leaks(report(severity))
        assert (page.body.indexOf(page.leaks) < page.body.indexOf(page.details)) is is_over
        assert page.leaks.sentences() == ["Look."]
    page.show_leaks(None)
    assert page.leaks.isHidden()
