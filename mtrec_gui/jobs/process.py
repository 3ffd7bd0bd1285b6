"""The parent's side of one worker process: start it, hear it, end it."""

from __future__ import annotations

import contextlib
import json
import signal
import time
from collections.abc import Mapping
from multiprocessing.context import SpawnContext
from typing import Any

from mtrec_gui.jobs import worker

_TERMINATE_SECONDS = 1.0  # between terminate and kill


class WorkerProcess:
    """A worker that was started with an order.

    Parameters
    ----------
    context : where processes come from
    order : what it is to do
    secrets : for its environment; they go to it through memory, never through a file
    """

    def __init__(
        self,
        context: SpawnContext,
        order: worker.Order,
        secrets: Mapping[str, str] | None = None,
    ) -> None:
        self.events, for_events = context.Pipe(duplex=False)
        for_control, self._control = context.Pipe(duplex=False)
        self._process = context.Process(
            target=worker.main,
            args=(for_events, for_control, order.to_json(), dict(secrets or {})),
            daemon=True,
        )
        try:
            self._process.start()
        finally:
            for_events.close()  # else the end of the worker would not end the pipe
            for_control.close()
        self.hears = True
        self.was_forced = False
        self._terminate_at = float("inf")
        self._kill_at = float("inf")

    @property
    def sentinel(self) -> int:
        """Ready when the process has ended."""
        return self._process.sentinel

    @property
    def deadline(self) -> float:
        """When ``escalate`` wants to be called, on the monotonic clock."""
        return min(self._terminate_at, self._kill_at)

    def receive(self) -> dict[str, Any] | None:
        """Return the next event of the worker; None, once and for all, where none will come."""
        try:
            event: dict[str, Any] = json.loads(self.events.recv_bytes())
        except (EOFError, OSError):  # also where it died in the middle of an event
            self.hears = False
            return None
        return event

    def receive_rest(self) -> list[dict[str, Any]]:
        """Return what a worker said before it ended."""
        events = []
        while self.hears and self.events.poll():
            event = self.receive()
            if event is not None:
                events.append(event)
        return events

    def stop(self, grace_seconds: float) -> None:
        """Ask the worker to end, and set the time at which asking ends."""
        with contextlib.suppress(OSError):  # it is ending by itself
            self._control.send_bytes(b"cancel")
        self.force_after(grace_seconds)

    def force_after(self, seconds: float) -> None:
        """Have ``escalate`` end the process if it is still there after ``seconds``."""
        if self.was_forced:
            return
        self._terminate_at = min(self._terminate_at, time.monotonic() + seconds)
        self._kill_at = self._terminate_at + _TERMINATE_SECONDS

    def escalate(self) -> None:
        """Do what is due: terminate, then kill."""
        now = time.monotonic()
        if now >= self._terminate_at:
            self._terminate_at = float("inf")
            self.was_forced = True
            self._process.terminate()
        if now >= self._kill_at:
            self._kill_at = float("inf")
            self._process.kill()

    def kill(self) -> None:
        """End the process now."""
        self._process.kill()

    def clear(self) -> int:
        """Wait for the end of the process, let go of it and return its exit code."""
        self._process.join()
        exit_code = self._process.exitcode
        self._process.close()
        self.events.close()
        self._control.close()
        return 0 if exit_code is None else exit_code


def describe_exit(exit_code: int) -> str:
    """Say what ended a process: a signal by its name, or an exit code."""
    if exit_code >= 0:
        return f"exit code {exit_code}"
    try:
        return signal.Signals(-exit_code).name
    except ValueError:
        return f"signal {-exit_code}"
