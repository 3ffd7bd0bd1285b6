"""Which tasks a log suggests, by what its labels look like.

A rating holds more than one question: how many stars (*rating*), is it one the user likes
(*liked*: from four stars of five up), and does the user watch it at all (*watched*: 1 for every
event, so only positives are known). The three share users and items but not their data, which is
what makes learning them together worth a try.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import BoolArray, Float32Array
from algorithms.data.log import InteractionLog
from algorithms.tasks.task import Task, TaskKind

LIKED_SHARE = 0.8  # of the highest rating: four stars of five
MAX_NAME_LENGTH = 60

_RATING_WORDS = ("rating", "star", "score", "overall", "grade", "评分")
_AMOUNT_WORDS = ("play", "count", "time", "second", "minute", "quantity", "amount", "时长", "次数")


def propose(log: InteractionLog) -> tuple[InteractionLog, tuple[Task, ...]]:
    """Propose tasks for a log.

    A rating column gives *rating*, *liked* and *watched*, with derived labels; a column of 0
    and 1 a binary task; other numbers from 0 up a quantity task. A label that never changes, or
    is 0 throughout, gives none. A log without any label gives the one task that is left: which
    items does a user meet at all?

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
        elif values.min() >= 0:
            middle = float(np.median(values[values > 0]))
            tasks.append(_task(log, label, TaskKind.QUANTITY, observed, middle))
        else:  # such as -10 to 10: above zero is praise
            tasks.append(_task(log, label, TaskKind.RATING, observed, 0.0))
    return log.with_labels(**derived), tuple(tasks)


def _rating_scale(label: str, values: Float32Array) -> float | None:
    """Return the highest value of the scale that the values seem to be on, if it is one."""
    low, high = float(values.min()), float(values.max())
    if _says(label, _RATING_WORDS):
        return next((top for top in (5.0, 10.0, 100.0) if low >= 0 and high <= top), None)
    in_half_stars = low >= 0.5 and high <= 5 and bool((values * 2 == np.rint(values * 2)).all())
    return 5.0 if in_half_stars and not _says(label, _AMOUNT_WORDS) else None


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
    codes = log.item_table.kind_codes[log.items[observed]]
    item_kind = log.item_table.kinds[int(np.bincount(codes).argmax())]
    return Task(
        name=label[:MAX_NAME_LENGTH],
        kind=kind,
        label=label,
        item_kind=item_kind,
        relevant_from=relevant_from,
    )
