"""What a metric is: a pure function, and a card that says what it means.

Libraries disagree under one name, so a card states its choice: the formula, what happens where
the metric is undefined, and the mistake that is made most often.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from algorithms.tasks import TaskKind


class Level(StrEnum):
    """What a metric looks at."""

    RATING = "rating"  # predictions of values: MAE, RMSE
    BINARY = "binary"  # yes or no: Accuracy, Precision, Recall, F1, AUC
    RANKING = "ranking"  # ordered lists: Precision, Recall, F1, NDCG at k


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class MetricCard:
    """The meaning of a metric, as a learner reads it.

    Parameters
    ----------
    title : short name, such as NDCG
    definition : one sentence that a beginner follows
    formula : in matplotlib's mathtext
    direction : which way is better
    low, high : range; None where there is no bound
    undefined : what happens where the metric has no value
    mistake : what people get wrong most often
    reference : key in docs/references.bib
    """

    title: str
    definition: str
    formula: str
    direction: Direction
    low: float | None
    high: float | None
    undefined: str
    mistake: str
    reference: str


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of the catalog.

    Parameters
    ----------
    key : such as ``ndcg``; ranking metrics are measured at a ``k`` and shown as NDCG@10
    level : what it looks at, and so the signature of ``function``
    kinds : kinds of tasks that it applies to
    function : the pure function
    card : its meaning
    """

    key: str
    level: Level
    kinds: frozenset[TaskKind]
    function: Callable[..., Any]
    card: MetricCard
