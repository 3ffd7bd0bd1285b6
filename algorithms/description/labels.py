r"""How labels relate: which are observed how often, which go together, which follow on others.

Tasks help each other where their labels have something in common. The correlation of two labels
(Pearson's),

.. math:: r = \frac{\sum_i (x_i - \bar x)(y_i - \bar y)}
               {\sqrt{\sum_i (x_i - \bar x)^2 \sum_i (y_i - \bar y)^2}},

is taken over the events on which both are observed; where these are a chosen few, so is what the
number tells of the rest. A *funnel* counts what is left at each step from a task to the task that
can happen only after it: shown, clicked, bought.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import BoolArray, Float32Array, FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.tasks.task import Task

CHUNK = 262_144  # rows that are multiplied at once


@dataclass(frozen=True, slots=True)
class Density:
    """How much of what could be known for a task is known.

    Parameters
    ----------
    n_pairs : distinct (user, item) pairs with the label observed
    share : of all pairs of a user and an item of the task's kind; NaN where there are none
    """

    n_pairs: int
    share: float


def density(log: InteractionLog, task: Task) -> Density:
    """Count the distinct pairs on which a task's label is observed."""
    observed = task.events(log)
    pairs = np.sort(log.users[observed].astype(np.int64) * log.n_items + log.items[observed])
    n_pairs = int(np.count_nonzero(pairs[1:] != pairs[:-1])) + (len(pairs) > 0)
    possible = log.n_users * len(log.item_table.of_kind(task.item_kind))
    return Density(n_pairs, n_pairs / possible if possible else np.nan)


@dataclass(frozen=True, eq=False)
class LabelPairs:
    """What each two labels have in common.

    Parameters
    ----------
    names : (n_labels,) in the order of the data
    both_observed : (n_labels, n_labels) events on which both are observed
    both_relevant : (n_labels, n_labels) events on which both are observed and relevant
    row_relevant : (n_labels, n_labels) events on which both are observed and the row's is relevant
    correlation : (n_labels, n_labels) over ``both_observed``; NaN where either is constant
    """

    names: tuple[str, ...]
    both_observed: IntArray
    both_relevant: IntArray
    row_relevant: IntArray
    correlation: FloatArray

    @property
    def shares(self) -> FloatArray:
        """Of the events relevant for the row, the share relevant for the column; NaN of none."""
        with np.errstate(invalid="ignore"):
            shares: FloatArray = self.both_relevant / self.row_relevant
        return shares


def label_pairs(log: InteractionLog, relevant_from: Mapping[str, float]) -> LabelPairs:
    """Compare all labels of a log with each other.

    Parameters
    ----------
    relevant_from : for a label, the value from which it counts; 1 where it has none
    """
    names = tuple(log.labels)
    n = len(names)
    shape = (n, n)
    count, relevant, of_row = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    x, xx, xy = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    limits = np.array([relevant_from.get(name, 1.0) for name in names])
    # sums of products lose digits where values are large: measure from a value in the middle
    zero = np.array([_a_middle(values) for values in log.labels.values()])
    for start in range(0, len(log), CHUNK):
        values = np.column_stack(
            [column[start : start + CHUNK] for column in log.labels.values()]
        ).astype(np.float64)
        seen = ~np.isnan(values)
        mask = seen.astype(np.float64)  # (rows, n_labels)
        marks = (seen & (values >= limits)).astype(np.float64)
        filled = np.where(seen, values - zero, 0.0)
        count += mask.T @ mask
        relevant += marks.T @ marks
        of_row += marks.T @ mask
        x += filled.T @ mask  # [a, b]: sum of a where b is observed too
        xx += (filled**2).T @ mask
        xy += filled.T @ filled
    with np.errstate(invalid="ignore", divide="ignore"):
        covariance = xy - x * x.T / count
        spread = xx - x**2 / count
        # a constant leaves only rounding behind
        spread[spread <= 1e-12 * np.maximum(xx, 1e-300)] = np.nan
        correlation = np.clip(covariance / np.sqrt(spread * spread.T), -1.0, 1.0)
    both_observed, both_relevant, row_relevant = (
        sums.round().astype(np.int64) for sums in (count, relevant, of_row)
    )
    return LabelPairs(names, both_observed, both_relevant, row_relevant, correlation)


def _a_middle(values: Float32Array) -> float:
    some = values[:CHUNK]
    some = some[np.isfinite(some)]
    return float(some.mean(dtype=np.float64)) if len(some) else 0.0


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One step: ``task`` is the place of the task that happened, None for the first step."""

    task: int | None
    n: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """From all events of the first task down to the last one that can follow."""

    steps: tuple[FunnelStep, ...]


def funnels(log: InteractionLog, tasks: Sequence[Task]) -> tuple[Funnel, ...]:
    """Count what is left along each chain of tasks and their parents.

    The first step of a chain counts the events on which its first task was observed; each other
    step counts those on which this task and all before it have a relevant value.
    """
    usable = {
        task.name: (place, task)
        for place, task in enumerate(tasks)
        if task.enabled and task.label in log.labels
    }
    parents = {task.parent for _, task in usable.values()}
    chains = [_chain(name, usable) for name in usable if name not in parents]
    return tuple(_count(log, chain) for chain in chains if len(chain) > 1)


def _chain(name: str, usable: Mapping[str, tuple[int, Task]]) -> list[tuple[int, Task]]:
    """Return a task's ancestors and the task itself, the first one first."""
    chain: list[tuple[int, Task]] = []
    at: str | None = name
    while (
        at is not None and at in usable and usable[at] not in chain
    ):  # a circle of parents ends, too
        chain.append(usable[at])
        at = usable[at][1].parent
    return chain[::-1]


def _count(log: InteractionLog, chain: Sequence[tuple[int, Task]]) -> Funnel:
    left: BoolArray = chain[0][1].events(log)
    steps = [FunnelStep(None, int(np.count_nonzero(left)))]
    for place, task in chain:
        # NaN, not observed, is not above anything
        left = left & (log.label(task.label) >= np.float32(task.relevant_from))
        steps.append(FunnelStep(place, int(np.count_nonzero(left))))
    return Funnel(tuple(steps))
