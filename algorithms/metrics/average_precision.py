r"""Average precision: how pure the top of all scores is, wherever one cuts.

Put all events in order, the highest score first, and walk down. At each event that happened, ask
which share of everything met so far happened, and take the mean of these precisions:

.. math::

    \mathrm{AP} = \frac{1}{P} \sum_{i \in \mathrm{pos}} \frac{T_i}{n_i}, \qquad
    n_i = \sum_e [s_e \ge s_i], \quad T_i = \sum_{e \in \mathrm{pos}} [s_e \ge s_i]

with :math:`P` the number of events that happened. Events with one score are met all at once. It
is the area under the precision-recall curve drawn in steps. Scores that tell nothing apart have
an AP of :math:`P/n`, not 0.5.

AP is no ratio of sums over events. For its interval it is expanded to first order in the events'
weights :math:`w` around 1: its numerator is homogeneous of degree 1 in them, so that

.. math::

    \mathrm{AP}^* \approx \frac{\sum_k w_k a_k}{\sum_k w_k y_k}, \qquad
    a_k = y_k \frac{T_k}{n_k}
      + \sum_{i \in \mathrm{pos}} [s_i \le s_k] \frac{1}{n_i} \left( y_k - \frac{T_i}{n_i} \right)

References: Davis and Goadrich (2006), The relationship between precision-recall and ROC curves,
ICML; Boyd, Eng, Page (2013), Area under the precision-recall curve: point estimates and
confidence intervals, ECML PKDD, for the estimator and why lines between its points mislead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import AnyArray, FloatArray, IntArray
from algorithms.metrics.inputs import binary_pairs
from algorithms.metrics.sums import columns, ratio, sum_per_user

_NAME = "Average precision"


def average_precision(truth: AnyArray, scores: AnyArray) -> float:
    """Return the average precision; NaN where nothing happened.

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
    >>> average_precision(np.array([1, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1])).__round__(4)
    0.8333
    """
    truth, scores = binary_pairs(_NAME, truth, scores)
    walk = _walk_down(truth, scores, np.zeros(len(truth), dtype=np.int64), 1)
    return float(ratio(np.array([(walk.precision * walk.truth).sum(), walk.truth.sum()])))


def average_precision_per_user(
    truth: AnyArray, scores: AnyArray, rows: IntArray, n_users: int
) -> FloatArray:
    """Return each user's own average precision, NaN for a user for whom nothing happened.

    Parameters
    ----------
    truth, scores : (n,) as for ``average_precision``
    rows : (n,) row of each event's user, 0 to ``n_users`` - 1
    n_users : number of users

    Returns
    -------
    values : (n_users,)
    """
    truth, scores = binary_pairs(_NAME, truth, scores)
    walk = _walk_down(truth, scores, rows, n_users)
    addends = columns(walk.precision * walk.truth, walk.truth)
    return ratio(sum_per_user(addends, rows[walk.order], n_users))


def influences(truth: AnyArray, scores: AnyArray) -> FloatArray:
    """Return (n, 2) the addends of average precision: a of the equation above, and the truth."""
    truth, scores = binary_pairs(_NAME, truth, scores)
    walk = _walk_down(truth, scores, np.zeros(len(truth), dtype=np.int64), 1)
    weight = walk.truth / walk.n_met  # (n,) from the highest score down
    below = np.cumsum(weight[::-1])[::-1]  # of this event and all below it
    below_times_precision = np.cumsum((weight * walk.precision)[::-1])[::-1]
    top = walk.first  # where the events of this score begin
    addend = walk.truth * walk.precision + walk.truth * below[top] - below_times_precision[top]
    addends = np.empty((2, len(truth)))
    addends[0, walk.order] = addend
    addends[1] = truth
    return addends.T


def clipped_ratio(totals: FloatArray) -> FloatArray:
    """Return the average precision of totals of influences: from (..., 2) to (...)."""
    return np.clip(ratio(totals), 0, 1)  # reweighted, the approximation may overshoot a little


@dataclass(frozen=True, eq=False)
class _Walk:
    """Events from the highest score down, user by user.

    Parameters
    ----------
    order : (n,) which event is met
    truth : (n,) in that order
    first : (n,) where the events of the same user and score begin
    n_met : (n,) the user's events with this score or a higher one
    precision : (n,) the share of these that happened
    """

    order: IntArray
    truth: FloatArray
    first: IntArray
    n_met: FloatArray
    precision: FloatArray


def _walk_down(truth: FloatArray, scores: FloatArray, rows: IntArray, n_users: int) -> _Walk:
    order = np.argsort(-scores) if n_users == 1 else np.lexsort((-scores, rows))
    users, by_score, happened = rows[order], scores[order], truth[order]
    starts = np.ones(len(order), dtype=np.bool_)  # where a new (user, score) begins
    starts[1:] = (users[1:] != users[:-1]) | (by_score[1:] != by_score[:-1])
    first = np.flatnonzero(starts)
    counts = np.diff(first, append=len(order))
    stop = np.repeat(first + counts, counts)  # how many events are met by the end of the score
    found = np.concatenate([[0.0], np.cumsum(happened)])
    before = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n_users))[:-1]])[users]
    n_met = (stop - before).astype(np.float64)
    precision = (found[stop] - found[before]) / n_met
    return _Walk(order, happened, np.repeat(first, counts), n_met, precision)
