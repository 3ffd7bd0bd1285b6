r"""AUC: the chance that something that happened scores higher than something that did not.

Draw one event that happened (a click) and one that did not. How often does the click have the
higher score? A tie counts half. With :math:`P` positives and :math:`N` negatives,

.. math::

    \mathrm{AUC} = \frac{1}{P N} \sum_{i \in \mathrm{pos}} \sum_{j \in \mathrm{neg}}
        \left([s_i > s_j] + \tfrac12 [s_i = s_j]\right)
      = \frac{\sum_{i \in \mathrm{pos}} r_i - P (P + 1) / 2}{P N}

where :math:`r_i` is the midrank of :math:`s_i` among all scores: tied scores share the mean of
their ranks. It is the area under the ROC curve and needs no threshold.

References: Hanley and McNeil (1982), Radiology 143(1); DeLong, DeLong, Clarke-Pearson (1988),
Biometrics 44(3), for the placements; Obuchowski (1997), Biometrics 53(2), for users as clusters.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import AnyArray, FloatArray, IntArray
from algorithms.metrics.inputs import binary_pairs
from algorithms.metrics.sums import ratio


def midranks(values: FloatArray) -> FloatArray:
    """Return the ranks of values (n,), 1 for the smallest; equal values share their mean rank.

    Examples
    --------
    >>> midranks(np.array([0.3, 0.1, 0.3, 0.9])).tolist()
    [2.5, 1.0, 2.5, 4.0]
    """
    _, position, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: FloatArray = (last - (counts - 1) / 2)[position]
    return ranks


def auc(truth: AnyArray, scores: AnyArray) -> float:
    """Return the area under the ROC curve; NaN unless both 0 and 1 occur.

    Parameters
    ----------
    truth : (n,) 0 or 1
    scores : (n,) any numbers; only their order counts

    Raises
    ------
    MetricInputError
        Where shapes differ, a value is not finite, or the truth is not 0 or 1.

    Examples
    --------
    >>> auc(np.array([1, 1, 0, 0]), np.array([0.9, 0.4, 0.4, 0.1]))
    0.875
    """
    truth, scores = binary_pairs("AUC", truth, scores)
    n_positive = float(truth.sum())
    n_negative = len(truth) - n_positive
    if not n_positive or not n_negative:
        return float("nan")
    rank_sum = float(midranks(scores)[truth == 1].sum())
    return (rank_sum - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative)


def auc_per_user(truth: AnyArray, scores: AnyArray, rows: IntArray, n_users: int) -> FloatArray:
    """Return each user's own AUC, NaN for a user without both a 0 and a 1.

    Parameters
    ----------
    truth, scores : (n,) as for ``auc``
    rows : (n,) row of each event's user, 0 to ``n_users`` - 1
    n_users : number of users

    Returns
    -------
    values : (n_users,)
    """
    truth, scores = binary_pairs("AUC", truth, scores)
    order = np.lexsort((scores, rows))
    by_user, by_score, positive = rows[order], scores[order], truth[order]
    starts = np.ones(len(order), dtype=np.bool_)  # where a new (user, score) begins
    starts[1:] = (by_user[1:] != by_user[:-1]) | (by_score[1:] != by_score[:-1])
    group = np.cumsum(starts) - 1
    counts = np.bincount(group)
    rank_of_group = np.cumsum(counts) - (counts - 1) / 2  # midranks over all users
    first = np.cumsum(np.bincount(rows, minlength=n_users))  # events up to and with each user
    before = np.concatenate([[0], first[:-1]]) if n_users else first
    rank = rank_of_group[group] - before[by_user]  # midranks within the user
    n_positive = np.bincount(by_user, positive, n_users)
    n_negative = np.bincount(by_user, 1 - positive, n_users)
    above = np.bincount(by_user, rank * positive, n_users) - n_positive * (n_positive + 1) / 2
    values = np.full(n_users, np.nan)
    both = (n_positive > 0) & (n_negative > 0)
    values[both] = above[both] / (n_positive * n_negative)[both]
    return values


def placements(truth: AnyArray, scores: AnyArray) -> FloatArray:
    r"""Return the addends of AUC over events, so that its interval can be bootstrapped by user.

    A positive's placement :math:`V_i` is the share of negatives that it beats, a negative's
    placement :math:`W_j` the share of positives that beat it; both average to the AUC. If the
    events are reweighted, then to first order (DeLong et al.; Obuchowski)

    .. math:: \mathrm{AUC}^* \approx \overline{V}^* + \overline{W}^* - \mathrm{AUC}

    Parameters
    ----------
    truth, scores : (n,) as for ``auc``

    Returns
    -------
    addends : (n, 4) placement less AUC / 2 and 1 for a positive, then the same for a negative;
        all zero unless both 0 and 1 occur. ``auc_of_placements`` of their totals is the AUC.
    """
    truth, scores = binary_pairs("AUC", truth, scores)
    addends = np.zeros((len(truth), 4))
    positive = truth == 1
    n_positive = int(positive.sum())
    n_negative = len(truth) - n_positive
    if not n_positive or not n_negative:
        return addends
    rank = midranks(scores)
    won = (rank[positive] - midranks(scores[positive])) / n_negative
    lost = 1 - (rank[~positive] - midranks(scores[~positive])) / n_positive
    addends[positive, 0] = won - won.mean() / 2
    addends[positive, 1] = 1
    addends[~positive, 2] = lost - won.mean() / 2
    addends[~positive, 3] = 1
    return addends


def auc_of_placements(totals: FloatArray) -> FloatArray:
    """Return the AUC of totals of placements: from (..., 4) to (...), NaN without a class."""
    auc: FloatArray = ratio(totals[..., :2]) + ratio(totals[..., 2:])
    return np.clip(auc, 0, 1)  # reweighted, the approximation may overshoot a little
