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
    "auc_at_k",
    "average_precision_at_k",
    "f1_at_k",
    "graded_ndcg_at_k",
    "hit_rate_at_k",
    "judge",
    "ndcg_at_k",
    "precision_at_k",
    "r_precision_at_k",
    "recall_at_k",
    "reciprocal_rank_at_k",
]


_MOST_GAIN = 1000  # 2 to the power of 1024 is no floating point number


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


def graded_ndcg_at_k(judged: JudgedLists, k: int, exponential: bool = False) -> FloatArray:
    """Return (m,) NDCG in which a relevant item counts by its gain.

    Parameters
    ----------
    judged : lists with gains
    k : how many places count
    exponential : take 2^gain - 1 for the gain, as web search does; the best items then count
        for far more

    NaN for a user without a relevant item.

    Raises
    ------
    MetricInputError
        As ``precision_at_k``, and where the lists were judged without gains.

    Examples
    --------
    >>> judged = judge(np.array([[3, 7]]), np.array([0, 2]), np.array([7, 3]), np.array([3, 1]))
    >>> graded_ndcg_at_k(judged, 2).round(4).tolist()
    [0.7967]
    """
    check_k(judged, k)
    if judged.gains is None or judged.best_gains is None:
        raise MetricInputError(
            metric="Graded NDCG", expected="the gain of each relevant item", found="none"
        )
    gains, best = judged.gains[:, :k], judged.best_gains[:, :k]  # (m, k)
    if exponential:
        if best.max(initial=0.0) > _MOST_GAIN:
            raise MetricInputError(
                metric="Graded NDCG with exponential gains",
                expected=f"gains up to {_MOST_GAIN}",
                found=f"{best.max():g}",
            )
        gains, best = np.exp2(gains) - 1, np.exp2(best) - 1
    return ratio(np.stack([gains @ discounts(k), best @ discounts(k)], axis=1))


def r_precision_at_k(judged: JudgedLists, k: int) -> FloatArray:
    """Return (m,) the share of the first R places that hold a relevant item.

    With as many places as relevant items, precision and recall are the same number. The list is
    cut after k places, so that a user with more relevant items cannot reach 1.
    NaN for a user without a relevant item; errors as for ``precision_at_k``.

    Examples
    --------
    >>> judged = judge(np.array([[7, 3, 5]]), np.array([0, 2]), np.array([7, 5]))
    >>> r_precision_at_k(judged, 3).tolist()
    [0.5]
    """
    check_k(judged, k)
    places = np.clip(judged.n_relevant, 1, k)
    n_hits = judged.n_hits[np.arange(len(places)), places - 1]
    return ratio(np.stack([n_hits, judged.n_relevant], axis=1).astype(np.float64))


def auc_at_k(judged: JudgedLists, k: int) -> FloatArray:
    r"""Return (m,) how often a relevant candidate stands above one that is not.

    All candidates are compared. Those beyond the first k places are taken for a random order:
    each of the others there has half of the relevant ones there above it. With :math:`N`
    candidates that are not relevant, :math:`M` of them among the first k, and :math:`A_p` the
    hits above place p,

    .. math:: \mathrm{AUC@}k = \frac{1}{R N} \left( \sum_{p \text{ a miss}} A_p
              + (N - M) \, \frac{H_k + R}{2} \right)

    NaN for a user without a relevant item, or without any other candidate.

    Raises
    ------
    MetricInputError
        As ``precision_at_k``, and where the lists were judged without numbers of candidates.

    Examples
    --------
    >>> judged = judge(
    ...     np.array([[7, 3]]), np.array([0, 1]), np.array([3]), n_candidates=np.array([5])
    ... )
    >>> auc_at_k(judged, 2).tolist()  # three of four stand below it
    [0.75]
    """
    check_k(judged, k)
    if judged.n_candidates is None:
        raise MetricInputError(
            metric="AUC over candidates", expected="each user's number of candidates", found="none"
        )
    n_others = judged.n_candidates - judged.n_relevant
    n_below = n_others - judged.n_misses[:, k - 1]
    halves = n_below * (judged.n_hits[:, k - 1] + judged.n_relevant) / 2
    right = judged.hits_above_misses[:, k - 1] + halves
    return ratio(np.stack([right, judged.n_relevant * n_others], axis=1))


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
