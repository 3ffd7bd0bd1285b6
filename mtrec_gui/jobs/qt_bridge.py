"""Between threads and the window: what happened elsewhere is told in the window's thread.

Everything crosses by a queued signal to a slot of a ``QObject`` that lives in the window's
thread. The threads are Python's own: a ``QRunnable`` belongs half to Qt and half to Python, and
its end in the wrong thread is an old source of crashes.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from algorithms.data.log import InteractionLog
from algorithms.errors import MtrecError
from algorithms.evaluation.experiment import RunSpec
from algorithms.progress import Progress, Stage
from mtrec_gui.jobs.background import Errand
from mtrec_gui.jobs.port import JobBackend, JobEvent, JobHandle, JobState, Listener
from mtrec_gui.jobs.stopping import Cancelled

T = TypeVar("T")

INTERVAL_MS = 50

_logger = logging.getLogger(__name__)


class QtJobs(QObject):
    """A ``JobBackend`` whose events arrive in the window's thread, in order.

    They come in parcels, at most one every 50 ms. Of several progress events of one job in a
    parcel only the last is told; every other event is.

    Parameters
    ----------
    backend : who does the runs
    parent : owner, as usual in Qt
    """

    happened = Signal(object)
    _arrived = Signal()

    def __init__(self, backend: JobBackend, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._backend = backend
        self._pending: list[JobEvent] = []
        self._lock = threading.Lock()  # of the pending events
        self._closed = False
        self._told = float("-inf")
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._tell)
        self._arrived.connect(self._schedule, Qt.ConnectionType.QueuedConnection)
        backend.listen(self._take)

    def submit(self, spec: RunSpec, log: InteractionLog) -> JobHandle:
        """Queue a run on a log and return at once."""
        return self._backend.submit(spec, log)

    def listen(self, callback: Listener) -> None:
        """Call ``callback`` with every event from now on, in the window's thread."""
        self.happened.connect(callback)

    def close(self) -> None:
        """End all runs; nothing happens any more."""
        self._closed = True
        self._timer.stop()
        self._backend.close()

    def _take(self, event: JobEvent) -> None:
        """Keep an event; called in a thread of the backend."""
        with self._lock:
            is_first = not self._pending
            if event.state is JobState.PROGRESS:
                self._drop_older_progress(event)
            self._pending.append(event)
        if is_first:
            self._arrived.emit()

    def _drop_older_progress(self, event: JobEvent) -> None:
        for position, older in enumerate(self._pending):
            if older.job is event.job and older.state is JobState.PROGRESS:
                del self._pending[position]
                return

    @Slot()
    def _schedule(self) -> None:
        passed_ms = (time.monotonic() - self._told) * 1000
        self._timer.start(int(max(0.0, INTERVAL_MS - passed_ms)))

    @Slot()
    def _tell(self) -> None:
        self._told = time.monotonic()
        with self._lock:
            events, self._pending = self._pending, []
        for event in events:
            if self._closed:
                return
            self.happened.emit(event)


class ThreadRunner(QObject):
    """A ``Runner`` with a thread for each errand; the answers arrive in the window's thread.

    Parameters
    ----------
    on_bug : called in the window's thread with an exception that is no ``MtrecError``, after it
        was logged; the place where the application reports its own faults
    parent : owner, as usual in Qt
    """

    _arrived = Signal(object)  # a callable of no arguments

    def __init__(self, on_bug: Callable[[Exception], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._on_bug = on_bug
        self._errands: list[_ThreadErrand] = []
        self._arrived.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[Progress], T],
        done: Callable[[T], None],
        failed: Callable[[MtrecError], None],
        progress: Callable[[float, Stage], None] | None = None,
    ) -> Errand:
        """Start work in a thread (see ``Runner.run``)."""
        errand = _ThreadErrand(self._arrived.emit)

        def do() -> None:
            try:
                result = work(errand.reporter(progress))
            except Cancelled:
                return
            except MtrecError as error:
                errand.answer(partial(failed, error))
            except Exception as error:  # the border of a thread: else nobody would hear of it
                _logger.exception("work in the background")
                errand.answer(partial(self._on_bug, error))
            else:
                errand.answer(partial(done, result))

        self._errands = [older for older in self._errands if older.thread.is_alive()]
        self._errands.append(errand)
        errand.thread = threading.Thread(target=do, name="errand", daemon=True)
        errand.thread.start()
        return errand

    def close(self, seconds: float = 5.0) -> None:
        """Cancel all errands and wait for their threads, ``seconds`` in all at most."""
        deadline = time.monotonic() + seconds
        for errand in self._errands:
            errand.cancel()
        for errand in self._errands:
            errand.thread.join(max(0.0, deadline - time.monotonic()))

    @Slot(object)
    def _answer(self, tell: Callable[[], None]) -> None:
        tell()


class _ThreadErrand:
    """One errand; ``send`` brings a callable into the window's thread."""

    thread: threading.Thread

    def __init__(self, send: Callable[[Callable[[], None]], None]) -> None:
        self._send = send
        self._is_cancelled = False

    def cancel(self) -> None:
        self._is_cancelled = True

    def answer(self, callback: Callable[[], None]) -> None:
        def tell() -> None:
            if not self._is_cancelled:  # once more: it may have been cancelled on the way
                callback()

        if not self._is_cancelled:
            self._send(tell)

    def reporter(self, progress: Callable[[float, Stage], None] | None) -> Progress:
        """Return what the work reports to; it ends the work that was cancelled."""
        told = float("-inf")

        def report(fraction: float, stage: Stage) -> None:
            nonlocal told
            if self._is_cancelled:
                raise Cancelled
            now = time.monotonic()
            if progress is not None and now - told >= INTERVAL_MS / 1000:
                told = now
                self.answer(partial(progress, fraction, stage))

        return report
