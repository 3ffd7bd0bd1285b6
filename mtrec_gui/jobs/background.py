"""Short work beside the window: open a project, import a file, restore a model.

Such work belongs to this process, since what it makes is needed here; runs do not, they go to
a ``JobBackend``. Whoever asks gets exactly one answer, ``done`` or ``failed``, or none after
``cancel``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from algorithms.errors import MtrecError
from algorithms.progress import Progress, Stage

T = TypeVar("T")


class Errand(Protocol):
    """Work that was handed over."""

    def cancel(self) -> None:
        """Want no answer any more, and end the work at its next report."""


class Runner(Protocol):
    """Does short work and answers the one who asked."""

    def run(
        self,
        work: Callable[[Progress], T],
        done: Callable[[T], None],
        failed: Callable[[MtrecError], None],
        progress: Callable[[float, Stage], None] | None = None,
    ) -> Errand:
        """Do work.

        Parameters
        ----------
        work : called with a progress to report to; it must not touch what others use
        done : called with what ``work`` returned
        failed : called with the error that a person can do something about
        progress : called now and then with the share that is done and the stage
        """


class ImmediateRunner:
    """Does the work in the call itself: for the command line and for tests.

    An unexpected exception is raised in the caller, as in any other call.
    """

    def run(
        self,
        work: Callable[[Progress], T],
        done: Callable[[T], None],
        failed: Callable[[MtrecError], None],
        progress: Callable[[float, Stage], None] | None = None,
    ) -> Errand:
        """Do work now (see ``Runner.run``)."""

        def report(fraction: float, stage: Stage) -> None:
            if progress is not None:
                progress(fraction, stage)

        try:
            result = work(report)
        except MtrecError as error:
            failed(error)
        else:
            done(result)
        return _FinishedErrand()


class _FinishedErrand:
    def cancel(self) -> None:
        """Nothing to do: the work is over when the caller holds this."""
