"""The whole application with a real window, without a screen and without runs."""

import logging
import multiprocessing
import sys
import threading
import time
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from mtrec_gui import preferences
from mtrec_gui.app import Application, make_qt_application
from mtrec_gui.preferences import Preferences
from mtrec_gui.storage import Project
from mtrec_gui.theme import ThemeName
from mtrec_gui.warm_up import WarmUp

CTRL = Qt.KeyboardModifier.ControlModifier
WAIT = 30_000


@pytest.fixture
def started(qapp, qtbot):
    """Starts applications, and closes them at the end."""
    make_qt_application([])
    made = []

    def start(settings=None, ready=True):
        application = Application(settings or preferences.load())
        made.append(application)
        application.start()
        application.window.activateWindow()
        if ready:
            qtbot.waitUntil(lambda: application.context is not None, timeout=WAIT)
        return application

    yield start
    for application in made:
        application.window.close()
        application.window.deleteLater()
        application.deleteLater()


def home_button(application, name):
    """A button of Home by what it is called."""
    return next(
        made
        for made in application.home.findChildren(QPushButton)
        if name in (made.accessibleName(), made.text()) and made.isVisible()
    )


def open_world(application, qtbot):
    """Click on the first world and wait for its data."""
    qtbot.mouseClick(home_button(application, "Open E-commerce"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: application.window.current_page == "data", timeout=WAIT)
    return application.context.workspace


class TestSettings:
    def test_theme_and_zoom_are_remembered(self, started, qtbot):
        application = started()
        window = application.window
        qtbot.mouseClick(window.theme, Qt.MouseButton.LeftButton)
        assert application.appearance.theme.name is ThemeName.DARK
        assert window.theme.text() == "Dark"
        for _ in range(2):
            qtbot.keyClick(window, Qt.Key.Key_Plus, CTRL)
        assert window.zoom.text() == "125 %"
        assert preferences.load() == Preferences("dark", 1.25)
        again = started()
        assert again.appearance.theme.name is ThemeName.DARK
        assert again.window.zoom.text() == "125 %"
        qtbot.keyClick(again.window, Qt.Key.Key_0, CTRL)
        assert preferences.load().zoom == 1.0

    def test_the_zoom_goes_from_80_to_250_percent_in_steps(self, started, qtbot):
        application = started(ready=False)
        window, shown = application.window, []
        for made in (window.zoom_out, window.zoom_in):
            for _ in range(len(preferences.ZOOMS)):
                qtbot.mouseClick(made, Qt.MouseButton.LeftButton)
                shown.append(window.zoom.text())
        assert shown[9] == "80 %"
        assert shown[-1] == "250 %"
        assert set(shown) == {f"{round(100 * zoom)} %" for zoom in preferences.ZOOMS}

    def test_a_folder_that_cannot_be_written_does_not_matter(
        self, started, qtbot, lab_home, monkeypatch
    ):
        (lab_home / "file").write_text("x")
        monkeypatch.setenv("MTREC_HOME", str(lab_home / "file"))
        application = started()
        qtbot.mouseClick(application.window.theme, Qt.MouseButton.LeftButton)
        assert application.appearance.theme.name is ThemeName.DARK
        assert application.window.notices.sentences() == []


class TestWorlds:
    def test_one_click_makes_a_project_and_shows_its_data(self, started, qtbot, lab_home):
        application = started()
        workspace = open_world(application, qtbot)
        assert workspace.project.path == lab_home / "ecommerce.mtrec"
        assert preferences.load().recent == (str(workspace.project.path),)

    def test_a_click_before_all_is_there_is_not_lost(self, started, qtbot):
        application = started(ready=False)
        assert application.context is None
        qtbot.mouseClick(home_button(application, "Open E-commerce"), Qt.MouseButton.LeftButton)
        assert application.window.jobs.words.whole == "Starting …"
        qtbot.waitUntil(lambda: application.window.current_page == "data", timeout=WAIT)

    def test_a_page_that_is_shown_before_all_is_there_waits_for_it(self, started, qtbot):
        application = started(ready=False)
        application.window.show_page("metrics")
        assert application.window.current_page == "metrics"
        assert application.context is not None

    def test_a_folder_for_projects_that_cannot_be_made_is_told(
        self, started, qtbot, lab_home, monkeypatch
    ):
        application = started()
        (lab_home / "file").write_text("x")
        monkeypatch.setenv("MTREC_HOME", str(lab_home / "file"))
        qtbot.mouseClick(home_button(application, "Open E-commerce"), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: bool(application.window.notices.sentences()), timeout=WAIT)
        assert application.window.current_page == "home"
        assert not application.context.workspace.is_open
        assert "fault of the lab" not in application.window.notices.sentences()[0]


class WindowWatch(QObject):
    """Notes every widget that is shown as a window of its own."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def eventFilter(self, watched, event):  # noqa: N802
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(type(watched).__name__)
        return False


def test_no_part_of_a_page_ever_flashes_up_as_a_window(started, qapp, qtbot):
    """A widget that is shown before it has a parent is a window, for a moment."""
    watch = WindowWatch()
    qapp.installEventFilter(watch)
    try:
        application = started()
        open_world(application, qtbot)
        for key in ("tasks", "rules", "experiments", "compare", "explain", "metrics", "home"):
            application.window.show_page(key)
            assert application.window.current_page == key
            qtbot.wait(50)
        application.appearance.set_zoom(1.1)
        application.appearance.set_theme(ThemeName.DARK)
        qtbot.wait(50)
    finally:
        qapp.removeEventFilter(watch)
    assert watch.seen == ["MainWindow"]


class TestFiles:
    @pytest.fixture
    def project(self, started, qtbot):
        """A project file that is closed again."""
        application = started()
        path = open_world(application, qtbot).project.path
        application.window.close()
        return path

    def test_a_project_that_is_dropped_is_opened(self, started, qtbot, project):
        application = started()
        application.window.file_dropped.emit(str(project))
        qtbot.waitUntil(lambda: application.context.workspace.is_open, timeout=WAIT)
        assert application.context.workspace.project.path == project

    def test_a_project_named_at_the_start_is_opened(self, started, qtbot, project):
        application = started(ready=False)
        application.open_file(project)
        qtbot.waitUntil(lambda: application.context is not None, timeout=WAIT)
        qtbot.waitUntil(lambda: application.context.workspace.is_open, timeout=WAIT)

    def test_the_letters_of_the_ending_may_be_large(self, started, qtbot, project):
        large = project.rename(project.with_suffix(".MTREC"))
        application = started()
        application.open_file(large)
        qtbot.waitUntil(lambda: application.context.workspace.is_open, timeout=WAIT)

    def test_any_other_file_is_imported(self, started, qtbot, tmp_path):
        file = tmp_path / "ratings.csv"
        lines = [f"{u},{i},{1 + (u + i) % 5}" for u in range(20) for i in range(10)]
        file.write_text("user,movie,rating\n" + "\n".join(lines) + "\n")
        application = started()
        application.window.file_dropped.emit(str(file))
        dialogs = application.window.findChildren(QDialog)
        assert len(dialogs) == 1
        assert dialogs[0].isVisible()
        dialogs[0].reject()
        assert not application.context.workspace.is_open

    def test_a_file_that_is_no_project_is_refused_in_one_sentence(self, started, qtbot, tmp_path):
        application = started()
        (tmp_path / "a.mtrec").write_text("no project")
        application.open_file(tmp_path / "a.mtrec")
        qtbot.waitUntil(lambda: bool(application.window.notices.sentences()), timeout=WAIT)
        assert "a.mtrec" in application.window.notices.sentences()[0]
        assert application.window.current_page == "home"
        assert application.window.jobs.words.whole == "Nothing is running."

    def test_recent_projects_are_rows_of_home(self, started, qtbot, project):
        application = started()

        def rows():
            return [
                made
                for made in application.home.findChildren(QPushButton)
                if made.property("kind") == "row" and made.isVisible()
            ]

        qtbot.waitUntil(lambda: [made.toolTip() for made in rows()] == [str(project)])
        qtbot.mouseClick(rows()[0], Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: application.window.current_page == "data", timeout=WAIT)

    def test_an_edit_just_before_closing_is_kept(self, started, qtbot, project):
        """Its writing had not begun, and found the project closed."""
        application = started()
        application.open_file(project)
        workspace = application.context.workspace
        qtbot.waitUntil(lambda: workspace.is_open, timeout=WAIT)
        for k in range(11, 20):
            workspace.edit("k", workspace.experiment.model_copy(update={"k": k}))
        workspace.close()
        with Project.open(project) as stored:
            assert stored.load_experiment(stored.datasets()[-1].id).k == 19
        qtbot.wait(200)
        assert application.window.notices.sentences() == []


class TestFaults:
    def test_a_fault_of_the_lab_is_logged_and_told(self, started, qtbot, caplog):
        application = started()

        def fail(progress):
            raise ZeroDivisionError("<b>oh</b>")

        with caplog.at_level(logging.ERROR):
            application.context.workspace.runner.run(fail, print, print)
            qtbot.waitUntil(lambda: bool(application.window.notices.sentences()))
        assert "ZeroDivisionError: <b>oh</b>" in application.window.notices.sentences()[0]
        assert "Traceback" in caplog.text


class TestEnd:
    def test_closing_leaves_no_thread_and_no_process(self, started, qtbot):
        before = set(threading.enumerate())
        application = started()
        open_world(application, qtbot)
        qtbot.wait(100)
        application.window.close()
        assert [thread for thread in threading.enumerate() if thread not in before] == []
        assert multiprocessing.active_children() == []

    def test_closing_at_once_stops_what_was_being_imported(self, started, qtbot, monkeypatch):
        imports = SimpleNamespace(import_module=lambda name: time.sleep(0.1))
        monkeypatch.setattr("mtrec_gui.warm_up.importlib", imports)
        application = started(ready=False)
        qtbot.wait(1)
        application.window.close()
        assert [t.name for t in threading.enumerate() if t.name == "warm-up"] == []
        qtbot.wait(50)
        assert application.context is None

    def test_opening_another_project_closes_the_first(self, started, qtbot):
        application = started()
        workspace = open_world(application, qtbot)
        first = workspace.project
        application.window.show_page("home")
        qtbot.mouseClick(home_button(application, "Open E-commerce"), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: workspace.project is not first, timeout=WAIT)
        from algorithms.errors import MtrecError

        with pytest.raises(MtrecError, match="closed"):
            first.datasets()
        assert workspace.project.path.name == "ecommerce-2.mtrec"
        first.path.rename(first.path.with_suffix(".moved"))  # nobody holds it


class TestWarmUp:
    def test_what_is_needed_first_is_told_before_the_rest_is_there(self, qtbot):
        told = []
        warm_up = WarmUp(lambda: told.append(1), ["json"], ["csv"])
        warm_up.start()
        qtbot.waitUntil(lambda: told == [1])
        warm_up.wait()
        assert "csv" in sys.modules
        qtbot.wait(50)
        assert told == [1]

    def test_waiting_for_one_that_never_began_returns(self):
        warm_up = WarmUp(lambda: None, ["json"], [])
        warm_up.wait()
        warm_up.wait_for_first()
        warm_up.stop()
        warm_up.start()  # too late
        warm_up.wait()
