"""What the curves of the page show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from algorithms.messages import Message
from algorithms.search import CurveKind
from mtrec_gui.curve_desk import CurveLine

MOST_MODELS = 3


@dataclass(frozen=True, slots=True)
class DrawableModel:
    """A model of the catalog, or a further variant of it that the experiment has."""

    id: str
    key: str
    config: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CurveForm:
    """What will be drawn, and what stands in the way.

    Parameters
    ----------
    models : those that can be drawn, each as the experiment has it set
    chosen : their ids, one to three
    tasks, task : those that the first model serves, and the one that is judged
    parameters, parameter : numbers of the first model, and the one that is turned up for size
    values : shares of labels or values of the parameter, as they are typed
    """

    kind: CurveKind
    models: tuple[DrawableModel, ...]
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
    models: tuple[tuple[str, Mapping[str, Any]], ...]  # key and config


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
