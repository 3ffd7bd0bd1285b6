"""The frame says what is true: names, what can be undone, what runs, and for how long."""

import pytest

from algorithms.errors import UnreadableFileError
from algorithms.evaluation import ModelChoice
from algorithms.messages import Message
from algorithms.progress import Stage
from mtrec_gui.context import Context
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.jobs.port import JobEvent, JobState
from mtrec_gui.main_window import MainWindow, PageEntry
from mtrec_gui.model_shelf import default_experiment
from mtrec_gui.run_desk import RunDesk
from mtrec_gui.shell import Shell
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.workspace import Workspace
from sample_data import load_world, world_tasks


class Handle:
    """A job that only remembers that it was cancelled."""

    def __init__(self, number, spec):
        self.id, self.spec, self.cancelled = str(number), spec, False

    def cancel(self, grace_seconds=0.0):
        self.cancelled = True


class HeldJobs:
    """A backend that starts nothing."""

    def __init__(self):
        self.handles = []

    def submit(self, spec, log):
        self.handles.append(Handle(len(self.handles), spec))
        return self.handles[-1]


@pytest.fixture(scope="module")
def world():
    """The e-commerce world with two models to run."""
    log = load_world("ecommerce")
    experiment = default_experiment(log, world_tasks("ecommerce"))
    models = (ModelChoice(model="popularity"), ModelChoice(model="bias"))
    return log, experiment.model_copy(update={"models": models})


@pytest.fixture
def lab(qtbot, world):
    """Window, workspace, desk and jobs, joined by the shell; no project yet."""
    appearance = Appearance()
    window = MainWindow(appearance)
    qtbot.addWidget(window)
    window.add_pages(
        [
            PageEntry("home", "Home", "house", "", lambda: PlainLabel("home"), False),
            PageEntry("data", "Data", "rows", "", lambda: PlainLabel("data")),
        ]
    )

    class Lab:
        pass

    lab = Lab()
    lab.window, lab.jobs = window, HeldJobs()
    lab.workspace = Workspace(ImmediateRunner())
    lab.desk = RunDesk(lab.workspace, lab.jobs)
    lab.context = Context(
        lab.workspace, lab.desk, appearance, window.show_page, window.notices.show_notice
    )
    lab.shell = Shell(lab.context, window)
    lab.bar = window.jobs
    window.show()
    yield lab
    lab.workspace.close()


def opened(lab, path, world):
    """Make a project in the lab."""
    lab.workspace.create(path, lambda progress: world)


def tell(lab, number, state, **more):
    """Let a job report."""
    lab.desk.job_happened(JobEvent(lab.jobs.handles[number], state, **more))


def test_an_open_project_is_named_and_measured(lab, world, tmp_path):
    assert lab.window.data_chip.isHidden()
    opened(lab, tmp_path / "autumn.mtrec", world)
    assert lab.window.data_chip.whole == world[0].name
    assert lab.window.project_chip.whole == "autumn.mtrec · saved"
    assert "autumn.mtrec" in lab.window.windowTitle()
    log = world[0]
    assert lab.bar.data_size.whole == (
        f"{log.n_users:,} users · {log.n_items:,} items · {len(log):,} events"
    )
    lab.window.show_page("data")
    assert lab.window.current_page == "data"


def test_undo_is_on_while_there_is_something_to_undo(lab, world, tmp_path):
    opened(lab, tmp_path / "a.mtrec", world)
    assert not lab.window.undo.isEnabled()
    before = lab.workspace.experiment
    lab.workspace.edit("Length of lists", before.model_copy(update={"k": 7}))
    assert lab.window.undo.isEnabled()
    assert "Length of lists" in lab.window.undo.toolTip()
    lab.window.undo.click()
    assert lab.workspace.experiment == before
    assert not lab.window.undo.isEnabled()
    lab.window.redo.click()
    assert lab.workspace.experiment.k == 7


def test_the_next_project_has_a_history_of_its_own(lab, world, tmp_path):
    opened(lab, tmp_path / "a.mtrec", world)
    lab.workspace.edit("k", lab.workspace.experiment.model_copy(update={"k": 7}))
    opened(lab, tmp_path / "b.mtrec", world)
    assert not lab.window.undo.isEnabled()


def test_what_runs_is_said_and_cancelled(lab, world, tmp_path):
    opened(lab, tmp_path / "a.mtrec", world)
    lab.desk.start(lab.workspace.experiment)
    assert lab.bar.words.whole == "Starting …"
    assert lab.bar.waiting.text() == "2 waiting"
    tell(lab, 0, JobState.STARTED)
    tell(lab, 0, JobState.PROGRESS, fraction=0.5, stage=Stage.FIT, seconds_left=12.0)
    words = lab.bar.words.whole
    assert words.startswith("Most popular")
    assert words.endswith("12 s left")
    assert lab.bar.bar.value() == 250
    assert lab.bar.waiting.text() == "1 waiting"
    lab.bar.cancel.click()
    assert [handle.cancelled for handle in lab.jobs.handles] == [True, True]


def test_at_the_end_it_is_summed_up(lab, world, tmp_path):
    opened(lab, tmp_path / "a.mtrec", world)
    lab.desk.start(lab.workspace.experiment)
    tell(lab, 0, JobState.FAILED, message=Message("No {what}.", {"what": "luck"}))
    tell(lab, 1, JobState.CANCELLED)
    assert lab.bar.words.whole.startswith("0 of 2 runs finished · ")
    assert not lab.bar.cancel.isVisible()


def test_another_project_begins_with_a_quiet_bar(lab, world, tmp_path):
    """Once the bar summed up the runs of the project that was left: 0 of 0."""
    opened(lab, tmp_path / "a.mtrec", world)
    lab.desk.start(lab.workspace.experiment)
    tell(lab, 0, JobState.STARTED)
    opened(lab, tmp_path / "b.mtrec", world)
    assert lab.bar.words.whole == "Nothing is running."
    assert all(handle.cancelled for handle in lab.jobs.handles)


def test_a_project_that_cannot_be_opened_leaves_the_bar_as_it_was(lab, world, tmp_path):
    """Once it went on saying that data was being opened."""
    opened(lab, tmp_path / "a.mtrec", world)
    lab.desk.start(lab.workspace.experiment)
    tell(lab, 0, JobState.CANCELLED)
    tell(lab, 1, JobState.CANCELLED)
    before = lab.bar.words.whole
    (tmp_path / "bad.mtrec").write_bytes(b"no project")
    lab.workspace.open(tmp_path / "bad.mtrec")
    assert lab.bar.words.whole == before
    assert not lab.bar.bar.isVisible()
    assert len(lab.window.notices.sentences()) == 1
    assert "bad.mtrec" in lab.window.notices.sentences()[0]


def test_an_error_is_one_plain_sentence(lab):
    lab.workspace.failed.emit(
        UnreadableFileError(file="<b>x</b>.csv", expected="a", found="b", remedy="c")
    )
    assert "<b>x</b>.csv" in lab.window.notices.sentences()[0]
