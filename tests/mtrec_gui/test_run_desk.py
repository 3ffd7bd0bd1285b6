"""The run desk: what it sends, what it commits, what it says, whatever the jobs report."""

import numpy as np
import pytest

from algorithms.data.log import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.errors import ResourceError
from algorithms.evaluation import Cost, Experiment, ModelChoice, RunResult
from algorithms.messages import Message
from algorithms.models.base import ModelState
from algorithms.progress import Stage
from algorithms.tasks import Task, TaskKind
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.jobs.port import JobEvent, JobState
from mtrec_gui.run_desk import RunDesk
from mtrec_gui.storage.values import RunStatus
from mtrec_gui.workspace import Workspace
from tests.mtrec_gui.fakes import Backend, Handle, LateRunner

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product")
EXPERIMENT = Experiment(
    tasks=(CLICK,),
    models=(
        ModelChoice(model="popularity"),
        ModelChoice(model="svd", enabled=False),
        ModelChoice(model="als", config={"n_factors": 8}),
    ),
)


def make_log():
    n = 6
    return InteractionLog(
        name="tiny",
        users=np.arange(n, dtype=np.int32) % 3,
        items=np.arange(n, dtype=np.int32) % 2,
        labels={"click": (np.arange(n) % 2).astype(np.float32)},
        user_table=UserTable(IdMap(np.array(["a", "b", "c"]))),
        item_table=ItemTable(
            ids=IdMap(np.array(["x", "y"])),
            titles=np.array(["x", "y"]),
            kinds=("product",),
            kind_codes=np.zeros(2, dtype=np.int16),
            categories=np.array(["", ""]),
        ),
    )


def result_of(spec):
    return RunResult(
        model=spec.model,
        config=dict(spec.config),
        seed=spec.seed,
        tasks=("click",),
        metrics=(),
        lists={},
        curves=(),
        cost=Cost(0.1, 0.1, 3, 1000),
        state=ModelState({"v": np.zeros(3)}),
    )


class Desk:
    """A desk in an open project, with what it told."""

    def __init__(self, folder):
        self.folder = folder
        self.backend = Backend()
        self.workspace = Workspace(ImmediateRunner())
        self.workspace.create(folder / "a.mtrec", lambda progress: (make_log(), EXPERIMENT))
        self.desk = RunDesk(self.workspace, self.backend)
        self.finished, self.was_running, self.failures = [], [], []
        self.desk.finished.connect(self.finished.append)
        self.desk.changed.connect(lambda _: self.was_running.append(self.desk.is_running))
        self.workspace.failed.connect(self.failures.append)

    def start(self):
        self.desk.start(self.workspace.experiment)
        return self.backend.handles

    def happens(self, handle, state, **values):
        self.desk.job_happened(JobEvent(handle, state, **values))

    def ends(self, handle):
        self.happens(handle, JobState.DONE, fraction=1.0, result=result_of(handle.spec))

    @property
    def stored(self):
        return self.workspace.project.runs(self.desk.comparison)


@pytest.fixture
def made(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.workspace.close()


def test_one_job_for_each_ticked_model_and_seed(made):
    made.workspace.edit("seeds", EXPERIMENT.model_copy(update={"seeds": (3, 4)}))
    specs = [handle.spec for handle in made.start()]
    assert [(spec.model, spec.seed) for spec in specs] == [
        ("popularity", 3),
        ("als", 3),
        ("popularity", 4),
        ("als", 4),
    ]
    assert specs[1].config == {"n_factors": 8}
    assert [row.state for row in made.desk.rows] == [JobState.QUEUED] * 4
    assert made.desk.is_running
    assert made.desk.fraction == 0


def test_the_comparison_keeps_what_was_asked_for_though_editing_goes_on(made):
    made.start()
    made.workspace.edit("k", EXPERIMENT.model_copy(update={"k": 33}))
    (summary,) = made.workspace.project.comparisons()
    assert summary.id == made.desk.comparison
    assert summary.experiment == EXPERIMENT


def test_nothing_ticked_starts_no_comparison(made):
    none = tuple(each.model_copy(update={"enabled": False}) for each in EXPERIMENT.models)
    made.desk.start(EXPERIMENT.model_copy(update={"models": none}))
    assert made.workspace.project.comparisons() == []
    assert not made.desk.is_running


def test_a_second_comparison_waits_for_the_first(made):
    first, second = made.start()
    made.start()
    assert len(made.backend.handles) == 2
    made.ends(first)
    made.ends(second)
    made.start()
    assert len(made.backend.handles) == 4
    assert len(made.workspace.project.comparisons()) == 2


def test_progress_is_shown(made):
    first, _ = made.start()
    made.happens(first, JobState.PROGRESS, fraction=0.5, stage=Stage.FIT, seconds_left=4.0)
    row = made.desk.rows[0]
    assert (row.fraction, row.stage, row.seconds_left) == (0.5, Stage.FIT, 4.0)
    assert made.desk.fraction == 0.25


def test_each_run_is_committed_when_it_is_done(made):
    first, second = made.start()
    made.ends(second)
    assert [run.model for run in made.stored] == ["als"]
    assert [row.committed for row in made.desk.rows] == [False, True]
    assert made.finished == []
    made.ends(first)
    assert [run.model for run in made.stored] == ["als", "popularity"]
    assert len(made.finished) == 1
    assert made.was_running[-1] is False


def test_a_failed_run_leaves_its_reason_and_the_others_go_on(made):
    first, second = made.start()
    made.happens(first, JobState.FAILED, message=Message("No {what}.", {"what": "luck"}))
    assert made.desk.is_running
    made.ends(second)
    failed, done = made.stored
    assert (failed.model, failed.status, str(failed.message)) == (
        "popularity",
        RunStatus.FAILED,
        "No luck.",
    )
    assert done.status is RunStatus.DONE
    assert len(made.finished) == 1


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.CRASHED, JobState.KILLED])
def test_the_last_run_to_end_badly_ends_the_comparison_for_all_who_look(made, state):
    first, second = made.start()
    made.ends(first)
    made.happens(second, state)
    assert made.was_running[-1] is False
    assert len(made.finished) == 1
    assert made.stored[-1].message is not None


def test_cancel_asks_the_run_and_cancel_all_those_that_are_not_over(made):
    first, second = made.start()
    made.desk.cancel("job 0")
    assert (first.cancelled, second.cancelled) == (1, 0)
    made.happens(first, JobState.CANCELLED)
    made.desk.cancel_all()
    assert (first.cancelled, second.cancelled) == (1, 1)
    made.happens(second, JobState.CANCELLED)
    assert made.stored == []
    assert len(made.finished) == 1


def test_nothing_is_taken_after_the_end_nor_from_strangers(made):
    first, _ = made.start()
    made.happens(first, JobState.CANCELLED)
    made.ends(first)
    made.ends(Handle("another", first.spec))
    assert made.desk.rows[0].state is JobState.CANCELLED
    assert made.stored == []


def test_a_result_that_cannot_be_written_is_told_and_ends_the_waiting(made, monkeypatch):
    first, second = made.start()

    def full(*_):
        raise ResourceError(file="a.mtrec", reason="the disk is full", remedy="Make room.")

    monkeypatch.setattr(made.workspace.project, "add_run", full)
    made.ends(first)
    made.happens(second, JobState.CANCELLED)
    assert [str(error) for error in made.failures] == [
        "Cannot write a.mtrec: the disk is full. Make room."
    ]
    assert not made.desk.rows[0].committed
    assert not made.desk.is_running


def test_the_desk_runs_until_the_last_result_is_on_disk(made):
    first, second = made.start()
    late = LateRunner()
    made.workspace.runner = late
    made.ends(first)
    made.ends(second)
    assert made.desk.is_running
    assert made.finished == []
    late.do_all()
    assert not made.desk.is_running
    assert len(made.finished) == 1
    assert len(made.stored) == 2


def test_runs_stop_when_another_project_is_opened_and_never_land_in_it(made):
    first, second = made.start()
    made.workspace.create(made.folder / "b.mtrec", lambda progress: (make_log(), EXPERIMENT))
    assert (first.cancelled, second.cancelled) == (1, 1)
    assert made.desk.rows == ()
    made.ends(first)
    assert made.workspace.project.comparisons() == []
    assert not made.desk.is_running
    assert made.failures == []
