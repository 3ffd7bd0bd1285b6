"""What the Metric Lab shows of its metrics, as values (Qt-free)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from algorithms.metrics import Level, Metric


class Part(StrEnum):
    """What is shown of a metric."""

    TRY = "try"
    MEANING = "meaning"
    DISAGREE = "disagree"
    EXERCISES = "exercises"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The metrics of one level, in the order of the catalog."""

    level: Level
    metrics: tuple[Metric, ...]


@dataclass(frozen=True, slots=True)
class MetricOnPage:
    """The metric that is shown, and the work that its definition is taken from."""

    metric: Metric
    reference: str
