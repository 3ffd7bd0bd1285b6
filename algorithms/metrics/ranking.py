r"""How good ranked lists are.

A recommender shows each user a list; some of the items turn out to be relevant. We look at the
first :math:`k` places. With :math:`h_p = 1` where the item in place :math:`p` is relevant,
:math:`H_p` the hits up to place :math:`p`, and :math:`R` the number of the user's relevant items,

.. math::

    \mathrm{Precision@}k = \frac{H_k}{k}, \quad
    \mathrm{Recall@}k = \frac{H_k}{R}, \quad
    \mathrm{AP@}k = \frac{1}{\min(R, k)} \sum_{p=1}^{k} h_p \frac{H_p}{p}, \quad
    \mathrm{NDCG@}k = \frac{\sum_{p=1}^{k} h_p / \log_2(p + 1)}
                           {\sum_{p=1}^{\min(R, k)} 1 / \log_2(p + 1)}

and F1 is the harmonic mean of precision and recall. Libraries disagree under these names; here
recall is over *all* relevant items, precision is over k even where a list is shorter, average
precision is over the hits that are possible, min(R, k) (``Denominator`` offers the others), and
a user without a relevant item has no value (NaN) instead of a zero.

References: Järvelin and Kekäläinen (2002), Cumulated gain-based evaluation of IR techniques,
ACM TOIS 20(4); Manning, Raghavan and Schütze (2008), Introduction to Information Retrieval,
chapter 8.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.metrics.inputs import MetricInputError
from algorithms.metrics.judged import JudgedLists, discounts, judge
from algorithms.metrics.sums import ratio

__all__ = [
    "Denominator",
    "JudgedLists",
    "average_precision_at_k",
    "f1_at_k",
    "hit_rate_at_k",
    "judge",
    "ndcg_at_k",
    "precision_at_k",
    "recall_at_k",
    "reciprocal_rank_at_k",
]


class Denominator(StrEnum):
    """By what a sum over the hits is divided."""

    POSSIBLE = "min(R, k)"  # the hits that k places could hold: 1 can be reached at every k
    RELEVANT = "R"  # all relevant items
    HITS = "hits"  # the hits there are: what was not found costs nothing
    PLACES = "k"


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
    return _defined(judged, _n_hits(judged, k) / k)


def recall_at_k(
    judged: JudgedLists, k: int, over: Denominator = Denominator.RELEVANT
) -> FloatArray:
    """Return (m,) the share of all the user's relevant items that the first k places hold.

    It cannot reach 1 where a user has more than k relevant items, unless it is taken ``over``
    min(R, k), as LensKit can be told to.
    NaN for a user without a relevant item; errors as for ``precision_at_k``.

    Examples
    --------
    >>> judged = judge(np.array([[7, 3, 5]]), np.array([0, 4]), np.array([7, 9, 11, 13]))
    >>> recall_at_k(judged, 3).tolist()
    [0.25]
    """
    return _divide(judged, _n_hits(judged, k).astype(np.float64), k, over)


def f1_at_k(judged: JudgedLists, k: int) -> FloatArray:
    """Return (m,) the harmonic mean of precision and recall at k: 2 hits / (k + R).

    0 without a hit, NaN for a user without a relevant item; errors as for ``precision_at_k``.

    Examples
    --------
    >>> judged = judge(np.array([[7, 3]]), np.array([0, 2]), np.array([7, 9]))
    >>> f1_at_k(judged, 2).tolist()
    [0.5]
    """
    return _defined(judged, 2 * _n_hits(judged, k) / (k + judged.n_relevant))


def hit_rate_at_k(judged: JudgedLists, k: int) -> FloatArray:
    """Return (m,) 1 where the first k places hold a relevant item, 0 where they hold none.

    NaN for a user without a relevant item; errors as for ``precision_at_k``.

    Examples
    --------
    >>> judged = judge(np.array([[7, 3, 5]]), np.array([0, 2]), np.array([3, 5]))
    >>> hit_rate_at_k(judged, 1).tolist(), hit_rate_at_k(judged, 3).tolist()
    ([0.0], [1.0])
    """
    return _defined(judged, (_n_hits(judged, k) > 0).astype(np.float64))


def reciprocal_rank_at_k(judged: JudgedLists, k: int) -> FloatArray:
    """Return (m,) one over the place of the first relevant item; its mean over users is MRR.

    0 where the first k places hold none, NaN for a user without a relevant item; errors as for
    ``precision_at_k``.

    Examples
    --------
    >>> judged = judge(np.array([[7, 3, 5, 9]]), np.array([0, 2]), np.array([3, 9]))
    >>> reciprocal_rank_at_k(judged, 4).tolist()
    [0.5]
    """
    check_k(judged, k)
    first = judged.first_hit
    return _defined(judged, np.where(first <= k, 1 / first, 0.0))


def average_precision_at_k(
    judged: JudgedLists, k: int, over: Denominator = Denominator.POSSIBLE
) -> FloatArray:
    """Return (m,) the precisions at the hits, added up, over min(R, k); its mean is MAP.

    Parameters
    ----------
    judged : the lists
    k : how many places count
    over : another denominator: R as trec_eval, ranx and RecTools, hits, or k. 0 without a hit,
        whatever it is.

    NaN for a user without a relevant item; errors as for ``precision_at_k``.

    Examples
    --------
    >>> judged = judge(np.array([[7, 3, 5]]), np.array([0, 4]), np.array([7, 5, 11, 13]))
    >>> average_precision_at_k(judged, 3).round(4).tolist()
    [0.5556]
    >>> average_precision_at_k(judged, 3, Denominator.RELEVANT).round(4).tolist()
    [0.4167]
    """
    check_k(judged, k)
    return _divide(judged, judged.precisions[:, k - 1], k, over)


def ndcg_at_k(judged: JudgedLists, k: int) -> FloatArray:
    """Return (m,) the discounted gain of the first k places over that of the best order.

    NaN for a user without a relevant item; errors as for ``precision_at_k``.

    Examples
    --------
    >>> judged = judge(np.array([[3, 5, 7]]), np.array([0, 1]), np.array([7]))
    >>> ndcg_at_k(judged, 3).tolist()
    [0.5]
    """
    check_k(judged, k)
    best = np.concatenate([[0.0], np.cumsum(discounts(k))])[np.minimum(judged.n_relevant, k)]
    return ratio(np.stack([judged.discounted[:, k - 1], best], axis=1))


def check_k(judged: JudgedLists, k: int) -> None:
    """Refuse a k below 1 or above the width of the lists."""
    if not 1 <= k <= judged.width:
        raise MetricInputError(
            metric="A ranking metric", expected=f"k from 1 to the lists' {judged.width}", found=k
        )


def _n_hits(judged: JudgedLists, k: int) -> IntArray:
    check_k(judged, k)
    return judged.n_hits[:, k - 1]


def _defined(judged: JudgedLists, values: FloatArray) -> FloatArray:
    return np.where(judged.n_relevant > 0, values, np.nan)


def _divide(judged: JudgedLists, sums: FloatArray, k: int, over: Denominator) -> FloatArray:
    n_relevant = judged.n_relevant
    if over is Denominator.RELEVANT:
        below = n_relevant
    elif over is Denominator.POSSIBLE:
        below = np.minimum(n_relevant, k)
    elif over is Denominator.HITS:
        below = np.maximum(_n_hits(judged, k), 1)  # without a hit 0 / 1
    else:
        below = np.full(len(sums), k)
    return _defined(judged, ratio(np.stack([sums, below], axis=1).astype(np.float64)))
