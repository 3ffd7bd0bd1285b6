"""Two tasks whose labels are one label: the same values, or one follows from the other.

*Renamed*: equal wherever both are observed, or |correlation| > 0.999. Learning two such tasks
together looks like help between tasks and is a repetition. *Derived*: one is 1 exactly from some
value of the other up, as *liked* is 1 from four stars up. That is how tasks are made of a rating,
and no leak: in the test both are hidden. A task and its parent are one family too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from algorithms.arrays import Float32Array
from algorithms.data.log import InteractionLog
from algorithms.messages import Message, MessageValue
from algorithms.tasks import Task

FEWEST = 20  # events with both labels, below which nothing is said
SAME_CORRELATION = 0.999

RENAMED = (
    "“{task}” and “{other}” ask the same: their labels have the same value in all {n:,} events "
    "where both are observed. Two different labels were expected; switch one of the tasks off, or "
    "the gain of learning both is that of learning one twice."
)
MOVES_WITH = (
    "“{task}” and “{other}” ask nearly the same: where both are observed ({n:,} events) the labels "
    "correlate with {r:.4f}. Two different labels were expected; switch one of the tasks off, or "
    "the gain of learning both is that of learning one twice."
)
DERIVED = (
    "“{task}” follows from “{other}”: it is 1 exactly where “{other}” is {limit:g} or "
    "more. No leak, both are hidden in the test; but what one knows, the other knows too."
)
ONE_LABEL = "“{task}” and “{other}” are tasks of the one label “{label}”. No leak, but no news."


@dataclass(frozen=True, slots=True)
class Twin:
    """Two tasks of one label; ``is_derived`` where that is in order."""

    task: str
    message: Message
    is_derived: bool


def twin_findings(log: InteractionLog, tasks: Sequence[Task]) -> Iterator[Twin]:
    """Yield the pairs of tasks on the same kind of items whose labels are one."""
    for first, second in combinations(tasks, 2):
        if first.item_kind != second.item_kind:
            continue
        if first.label == second.label:
            values = {"task": second.name, "other": first.name, "label": first.label}
            yield Twin(second.name, Message(ONE_LABEL, values), is_derived=True)
            continue
        both = first.events(log) & second.events(log)
        if both.sum() < FEWEST:
            continue
        twin = _compare(first, second, log.label(first.label)[both], log.label(second.label)[both])
        if twin is not None:
            yield twin


def _compare(first: Task, second: Task, a: Float32Array, b: Float32Array) -> Twin | None:
    if a.min() == a.max() or b.min() == b.max():
        return None
    in_family = second.parent == first.name or first.parent == second.name
    for task, other, flags, amounts in ((first, second, a, b), (second, first, b, a)):
        limit = _step(flags, amounts)
        if limit is not None:
            values: dict[str, MessageValue] = {
                "task": task.name,
                "other": other.name,
                "limit": limit,
            }
            return Twin(task.name, Message(DERIVED, values), is_derived=True)
    names: dict[str, MessageValue] = {
        "task": second.name,
        "other": first.name,
        "n": len(a),
    }
    if np.array_equal(a, b):
        return Twin(second.name, Message(RENAMED, names), in_family)
    r = float(np.corrcoef(a.astype(np.float64), b.astype(np.float64))[0, 1])
    if abs(r) > SAME_CORRELATION:
        return Twin(second.name, Message(MOVES_WITH, names | {"r": r}), in_family)
    return None


def _step(flags: Float32Array, amounts: Float32Array) -> float | None:
    """Return the limit where flags, 0 or 1, are 1 exactly from a limit of other amounts up."""
    if not np.isin(flags, (0.0, 1.0)).all() or np.isin(amounts, (0.0, 1.0)).all():
        return None
    limit = float(amounts[flags == 1].min())
    return limit if float(amounts[flags == 0].max()) < limit else None
