"""What a metric is: a pure function, and a card that says what it means.

Libraries disagree under one name, so a card states its choice: the formula, what happens where
the metric is undefined, and the mistake that is made most often.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from algorithms.arrays import FloatArray
from algorithms.tasks import TaskKind


class Level(StrEnum):
    """What a metric looks at."""

    RATING = "rating"  # predictions of values: MAE, RMSE
    BINARY = "binary"  # yes or no: Accuracy, Precision, Recall, F1, AUC
    RANKING = "ranking"  # ordered lists: Precision, Recall, F1, NDCG at k
    BEYOND = "beyond"  # lists beyond accuracy: coverage, novelty, diversity

    @property
    def of_lists(self) -> bool:
        """Whether it looks at the first k places of lists."""
        return self in (Level.RANKING, Level.BEYOND)


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Variant:
    """How somebody else computes what bears the same name.

    Parameters
    ----------
    who : library or tool, with its function
    how : in what it differs, or that it does not
    same : whether it gives the same number
    """

    who: str
    how: str
    same: bool


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
    blind : what it cannot see; empty where nobody wrote it down yet
    variants : who computes it how
    example : a small worked example: the arguments of the function by name, and ``value``
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
    blind: str = ""
    variants: tuple[Variant, ...] = ()
    example: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Metric:
    """A metric of the catalog.

    Parameters
    ----------
    key : such as ``ndcg``; the card is the file of this name in ``cards/``
    level : what it looks at, and so the signature of ``function``: (truth, predicted) for
        ratings, (truth, scores) for yes or no, (judged lists, k) for ranking, (shown lists, k)
        beyond accuracy; about all lists together, it returns () instead of a value for each user
    kinds : kinds of tasks that it applies to
    function : the pure function
    """

    key: str
    level: Level
    kinds: frozenset[TaskKind]
    function: Callable[..., Any]

    @property
    def card(self) -> MetricCard:
        """Its meaning, read when it is first asked for."""
        return load_card(self.key)

    def shown(self, k: int | None = None) -> str:
        """Return the name that a person reads, such as NDCG@10."""
        return self.card.title if k is None else f"{self.card.title}@{k}"


@dataclass(frozen=True)
class EventMetric(Metric):
    """A metric over events, which is a ratio of sums (see ``sums.py``).

    Parameters
    ----------
    addends : what each event adds, (n, c), from the arguments of ``function``
    combine : from totals (..., c) to values (...)
    needs_threshold : whether ``function`` reads probabilities, as yes from a threshold up
        (its third argument)
    needs_probability : whether ``function`` reads probabilities as they are
    reads_order : whether only the order of the scores counts, so that any scores will do
    needs_users : whether ``function`` must know whose event it is (its third argument)
    overall_only : whether only the value over all events means something, so that there is
        neither an interval nor a value of a user; the card says why
    per_user : (truth, scores, rows, n_users) -> (n_users,), where a user's own value is not
        ``combine`` of the user's sums
    """

    addends: Callable[..., FloatArray]
    combine: Callable[[FloatArray], FloatArray]
    needs_threshold: bool = False
    needs_probability: bool = False
    reads_order: bool = False
    needs_users: bool = False
    overall_only: bool = False
    per_user: Callable[..., FloatArray] | None = None


@cache
def load_card(key: str, folder: str = "algorithms.metrics.cards") -> MetricCard:
    """Read the card of a metric from its file in the folder of a package."""
    text = (files(folder) / f"{key}.toml").read_text(encoding="utf-8")
    values = tomllib.loads(text)
    return MetricCard(
        title=values["title"],
        definition=values["definition"],
        formula=values["formula"],
        direction=Direction(values["direction"]),
        low=values.get("low"),
        high=values.get("high"),
        undefined=values["undefined"],
        mistake=values["mistake"],
        reference=values["reference"],
        blind=values.get("blind", ""),
        variants=tuple(Variant(**each) for each in values.get("variants", ())),
        example=values.get("example", {}),
    )
