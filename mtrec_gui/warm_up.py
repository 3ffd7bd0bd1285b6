"""Imports that would hold up the window, done beside it once it stands."""

from __future__ import annotations

import gc
import importlib
import threading
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer

FIRST = (
    "mtrec_gui.jobs.qt_bridge",
    "mtrec_gui.run_desk",
    "mtrec_gui.search_desk",
    "mtrec_gui.jobs.local",
)
PAGES = (
    "data",
    "compare",
    "tasks",
    "experiments",
    "rules",
    "explain",
    "search",
    "inside",
    "metrics",
    "import_file",
    "new_world",
)
PLOTS = (
    "contributions",
    "exhibits",
    "formula",
    "gains",
    "new_world",
    "search_front",
    "split",
    "style",
    "tradeoff",
)
LATER = (
    "algorithms.evaluation",
    "mtrec_gui.storage",
    "polars",
    *(f"mtrec_gui.pages.{page}.{part}" for page in PAGES for part in ("presenter", "view")),
    "matplotlib.figure",
    "matplotlib.font_manager",
    "matplotlib.backends.backend_agg",
    *(f"mtrec_gui.plots.{plot}" for plot in PLOTS),
)


def _draw_once() -> None:
    from mtrec_gui.widgets.canvas import rehearse

    rehearse()


def _read_once() -> None:
    from mtrec_gui.bringing import rehearse

    rehearse()


class WarmUp(QObject):
    """Imports modules one after the other in a thread.

    Parameters
    ----------
    first : needed before the window can do anything
    later : needed by the pages
    ready : called in the thread of the window when ``first`` is there
    rehearse : done last, one after the other, for what only the first use makes ready
    """

    def __init__(
        self,
        ready: Callable[[], None],
        first: Sequence[str] = FIRST,
        later: Sequence[str] = LATER,
        rehearse: Sequence[Callable[[], None]] = (_draw_once, _read_once),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._ready = ready
        self._rehearse = rehearse
        self._is_ready, self._stopping = threading.Event(), threading.Event()
        self._first, self._later = first, later
        self._poll = QTimer(self)
        self._poll.setInterval(10)
        self._poll.timeout.connect(self._look)
        self._thread = threading.Thread(target=self._import, name="warm-up", daemon=True)

    def start(self) -> None:
        """Begin."""
        if not self._thread.is_alive() and not self._stopping.is_set():
            self._thread.start()
            self._poll.start()

    def wait(self) -> None:
        """Wait until all is imported."""
        if self._thread.is_alive():
            self._thread.join()

    def wait_for_first(self) -> None:
        """Wait until ``first`` is imported."""
        while self._thread.is_alive() and not self._is_ready.wait(0.01):
            pass

    def stop(self) -> None:
        """Import nothing more; returns when the thread is over."""
        self._stopping.set()
        self._poll.stop()
        self.wait()

    def _import(self) -> None:
        for name in (*self._first, None, *self._later):
            if self._stopping.is_set():
                return
            if name is None:
                self._is_ready.set()
            else:
                importlib.import_module(name)
        for rehearse in self._rehearse:
            if self._stopping.is_set():
                return
            rehearse()
        gc.freeze()  # modules stay: a search for garbage among them would hold up the window

    def _look(self) -> None:
        if self._is_ready.is_set() or not self._thread.is_alive():
            self._poll.stop()
            self._ready()
