"""The search desk: what it sends, what it keeps, and that a stopped search keeps what it found."""

import pytest

from algorithms.evaluation import RunSpec
from algorithms.messages import Message
from algorithms.search import Objective, Parameter, SearchMethod, SearchSpec, rehearse
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.jobs.port import JobEvent, JobState
from mtrec_gui.search_desk import SearchDesk
from mtrec_gui.workspace import Workspace
from sample_data import load_world, world_tasks
from tests.mtrec_gui.fakes import Backend


@pytest.fixture(scope="module")
def world():
    from mtrec_gui.model_shelf import default_experiment

    log = load_world("ecommerce")
    return log, default_experiment(log, world_tasks("ecommerce"))


class Desk:
    """A desk in an open project; the test says how the jobs end."""

    def __init__(self, path, world):
        self.backend = Backend()
        self.workspace = Workspace(ImmediateRunner())
        self.workspace.create(path, lambda progress: world)
        self.desk = SearchDesk(self.workspace, self.backend)
        self.finished, self.errors = [], []
        self.desk.finished.connect(self.finished.append)
        self.desk.failed.connect(self.errors.append)

    def spec(self, **changes):
        experiment = self.workspace.experiment
        task = experiment.tasks[0].name
        base = RunSpec(model="popularity", seed=1, tasks=experiment.tasks, split=experiment.split)
        values = {
            "base": base,
            "parameters": (Parameter(name="damping", low=0, high=10),),
            "objectives": (Objective(task=task),),
            "n_trials": 3,
            **changes,
        }
        return SearchSpec(**values)

    def happens(self, handle, state, **values):
        self.desk.job_happened(JobEvent(handle, state, **values))

    def ends(self, handle):
        result = rehearse(handle.spec, self.workspace.log)
        self.happens(handle, JobState.DONE, result=result)

    @property
    def stored(self):
        project = self.workspace.project
        return project.load_trials(project.searches(self.workspace.dataset_id)[-1].id)


@pytest.fixture
def made(tmp_path, world):
    desk = Desk(tmp_path / "a.mtrec", world)
    yield desk
    desk.workspace.close()


def test_every_trial_is_sent_kept_and_told(made):
    made.desk.start(made.spec())
    assert made.desk.n_runs == 5
    first, *others = list(made.backend.handles)
    made.ends(first)
    assert [trial.number for trial in made.stored] == [-2]
    made.happens(others[0], JobState.PROGRESS, fraction=0.5)
    assert made.desk.fraction == pytest.approx(1.5 / 5)
    for handle in reversed(others):
        assert not made.finished
        made.ends(handle)
    assert len(made.finished) == 1
    assert not made.desk.is_running
    assert [trial.number for trial in made.stored] == [-2, -1, 0, 1, 2]
    assert [trial.values for trial in made.stored] == [
        trial.values for trial in made.desk.result.trials
    ]


def test_a_crash_is_noted_and_the_search_goes_on(made):
    made.desk.start(made.spec())
    made.happens(made.backend.handles[2], JobState.CRASHED, message=Message("It died."))
    for handle in made.backend.handles:
        made.ends(handle)
    assert [str(trial.message) for trial in made.stored if trial.message] == ["It died."]
    assert len(made.stored) == 5
    assert len(made.finished) == 1


def test_a_stopped_search_keeps_what_it_found(made):
    made.desk.start(made.spec())
    made.ends(made.backend.handles[0])
    made.desk.cancel()
    assert made.desk.is_running
    for handle in made.backend.handles[1:]:
        assert handle.cancelled == 1
        made.happens(handle, JobState.CANCELLED)
    assert not made.desk.is_running
    assert len(made.finished) == 1
    assert len(made.stored) == 1


def test_a_bayesian_search_does_one_trial_after_the_other(made):
    pytest.importorskip("optuna")
    made.desk.start(made.spec(method=SearchMethod.BAYESIAN))
    for n in range(5):
        assert len(made.backend.handles) == n + 1
        made.ends(made.backend.handles[n])
    assert not made.desk.is_running


def test_what_cannot_be_searched_says_why_and_leaves_nothing(made):
    made.desk.start(made.spec(parameters=()))
    assert "Nothing is varied" in str(made.errors[0])
    assert not made.desk.is_running
    assert made.workspace.project.searches(made.workspace.dataset_id) == []
