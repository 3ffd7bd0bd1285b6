"""Which tasks a log suggests, by what its labels look like.

A rating holds more than one question: how many stars (*rating*), is it one the user likes
(*liked*: from four stars of five up), and does the user watch it at all (*watched*: 1 for every
event, so only positives are known). The three share users and items but not their data, which is
what makes learning them together worth a try.

An amount (plays, seconds) holds two: how much, and any at all. Amounts are mostly small and a few
of them huge, so that a mean squared error would be about the few. Where the distribution is that
skewed, the task is the logarithm ln(1 + x), in which twice as much is the same step everywhere.

Two things that are recorded as 0 and 1 may be a *funnel*: nobody buys without a click. Where the
one happened only with the other, and so often that it cannot be chance, the other is proposed as
its parent: with p the share of events on which the parent happened, n ones all fall there by
chance with probability p^n.

References
----------
M. G. Bulmer (1979), Principles of Statistics, chapter 4: a distribution with a skewness above 1
is highly skewed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from algorithms.arrays import BoolArray, Float32Array
from algorithms.data.log import InteractionLog
from algorithms.tasks.task import Task, TaskKind

LIKED_SHARE = 0.8  # of the highest rating: four stars of five
HIGHLY_SKEWED = 1.0  # Bulmer (1979)
MIN_ONES = 10  # of the second label of a funnel
MAX_CHANCE = 1e-3  # that a funnel is none
MAX_NAME_LENGTH = 60
LOG = " (log)"  # ends the name of a label on a log scale

_RATING_WORDS = ("rating", "star", "score", "overall", "grade", "评分")
_AMOUNT_WORDS = ("play", "count", "time", "second", "minute", "quantity", "amount", "时长", "次数")


def propose(log: InteractionLog) -> tuple[InteractionLog, tuple[Task, ...]]:
    """Propose tasks for a log.

    A rating column gives *rating*, *liked* and *watched*, with derived labels; a column of 0
    and 1 a binary task, with a parent where two of them are a funnel; other numbers from 0 up a
    quantity task, on a log scale and with *any* of it beside where they are skewed. A label that
    never changes, or is 0 throughout, gives none. A log without any label gives the one task
    that is left: which items does a user meet at all?

    Returns
    -------
    log : with the derived labels
    tasks : in the order of the labels
    """
    tasks: list[Task] = []
    derived: dict[str, Float32Array] = {}
    if not log.labels:
        derived["interaction"] = np.ones(len(log), dtype=np.float32)
        tasks.append(_task(log, "interaction", TaskKind.BINARY, np.ones(len(log), dtype=np.bool_)))
    for label, column in log.labels.items():
        observed = ~np.isnan(column)
        values = column[observed]
        if len(values) == 0 or (values.max() <= 0 and values.min() == values.max()):
            continue
        if np.isin(values, (0.0, 1.0)).all():
            tasks.append(_task(log, label, TaskKind.BINARY, observed))
        elif values.min() == values.max():
            continue
        elif (top := _rating_scale(label, values)) is not None:
            liked_from = LIKED_SHARE * top
            tasks.append(_task(log, label, TaskKind.RATING, observed, liked_from))
            if not {"liked", "watched"} & {*log.labels, *derived}:
                liked = np.where(observed, column >= liked_from, np.nan)
                if (liked == 1).any():
                    derived["liked"] = liked.astype(np.float32)
                    tasks.append(_task(log, "liked", TaskKind.BINARY, observed))
                derived["watched"] = np.where(observed, 1.0, np.nan).astype(np.float32)
                tasks.append(_task(log, "watched", TaskKind.BINARY, observed))
        elif values.min() < 0:  # such as -10 to 10: above zero is praise
            tasks.append(_task(log, label, TaskKind.RATING, observed, 0.0))
        elif _skewness(values) <= HIGHLY_SKEWED:
            middle = float(np.median(values[values > 0]))
            tasks.append(_task(log, label, TaskKind.QUANTITY, observed, middle))
        else:
            logs, some = label + LOG, f"any {label}"
            if logs not in log.labels:
                derived[logs] = np.log1p(column, dtype=np.float64).astype(np.float32)
                middle = float(np.median(derived[logs][observed & (column > 0)]))
                tasks.append(_task(log, logs, TaskKind.QUANTITY, observed, middle))
            if some not in log.labels:
                derived[some] = np.where(observed, column > 0, np.nan).astype(np.float32)
                tasks.append(_task(log, some, TaskKind.BINARY, observed))
    return log.with_labels(**derived), _with_parents(log, tasks)


def keep_tasks(tasks: Sequence[Task], names: frozenset[str]) -> tuple[Task, ...]:
    """Return the tasks that have one of the names; one that loses its parent stands alone."""
    return tuple(
        task if task.parent in names else task.model_copy(update={"parent": None})
        for task in tasks
        if task.name in names
    )


def _skewness(values: Float32Array) -> float:
    """Return the third standardised moment, mean((x - mean)^3) / sd^3."""
    deviations = values.astype(np.float64) - values.mean(dtype=np.float64)
    spread = float(np.sqrt(np.mean(deviations**2)))
    return float(np.mean((deviations / spread) ** 3))


def _with_parents(log: InteractionLog, tasks: Sequence[Task]) -> tuple[Task, ...]:
    """Give each binary task whose ones all fall on ones of another the rarest such parent.

    Only labels of the data count: what was derived from one column nests by construction.
    """
    ones: dict[str, BoolArray] = {}
    rates: dict[str, float] = {}
    kinds: dict[str, str] = {}
    for task in tasks:
        if task.kind is TaskKind.BINARY and task.label in log.labels:
            events = task.events(log)
            ones[task.name] = events & (log.labels[task.label] == 1)
            rates[task.name] = np.count_nonzero(ones[task.name]) / np.count_nonzero(events)
            kinds[task.name] = task.item_kind
    counts = {name: int(np.count_nonzero(column)) for name, column in ones.items()}
    rarest_first = sorted(ones, key=counts.__getitem__)
    parents: dict[str, str] = {}
    for child in rarest_first:
        for parent in rarest_first:
            if (
                MIN_ONES <= counts[child] < counts[parent]
                and kinds[parent] == kinds[child]
                and rates[parent] ** counts[child] < MAX_CHANCE
                and not (ones[child] & ~ones[parent]).any()
            ):
                parents[child] = parent
                break
    return tuple(
        task.model_copy(update={"parent": parents[task.name]}) if task.name in parents else task
        for task in tasks
    )


def _rating_scale(label: str, values: Float32Array) -> float | None:
    """Return the highest value of the scale that the values seem to be on, if it is one."""
    low, high = float(values.min()), float(values.max())
    if _says(label, _RATING_WORDS):
        return next((top for top in (5.0, 10.0, 100.0) if low >= 0 and high <= top), None)
    in_half_stars = low >= 0.5 and high <= 5 and bool((values * 2 == np.rint(values * 2)).all())
    return 5.0 if in_half_stars and not _says(label, _AMOUNT_WORDS) else None


def _short(label: str) -> str:
    """Return a label short enough for a name: its end tells derived labels apart, and stays."""
    end = LOG if label.endswith(LOG) else ""
    return label if len(label) <= MAX_NAME_LENGTH else label[: MAX_NAME_LENGTH - len(end)] + end


def _says(label: str, words: tuple[str, ...]) -> bool:
    return any(word in label.lower() for word in words)


def _task(
    log: InteractionLog,
    label: str,
    kind: TaskKind,
    observed: BoolArray,
    relevant_from: float = 1.0,
) -> Task:
    """Make a task for the kind of items on which its label is observed most."""
    item_kind, *others = log.item_table.kinds
    if others:
        codes = log.item_table.kind_codes[log.items[observed]]
        item_kind = log.item_table.kinds[int(np.bincount(codes).argmax())]
    return Task(
        name=_short(label),
        kind=kind,
        label=label,
        item_kind=item_kind,
        relevant_from=relevant_from,
    )
