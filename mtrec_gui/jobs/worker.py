"""The inside of a worker process: does one run, reports, and leaves the result in a folder.

Only the standard library is imported at the top: ``main`` has to speak to the libraries below
NumPy before NumPy loads them.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import multiprocessing
import os
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mtrec_gui.jobs.stopping import Cancelled

if TYPE_CHECKING:
    from algorithms.evaluation.results import RunResult
    from algorithms.progress import Stage

# Small matrices many times: threads inside BLAS only get in each other's way, and the sums
# would depend on how many there are. The kernels of numba and implicit bring their own threads.
NICENESS = 5
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

CRASH_FILE = "crash.txt"
RESULT_FOLDER = "result"

_REPORT_SECONDS = 0.05
_PARENT_IS_GONE = 3


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker is to do.

    Parameters
    ----------
    function : ``module:name`` of a function of spec, log and progress
    spec : the run's spec as JSON
    log_folder : where the log lies
    run_folder : where the result goes
    session_folder : what to delete where the parent is gone and cannot
    spec_class : ``module:name`` of what the spec is; more than a ``RunSpec`` for a curve
    """

    function: str
    spec: str
    log_folder: str
    run_folder: str
    session_folder: str
    spec_class: str = "algorithms.evaluation.experiment:RunSpec"

    def to_json(self) -> str:
        """Return the order as text."""
        return json.dumps(asdict(self))


def main(
    events: Connection, control: Connection, order_json: str, secrets: Mapping[str, str]
) -> None:
    """Do one run and end. This is what the new process calls.

    Parameters
    ----------
    events, control : to the parent, and from it
    order_json : an ``Order``
    secrets : for the environment of this process alone
    """
    os.environ.update(ENVIRONMENT)
    os.environ.update(secrets)
    if hasattr(os, "nice"):  # the window goes first where both want a core
        os.nice(NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's to handle
    order = Order(**json.loads(order_json))
    run_folder = Path(order.run_folder)
    with (run_folder / CRASH_FILE).open("w") as crash_file:
        faulthandler.enable(crash_file)
        reporter = Reporter(events)
        threading.Thread(
            target=_watch, args=(control, reporter, order.session_folder), daemon=True
        ).start()
        try:
            result = _run(order, reporter)
            _save(result, run_folder / RESULT_FOLDER)
            reporter.send({"event": "done"})
        except Cancelled:
            pass  # the end of the process says it
        except Exception as error:  # a process border: whatever it is, the parent has to know
            reporter.send(_failure(error))
        finally:
            faulthandler.disable()


class Reporter:
    """The progress of a run, sent to the parent, at most about twenty times a second."""

    def __init__(self, events: Connection) -> None:
        self.cancelled = threading.Event()
        self._events = events
        self._begin = time.monotonic()
        self._fraction = 0.0
        self._stage = ""
        self._sent = float("-inf")

    def __call__(self, fraction: float, stage: Stage) -> None:
        """Report, or raise ``Cancelled`` where the run is no longer wanted."""
        if self.cancelled.is_set():
            raise Cancelled
        now = time.monotonic()
        self._fraction = max(self._fraction, min(fraction, 1.0))
        if stage == self._stage and now - self._sent < _REPORT_SECONDS:
            return
        self._stage, self._sent = stage, now
        left = seconds_left(self._fraction, now - self._begin)
        self.send(
            {
                "event": "progress",
                "fraction": self._fraction,
                "stage": str(stage),
                "seconds_left": left,
            }
        )

    def send(self, event: dict[str, Any]) -> None:
        """Send one event to the parent."""
        self._events.send_bytes(json.dumps(event, default=_plain).encode())


def seconds_left(fraction: float, elapsed: float) -> float | None:
    """Estimate what remains if the rest goes as fast as what is done; None at the beginning."""
    if fraction < 0.02 or elapsed < 0.3:
        return None
    return elapsed * (1.0 - fraction) / fraction


def _plain(value: Any) -> Any:
    """Turn a NumPy number into a number of Python, and anything else into text."""
    return value.item() if hasattr(value, "item") else str(value)


def _watch(control: Connection, reporter: Reporter, session_folder: str) -> None:
    """Wait for a request to stop, or for the end of the parent."""
    parent = multiprocessing.parent_process()
    if parent is None:  # not started by multiprocessing: nobody to watch
        return
    while True:
        if parent.sentinel in wait([control, parent.sentinel]):
            shutil.rmtree(session_folder, ignore_errors=True)
            os._exit(_PARENT_IS_GONE)  # the main thread may be deep in compiled code
        try:
            control.recv_bytes()
        except EOFError:
            return
        reporter.cancelled.set()


def _run(order: Order, reporter: Reporter) -> RunResult:
    from algorithms.data.log import InteractionLog
    from algorithms.progress import Stage
    from mtrec_gui.jobs.parts import read_parts

    reporter(0.0, Stage.LOAD)
    function, spec_class = _named(order.function), _named(order.spec_class)
    _, arrays = read_parts(Path(order.log_folder), mapped=True)
    log = InteractionLog.from_arrays(arrays)
    result: RunResult = function(spec_class.model_validate_json(order.spec), log, reporter)
    return result


def _named(name: str) -> Any:
    """Return what ``module:name`` stands for."""
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


def _save(result: RunResult, folder: Path) -> None:
    from algorithms.errors import ResourceError
    from mtrec_gui.jobs.parts import write_parts

    try:
        write_parts(folder, *result.to_parts())
    except OSError as error:
        raise ResourceError(
            file=str(folder),
            reason=error.strerror or str(error),
            remedy="Free some space in the temporary folder and run it again.",
        ) from error


def _failure(error: Exception) -> dict[str, Any]:
    """Describe an error: its message where it has one, its traceback where it is a bug."""
    errors = sys.modules.get("algorithms.errors")
    if errors is not None and isinstance(error, errors.MtrecError):
        return {
            "event": "failed",
            "template": error.message.template,
            "values": dict(error.message.values),
        }
    if _is_out_of_memory(error):
        return {"event": "no memory"}
    return {
        "event": "bug",
        "error": "".join(traceback.format_exception_only(error)).strip()[:300],
        "traceback": "".join(traceback.format_exception(error)),
    }


def _is_out_of_memory(error: Exception) -> bool:
    """Say whether memory was refused: PyTorch has no class of its own for that on a processor."""
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
    )
