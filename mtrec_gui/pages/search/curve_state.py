"""What the curves of the page show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from algorithms.messages import Message
from algorithms.search import CurveKind
from mtrec_gui.curve_desk import CurveLine

MOST_MODELS = 3


@dataclass(frozen=True, slots=True)
class CurveForm:
    """What will be drawn, and what stands in the way.

    Parameters
    ----------
    models : key and title of those that can be drawn
    chosen : keys, one to three
    tasks, task : those that the first model serves, and the one that is judged
    parameters, parameter : numbers of the first model, and the one that is turned up for size
    values : shares of labels or values of the parameter, as they are typed
    """

    kind: CurveKind
    models: tuple[tuple[str, str], ...]
    chosen: tuple[str, ...]
    tasks: tuple[str, ...]
    task: str
    parameters: tuple[str, ...]
    parameter: str
    values: str
    n_seeds: int
    obstacle: Message | None


@dataclass(frozen=True, slots=True)
class PastCurves:
    """Curves that the project holds."""

    id: int
    created: datetime
    kind: CurveKind
    task: str
    models: tuple[str, ...]  # keys


@dataclass(frozen=True, slots=True)
class CurvesFound:
    """What is known of the curves that are looked at.

    Parameters
    ----------
    version : another one whenever the points are others
    past : all curves of the project, newest first
    shown : id of those that are looked at
    """

    lines: tuple[CurveLine, ...]
    version: tuple[int, int]
    is_running: bool
    fraction: float
    past: tuple[PastCurves, ...] = ()
    shown: int | None = None
