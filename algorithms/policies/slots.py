r"""Slots: the places of a list that are decided by themselves, such as its top and the rest.

What serves the first places best need not serve the others best. With a slot of p places at the
top, arm a fills it and arm b the rest,

.. math:: \mathrm{list} = (a_1, \dots, a_p, b'_1, \dots, b'_{n-p})

with b' the order of b without what already stands above. Each slot learns from its own places
alone, as in ranked bandits; that the rest only gets what the top left over is part of its world.

Reference: F. Radlinski, R. Kleinberg, T. Joachims: Learning diverse rankings with multi-armed
bandits, ICML 2008.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import BoolArray, FloatArray, IntArray, top_n

Slots = tuple[tuple[int, int], ...]  # first place of each, counted from 0, and the one behind it


def slots_of(list_length: int, top_places: int) -> Slots:
    """Return the slots of a list: one, or the top and the rest.

    Examples
    --------
    >>> slots_of(10, 3), slots_of(10, 0), slots_of(2, 3)
    (((0, 3), (3, 10)), ((0, 10),), ((0, 2),))
    """
    if 0 < top_places < list_length:
        return ((0, top_places), (top_places, list_length))
    return ((0, list_length),)


def compose(lists: list[IntArray], slots: Slots) -> IntArray:
    """Return (b, n) one list of what each slot's arm would show.

    Parameters
    ----------
    lists : for each slot (b, n) columns, best first, -1 where a list is shorter

    Examples
    --------
    >>> compose([np.array([[4, 7, 1]]), np.array([[7, 4, 2]])], ((0, 1), (1, 3))).tolist()
    [[4, 7, 2]]
    """
    if len(slots) == 1:
        return lists[0]
    (_, p), (_, n) = slots
    top, rest = lists[0][:, :p], lists[1]
    repeated = (rest[:, :, None] == top[:, None, :]).any(axis=2)  # (b, n)
    together = np.concatenate([top, np.where(repeated, -1, rest)], axis=1)
    ahead = np.argsort(together < 0, axis=1, kind="stable")[:, :n]
    return np.take_along_axis(together, ahead, axis=1)


def best_columns(numbers: FloatArray, listed: BoolArray, n: int) -> IntArray:
    """Return (m, n) the columns of the highest numbers (m, k), best first, ties as they come.

    Parameters
    ----------
    listed : (m, k) what may stand in the list; -1 where there is no more of it
    """
    return top_n(np.where(listed, numbers, np.nan), n)


def lifted(
    top: FloatArray, rest: FloatArray, listed: BoolArray, n_top: int
) -> tuple[FloatArray, BoolArray, FloatArray]:
    """Order all items by one number, so that the top slot's come first.

    Parameters
    ----------
    top, rest : (m, k) the numbers of the arms of both slots, NaN where there are none
    listed : (m, k) what the top slot may hold
    n_top : its places

    Returns
    -------
    numbers : (m, k) those of ``rest``; in the top slot those of ``top``, plus the lift
    in_top : (m, k) what stands there
    lift : (m,) what puts the lowest of the top slot 1 above the highest of the rest
    """
    columns = best_columns(top, listed, n_top)
    in_top = np.zeros(top.shape, dtype=np.bool_)
    rows, places = np.nonzero(columns >= 0)
    in_top[rows, columns[rows, places]] = True
    highest = np.where(np.isnan(rest), -np.inf, rest).max(axis=1, initial=-np.inf)
    lowest = np.where(in_top, top, np.inf).min(axis=1, initial=np.inf)
    known = np.isfinite(highest) & np.isfinite(lowest)
    lift = np.where(known, highest, 0.0) - np.where(known, lowest, 0.0) + 1
    return np.where(in_top, top + lift[:, None], rest), in_top, lift
