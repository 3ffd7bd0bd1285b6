"""Runs on this machine: one process each, a few at a time, first come, first served.

A process for each run costs about a second of start, and buys three things: a library that
holds the interpreter's lock cannot freeze the window, a crash takes down that run alone, and
any run can be ended at any moment.

One thread owns everything here. ``submit``, ``cancel`` and ``close`` hand it a command and
wake it; it waits for commands, for the workers' events and for their ends, and it alone calls
the listeners, so that the order of a job's events needs no lock.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import queue
import shutil
import tempfile
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Mapping
from multiprocessing.connection import wait
from multiprocessing.context import SpawnContext
from pathlib import Path
from typing import Any

from algorithms.data.log import InteractionLog
from algorithms.evaluation.experiment import RunSpec
from algorithms.evaluation.results import RunResult
from algorithms.messages import Message
from algorithms.progress import Stage
from mtrec_gui.jobs import endings, worker
from mtrec_gui.jobs.parts import read_parts, write_parts
from mtrec_gui.jobs.port import POLITE_SECONDS, JobEvent, JobState, Listener
from mtrec_gui.jobs.process import WorkerProcess, describe_exit

RUNNER = "mtrec_gui.model_shelf:run"

_EXIT_SECONDS = 10.0  # a worker that has told its end may take this long to end

_logger = logging.getLogger(__name__)


class LocalJobs:
    """A ``JobBackend`` on this machine. Listeners are called in a thread of its own.

    Parameters
    ----------
    max_parallel : how many runs may go on at once. By default one for every two cores, so
        that the seconds measured are honest and a run's own threads have room
    function : ``module:name`` of what a worker calls with a spec, a log and a progress
    secrets : returns what the process of a run is to find in its environment, such as a key
    """

    def __init__(
        self,
        max_parallel: int | None = None,
        function: str = RUNNER,
        secrets: Callable[[RunSpec], Mapping[str, str]] = lambda spec: {},
    ) -> None:
        self._max_parallel = max_parallel or max(1, _n_cores() // 2)
        self._function = function
        self._secrets = secrets
        self._context = multiprocessing.get_context("spawn")
        self._temporary = tempfile.TemporaryDirectory(prefix="mtrec-", ignore_cleanup_errors=True)
        self._folder = Path(self._temporary.name)
        self._log_folders: weakref.WeakKeyDictionary[InteractionLog, Path] = (
            weakref.WeakKeyDictionary()
        )
        self._listeners: list[Listener] = []
        self._waiting: deque[_Job] = deque()
        self._running: list[_Job] = []
        self._n_submitted = 0
        self._closed = False
        self._commands: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._woken, self._wake = self._context.Pipe(duplex=False)
        self._lock = threading.Lock()  # of what submit, cancel and close share
        self._thread = threading.Thread(target=self._serve, name="local jobs", daemon=True)
        self._thread.start()

    # --- called from any thread ----------------------------------------------------------

    def submit(self, spec: RunSpec, log: InteractionLog) -> LocalHandle:
        """Queue a run on a log and return at once."""
        with self._lock:
            if self._closed:
                raise RuntimeError("these jobs are closed")
            self._n_submitted += 1
            handle = LocalHandle(str(self._n_submitted), spec, self)
        job = _Job(handle, log)
        self._command(lambda: self._enqueue(job))
        return handle

    def listen(self, callback: Listener) -> None:
        """Call ``callback`` with every event from now on, in the thread of these jobs."""
        self._listeners.append(callback)

    def close(self) -> None:
        """End all runs without further events and delete what lies on the disk."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._listeners.clear()
        self._command(lambda: None)
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def cancel(self, handle: LocalHandle, grace_seconds: float) -> None:
        """Stop a run (see ``JobHandle.cancel``)."""
        self._command(lambda: self._cancel(handle, grace_seconds))

    def _command(self, command: Callable[[], None]) -> None:
        with self._lock:
            if self._wake.closed:
                return
            self._commands.put(command)
            self._wake.send_bytes(b"")

    # --- the thread ----------------------------------------------------------------------

    def _serve(self) -> None:
        try:
            while not self._closed:
                self._wait()
                self._start_waiting()
        except Exception as error:  # else all who wait for a run would wait for ever
            _logger.exception("the jobs stopped")
            for job in (*self._running, *self._waiting):
                if not job.has_ended:
                    self._end(job, JobState.FAILED, message=endings.bug(job.model, str(error)))
        finally:
            self._shut_down()

    def _wait(self) -> None:
        by_source: dict[Any, _Job] = {}  # pipes for events, integers for ends
        deadline = float("inf")
        for job in self._running:
            by_source[job.process.sentinel] = job
            if job.process.hears:
                by_source[job.process.events] = job
            deadline = min(deadline, job.process.deadline)
        timeout = None if deadline == float("inf") else max(0.0, deadline - time.monotonic())
        ready = wait([self._woken, *by_source], timeout)
        for source in ready:
            if source is self._woken:
                self._woken.recv_bytes()
                self._commands.get()()
            elif not isinstance(source, int):
                self._hear(by_source[source], by_source[source].process.receive())
        for source in ready:  # last, so that what a worker said is heard before its end
            if isinstance(source, int):
                self._finish(by_source[source])
        for job in self._running:
            job.process.escalate()

    def _enqueue(self, job: _Job) -> None:
        self._waiting.append(job)
        self._tell(job, JobState.QUEUED)

    def _start_waiting(self) -> None:
        while self._waiting and len(self._running) < self._max_parallel and not self._closed:
            job = self._waiting.popleft()
            try:
                job.start(self._context, self._order(job), self._secrets(job.handle.spec))
            except OSError as error:
                self._end(job, JobState.FAILED, message=endings.cannot_start(job.model, error))
                continue
            except Exception as error:  # of this run; the others are not to wait for it
                _logger.exception("job %s (%s)", job.handle.id, job.model)
                self._end(job, JobState.FAILED, message=endings.bug(job.model, str(error)))
                continue
            self._running.append(job)
            self._tell(job, JobState.STARTED)

    def _order(self, job: _Job) -> worker.Order:
        run_folder = self._folder / f"run{job.handle.id}"
        run_folder.mkdir()
        job.folder = run_folder
        spec = job.handle.spec
        return worker.Order(
            function=self._function,
            spec=spec.model_dump_json(),
            spec_class=f"{type(spec).__module__}:{type(spec).__qualname__}",
            log_folder=str(self._log_folder(job.log)),
            run_folder=str(run_folder),
            session_folder=str(self._folder),
        )

    def _log_folder(self, log: InteractionLog) -> Path:
        """Return where a log lies; it is written once, and deleted with the log."""
        folder = self._log_folders.get(log)
        if folder is None:
            folder = self._folder / f"log{id(log)}"
            shutil.rmtree(folder, ignore_errors=True)  # half of it, from a disk that was full
            write_parts(folder, {}, log.to_arrays())
            self._log_folders[log] = folder
            weakref.finalize(log, shutil.rmtree, folder, ignore_errors=True)
        return folder

    def _cancel(self, handle: LocalHandle, grace_seconds: float) -> None:
        for job in self._waiting:
            if job.handle is handle:
                self._waiting.remove(job)
                self._end(job, JobState.CANCELLED)
                return
        for job in self._running:
            if job.handle is handle and not job.has_ended:
                job.is_unwanted = True
                job.process.stop(grace_seconds)

    def _hear(self, job: _Job, event: dict[str, Any] | None) -> None:
        if event is None or job.has_ended or job.is_unwanted:
            return
        match event["event"]:
            case "progress":
                job.fraction = event["fraction"]
                job.stage = Stage(event["stage"])
                self._tell(job, JobState.PROGRESS, seconds_left=event["seconds_left"])
                return
            case "done":
                self._take_result(job)
            case "failed":
                message = Message(event["template"], event["values"])
                self._end(job, JobState.FAILED, message=message)
            case "no memory":
                self._end(job, JobState.FAILED, message=endings.no_memory(job.model))
            case "bug":
                _logger.error("job %s (%s)\n%s", job.handle.id, job.model, event["traceback"])
                self._end(job, JobState.FAILED, message=endings.bug(job.model, event["error"]))
        job.process.force_after(_EXIT_SECONDS)

    def _take_result(self, job: _Job) -> None:
        try:
            result = RunResult.from_parts(*read_parts(job.folder / worker.RESULT_FOLDER))
        except (OSError, ValueError, KeyError) as error:
            _logger.exception("the result of job %s (%s)", job.handle.id, job.model)
            self._end(job, JobState.FAILED, message=endings.bug(job.model, str(error)))
            return
        job.fraction = 1.0
        self._end(job, JobState.DONE, result=result)

    def _finish(self, job: _Job) -> None:
        """Draw the line under a process that has ended."""
        for event in job.process.receive_rest():
            self._hear(job, event)
        self._running.remove(job)
        was_forced = job.process.was_forced
        exit_code = job.process.clear()
        if not job.has_ended:
            if was_forced:
                self._end(job, JobState.KILLED, message=endings.killed(job.model))
            elif job.is_unwanted:
                self._end(job, JobState.CANCELLED)
            else:
                trace = _crash_trace(job.folder / worker.CRASH_FILE)
                cause = describe_exit(exit_code)
                _logger.error("job %s (%s): %s\n%s", job.handle.id, job.model, cause, trace)
                self._end(job, JobState.CRASHED, message=endings.crashed(job.model, cause))
        shutil.rmtree(job.folder, ignore_errors=True)

    def _end(
        self,
        job: _Job,
        state: JobState,
        result: RunResult | None = None,
        message: Message | None = None,
    ) -> None:
        job.has_ended = True
        self._tell(job, state, result=result, message=message)

    def _tell(
        self,
        job: _Job,
        state: JobState,
        seconds_left: float | None = None,
        result: RunResult | None = None,
        message: Message | None = None,
    ) -> None:
        event = JobEvent(job.handle, state, job.fraction, job.stage, seconds_left, result, message)
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:  # a listener's fault must not take the runs down with it
                _logger.exception("a listener failed at %s of job %s", state, job.handle.id)

    def _shut_down(self) -> None:
        with self._lock:
            self._closed = True
            self._wake.close()
        self._woken.close()
        for job in self._running:
            job.process.kill()
        for job in self._running:
            job.process.clear()
        self._running.clear()
        self._waiting.clear()
        self._temporary.cleanup()


def _crash_trace(file: Path) -> str:
    """Return what a process that died left behind; it may have died before it could."""
    try:
        return file.read_text(errors="replace")
    except OSError:
        return "It died before it could say where."


class LocalHandle:
    """A run that was submitted to ``LocalJobs``."""

    def __init__(self, job_id: str, spec: RunSpec, jobs: LocalJobs) -> None:
        self._id = job_id
        self._spec = spec
        self._jobs = jobs

    @property
    def id(self) -> str:
        """Name of the job, unique within its backend."""
        return self._id

    @property
    def spec(self) -> RunSpec:
        """What was asked for."""
        return self._spec

    def cancel(self, grace_seconds: float = POLITE_SECONDS) -> None:
        """Stop the run: ask, and end it by force after ``grace_seconds``."""
        self._jobs.cancel(self, grace_seconds)


class _Job:
    """What the thread knows of one run; ``process`` and ``folder`` from its start on."""

    process: WorkerProcess
    folder: Path

    def __init__(self, handle: LocalHandle, log: InteractionLog) -> None:
        self.handle = handle
        self.log = log
        self.fraction = 0.0
        self.stage: Stage | None = None
        self.is_unwanted = False
        self.has_ended = False

    @property
    def model(self) -> str:
        return self.handle.spec.model

    def start(self, context: SpawnContext, order: worker.Order, secrets: Mapping[str, str]) -> None:
        self.process = WorkerProcess(context, order, secrets)


def _n_cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # what this process may use, not what is built in
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
