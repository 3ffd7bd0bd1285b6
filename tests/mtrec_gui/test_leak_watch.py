"""The leak doctor comes after every edit, once at a time, and only his newest answer is shown."""

from dataclasses import replace

import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, SplitConfig, UserTable
from algorithms.evaluation import Experiment
from algorithms.tasks import Task, TaskKind
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.leak_watch import LeakWatch
from mtrec_gui.workspace import Workspace

N = 400
CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="film")
VISIT = CLICK.model_copy(update={"name": "visit", "label": "visit"})


def make_log():
    rng = np.random.default_rng(1)
    ids = np.array([f"i{i}" for i in range(20)])
    click = rng.integers(0, 2, N).astype(np.float32)
    return InteractionLog(
        name="tiny",
        users=rng.integers(0, 30, N).astype(np.int32),
        items=rng.integers(0, 20, N).astype(np.int32),
        labels={"click": click, "visit": click},
        user_table=UserTable(IdMap(np.array([f"u{u}" for u in range(30)]))),
        item_table=ItemTable(IdMap(ids), ids, ("film",), np.zeros(20, np.int16), ids),
        timestamps=np.arange(N),
    )


class View:
    def __init__(self):
        self.shown = []

    def show_leaks(self, report):
        self.shown.append(report)

    @property
    def tasks(self):
        return [finding.task for finding in self.shown[-1].findings]


class LateRunner(ImmediateRunner):
    """Answers when it is told to."""

    def __init__(self):
        self.is_late = False
        self.waiting = []

    def run(self, work, done, failed, progress=None):
        if self.is_late and "LeakWatch" in getattr(done, "__qualname__", ""):
            self.waiting.append(lambda: ImmediateRunner.run(self, work, done, failed, progress))
            return super().run(lambda progress: None, lambda _: None, failed)
        return super().run(work, done, failed, progress)


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(LateRunner())
    made.create(tmp_path / "a.mtrec", lambda progress: (make_log(), Experiment(tasks=(CLICK,))))
    yield made
    made.close()


@pytest.fixture
def view(workspace):
    made = View()
    LeakWatch(workspace, made)
    return made


def edit(workspace, **update):
    workspace.edit("x", workspace.experiment.model_copy(update=update))


def test_the_doctor_comes_when_a_project_is_open_and_after_each_edit(workspace, view):
    assert view.tasks == []
    edit(workspace, tasks=(CLICK, VISIT))
    assert view.tasks == ["visit"]
    workspace.undo()
    assert view.tasks == []
    edit(workspace, split=SplitConfig(method="random_by_user"))
    assert "have no event in training" in str(view.shown[-1].findings[0].message)


def test_edits_that_change_nothing_for_him_are_left_alone(workspace, view):
    edit(workspace, k=5)
    edit(workspace, tasks=(CLICK.model_copy(update={"weight": 3.0}),))
    assert len(view.shown) == 1


def test_edits_during_a_visit_are_looked_at_together_and_old_answers_are_dropped(workspace, view):
    workspace.runner.is_late = True
    edit(workspace, tasks=(CLICK, VISIT))
    edit(workspace, tasks=())
    edit(workspace, tasks=(CLICK, VISIT.model_copy(update={"name": "second"})))
    assert len(workspace.runner.waiting) == 1
    workspace.runner.waiting.pop()()
    assert len(view.shown) == 1  # nobody wants to know of "visit" any more
    workspace.runner.waiting.pop()()
    assert view.tasks == ["second"]
    assert not workspace.runner.waiting


def test_another_project_is_another_patient(workspace, view, tmp_path):
    workspace.runner.is_late = True
    edit(workspace, tasks=(CLICK, VISIT))
    quiet = replace(make_log(), name="other")
    workspace.create(tmp_path / "b.mtrec", lambda progress: (quiet, Experiment(tasks=(CLICK,))))
    workspace.runner.waiting.pop()()
    workspace.runner.waiting.pop()()
    assert len(view.shown) == 2
    assert view.tasks == []


def test_no_project_no_report(tmp_path):
    view = View()
    LeakWatch(Workspace(ImmediateRunner()), view)
    assert view.shown == [None]
