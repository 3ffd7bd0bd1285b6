"""What is shown of the rows behind a number, as values (Qt-free)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from algorithms.arrays import FloatArray, IntArray, TextArray
from algorithms.evaluation import MetricResult
from algorithms.metrics import Metric
from algorithms.metrics.lab import Workbench, Worked
from mtrec_gui.asked import NumberAsked


class Averaging(StrEnum):
    """How a number comes from the users' own values."""

    MEAN = "mean"  # every user counts the same
    WEIGHTED = "weighted"  # a user counts by the weight
    ROOT = "root"  # the root of the weighted mean of squares
    TOGETHER = "together"  # over all at once: no mean of the users' values


@dataclass(frozen=True, slots=True)
class RunOfNumber:
    """One of the runs that a number was measured of."""

    id: int
    seed: int


@dataclass(frozen=True, eq=False)
class NumberRows:
    """A number and the users that it comes from.

    Parameters
    ----------
    asked, metric : which number
    runs, run : those that it was measured of, and the one that is shown
    result : what was measured; None where this run has no such number
    averaging : how the number comes from the users
    order : (m,) positions in ``result.users``, from worst to best; the undefined are left out
    ids : (m,) the users' ids in that order
    """

    asked: NumberAsked
    metric: Metric
    runs: tuple[RunOfNumber, ...]
    run: RunOfNumber
    result: MetricResult | None
    averaging: Averaging
    order: IntArray
    ids: TextArray

    @property
    def values(self) -> FloatArray:
        """(m,) the users' values from worst to best."""
        if self.result is None:
            return self.order.astype(float)
        values: FloatArray = self.result.per_user[self.order]
        return values

    @property
    def weights(self) -> FloatArray | None:
        """(m,) how much each counts, where they do not count the same."""
        if self.result is None or self.result.weights is None:
            return None
        weights: FloatArray = self.result.weights[self.order]
        return weights


@dataclass(frozen=True, slots=True)
class Listed:
    """A place of a list: the item's title, and whether the held-out truth has it."""

    place: int
    title: str
    is_hit: bool


@dataclass(frozen=True, slots=True)
class JudgedEvent:
    """A held-out event: the item's title, its label, and what the model said."""

    title: str
    truth: float
    said: float


@dataclass(frozen=True, eq=False)
class UserOfNumber:
    """One user behind a number.

    Parameters
    ----------
    user : user index
    id, value : as in the table
    places : the list that was judged, for ranking metrics
    missed : titles of held-out relevant items that the list does not have
    events : the events that were judged, for the others
    threshold : from which a model's yes counts, for yes-or-no events; None elsewhere
    worked : the equation with these numbers in it; None where the workbench cannot give it
    example : the rows as the workbench takes them
    """

    user: int
    id: str
    value: float
    places: tuple[Listed, ...] = ()
    missed: tuple[str, ...] = ()
    events: tuple[JudgedEvent, ...] = ()
    threshold: float | None = None
    worked: Worked | None = None
    example: Workbench | None = None


@dataclass(frozen=True, eq=False)
class RowsState:
    """The whole part of the page; None where nothing was asked for, or no answer is there yet."""

    number: NumberRows | None = None
    user: UserOfNumber | None = None
    is_loading: bool = False
    is_user_loading: bool = False
