r"""AUC: the chance that something that happened scores higher than something that did not.

Draw one event that happened (a click) and one that did not. How often does the click have the
higher score? A tie counts half. With :math:`P` positives and :math:`N` negatives,

.. math::

    \mathrm{AUC} = \frac{1}{P N} \sum_{i \in \mathrm{pos}} \sum_{j \in \mathrm{neg}}
        \left([s_i > s_j] + \tfrac12 [s_i = s_j]\right)
      = \frac{\sum_{i \in \mathrm{pos}} r_i - P (P + 1) / 2}{P N}

where :math:`r_i` is the midrank of :math:`s_i` among all scores: tied scores share the mean of
their ranks. It is the area under the ROC curve and needs no threshold.

AUC also compares a click of one user with what another one ignored, which no list ever does.
**GAUC** takes each user's own AUC, weighted by the user's number of events :math:`n_u`, over the
users who have both a yes and a no:

.. math:: \mathrm{GAUC} = \frac{\sum_u n_u \, \mathrm{AUC}_u}{\sum_u n_u}

References: Hanley and McNeil (1982), Radiology 143(1); DeLong, DeLong, Clarke-Pearson (1988),
Biometrics 44(3), for the placements; Obuchowski (1997), Biometrics 53(2), for users as clusters;
Zhu and others (2017), Optimized cost per click in Taobao display advertising, KDD, for GAUC.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import AnyArray, FloatArray, IntArray
from algorithms.metrics.inputs import MetricInputError, binary_pairs
from algorithms.metrics.ranks import midranks, midranks_within
from algorithms.metrics.sums import columns, ratio


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
    rank = midranks_within(scores, rows, n_users)
    n_positive = np.bincount(rows, truth, n_users)
    n_negative = np.bincount(rows, 1 - truth, n_users)
    above = np.bincount(rows, rank * truth, n_users) - n_positive * (n_positive + 1) / 2
    values = np.full(n_users, np.nan)
    both = (n_positive > 0) & (n_negative > 0)
    values[both] = above[both] / (n_positive * n_negative)[both]
    return values


def gauc(truth: AnyArray, scores: AnyArray, users: AnyArray) -> float:
    """Return the mean of the users' own AUC, weighted by events; NaN where no user has one.

    Parameters
    ----------
    truth, scores : (n,) as for ``auc``
    users : (n,) whose event it is: any numbers that tell users apart

    Raises
    ------
    MetricInputError
        As ``auc``, and where there is not one user for each event.

    Examples
    --------
    >>> gauc(np.array([1, 0, 1, 0]), np.array([0.2, 0.1, 0.8, 0.9]), np.array([0, 0, 1, 1]))
    0.5
    """
    return float(ratio(aucs_of_users(truth, scores, users).sum(axis=0)))


def aucs_of_users(truth: AnyArray, scores: AnyArray, users: AnyArray) -> FloatArray:
    """Return (n, 2) the addends of GAUC: the AUC of the event's user, and 1; 0 without one."""
    truth, scores = binary_pairs("GAUC", truth, scores)
    users = np.asarray(users)
    if users.shape != truth.shape:
        raise MetricInputError(
            metric="GAUC",
            expected="a user for each event",
            found=f"shapes {truth.shape} and {users.shape}",
        )
    known, rows = np.unique(users, return_inverse=True)
    own = auc_per_user(truth, scores, rows, len(known))
    defined = np.isfinite(own)
    return columns(np.where(defined, own, 0.0)[rows], defined[rows].astype(np.float64))


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
