r"""Sums over some rows of a matrix, the inner loops of every factor model.

Somebody met m items; their vectors stand in m rows of Q, scattered over the table. Whatever the
solvers do with them comes down to three sums: the products :math:`Q_c \cdot v`, the weighted sum
:math:`\sum_c w_c Q_c`, and that of their squares. Four rows are taken at a time, so that the
processor reads and writes the result once for all four; lists of rows are therefore padded to a
multiple of four with a weight of zero, and vectors to a multiple of eight. The order of the
addends is fixed. Importing this module imports numba.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import numba
import numpy as np

from algorithms.arrays import FloatArray, IntArray

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

_SUM_IN_LANES = {"reassoc", "contract", "nsz"}  # lets one row's dot product use vector units


_FEW = 1_000_000  # numbers: a pass over them takes one core about a millisecond


@contextmanager
def threads_for(n: int) -> Iterator[None]:
    """Let one thread do what it does in a moment: several would wait longer for each other.

    Parameters
    ----------
    n : numbers that one pass over the data reads
    """
    before = numba.get_num_threads()
    numba.set_num_threads(before if n > _FEW else 1)
    try:
        yield
    finally:
        numba.set_num_threads(before)


def compiled(**options: Any) -> Callable[[FunctionT], FunctionT]:
    """Compile a function; keep the result on disk where some folder can be written.

    numba looks for a folder when it decorates and raises where it finds none; then each
    process compiles anew (about ten seconds) and all else stays the same.
    """

    def decorate(function: FunctionT) -> FunctionT:
        try:
            kernel = numba.njit(cache=True, nogil=True, fastmath=_SUM_IN_LANES, **options)(function)
        except RuntimeError:
            kernel = numba.njit(nogil=True, fastmath=_SUM_IN_LANES, **options)(function)
        made: FunctionT = kernel
        return made

    return decorate


@compiled()
def padded(rows: FloatArray, n_factors: int) -> FloatArray:
    """Return (n, width) the first columns of ``rows``, with zeros to a multiple of eight."""
    wide = np.zeros((len(rows), (n_factors + 7) // 8 * 8))
    for r in range(len(rows)):
        for f in range(n_factors):
            wide[r, f] = rows[r, f]
    return wide


@compiled()
def products(cells: IntArray, Q: FloatArray, v: FloatArray, out: FloatArray) -> None:
    """Set ``out`` (m,) to Q_c . v for the rows ``cells`` (m,) of Q; m is a multiple of four."""
    for m in range(0, len(cells), 4):
        a, b, c, d = cells[m], cells[m + 1], cells[m + 2], cells[m + 3]
        w, x, y, z = 0.0, 0.0, 0.0, 0.0
        for f in range(Q.shape[1]):
            w += Q[a, f] * v[f]
            x += Q[b, f] * v[f]
            y += Q[c, f] * v[f]
            z += Q[d, f] * v[f]
        out[m], out[m + 1], out[m + 2], out[m + 3] = w, x, y, z


@compiled()
def add_rows(cells: IntArray, weights: FloatArray, Q: FloatArray, out: FloatArray) -> None:
    """Add the sum of w_c Q_c over the rows ``cells`` (m,) of Q to ``out``."""
    for m in range(0, len(cells), 4):
        a, b, c, d = cells[m], cells[m + 1], cells[m + 2], cells[m + 3]
        w, x, y, z = weights[m], weights[m + 1], weights[m + 2], weights[m + 3]
        for f in range(Q.shape[1]):
            out[f] += (w * Q[a, f] + x * Q[b, f]) + (y * Q[c, f] + z * Q[d, f])


@compiled()
def add_squares(cells: IntArray, weights: FloatArray, Q: FloatArray, out: FloatArray) -> None:
    """Add the sum of w_c Q_c², element by element, over the rows ``cells`` (m,) of Q to ``out``."""
    for m in range(0, len(cells), 4):
        a, b, c, d = cells[m], cells[m + 1], cells[m + 2], cells[m + 3]
        w, x, y, z = weights[m], weights[m + 1], weights[m + 2], weights[m + 3]
        for f in range(Q.shape[1]):
            p, q, r, s = Q[a, f], Q[b, f], Q[c, f], Q[d, f]
            out[f] += (w * p * p + x * q * q) + (y * r * r + z * s * s)


@compiled()
def add_gram(cells: IntArray, weights: FloatArray, Q: FloatArray, k: int, out: FloatArray) -> None:
    """Add the lower triangle of the sum of w_c Q_c Q_c' (k, k) over ``cells`` (m,) to ``out``."""
    for m in range(0, len(cells), 4):
        a, b, c, d = cells[m], cells[m + 1], cells[m + 2], cells[m + 3]
        for i in range(k):
            w, x = weights[m] * Q[a, i], weights[m + 1] * Q[b, i]
            y, z = weights[m + 2] * Q[c, i], weights[m + 3] * Q[d, i]
            for j in range(i + 1):
                out[i, j] += (w * Q[a, j] + x * Q[b, j]) + (y * Q[c, j] + z * Q[d, j])
