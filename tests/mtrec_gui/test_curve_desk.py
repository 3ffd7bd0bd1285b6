"""The curve desk: what it sends in which order, and what is known while runs are missing."""

import pytest

from algorithms.evaluation import RunSpec
from algorithms.messages import Message
from algorithms.search import CurveKind, CurveSpec, NoNetworkError, Objective
from mtrec_gui.curve_desk import CurveDesk, CurveLine
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.jobs.port import JobEvent, JobState
from mtrec_gui.model_shelf import default_experiment, study
from mtrec_gui.workspace import Workspace
from sample_data import load_world, world_tasks
from tests.mtrec_gui.fakes import Backend


@pytest.fixture(scope="module")
def world():
    log = load_world("ecommerce")
    return log, default_experiment(log, world_tasks("ecommerce"))


class Desk:
    """A desk in an open project; the test says how the jobs end."""

    def __init__(self, path, world):
        self.backend = Backend()
        self.workspace = Workspace(ImmediateRunner())
        self.workspace.create(path, lambda progress: world)
        self.desk = CurveDesk(self.workspace, self.backend)

    def spec(self, **changes):
        experiment = self.workspace.experiment
        base = RunSpec(model="popularity", seed=1, tasks=experiment.tasks, split=experiment.split)
        return CurveSpec(
            **{
                "kind": CurveKind.LABELS,
                "base": base,
                "objective": Objective(task="purchase"),
                "values": (0.1, 1.0),
                "seeds": (1, 2),
                **changes,
            }
        )

    def happens(self, handle, state, **values):
        self.desk.job_happened(JobEvent(handle, state, **values))


@pytest.fixture
def made(tmp_path, world):
    desk = Desk(tmp_path / "a.mtrec", world)
    yield desk
    desk.workspace.close()


def test_runs_go_out_seed_by_seed_and_points_grow(made):
    made.desk.start([made.spec()])
    handles = made.backend.handles
    assert [(each.spec.seed, each.spec.kept) for each in handles] == [
        (1, 0.1),
        (1, 1.0),
        (2, 0.1),
        (2, 1.0),
    ]
    made.happens(handles[1], JobState.PROGRESS, fraction=0.5)
    assert made.desk.fraction == pytest.approx(0.5 / 4)
    result = study(handles[1].spec, made.workspace.log)
    made.happens(handles[1], JobState.DONE, result=result)
    (line,) = made.desk.lines
    assert [point.x for point in line.points] == [1.0]
    assert line.points[0].quality.mean == result.metric("purchase", "ndcg@10").value
    for handle in (handles[0], handles[2]):
        made.happens(handle, JobState.DONE, result=result)
    made.happens(handles[3], JobState.FAILED, message=Message("No memory."))
    assert not made.desk.is_running
    assert made.desk.fraction == 1
    assert [point.quality.n for point in made.desk.lines[0].points] == [2, 1]
    (line,) = made.desk.lines
    assert [str(each) for each in line.failures] == ["Most popular: No memory."]


def test_what_runs_said_is_in_the_project_as_soon_as_they_ended(made):
    made.desk.start([made.spec(), made.spec(seeds=(3,))])
    handles = made.backend.handles
    project, finished = made.workspace.project, []
    made.desk.finished.connect(finished.append)
    (sheet,) = project.curves(made.workspace.dataset_id)
    assert (sheet.id, sheet.specs) == (made.desk.id, (made.spec(), made.spec(seeds=(3,))))
    result = study(handles[0].spec, made.workspace.log)
    made.happens(handles[0], JobState.DONE, result=result)
    (outcome,), others = project.load_curve_runs(sheet.id)
    assert (outcome.number, outcome.fit_seconds) == (0, result.cost.fit_seconds)
    assert others == ()
    made.happens(handles[1], JobState.CRASHED, message=Message("It died."))
    assert not finished
    for handle in list(made.backend.handles[2:]):
        made.happens(handle, JobState.DONE, result=result)
    for handle in made.backend.handles[4:]:
        made.happens(handle, JobState.DONE, result=result)
    assert len(finished) == 1
    kept = project.load_curve_runs(sheet.id)
    assert [len(each) for each in kept] == [4, 2]
    again = [CurveLine.of(spec, said) for spec, said in zip(sheet.specs, kept, strict=True)]
    assert repr(again) == repr(list(made.desk.lines))


def test_a_stopped_curve_keeps_its_points(made):
    made.desk.start([made.spec(seeds=(1, 2, 3))])
    handles = made.backend.handles
    assert len(handles) == 4  # the others wait
    made.happens(handles[0], JobState.DONE, result=study(handles[0].spec, made.workspace.log))
    assert len(made.backend.handles) == 5
    made.desk.cancel()
    for handle in handles[1:]:
        assert handle.cancelled == 1
        made.happens(handle, JobState.CANCELLED)
    assert not made.desk.is_running
    assert len(made.desk.lines[0].points) == 1
    assert made.desk.lines[0].failures == ()


def test_what_cannot_be_drawn_is_said_and_nothing_begins(made):
    errors = []
    made.desk.failed.connect(errors.append)
    made.desk.start([made.spec(), made.spec(kind=CurveKind.SHRINK)])
    assert isinstance(errors[0], NoNetworkError)
    assert not made.desk.is_running
    assert made.backend.handles == []
    assert made.workspace.project.curves(made.workspace.dataset_id) == []


def test_another_project_ends_it(made, tmp_path, world):
    made.desk.start([made.spec()])
    made.workspace.create(tmp_path / "b.mtrec", lambda progress: world)
    assert not made.desk.is_running
    assert made.desk.lines == ()
    assert all(handle.cancelled for handle in made.backend.handles)


@pytest.mark.slow
def test_a_process_does_a_run_of_a_curve(made):
    import queue

    from mtrec_gui.jobs.local import LocalJobs
    from mtrec_gui.study_desk import FUNCTION

    events: queue.Queue[JobEvent] = queue.Queue()
    backend = LocalJobs(max_parallel=1, function=FUNCTION)
    backend.listen(events.put)
    desk = CurveDesk(made.workspace, backend)
    desk.start([made.spec(values=(0.1,), seeds=(1,))])
    try:
        while desk.is_running:
            desk.job_happened(events.get(timeout=60))
    finally:
        backend.close()
    (point,) = desk.lines[0].points
    expected = study(made.spec(values=(0.1,), seeds=(1,)).runs()[0], made.workspace.log)
    assert point.quality.mean == pytest.approx(expected.metric("purchase", "ndcg@10").value)
