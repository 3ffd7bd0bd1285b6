"""The whole way of a person through the lab, with real runs in processes of their own."""

import multiprocessing
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

import mtrec_gui
from algorithms.evaluation import ModelChoice
from mtrec_gui.app import make_qt_application
from mtrec_gui.jobs.port import JobState
from mtrec_gui.storage import Project
from mtrec_gui.storage.values import RunStatus
from tests.mtrec_gui.person import CTRL, Person

pytestmark = pytest.mark.slow

ENDLESS = {"n_epochs": 200, "n_factors": 512, "patience": 200}  # longer than any test waits


@pytest.fixture
def come(qapp, qtbot):
    """Lets a person come to the window; sees to it that they leave."""
    make_qt_application([])
    there = []

    def come():
        there.append(Person(qtbot))
        return there[-1]

    yield come
    for person in there:
        person.leave()


def runs_in(path):
    """Model and status of every run of every comparison of a project file."""
    with Project.open(path) as project:
        return [
            (run.model, run.status)
            for comparison in project.comparisons()
            for run in project.runs(comparison.id)
        ]


def test_from_the_first_click_to_the_comparison_and_back_again(come):
    person = come()
    person.open_world()
    path = person.workspace.project.path

    data = person.window.page("data")
    person.wait_for(lambda: data.table.model.rowCount() == len(person.workspace.log))
    assert data.table.model.index(0, 0).data()

    tasks = person.go(3)
    before = person.workspace.experiment
    weight = tasks.editor.weight
    person.wait_for(weight.isVisible)
    weight.setFocus()
    weight.selectAll()
    person.qtbot.keyClicks(weight, "3")
    person.press(Qt.Key.Key_Return)
    person.wait_for(lambda: person.workspace.experiment != before)
    assert 3.0 in [task.weight for task in person.workspace.experiment.tasks]
    person.click(person.window.undo)
    assert person.workspace.experiment == before
    person.wait_for(lambda: weight.value() == 1.0)
    person.press(Qt.Key.Key_Y, CTRL)
    edited = person.workspace.experiment
    assert 3.0 in [task.weight for task in edited.tasks]

    page = person.go(5)
    keys = [choice.model for choice in person.workspace.experiment.models]
    wanted = {"popularity", "bias"}
    person.wait_for(lambda: len(page.models.lines) == len(keys))
    for key, line in zip(keys, page.models.lines, strict=True):
        if line.tick.isChecked() is not (key in wanted):
            line.tick.click()
    enabled = {c.model for c in person.workspace.experiment.models if c.enabled}
    assert enabled == wanted
    chosen = person.workspace.experiment
    person.run()
    assert person.window.jobs.cancel.isVisible()
    person.wait_for_runs()
    assert [row.state for row in person.desk.rows] == [JobState.DONE, JobState.DONE]
    assert all(row.committed for row in person.desk.rows)
    assert person.window.jobs.words.whole.startswith("2 of 2 runs finished")
    assert runs_in(path) == [("popularity", RunStatus.DONE), ("bias", RunStatus.DONE)]

    compare = person.go(7)
    table = compare.table_card.table
    person.wait_for(lambda: len(table.rows) == 2)
    shown = [[cell.text for cell in row.cells if cell is not None] for row in table.rows]
    assert person.window.notices.sentences() == []

    person.leave()
    assert person.workspace.project is None
    assert multiprocessing.active_children() == []

    again = come()
    again.click(again.button(f"{path.name}   ·   today"))
    again.wait_for(lambda: again.workspace.is_open)
    assert again.workspace.project.path == path
    assert again.workspace.experiment == chosen
    assert not again.window.undo.isEnabled()
    compare = again.go(7)
    table = compare.table_card.table
    again.wait_for(lambda: len(table.rows) == 2)
    assert [[c.text for c in row.cells if c is not None] for row in table.rows] == shown


def test_cancelling_in_the_middle_keeps_what_was_finished(come):
    person = come()
    person.open_world()
    path = person.workspace.project.path
    person.choose_models(
        ModelChoice(model="popularity"),
        ModelChoice(model="shared_factors", config=ENDLESS),
        ModelChoice(model="separate_factors", config=ENDLESS),
    )
    person.run()
    person.wait_for(lambda: person.row("popularity").committed)
    person.wait_for(lambda: person.row("shared_factors").state is JobState.PROGRESS)
    assert person.desk.is_running
    person.click(person.window.jobs.cancel)
    person.wait_for_runs()
    states = {row.spec.model: row.state for row in person.desk.rows}
    assert states["popularity"] is JobState.DONE
    assert {states["shared_factors"], states["separate_factors"]} <= {
        JobState.CANCELLED,
        JobState.KILLED,
    }
    assert person.window.jobs.words.whole.startswith("1 of 3 runs finished")
    done = [model for model, status in runs_in(path) if status is RunStatus.DONE]
    assert done == ["popularity"]
    compare = person.go(7)
    table = compare.table_card.table
    person.wait_for(lambda: len(table.rows) == 3)
    assert [bool(row.cells) for row in table.rows] == [True, False, False]

    person.choose_models(ModelChoice(model="bias"))  # and one may go on afterwards
    person.run()
    person.wait_for(lambda: person.desk.rows[0].spec.model == "bias")
    person.wait_for_runs()
    assert person.row("bias").committed


def test_a_run_that_fails_says_why_and_the_others_go_on(come):
    person = come()
    person.open_world()
    path = person.workspace.project.path
    without_ratings = person.workspace.experiment.model_copy(
        update={
            "tasks": tuple(
                task.model_copy(update={"enabled": task.kind.value != "rating"})
                for task in person.workspace.experiment.tasks
            )
        }
    )
    person.workspace.edit("No ratings", without_ratings)
    person.choose_models(
        ModelChoice(model="svd"), ModelChoice(model="popularity"), ModelChoice(model="bias")
    )
    person.desk.start(person.workspace.experiment)  # the page itself would warn
    page = person.go(5)
    person.wait_for_runs()
    assert person.row("svd").state is JobState.FAILED
    assert person.row("popularity").committed
    assert person.row("bias").committed
    line = page.runs.lines[person.row("svd").job]
    reason = line.reason.text()
    assert line.reason.isVisible()
    assert "SVD" in reason
    assert "Traceback" not in reason
    assert sorted(runs_in(path)) == [
        ("bias", RunStatus.DONE),
        ("popularity", RunStatus.DONE),
        ("svd", RunStatus.FAILED),
    ]
    with Project.open(path) as project:
        failed = next(
            run
            for run in project.runs(project.comparisons()[-1].id)
            if run.status is RunStatus.FAILED
        )
        assert failed.message is not None
    table = person.go(7).table_card.table
    person.wait_for(lambda: sum(bool(row.cells) for row in table.rows) == 2)
    assert [row.title for row in table.rows if not row.cells] == ["SVD (Surprise)"]


def test_another_project_ends_the_runs_of_the_first_and_closes_it(come):
    person = come()
    person.open_world()
    first, path = person.workspace.project, person.workspace.project.path
    person.choose_models(
        ModelChoice(model="popularity"), ModelChoice(model="shared_factors", config=ENDLESS)
    )
    person.run()
    person.wait_for(lambda: person.row("popularity").committed)
    person.wait_for(lambda: person.row("shared_factors").state is JobState.PROGRESS)
    assert multiprocessing.active_children()
    person.open_world()
    assert person.workspace.project.path != path
    assert person.desk.rows == ()
    assert not person.desk.is_running
    assert person.window.jobs.words.whole == "Nothing is running."
    person.wait_for(lambda: multiprocessing.active_children() == [])
    with pytest.raises(Exception, match="closed"):
        first.datasets()
    assert runs_in(path) == [("popularity", RunStatus.DONE)]
    with Project.open(person.workspace.project.path) as second:
        assert second.comparisons() == []
    assert person.window.notices.sentences() == []
    person.choose_models(ModelChoice(model="bias"))  # the second has a desk that is free
    person.run()
    person.wait_for_runs()
    assert runs_in(person.workspace.project.path) == [("bias", RunStatus.DONE)]


def test_closing_in_the_middle_of_runs_leaves_no_thread_and_no_process(come):
    before = set(threading.enumerate())
    person = come()
    person.open_world()
    path = person.workspace.project.path
    person.choose_models(
        ModelChoice(model="popularity"), ModelChoice(model="shared_factors", config=ENDLESS)
    )
    person.run()
    person.wait_for(lambda: person.row("popularity").committed)
    person.wait_for(lambda: person.row("shared_factors").state is JobState.PROGRESS)
    start = time.monotonic()
    person.window.close()
    assert time.monotonic() - start < 10
    assert multiprocessing.active_children() == []
    assert [thread for thread in threading.enumerate() if thread not in before] == []
    assert runs_in(path) == [("popularity", RunStatus.DONE)]


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs process groups")
def test_a_whole_application_that_is_closed_leaves_nothing_behind(lab_home, tmp_path):
    script = tmp_path / "closing.py"
    script.write_text(
        """
import sys
from PySide6.QtCore import QTimer

def main():
    from mtrec_gui import preferences
    from mtrec_gui.app import Application, make_qt_application
    qt = make_qt_application(sys.argv)
    application = Application(preferences.load())
    application.start()
    application.home.world_demonstrated.emit("ecommerce")
    def look():
        context = application.context
        if context is not None and any(row.state.value == "progress" for row in context.desk.rows):
            print("running", flush=True)
            application.window.close()
    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(20)
    return qt.exec()

if __name__ == "__main__":
    sys.exit(main())
""",
        "utf-8",
    )
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    root = Path(mtrec_gui.__file__).parents[1]
    process = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(root), "TMPDIR": str(temporary)},
    )
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    assert "running" in output
    assert "Traceback" not in output
    deadline = time.monotonic() + 5
    while _lives(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _lives(process.pid)
    assert list(temporary.iterdir()) == []


def _lives(group):
    """Whether any process of a group is there."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
