"""How many events each user, item or pixel has, counted in parts.

``numpy.bincount`` holds Python's lock while it counts; ten million events at once would stop a
window for a tenth of a second. In parts, others get their turn between two of them.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import AnyArray, FloatArray, IntArray

PART = 500_000


def tally(owners: AnyArray, n: int) -> IntArray:
    """Return (n,) how often each of 0 to n - 1 is among the owners, an array of (n_events,)."""
    counts = np.zeros(n, dtype=np.int64)
    part = max(PART, n)  # each part costs a sum of n numbers
    for start in range(0, len(owners), part):
        counts += np.bincount(owners[start : start + part], minlength=n)
    return counts


def tally_values(owners: AnyArray, values: AnyArray, n: int) -> FloatArray:
    """Return (n,) the sum of the values (n_events,) of each owner."""
    sums = np.zeros(n)
    part = max(PART, n)
    for start in range(0, len(owners), part):
        some = slice(start, start + part)
        sums += np.bincount(owners[some], weights=values[some], minlength=n)
    return sums
