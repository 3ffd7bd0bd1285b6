r"""How sure is a number? The bootstrap over users.

Had other users of the same kind been judged, the number would be a little different. The
bootstrap imitates that: draw as many users as there are, with replacement, compute the number
again, a thousand times; the middle 95 % of the results is the interval. Whole users are drawn,
not events, since the events of one user resemble each other.

A metric is a function :math:`g` of sums over users, so with :math:`W_{bu}` the number of times
that resample :math:`b` draws user :math:`u` and :math:`S` the users' sums,

.. math:: M_b = g\left( (W S)_b \right)

is one matrix product for all resamples and all metrics at once. Many users are drawn in chunks that
fit the processor's cache: first how many of the draws fall into each chunk, which is multinomial,
then which users of the chunk.

Reference: Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapters 6 and 13.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import FloatArray

N_RESAMPLES = 1000
LEVEL = 0.95
_CHUNK = 32_768  # users whose counters fit the cache
_BLOCK = 500_000  # weights drawn at a time: few enough for the cache
_ONE_THREAD = 900_000  # multiplications up to which BLAS starts no second thread


def bootstrap_totals(
    sums: FloatArray, rng: np.random.Generator, n_resamples: int = N_RESAMPLES
) -> FloatArray:
    """Return the column totals of resampled users.

    Parameters
    ----------
    sums : (m, c) one row per user
    rng : draws the users; one seed gives the same users whatever the columns are
    n_resamples : how many resamples

    Returns
    -------
    totals : (n_resamples, c)
    """
    m, c = sums.shape
    totals = np.zeros((n_resamples, c))
    if not m:
        return totals
    starts = range(0, m, _CHUNK)
    sizes = np.array([min(_CHUNK, m - start) for start in starts])
    drawn_of = np.full((n_resamples, 1), m, dtype=np.int64)
    if len(sizes) > 1:
        drawn_of = rng.multinomial(m, sizes / m, n_resamples)  # (b, n_chunks)
    for number, (start, size) in enumerate(zip(starts, sizes, strict=True)):
        here = sums[start : start + size]
        block = max(1, _BLOCK // size)
        for first in range(0, n_resamples, block):
            n_drawn = drawn_of[first : first + block, number]
            drawn = rng.integers(0, size, size=n_drawn.sum(), dtype=np.int32)
            drawn += np.repeat(np.arange(len(n_drawn), dtype=np.int32) * np.int32(size), n_drawn)
            weights = np.bincount(drawn, minlength=len(n_drawn) * size)
            weights = weights.reshape(len(n_drawn), size)
            totals[first : first + block] += _product(weights.astype(np.float64), here)
    return totals


def _product(weights: FloatArray, sums: FloatArray) -> FloatArray:
    """Return weights (b, m) @ sums (m, c) in pieces that BLAS leaves to one thread.

    Several threads would wait for each other longer than they work, a hundred times as long where
    other processes have the cores; and the sums would be added in another order.
    """
    rows = max(1, _ONE_THREAD // max(sums.size, 1))
    pieces = [weights[start : start + rows] @ sums for start in range(0, len(weights), rows)]
    return np.concatenate(pieces)


def percentile_interval(samples: FloatArray, level: float = LEVEL) -> tuple[float, float]:
    """Return the middle ``level`` of samples (b,); NaN where fewer than half have a value."""
    finite = samples[np.isfinite(samples)]
    if 2 * len(finite) < len(samples) or not len(finite):
        return float("nan"), float("nan")
    tail = 50 * (1 - level)
    low, high = np.percentile(finite, [tail, 100 - tail])
    return float(low), float(high)
