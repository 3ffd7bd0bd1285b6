"""What was known before lists were judged, for the metrics beyond accuracy.

Popularity comes from the training part alone. What a user had met comes from training and
validation, as for the candidates of a list (see ``ranking.py``). Only the items of the task's
kind count, and any event with one counts as meeting it, whatever its labels.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import BoolArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.data.split import Split
from algorithms.metrics.shown import Surroundings
from algorithms.tasks import Task


def surroundings_of(task: Task, split: Split, users: IntArray) -> Surroundings:
    """Return what was known of the items of a task's kind, and of users (m,), ascending."""
    table = split.train.item_table
    width = split.train.n_items
    candidates = table.of_kind(task.item_kind).astype(np.int64)
    of_kind = np.zeros(width, dtype=np.bool_)
    of_kind[candidates] = True
    trained = _meetings(split.train, of_kind)
    met = np.sort(np.concatenate([trained, _meetings(split.validation, of_kind)]))
    met = met[np.diff(met, prepend=-1) > 0]
    owner = met // width
    judged = np.zeros(split.train.n_users, dtype=np.bool_)
    judged[users] = True
    mine = judged[owner]
    counts = np.bincount(owner[mine], minlength=split.train.n_users)[users]
    names, codes = np.unique(table.categories, return_inverse=True)
    return Surroundings(
        candidates=candidates,
        n_meetings=np.bincount(trained % width, minlength=width),
        n_users=int(np.count_nonzero(np.diff(trained // width, prepend=-1))),
        categories=np.where(table.categories == "", -1, codes - int((names == "").any())),
        met_offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        met=met[mine] % width,
    )


def _meetings(log: InteractionLog, of_kind: BoolArray) -> IntArray:
    """Return one ascending number for each pair of a user and an item of the kind."""
    counted = of_kind[log.items]
    pairs = np.sort(log.users[counted].astype(np.int64) * log.n_items + log.items[counted])
    new: IntArray = pairs[np.diff(pairs, prepend=-1) > 0]
    return new
