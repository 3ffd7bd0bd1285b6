r"""Blend: one score from the scores of several tasks.

Scores of different tasks do not compare: one says 0.02, another 4.3 stars. What compares is
*how far up* an item stands. So each score first becomes a **share**, its rank from below among
the items of its kind, for this user:

    p_t(u, i) = r_t(u, i) / n_t(u)        r = 1 for the lowest score, n for the highest

where n counts the items that task t can score, and items of equal score share the middle of
their ranks. The best item of every task has share 1, the middle one 1/2, whatever the scale.
Then, with a power w_t for each task,

    product:          b(u, i) = prod_t p_t(u, i) ** w_t       an item must do well in every task
    sum:              b(u, i) = sum_t  w_t p_t(u, i)          doing well in one task is enough
    reciprocal rank:  b(u, i) = sum_t  w_t / (60 + place_t)   only the first places count much
    borda:            b(u, i) = sum_t  w_t p_t(u, i)          as the sum, but a task that cannot
                                                              score an item gives it nothing

In product and sum an item that a task cannot score has the neutral share 1/2 there. What is lost
by shares is how *much* better one item is than the next; what is gained is that nothing has to be
calibrated, and that a rating in stars, a probability and a bare score blend alike.

References: J. A. Aslam and M. Montague, "Models for metasearch", SIGIR 2001 (Borda fusion);
G. V. Cormack, C. L. A. Clarke and S. Büttcher, "Reciprocal rank fusion outperforms Condorcet and
individual rank learning methods", SIGIR 2009 (with the constant 60).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from algorithms.arrays import BoolArray, FloatArray
from algorithms.rules.rule_set import BlendMethod

NEUTRAL = 0.5  # the share of an item that a task cannot score: it neither helps nor hurts
RANK_CONSTANT = 60.0  # of reciprocal rank fusion, as in the paper


def shares(scores: FloatArray) -> FloatArray:
    """Turn scores into shares of the items that stand no higher, row by row.

    Scores are compared in single precision, so that items that differ by rounding alone share
    their rank.

    Parameters
    ----------
    scores : (m, k) scores of m users for k items, NaN where there is none

    Returns
    -------
    shares : (m, k) in (0, 1], NaN where the score is NaN

    Examples
    --------
    >>> shares(np.array([[0.1, 4.0, 0.1, np.nan]])).tolist()
    [[0.5, 1.0, 0.5, nan]]
    """
    compared = scores.astype(np.float32)
    m, k = compared.shape
    order = np.argsort(compared, axis=1) + k * np.arange(m)[:, None]  # (m, k), NaN last
    ordered = compared.ravel()[order]
    starts = np.ones((m, k), dtype=np.bool_)  # does a run of equal scores start here?
    starts[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    first = np.flatnonzero(starts)  # (n_runs,)
    length = np.diff(first, append=m * k)
    ranks = np.empty(m * k)
    ranks[order.ravel()] = np.repeat(first % k + (length + 1) / 2, length)
    missing = np.isnan(compared)
    n = k - missing.sum(axis=1, keepdims=True)  # (m, 1)
    return np.where(missing, np.nan, ranks.reshape(m, k) / np.maximum(n, 1))


def places(shares: FloatArray) -> FloatArray:
    """Turn shares (m, k) back into places counted from the top: 1 for the best item of a row."""
    n = np.count_nonzero(~np.isnan(shares), axis=1)[:, None]  # (m, 1)
    counted: FloatArray = n + 1 - shares * n
    return counted


def blend(
    shares: Mapping[str, FloatArray], powers: Mapping[str, float], method: BlendMethod
) -> FloatArray:
    """Combine the shares of several tasks on the same items.

    Parameters
    ----------
    shares : for each task, (m, k); NaN counts as ``NEUTRAL`` where another task has a share
    powers : the power of each task that takes part; at least one
    method : how they are combined

    Returns
    -------
    scores : (m, k) above 0; NaN where no task with a power above 0 has a share

    Examples
    --------
    >>> p = {"buy": np.array([[0.5, 1.0]]), "click": np.array([[1.0, 0.25]])}
    >>> blend(p, {"buy": 1.0, "click": 0.5}, BlendMethod.PRODUCT).tolist()
    [[0.5, 0.5]]
    """
    counted = [task for task, power in powers.items() if power > 0]
    known: BoolArray = ~np.all([np.isnan(shares[task]) for task in counted], axis=0)
    parts = blend_parts(shares, {task: powers[task] for task in counted}, method)
    total = np.sum(list(parts.values()), axis=0)
    scores = np.exp(total) if method is BlendMethod.PRODUCT else total
    return np.where(known, scores, np.nan)


def blend_parts(
    shares: Mapping[str, FloatArray], powers: Mapping[str, float], method: BlendMethod
) -> dict[str, FloatArray]:
    """Return what each task adds to a blend: its parts sum to the blend, or to its logarithm.

    A product becomes a sum on the logarithmic scale: log b = sum_t w_t log p_t.
    """
    return {task: power * _counted(shares[task], method) for task, power in powers.items()}


def _counted(share: FloatArray, method: BlendMethod) -> FloatArray:
    """Return what a share (m, k) counts before its power."""
    match method:
        case BlendMethod.PRODUCT:
            return np.log(np.where(np.isnan(share), NEUTRAL, share))
        case BlendMethod.SUM:
            return np.where(np.isnan(share), NEUTRAL, share)
        case BlendMethod.RECIPROCAL_RANK:
            return np.nan_to_num(1 / (RANK_CONSTANT + places(share)), nan=0.0)
        case BlendMethod.BORDA:
            return np.nan_to_num(share, nan=0.0)
