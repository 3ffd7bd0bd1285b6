"""Ranks: the place of each value when all are put in order, tied values sharing a place.

Of 0.1, 0.3, 0.3 and 0.9 the smallest has rank 1 and the largest rank 4; the two equal ones would
hold the places 2 and 3, in whichever order, so each gets the mean, the **midrank** 2.5. Metrics
that look only at the order of scores are made of these.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import FloatArray, IntArray


def midranks(values: FloatArray) -> FloatArray:
    """Return the ranks of values (n,), 1 for the smallest; equal values share their mean rank.

    Examples
    --------
    >>> midranks(np.array([0.3, 0.1, 0.3, 0.9])).tolist()
    [2.5, 1.0, 2.5, 4.0]
    """
    return midranks_within(values, np.zeros(len(values), dtype=np.int64), 1)


def midranks_within(values: FloatArray, rows: IntArray, n_users: int) -> FloatArray:
    """Return the midranks of each user's values among the user's own.

    Parameters
    ----------
    values : (n,)
    rows : (n,) row of each value's user, 0 to ``n_users`` - 1
    n_users : number of users

    Returns
    -------
    ranks : (n,) 1 for the smallest of a user

    Examples
    --------
    >>> midranks_within(np.array([5.0, 9.0, 7.0]), np.array([0, 1, 0]), 2).tolist()
    [1.0, 1.0, 2.0]
    """
    if n_users > 1:
        group = numbered_within(values, rows)
        n_own = np.bincount(rows, minlength=n_users)
        before = np.cumsum(n_own) - n_own
    else:
        group, before = numbered(values), np.zeros(1, dtype=np.int64)
    counts = np.bincount(group)
    ranks: FloatArray = (np.cumsum(counts) - (counts - 1) / 2)[group] - before[rows]
    return ranks


def numbered(values: FloatArray | IntArray) -> IntArray:
    """Return (n,) the number of each value among the different ones, 0 for the smallest.

    Examples
    --------
    >>> numbered(np.array([0.3, 0.1, 0.3, 0.9])).tolist()
    [1, 0, 1, 2]
    """
    order = np.argsort(values)
    ascending = values[order]
    numbers = np.zeros(len(values), dtype=np.int64)
    numbers[order[1:]] = np.cumsum(ascending[1:] != ascending[:-1])
    return numbers


def numbered_within(values: FloatArray, rows: IntArray) -> IntArray:
    """Return (n,) the number of each (user, value), in the order of users, then of values.

    Sorting whole numbers twice is several times as fast as ``np.lexsort``.
    """
    return numbered(rows * len(values) + numbered(values))
