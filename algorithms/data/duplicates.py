"""What to do with several events of one user and one item: keep them, or make one of them.

A person who plays a song three times leaves three rows. For ratings the last one counts, for
plays the sum, for noisy measurements the mean; and where each event is an impression of its own,
all are kept. Only the person who brings the data can know which it is.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

import numpy as np

from algorithms.arrays import BoolArray, Float32Array, IntArray
from algorithms.data.log import InteractionLog


class Duplicates(StrEnum):
    """What becomes of events with the same user and item."""

    KEEP_ALL = "keep_all"
    KEEP_LAST = "keep_last"
    SUM = "sum"  # of each label
    MEAN = "mean"  # of each label


def merge_duplicates(log: InteractionLog, how: Duplicates) -> InteractionLog:
    """Return the log with one event for each user and item, or as it is where all are kept.

    The event that stays is the last one by time, in a log without times the last one in order.
    Under a sum or a mean it takes the labels of all, of each label those that were observed.
    """
    if how is Duplicates.KEEP_ALL:
        return log
    key = log.users.astype(np.int64) * log.n_items + log.items
    if log.timestamps is None:
        order = np.argsort(key, kind="stable")
    else:
        order = np.lexsort((log.timestamps, key))  # stable too
    is_last: BoolArray = np.append(np.diff(key[order]) != 0, True)
    if is_last.all():
        return log
    group = np.empty(len(log), dtype=np.int64)  # of each event
    group[order] = np.concatenate([[0], np.cumsum(is_last)[:-1]])
    stays = order[is_last]  # (n_groups,) the event of each group that stays
    kept = np.sort(stays)
    merged = log.select(kept)
    if how is Duplicates.KEEP_LAST:
        return merged
    labels = {
        name: _combine(values, group, len(stays), how)[group[kept]]
        for name, values in log.labels.items()
    }
    return replace(merged, labels=labels)


def _combine(values: Float32Array, group: IntArray, n_groups: int, how: Duplicates) -> Float32Array:
    """Return (n_groups,) sums or means of the observed values, NaN where there are none."""
    observed = ~np.isnan(values)
    n_observed = np.bincount(group[observed], minlength=n_groups)
    totals = np.bincount(group[observed], values[observed].astype(np.float64), n_groups)
    combined = np.full(n_groups, np.nan)
    divisor = n_observed if how is Duplicates.MEAN else np.ones(n_groups)
    np.divide(totals, divisor, out=combined, where=n_observed > 0)
    largest = float(np.finfo(np.float32).max)
    return combined.clip(-largest, largest).astype(np.float32)
