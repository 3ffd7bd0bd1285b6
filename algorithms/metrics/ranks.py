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
    order = np.argsort(values) if n_users == 1 else np.lexsort((values, rows))
    by_user, by_value = rows[order], values[order]
    starts = np.ones(len(order), dtype=np.bool_)  # where a new (user, value) begins
    starts[1:] = (by_user[1:] != by_user[:-1]) | (by_value[1:] != by_value[:-1])
    first = np.flatnonzero(starts)
    counts = np.diff(first, append=len(order))
    before = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n_users))[:-1]])
    sorted_ranks = np.repeat(first + (counts + 1) / 2, counts) - before[by_user]
    ranks = np.empty(len(order))
    ranks[order] = sorted_ranks
    return ranks
