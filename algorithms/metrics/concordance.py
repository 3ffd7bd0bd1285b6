r"""Counting, for each event, the events with which two columns agree on the order.

Comparing every event with every other takes :math:`n^2` steps. Here it takes
:math:`n \log n`: the values of one column are numbered in their order, in binary, and listed in
the order of the other column. Two numbers are told apart by the first binary digit in which they
differ; sorting the list digit by digit, the highest first, brings each such pair together once,
and a running count of the zeros before each one counts them.

Reference: Knight (1966), A computer method for calculating Kendall's tau with ungrouped data,
Journal of the American Statistical Association 61, for counting while sorting.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.metrics.ranks import numbered_within


@dataclass(frozen=True, eq=False)
class Pairs:
    """For each event, how many other events of the same user there are of a kind.

    Parameters
    ----------
    alike_less_unlike : (n,) those ordered alike by both columns less those ordered differently
    differ_in_first : (n,) those that differ from it in the first column
    differ_in_second : (n,) those that differ from it in the second column
    """

    alike_less_unlike: FloatArray
    differ_in_first: FloatArray
    differ_in_second: FloatArray


def count_pairs(first: FloatArray, second: FloatArray, rows: IntArray, n_users: int) -> Pairs:
    """Count the pairs of each event within its user.

    Parameters
    ----------
    first, second : (n,) the two columns
    rows : (n,) row of each event's user, 0 to ``n_users`` - 1
    n_users : number of users

    Examples
    --------
    >>> rows = np.zeros(3, dtype=np.int64)
    >>> counted = count_pairs(np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0]), rows, 1)
    >>> counted.alike_less_unlike.tolist()
    [2.0, 0.0, 0.0]
    """
    n = len(first)
    if not n:
        return Pairs(np.zeros(0), np.zeros(0), np.zeros(0))
    # Users run forwards in the first column and backwards in the second, so that no event of
    # one user is below an event of another in both.
    x, y = numbered_within(first, rows), numbered_within(second, n_users - 1 - rows)
    n_own = np.bincount(rows, minlength=n_users)
    by_x = np.argsort(x * n + (n - 1 - y))  # ties in x: the higher y first
    by_y = np.argsort(y * n + (n - 1 - x))
    below = np.empty(n, dtype=np.int64)  # lower in both
    if x.max() <= y.max():  # the fewer values there are to tell apart, the fewer digits
        below[by_y] = _smaller_before(x[by_y])
    else:
        below[by_x] = _smaller_before(y[by_x])

    lower_x, tied_x, same_x_lower_y, tied = _ties(x, y, by_x, np.cumsum(n_own)[rows])
    lower_y, tied_y, same_y_lower_x, _ = _ties(y, x, by_y, np.cumsum(n_own[::-1])[::-1][rows])
    own = n_own[rows]
    lower_x, lower_y = lower_x + own, lower_y + own
    lower_x_higher_y = lower_x - below - same_y_lower_x
    higher_x_lower_y = lower_y - below - same_x_lower_y
    same_y_higher_x = tied_y - same_y_lower_x - tied
    above = own - tied_x - lower_x - higher_x_lower_y - same_y_higher_x
    net = below + above - lower_x_higher_y - higher_x_lower_y
    return Pairs(*(count.astype(np.float64) for count in (net, own - tied_x, own - tied_y)))


def _ties(
    codes: IntArray, others: IntArray, order: IntArray, user_stop: IntArray
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Count from one column's order, in which ties have the higher other column first.

    Returns
    -------
    lower : (n,) events below, less those of the whole user
    tied : (n,) events with the same code
    tied_lower : (n,) of these, those below in the other column
    tied_both : (n,) of these, those with the same code there, too
    """
    start, stop = _spans(codes[order])
    both_start, both_stop = _spans(others[order], start)
    found = np.empty((4, len(order)), dtype=np.int64)
    found[:, order] = (start, stop - start, stop - both_stop, both_stop - both_start)
    lower, tied, tied_lower, tied_both = found
    return lower - user_stop, tied, tied_lower, tied_both


def _spans(*columns: IntArray) -> tuple[IntArray, IntArray]:
    """Return (n,) where the run of equal entries begins that each place is in, and its end."""
    new = np.zeros(len(columns[0]), dtype=np.bool_)
    new[0] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    first = np.flatnonzero(new)
    lengths = np.diff(first, append=len(new))
    return np.repeat(first, lengths), np.repeat(first + lengths, lengths)


def _smaller_before(codes: IntArray) -> IntArray:
    """Return (n,) for each code how many smaller ones stand before it in the list.

    Parameters
    ----------
    codes : (n,) whole numbers from 0
    """
    n_digits = int(codes.max()).bit_length()
    starts = np.zeros((1 << n_digits) + 1, dtype=np.int64)  # how many codes are smaller than each
    np.cumsum(np.bincount(codes, minlength=1 << n_digits), out=starts[1:])
    counts = np.zeros(len(codes), dtype=np.int64)
    listed, origin = codes, np.arange(len(codes))
    for digit in range(n_digits - 1, -1, -1):
        # codes that agree in all higher digits stand together, in the order of the list
        block = (listed >> (digit + 1)) << (digit + 1)
        is_one = ((listed >> digit) & 1).astype(np.bool_)
        start = starts[block]
        zeros: IntArray = np.cumsum(~is_one) - ~is_one  # before this one, in the whole list
        zeros -= zeros[start]  # and in its block
        counts[origin[is_one]] += zeros[is_one]
        ones = np.arange(len(codes)) - start - zeros
        target = np.where(is_one, starts[block + (1 << digit)] + ones, start + zeros)
        new_listed, new_origin = np.empty_like(listed), np.empty_like(origin)
        new_listed[target], new_origin[target] = listed, origin
        listed, origin = new_listed, new_origin
    return counts
