"""How long work says how far it is.

Engine functions take a ``Progress`` and call it; they know nothing of threads, processes or
windows. A progress may raise to stop the work.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class Stage(StrEnum):
    """What the work is at."""

    LOAD = "load"
    SPLIT = "split"
    FIT = "fit"
    CALIBRATE = "calibrate"
    PREDICT = "predict"
    RANK = "rank"
    MEASURE = "measure"
    SAVE = "save"


class Progress(Protocol):
    """Called with the share of the whole work that is done, 0 to 1, and its stage."""

    def __call__(self, fraction: float, stage: Stage) -> None: ...  # noqa: D102


def silent(fraction: float, stage: Stage) -> None:
    """Report to nobody."""


def part_of(progress: Progress, start: float, stop: float) -> Progress:
    """Return a progress whose 0 to 1 is the stretch ``start`` to ``stop`` of ``progress``."""

    def report(fraction: float, stage: Stage) -> None:
        progress(start + (stop - start) * min(max(fraction, 0.0), 1.0), stage)

    return report
