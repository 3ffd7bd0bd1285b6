"""The workspace: what is edited is saved, what is undone is undone, what fails is told."""

import threading

import pytest

from algorithms.progress import Stage
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.jobs.qt_bridge import ThreadRunner
from mtrec_gui.model_shelf import default_experiment
from mtrec_gui.storage import Project
from mtrec_gui.workspace import Workspace
from sample_data import load_world, world_tasks
from tests.mtrec_gui.fakes import LateRunner


@pytest.fixture(scope="module")
def world():
    """The e-commerce world and its experiment."""
    log = load_world("ecommerce")
    return log, default_experiment(log, world_tasks("ecommerce"))


@pytest.fixture
def workspace(world, tmp_path):
    """A workspace with a new project."""
    made = Workspace(ImmediateRunner())
    made.create(tmp_path / "a.mtrec", lambda progress: world)
    yield made
    made.close()


def weighted(experiment, weight):
    """The experiment with another weight of its first task."""
    first, *rest = experiment.tasks
    return experiment.model_copy(
        update={"tasks": (first.model_copy(update={"weight": weight}), *rest)}
    )


def stored(workspace):
    """The experiment as the project file has it."""
    return workspace.project.load_experiment(workspace.dataset_id)


def test_a_new_project_holds_data_and_experiment(workspace, world):
    assert len(workspace.log) == len(world[0])
    assert stored(workspace) == world[1]


def test_an_edit_is_saved_told_and_can_be_undone(workspace):
    told = []
    workspace.experiment_changed.connect(told.append)
    before = workspace.experiment
    after = weighted(before, 3.0)
    workspace.edit("weight", after)
    assert stored(workspace) == after
    workspace.undo()
    assert stored(workspace) == workspace.experiment == before
    workspace.redo()
    assert stored(workspace) == workspace.experiment == after
    assert told == [after, before, after]


def test_an_edit_that_changes_nothing_is_no_step(workspace):
    workspace.edit("nothing", workspace.experiment)
    assert workspace.history.undo_name is None


def test_opening_again_finds_everything(workspace, tmp_path):
    edited = weighted(workspace.experiment, 5.0)
    workspace.edit("weight", edited)
    log = workspace.log
    workspace.close()
    again = Workspace(ImmediateRunner())
    again.open(tmp_path / "a.mtrec")
    assert again.experiment == edited
    assert (again.log.users == log.users).all()
    again.close()


def test_edits_made_while_saving_are_saved_after_it(workspace):
    late = LateRunner()
    workspace.runner = late
    for weight in (2.0, 3.0, 4.0):
        workspace.edit("weight", weighted(workspace.experiment, weight))
    assert len(late.waiting) == 1
    late.do_one()
    late.do_one()
    assert late.waiting == []
    assert stored(workspace).tasks[0].weight == 4.0


def test_what_is_still_unsaved_is_saved_on_closing(workspace, tmp_path):
    late = LateRunner()
    workspace.runner = late
    for weight in (2.0, 3.0):
        workspace.edit("weight", weighted(workspace.experiment, weight))
    workspace.close()
    with Project.open(tmp_path / "a.mtrec") as project:
        dataset = project.datasets()[-1].id
        assert project.load_experiment(dataset).tasks[0].weight == 3.0


def test_a_failure_while_making_leaves_no_file(tmp_path):
    workspace = Workspace(ImmediateRunner())
    told = []
    workspace.failed.connect(told.append)

    def fail(progress):
        from algorithms.errors import UnreadableFileError

        raise UnreadableFileError(file="x", expected="a", found="b", remedy="c")

    workspace.create(tmp_path / "b.mtrec", fail)
    assert len(told) == 1
    assert not (tmp_path / "b.mtrec").exists()
    assert not workspace.is_open


def test_a_project_that_cannot_be_opened_leaves_the_open_one(workspace, tmp_path):
    bad = tmp_path / "bad.mtrec"
    bad.write_bytes(b"no project")
    told = []
    workspace.failed.connect(told.append)
    project = workspace.project
    workspace.open(bad)
    assert len(told) == 1
    assert "bad.mtrec" in str(told[0])
    assert workspace.project is project
    assert workspace.project.datasets()


def test_an_answer_about_a_closed_project_is_not_told(workspace, tmp_path, world):
    late, answers, failures = LateRunner(), [], []
    workspace.failed.connect(failures.append)
    workspace.runner = late
    workspace.read(lambda project: project.datasets(), answers.append)
    workspace.runner = ImmediateRunner()
    workspace.create(tmp_path / "c.mtrec", lambda progress: world)
    late.do_one()
    assert answers == failures == []


def test_a_new_project_appears_only_when_it_is_whole(workspace, world, tmp_path, monkeypatch):
    path = tmp_path / "d.mtrec"
    seen = []
    save = Project.save_experiment

    def look(project, *arguments):
        seen.append(path.exists())
        return save(project, *arguments)

    monkeypatch.setattr(Project, "save_experiment", look)
    workspace.create(path, lambda progress: world)
    assert seen == [False]
    assert path.exists()
    assert workspace.project.path == path


@pytest.mark.parametrize("late", [False, True])
def test_what_is_cancelled_leaves_nothing_behind(qtbot, world, tmp_path, late):
    """While the data is made, and in the moment after the file was written."""
    runner = ThreadRunner(on_bug=pytest.fail)
    workspace = Workspace(runner)
    told, reached, go_on = [], threading.Event(), threading.Event()
    workspace.progressed.connect(told.append)
    path = tmp_path / "a.mtrec"

    def make(progress):
        if not late:
            reached.set()
            assert go_on.wait(10)
        progress(1.0, Stage.LOAD)
        return world

    create = Project.create
    if late:

        def slow(*arguments, **known):
            made = create(*arguments, **known)
            reached.set()
            assert go_on.wait(10)
            return made

        Project.create = slow
    try:
        workspace.create(path, make)
        qtbot.waitUntil(reached.is_set, timeout=10_000)
        workspace.cancel()
        assert told[-1] is None
        go_on.set()
        runner.close()
    finally:
        Project.create = create
    qtbot.wait(20)
    assert not workspace.is_open
    assert list(tmp_path.iterdir()) == []
