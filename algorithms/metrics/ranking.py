r"""How good ranked lists are.

A recommender shows each user a list; some of the items turn out to be relevant. We look at the
first :math:`k` places. With :math:`h_p = 1` where the item in place :math:`p` is relevant, and
:math:`R` the number of the user's relevant items,

.. math::

    \mathrm{Precision@}k = \frac{1}{k} \sum_{p=1}^{k} h_p, \quad
    \mathrm{Recall@}k = \frac{1}{R} \sum_{p=1}^{k} h_p, \quad
    \mathrm{NDCG@}k = \frac{\sum_{p=1}^{k} h_p / \log_2(p + 1)}
                           {\sum_{p=1}^{\min(R, k)} 1 / \log_2(p + 1)}

and F1 is the harmonic mean of precision and recall. Libraries disagree under these names; here
recall is over *all* relevant items, never over min(R, k), precision is over k even where a list
is shorter, and a user without a relevant item has no value (NaN) instead of a zero.

Reference: Järvelin and Kekäläinen (2002), Cumulated gain-based evaluation of IR techniques,
ACM TOIS 20(4); binary gains.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import AnyArray, BoolArray, FloatArray, IntArray
from algorithms.metrics.inputs import MetricInputError
from algorithms.metrics.sums import ratio


@dataclass(frozen=True, eq=False)
class JudgedLists:
    """Lists in which every place has been looked up once.

    Parameters
    ----------
    hits : (m, n) True where the item in that place is relevant for that user
    n_relevant : (m,) how many relevant items the user has, listed or not
    """

    hits: BoolArray
    n_relevant: IntArray


def judge(items: AnyArray, offsets: AnyArray, relevant: AnyArray) -> JudgedLists:
    """Look up which places of the lists hold a relevant item.

    Parameters
    ----------
    items : (m, n) ranked lists without repeated items, best first, -1 where a list is shorter
    offsets : (m + 1,) user u's relevant items are ``relevant[offsets[u]:offsets[u + 1]]``
    relevant : (r,) item indices in any order; a repeated item counts once

    Raises
    ------
    MetricInputError
        Where the shapes do not fit together.

    Examples
    --------
    >>> lists = np.array([[7, 3, 5], [2, 4, -1]])
    >>> judged = judge(lists, np.array([0, 2, 2]), np.array([5, 9]))
    >>> judged.hits.tolist(), judged.n_relevant.tolist()
    ([[False, False, True], [False, False, False]], [2, 0])
    """
    items = np.asarray(items, dtype=np.int64)
    offsets = np.asarray(offsets, dtype=np.int64)
    relevant = np.asarray(relevant, dtype=np.int64)
    if items.ndim != 2 or offsets.shape != (len(items) + 1,) or offsets[-1] != len(relevant):
        raise MetricInputError(
            metric="A ranking metric",
            expected="lists (m, n), offsets (m + 1,) and as many relevant items as they say",
            found=f"shapes {items.shape}, {offsets.shape} and {relevant.shape}",
        )
    width = 1 + max(int(items.max(initial=-1)), int(relevant.max(initial=-1)))
    owner = np.repeat(np.arange(len(items)), np.diff(offsets))
    known = np.sort(owner * width + relevant)  # one number for each (user, item)
    known = known[np.diff(known, prepend=-1) > 0]  # np.unique, thirty times as fast
    n_relevant = np.bincount(known // width, minlength=len(items)) if width else owner
    if not len(known):
        return JudgedLists(np.zeros(items.shape, np.bool_), np.zeros(len(items), np.int64))
    listed = np.arange(len(items))[:, None] * width + items  # (m, n)
    place = np.minimum(np.searchsorted(known, listed), len(known) - 1)
    return JudgedLists((known[place] == listed) & (items >= 0), n_relevant)


def precision_at_k(judged: JudgedLists, k: int) -> FloatArray:
    """Return (m,) the share of the first k places that hold a relevant item.

    A list shorter than k is judged over k all the same: empty places are misses.
    NaN for a user without a relevant item.

    Raises
    ------
    MetricInputError
        Where k is below 1 or above the width of the lists.

    Examples
    --------
    >>> judged = judge(np.array([[7, 3, 5, 9]]), np.array([0, 2]), np.array([7, 9]))
    >>> precision_at_k(judged, 2).tolist()
    [0.5]
    """
    n_hits = _hits(judged, k).sum(axis=1)
    return np.where(judged.n_relevant > 0, n_hits / k, np.nan)


def recall_at_k(judged: JudgedLists, k: int) -> FloatArray:
    """Return (m,) the share of all the user's relevant items that the first k places hold.

    It cannot reach 1 where a user has more than k relevant items.
    NaN for a user without a relevant item; errors as for ``precision_at_k``.

    Examples
    --------
    >>> judged = judge(np.array([[7, 3, 5]]), np.array([0, 4]), np.array([7, 9, 11, 13]))
    >>> recall_at_k(judged, 3).tolist()
    [0.25]
    """
    n_hits = _hits(judged, k).sum(axis=1)
    return ratio(np.stack([n_hits, judged.n_relevant], axis=1).astype(np.float64))


def f1_at_k(judged: JudgedLists, k: int) -> FloatArray:
    """Return (m,) the harmonic mean of precision and recall at k: 2 hits / (k + R).

    0 without a hit, NaN for a user without a relevant item; errors as for ``precision_at_k``.

    Examples
    --------
    >>> judged = judge(np.array([[7, 3]]), np.array([0, 2]), np.array([7, 9]))
    >>> f1_at_k(judged, 2).tolist()
    [0.5]
    """
    n_hits = _hits(judged, k).sum(axis=1)
    return np.where(judged.n_relevant > 0, 2 * n_hits / (k + judged.n_relevant), np.nan)


def ndcg_at_k(judged: JudgedLists, k: int) -> FloatArray:
    """Return (m,) the discounted gain of the first k places over that of the best order.

    NaN for a user without a relevant item; errors as for ``precision_at_k``.

    Examples
    --------
    >>> judged = judge(np.array([[3, 5, 7]]), np.array([0, 1]), np.array([7]))
    >>> ndcg_at_k(judged, 3).tolist()
    [0.5]
    """
    hits = _hits(judged, k)
    discount = 1 / np.log2(np.arange(2, k + 2))  # (k,)
    best = np.concatenate([[0.0], np.cumsum(discount)])[np.minimum(judged.n_relevant, k)]
    return ratio(np.stack([hits @ discount, best], axis=1))


def _hits(judged: JudgedLists, k: int) -> BoolArray:
    width = judged.hits.shape[1]
    if not 1 <= k <= width:
        raise MetricInputError(
            metric="A ranking metric", expected=f"k from 1 to the lists' {width}", found=k
        )
    return judged.hits[:, :k]
