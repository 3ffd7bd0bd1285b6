"""A worked example: the value, the equation with its numbers in it, and the rows behind each term.

An equation says little until one's own numbers stand in it. A ``Worked`` holds the equation with
the numbers substituted, and its terms as ``steps``; each step knows the rows it comes from, so
that pointing at a term can light its rows, and pointing at a row its terms.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.errors import MtrecError
from algorithms.messages import Message
from algorithms.metrics.card import EventMetric, Level, Metric
from algorithms.metrics.lab.examples import AnswerRows, RankedList, ValueRows, Workbench
from algorithms.metrics.lab.user_lists import UserLists
from algorithms.metrics.ranking import judge

SMALL = 0.01  # numbers below are shown with more digits
MOST_TERMS = 8  # longer sums are cut, so that the equation fits a page


class WorkbenchError(MtrecError, ValueError):
    """A metric that cannot be worked out on this kind of rows."""

    template = "{metric} cannot be worked out on {found}; it needs {expected}."


class Part(StrEnum):
    """Where in the equation a term stands."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    LINE = "line"  # there is no fraction over all


@dataclass(frozen=True, slots=True)
class Step:
    r"""One term of the equation.

    Parameters
    ----------
    mathtext : with its dollar signs, such as ``$\frac{1}{\log_2 2}$``; without them it stands in
        the substituted equation
    rows : row numbers in the example that it comes from
    part : where in the equation it stands
    """

    mathtext: str
    rows: tuple[int, ...]
    part: Part = Part.LINE


@dataclass(frozen=True, slots=True)
class Worked:
    """A metric's value on an example, and how it comes about.

    Parameters
    ----------
    metric : key
    value : what the catalog's function says; NaN where it is undefined
    substituted : the equation with the numbers in it, in matplotlib's mathtext
    steps : its terms, from left to right
    undefined : why there is no value, where there is none
    """

    metric: str
    value: float
    substituted: str
    steps: tuple[Step, ...]
    undefined: Message | None = None

    def steps_of(self, row: int) -> tuple[int, ...]:
        """Return which steps a row of the example enters."""
        return tuple(place for place, step in enumerate(self.steps) if row in step.rows)


def catalog_value(metric: Metric, example: Workbench, **options: Any) -> float:
    """Return what the catalog's function, given further options, says of an example.

    Raises
    ------
    WorkbenchError
        Where the metric looks at another kind of rows.
    """
    if metric.level is Level.RATING and isinstance(example, ValueRows):
        arguments: list[Any] = [np.array(example.truth), np.array(example.predicted)]
    elif metric.level is Level.BINARY and isinstance(example, AnswerRows):
        arguments = [np.array(example.truth, dtype=np.float64), np.array(example.scores)]
        if isinstance(metric, EventMetric) and metric.needs_threshold:
            arguments.append(example.threshold)
        if isinstance(metric, EventMetric) and metric.needs_users:
            arguments.append(np.array(example.users or (0,) * len(example), dtype=np.int64))
    elif metric.level is Level.RANKING and isinstance(example, RankedList):
        n, n_unlisted = len(example), len(example.unlisted)
        grades = np.array(example.relevance + example.unlisted)
        relevant = np.flatnonzero(grades)
        judged = judge(
            np.arange(n)[None],
            np.array([0, len(relevant)]),
            relevant,
            grades[relevant],
            np.array([n + n_unlisted + example.n_others]),
        )
        arguments = [judged, example.k]
    elif metric.level is Level.BEYOND and isinstance(example, UserLists):
        values = user_values(metric, example)
        return float(values[np.isfinite(values)].mean()) if np.isfinite(values).any() else math.nan
    else:
        raise WorkbenchError(
            metric=metric.card.title, found=type(example).__name__, expected=metric.level.value
        )
    return float(np.ravel(metric.function(*arguments, **options))[0])


def user_values(metric: Metric, example: UserLists) -> FloatArray:
    """Return (m,) each user's own value, or (1,) of a metric about all lists together."""
    return np.ravel(metric.function(example.shown, example.k))


def number(value: float, digits: int = 3) -> str:
    """Write a number, without superfluous zeros; a small one with more digits.

    Examples
    --------
    >>> number(1.5), number(2.0), number(0.63093), number(0.00041)
    ('1.5', '2', '0.631', '0.00041')
    """
    decimals = digits if abs(value) >= SMALL else digits + 3
    text = f"{value:.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def equals(value: float, digits: int = 3) -> str:
    r"""Write that something is, or is nearly, a number.

    Examples
    --------
    >>> equals(1.5), equals(2 / 3)
    ('= 1.5', '\\approx 0.667')
    """
    if math.isnan(value):
        return r"= \mathrm{undefined}"
    shown = number(value, digits)
    sign = "=" if math.isclose(float(shown), value, rel_tol=1e-9, abs_tol=1e-12) else r"\approx"
    return f"{sign} {shown}"


def term(body: str, rows: Iterable[int], part: Part = Part.NUMERATOR) -> Step:
    """Make a step of mathtext without dollar signs."""
    return Step(f"${body}$", tuple(rows), part)


def shortened(steps: Sequence[Step]) -> tuple[Step, ...]:
    r"""Cut a sum that is too long: the terms left out become one step, ``\cdots``."""
    if len(steps) <= MOST_TERMS:
        return tuple(steps)
    rest = steps[MOST_TERMS - 2 : -1]
    dots = term(r"\cdots", sorted({row for step in rest for row in step.rows}), steps[0].part)
    return (*steps[: MOST_TERMS - 2], dots, steps[-1])


def summed(steps: Sequence[Step]) -> str:
    """Write a sum of steps, 0 where there is none."""
    return " + ".join(step.mathtext[1:-1] for step in steps) or "0"


def fraction(steps: Sequence[Step]) -> str:
    """Write the steps of the numerator over those of the denominator."""
    above = summed([step for step in steps if step.part is Part.NUMERATOR])
    below = summed([step for step in steps if step.part is Part.DENOMINATOR])
    return rf"\dfrac{{{above}}}{{{below}}}"  # large, so that fractions inside can be read


def row_count(n: int) -> Step:
    """Make the step of a mean over n rows."""
    return term(f"{n}", range(n), Part.DENOMINATOR)


def signed(value: float) -> str:
    """Write a number that follows an operator: in brackets where it is negative."""
    return number(value) if number(value)[0] != "-" else f"({number(value)})"


NO_ROWS = Message("There is no row, so there is nothing to average.")

Working = Callable[..., Worked]  # (example, value), and the options of a variant
