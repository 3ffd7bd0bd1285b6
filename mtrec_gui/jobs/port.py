"""What the application asks of whoever does its runs, and what it hears from them.

A backend takes a run's spec and its log, and tells its listeners how the run gets on. The local
backend starts one process per run; another could hand runs to other machines, since a spec is
JSON and a log and a result are arrays.

A job's events are ``queued``, ``started``, any number of ``progress`` and exactly one final
event, in this order. Nothing arrives after the final one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from algorithms.data.log import InteractionLog
from algorithms.evaluation.experiment import RunSpec
from algorithms.evaluation.results import RunResult
from algorithms.messages import Message
from algorithms.progress import Stage

POLITE_SECONDS = 2.0


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    STARTED = "started"
    PROGRESS = "progress"
    DONE = "done"  # the complete result is in the event
    FAILED = "failed"  # the run raised an error; the message says which
    CANCELLED = "cancelled"  # it ended by itself after it was asked to
    KILLED = "killed"  # it was asked to end, did not, and was ended
    CRASHED = "crashed"  # its process died by itself

    @property
    def is_final(self) -> bool:
        """Whether nothing comes after it."""
        return self not in (JobState.QUEUED, JobState.STARTED, JobState.PROGRESS)


class JobHandle(Protocol):
    """One submitted run."""

    @property
    def id(self) -> str:
        """Name of the job, unique within its backend."""

    @property
    def spec(self) -> RunSpec:
        """What was asked for."""

    def cancel(self, grace_seconds: float = POLITE_SECONDS) -> None:
        """Stop the run: ask, and end it by force after ``grace_seconds``.

        Returns at once. The job's next event is its final one; where it had finished
        already, nothing happens.
        """


@dataclass(frozen=True, slots=True, eq=False)
class JobEvent:
    """What happened to a job.

    Parameters
    ----------
    job : the handle that ``submit`` returned
    state : where the job stands now
    fraction : share of the work that is done, 0 to 1; it never falls
    stage : what the run is at, once it told
    seconds_left : estimate, None as long as there is too little to go by
    result : where ``state`` is done
    message : why, where ``state`` is failed, killed or crashed
    """

    job: JobHandle
    state: JobState
    fraction: float = 0.0
    stage: Stage | None = None
    seconds_left: float | None = None
    result: RunResult | None = None
    message: Message | None = None


Listener = Callable[[JobEvent], None]


class JobBackend(Protocol):
    """Does runs, beside and independently of each other."""

    def submit(self, spec: RunSpec, log: InteractionLog) -> JobHandle:
        """Queue a run on a log and return at once."""

    def listen(self, callback: Listener) -> None:
        """Call ``callback`` with every event from now on; the backend says in which thread."""

    def close(self) -> None:
        """End all runs without further events and let go of what they held."""
