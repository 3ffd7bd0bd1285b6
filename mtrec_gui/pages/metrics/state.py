"""What the Metric Lab shows of its metrics, as values (Qt-free)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from algorithms.metrics import METRICS, Level, Measure, MeasureGroup, Metric, find_measure

Subject = Metric | Measure  # what has a card


class Part(StrEnum):
    """What is shown of a metric."""

    TRY = "try"
    MEANING = "meaning"
    DISAGREE = "disagree"
    EXERCISES = "exercises"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The metrics of one level, or the measures of one group, in the order of the catalog."""

    level: Level | MeasureGroup
    metrics: tuple[Subject, ...]


@dataclass(frozen=True, slots=True)
class MetricOnPage:
    """The metric or measure that is shown, and the work that its definition is taken from."""

    metric: Subject
    reference: str


def find_subject(key: str) -> Subject:
    """Return the metric or the measure of a key.

    Raises
    ------
    UnknownMetricError
        Where there is none.
    """
    return METRICS[key] if key in METRICS else find_measure(key)
