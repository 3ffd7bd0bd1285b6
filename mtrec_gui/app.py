"""The composition root: builds every part of the application once and passes it down.

The window is painted first, from Qt alone; the engine, the project file and the plots are
imported beside it (see ``warm_up``), and each page is built when it is first shown.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from mtrec_gui import preferences
from mtrec_gui.main_window import MainWindow, PageEntry
from mtrec_gui.pages.home.presenter import HomePresenter, recent_projects, world_cards
from mtrec_gui.pages.home.view import HomePage
from mtrec_gui.theme import ThemeName
from mtrec_gui.warm_up import WarmUp
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.canvas import stop_drawing
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from mtrec_gui.context import Context
    from mtrec_gui.jobs.qt_bridge import QtJobs, ThreadRunner
    from mtrec_gui.storage import Project

_logger = logging.getLogger(__name__)


class Application(QObject):
    """Everything that lives as long as the window.

    Parameters
    ----------
    window_settings : theme, zoom and recent projects
    """

    def __init__(self, window_settings: preferences.Preferences) -> None:
        super().__init__()
        self.appearance = Appearance(ThemeName(window_settings.theme), window_settings.zoom)
        self.appearance.apply()
        self.window = MainWindow(self.appearance)
        self.home = HomePage(self.appearance)
        self.window.add_pages(self._entries())
        self.window.show_page("home")
        self.context: Context | None = None
        self._jobs: QtJobs | None = None
        self._trials: QtJobs | None = None  # of searches and curves
        self._runner: ThreadRunner | None = None
        self._wish: Callable[[], None] | None = None
        self.home_presenter: HomePresenter | None = None
        self.home.show_worlds(world_cards())
        self.home.show_recent(recent_projects(window_settings.recent))
        self._connect_window()
        self.warm_up = WarmUp(self._engine_ready, parent=self)

    # --- pages -----------------------------------------------------------------------------

    def _entries(self) -> list[PageEntry]:
        setup, look = self.tr("Set up"), self.tr("Look")
        return [
            PageEntry("home", self.tr("Home"), "house", "", lambda: self.home, False),
            PageEntry("data", self.tr("Data"), "rows", setup, self._page("data")),
            PageEntry("tasks", self.tr("Tasks"), "check-square", setup, self._page("tasks")),
            PageEntry("rules", self.tr("Rules"), "tree-structure", setup, self._page("rules")),
            PageEntry(
                "experiments",
                self.tr("Experiments"),
                "flask",
                setup,
                self._page("experiments"),
            ),
            PageEntry("search", self.tr("Search"), "magnifying-glass", setup, self._page("search")),
            PageEntry("compare", self.tr("Compare"), "chart-bar", look, self._page("compare")),
            PageEntry("explain", self.tr("Explain"), "lightbulb", look, self._page("explain")),
            PageEntry(
                "metrics",
                self.tr("Metric Lab"),
                "ruler",
                look,
                self._page("metrics"),
                needs_project=False,
            ),
            PageEntry(
                "inside",
                self.tr("Inside"),
                "eye",
                look,
                self._page("inside"),
                shortcut="Ctrl+I",  # the nine digits are given, and Ctrl+0 is the zoom
            ),
        ]

    def _page(self, key: str) -> Callable[[], QWidget]:
        def build() -> QWidget:
            from importlib import import_module

            if self.context is None:
                self.warm_up.wait_for_first()
                self._engine_ready()
            page: QWidget = import_module(f"mtrec_gui.pages.{key}").build(self.context)
            return page

        return build

    # --- building --------------------------------------------------------------------------

    def start(self) -> None:
        """Show the window and import what it will need."""
        self.window.show()
        QTimer.singleShot(0, self.warm_up.start)

    def _engine_ready(self) -> None:
        """Build what needs the engine; called once it is imported."""
        if self.context is not None:
            return
        from mtrec_gui.context import Context
        from mtrec_gui.curve_desk import CurveDesk
        from mtrec_gui.jobs.local import LocalJobs
        from mtrec_gui.jobs.qt_bridge import QtJobs, ThreadRunner
        from mtrec_gui.keys import Keys
        from mtrec_gui.run_desk import RunDesk
        from mtrec_gui.search_desk import SearchDesk
        from mtrec_gui.shell import Shell
        from mtrec_gui.study_desk import FUNCTION

        self._runner = ThreadRunner(self._on_bug, parent=self)
        keys = Keys()
        self._jobs = QtJobs(LocalJobs(secrets=keys.for_run), parent=self)
        workspace = Workspace(self._runner)
        desk = RunDesk(workspace, self._jobs)
        self._jobs.happened.connect(desk.job_happened)
        self._trials = QtJobs(
            LocalJobs(max_parallel=1, function=FUNCTION, secrets=keys.for_run), parent=self
        )
        searches = SearchDesk(workspace, self._trials)
        self._trials.happened.connect(searches.job_happened)
        curves = CurveDesk(workspace, self._trials)  # what both ask for waits in one queue
        self._trials.happened.connect(curves.job_happened)
        self.context = Context(
            workspace,
            desk,
            self.appearance,
            self.window.show_page,
            self.window.notices.show_notice,
            searches=searches,
            curves=curves,
            keys=keys,
        )
        self.shell = Shell(self.context, self.window)
        presenter = HomePresenter(
            workspace, lambda: self.window.show_page("data"), self._run_comparison
        )
        presenter.attach(self.home)
        workspace.opened.connect(self._project_opened)
        self.home_presenter = presenter
        wish, self._wish = self._wish, None
        if wish is not None:
            self.window.jobs.show_idle(self.tr("Nothing is running."))
            wish()

    def _connect_window(self) -> None:
        window = self.window
        window.theme_pressed.connect(self._theme_pressed)
        window.zoom_pressed.connect(self._zoom_pressed)
        window.file_dropped.connect(lambda name: self.open_file(Path(name)))
        window.open_pressed.connect(self.home.choose_project)
        window.closing.connect(self.close)
        home = self.home
        home.world_opened.connect(lambda key: self._ask_home(lambda it: it.world_opened(key)))
        home.world_demonstrated.connect(
            lambda key: self._ask_home(lambda it: it.world_demonstrated(key))
        )
        home.project_opened.connect(self._open_project)
        home.import_pressed.connect(lambda: self._import_file(None))
        home.new_world_pressed.connect(self._new_world)

    # --- what a person does ----------------------------------------------------------------

    def open_file(self, path: Path) -> None:
        """Open a project, or begin to import any other file."""
        if path.suffix.lower() == ".mtrec":
            self._open_project(path)
        else:
            self._import_file(path)

    def _open_project(self, path: Path) -> None:
        self._ask_home(lambda presenter: presenter.project_opened(path))

    def _ask_home(self, do: Callable[[HomePresenter], None]) -> None:
        """Do what a person wants of Home; what they want before all is there is done then."""
        if self.home_presenter is not None:
            do(self.home_presenter)
            return
        self._wish = lambda: self._ask_home(do)
        self.window.jobs.show_progress(self.tr("Starting …"), 0.0, cancellable=False)

    def _import_file(self, path: Path | None) -> None:
        from mtrec_gui.pages.import_file import open_dialog

        def begin(_: HomePresenter) -> None:
            if self.context is not None:
                open_dialog(self.context, path, self.window)

        self._ask_home(begin)

    def _new_world(self) -> None:
        from mtrec_gui.pages.new_world import open_dialog

        def begin(_: HomePresenter) -> None:
            if self.context is not None:
                open_dialog(self.context, self.window)

        self._ask_home(begin)

    def _run_comparison(self) -> None:
        if self.context is not None:
            self.window.show_page("compare")
            self.context.desk.start(self.context.workspace.experiment)

    def _theme_pressed(self) -> None:
        light = self.appearance.theme.name is ThemeName.LIGHT
        self.appearance.set_theme(ThemeName.DARK if light else ThemeName.LIGHT)
        preferences.save(replace(preferences.load(), theme=self.appearance.theme.name.value))

    def _zoom_pressed(self, steps: int) -> None:
        if steps:
            self.appearance.step_zoom(steps)
        else:
            self.appearance.set_zoom(1.0)
        preferences.save(replace(preferences.load(), zoom=self.appearance.zoom))

    # --- what follows ----------------------------------------------------------------------

    def _project_opened(self, project: Project | None) -> None:
        if project is None:
            return
        preferences.save(preferences.load().with_recent(project.path))
        if self.home_presenter is not None:
            self.home_presenter.refresh()

    def _on_bug(self, error: Exception) -> None:
        """Show what should not have happened; it was logged with its traceback."""
        self.window.notices.show_notice(
            self.tr("A fault of the lab itself: {error}. The log has the details.").format(
                error=f"{type(error).__name__}: {error}"
            ),
            "error",
        )

    def close(self) -> None:
        """End all work; what was committed stays."""
        self.warm_up.stop()
        for jobs in (self._jobs, self._trials):
            if jobs is not None:
                jobs.close()
        if self._runner is not None:
            self._runner.close()
        if self.context is not None:
            self.context.workspace.close()
        stop_drawing()


def make_qt_application(arguments: list[str]) -> QApplication:
    """Return the one QApplication, named."""
    found = QApplication.instance()
    qt = found if isinstance(found, QApplication) else QApplication(arguments)
    QCoreApplication.setApplicationName("MTRec Lab")
    QCoreApplication.setOrganizationName("MTRec Lab")
    qt.setStyle("Fusion")
    sys.setswitchinterval(0.0005)  # the window waits less for threads that compute
    return qt


def run_window(arguments: list[str], to_open: Path | None = None) -> int:
    """Open the window and stay until it is closed; returns the exit status."""
    qt = make_qt_application([sys.argv[0], *arguments])
    application = Application(preferences.load())
    application.start()
    if to_open is not None:
        application.open_file(to_open)
    return qt.exec()
