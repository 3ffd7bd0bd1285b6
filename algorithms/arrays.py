"""Array types, and the small array functions that several rooms need."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]
IntArray = NDArray[np.int64]
IndexArray = NDArray[np.int32]
CodeArray = NDArray[np.int16]
BoolArray = NDArray[np.bool_]
TextArray = NDArray[np.str_]
AnyArray = NDArray[Any]


def sigmoid(x: FloatArray) -> FloatArray:
    """Return 1 / (1 + e⁻ˣ), without overflow."""
    value: FloatArray = 0.5 * (1 + np.tanh(0.5 * x))
    return value


def pareto_front(values: FloatArray) -> BoolArray:
    """Return who is dominated by nobody: no other is as good in all columns and better in one.

    Parameters
    ----------
    values : (n, t) higher is better; a row with a NaN is not on the front and dominates nobody

    Returns
    -------
    on_front : (n,) equal rows are on it together
    """
    defined = np.asarray(np.isfinite(values).all(axis=1))
    no_worse = (values[:, None, :] >= values[None, :, :]).all(axis=2)  # (n, n) row against column
    better = (values[:, None, :] > values[None, :, :]).any(axis=2)
    beaten = (no_worse & better & defined[:, None]).any(axis=0)
    return np.asarray(defined & ~beaten, dtype=np.bool_)


def group_rows(keys: IndexArray, n_groups: int) -> tuple[IntArray, IntArray]:
    """Group row numbers by key, in row order (the layout of a CSR matrix).

    Parameters
    ----------
    keys : (n,) group of each row, 0 to ``n_groups`` - 1
    n_groups : number of groups

    Returns
    -------
    offsets : (n_groups + 1,)
    rows : (n,) so that ``rows[offsets[g]:offsets[g + 1]]`` are the rows of group g
    """
    offsets = np.zeros(n_groups + 1, dtype=np.int64)
    np.cumsum(np.bincount(keys, minlength=n_groups), out=offsets[1:])
    return offsets, np.argsort(keys, kind="stable")


def top_n(scores: FloatArray, n: int) -> IntArray:
    """Return the columns of the n largest scores of each row, best first.

    Equal scores are ordered by column, so that the same scores always give the same list.
    NaN never enters: places that cannot be filled hold -1.

    Parameters
    ----------
    scores : (n_rows, n_columns)
    n : length of the lists

    Returns
    -------
    columns : (n_rows, n)
    """
    n_rows, n_columns = scores.shape
    filled = np.where(np.isnan(scores), -np.inf, scores)
    width = min(n, n_columns)
    columns = np.full((n_rows, n), -1, dtype=np.int64)
    if width == 0 or n_rows == 0:
        return columns
    if width < n_columns:
        chosen = np.argpartition(filled, n_columns - width, axis=1)[:, n_columns - width :]
        worst = np.take_along_axis(filled, chosen, axis=1).min(axis=1)  # (n_rows,)
        tied = (filled >= worst[:, None]).sum(axis=1) > width  # ties across the last place
        if tied.any():
            chosen[tied] = np.argsort(-filled[tied], axis=1, kind="stable")[:, :width]
        chosen.sort(axis=1)
    else:
        chosen = np.broadcast_to(np.arange(n_columns), (n_rows, n_columns))
    values = np.take_along_axis(filled, chosen, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    best = np.take_along_axis(chosen, order, axis=1)
    usable = np.take_along_axis(values, order, axis=1) > -np.inf
    columns[:, :width] = np.where(usable, best, -1)
    return columns
