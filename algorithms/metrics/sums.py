r"""From events to users to one number: metrics as ratios of sums.

Most metrics over events are a sum divided by a sum: the mean absolute error is the sum of the
absolute errors over the number of events, precision the number of hits over the number of
recommendations. So each event contributes **addends** (a numerator and a denominator), and

.. math:: M = g\left(\frac{\sum_e n_e}{\sum_e d_e}\right), \qquad g = \mathrm{id}
          \text{ or } \sqrt{\cdot}

Summed per user, the same addends give each user's own value, and a resampling of users
(the bootstrap) is nothing but another weighting of the users' sums.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import AnyArray, FloatArray, IntArray


def columns(first: AnyArray, *others: AnyArray | float) -> FloatArray:
    """Return (n, c) the columns (n,) side by side, each contiguous, since they are summed.

    A number stands for a column of that number.

    Examples
    --------
    >>> columns(np.array([True, False]), 1.0).tolist()
    [[1.0, 1.0], [0.0, 1.0]]
    """
    addends = np.empty((1 + len(others), len(first)))
    for row, values in zip(addends, (first, *others), strict=True):
        row[:] = values
    return addends.T


def sum_per_user(addends: FloatArray, rows: IntArray, n_users: int) -> FloatArray:
    """Sum addends per user.

    Parameters
    ----------
    addends : (n, c)
    rows : (n,) row of each event's user, 0 to ``n_users`` - 1
    n_users : number of users

    Returns
    -------
    sums : (n_users, c)
    """
    columns = [np.bincount(rows, column, n_users) for column in addends.T]
    return np.stack(columns, axis=1)


def ratio(totals: FloatArray) -> FloatArray:
    """Return numerator over denominator, NaN where the denominator is zero.

    Parameters
    ----------
    totals : (..., 2)

    Returns
    -------
    values : (...)

    Examples
    --------
    >>> ratio(np.array([[1.0, 4.0], [0.0, 0.0]])).tolist()
    [0.25, nan]
    """
    numerator, denominator = totals[..., 0], totals[..., 1]
    values = np.full(denominator.shape, np.nan)
    np.divide(numerator, denominator, out=values, where=denominator > 0)
    return values


def root_of_ratio(totals: FloatArray) -> FloatArray:
    """Return the square root of ``ratio``: from (..., 2) to (...)."""
    return np.sqrt(ratio(totals))
