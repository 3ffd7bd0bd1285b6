r"""Whether predictions order events as the labels do, however wrong their size.

A list needs only the order: a model that says 2 where the label is 4, and 3 where it is 5, is off
by two stars every time and yet orders perfectly. Two old measures look at the order alone; both
are 1 for the same order, -1 for the opposite one, and near 0 for an order at random.

**Spearman's** :math:`\rho` is the usual correlation, computed of ranks. With :math:`a_e` and
:math:`b_e` the midranks of label and prediction less their mean,

.. math:: \rho = \frac{\sum_e a_e b_e}{\sqrt{\sum_e a_e^2 \; \sum_e b_e^2}}

**Kendall's** :math:`\tau_b` counts pairs of events: :math:`C` that both columns order alike,
:math:`D` that they order differently, against those that differ in the label, :math:`T_y`, and
in the prediction, :math:`T_p`:

.. math:: \tau_b = \frac{C - D}{\sqrt{T_y \, T_p}}

Neither is a ratio of sums over events, but each is made of three averages over pairs or triples
of events. For intervals each of these is expanded to first order in the events' weights, as AUC
is in ``roc.py``: its addend is how much it would grow if the event counted a little more.

References: Spearman (1904), The proof and measurement of association between two things, American
Journal of Psychology 15(1); Kendall (1945), The treatment of ties in ranking problems, Biometrika
33(3); Hoeffding (1948), A class of statistics with asymptotically normal distribution, Annals of
Mathematical Statistics 19(3), for the expansion.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import AnyArray, FloatArray, IntArray
from algorithms.metrics.concordance import Pairs, count_pairs
from algorithms.metrics.inputs import pairs
from algorithms.metrics.ranks import midranks, midranks_within
from algorithms.metrics.sums import columns, sum_per_user

_SPEARMAN, _KENDALL = "Spearman's ρ", "Kendall's τ"


def spearman(truth: AnyArray, predicted: AnyArray) -> float:
    """Return Spearman's rank correlation; NaN where either column does not differ.

    Parameters
    ----------
    truth : (n,) labels
    predicted : (n,) predictions or scores; only their order counts

    Raises
    ------
    MetricInputError
        Where shapes differ or a value is not finite.

    Examples
    --------
    >>> spearman(np.array([1.0, 2.0, 3.0, 4.0]), np.array([10.0, 30.0, 20.0, 40.0]))
    0.8
    """
    alone = np.zeros(len(truth), dtype=np.int64)
    return float(spearman_per_user(truth, predicted, alone, 1)[0])


def kendall(truth: AnyArray, predicted: AnyArray) -> float:
    """Return Kendall's rank correlation τ_b; NaN where either column does not differ.

    Parameters and errors as for ``spearman``.

    Examples
    --------
    >>> kendall(np.array([1.0, 2.0, 3.0]), np.array([10.0, 30.0, 20.0])).__round__(4)
    0.3333
    """
    alone = np.zeros(len(truth), dtype=np.int64)
    return float(kendall_per_user(truth, predicted, alone, 1)[0])


def spearman_per_user(
    truth: AnyArray, predicted: AnyArray, rows: IntArray, n_users: int
) -> FloatArray:
    """Return each user's own ρ, NaN for a user whose labels or predictions do not differ.

    Parameters
    ----------
    truth, predicted : (n,) as for ``spearman``
    rows : (n,) row of each event's user, 0 to ``n_users`` - 1
    n_users : number of users

    Returns
    -------
    values : (n_users,)
    """
    truth, predicted = pairs(_SPEARMAN, truth, predicted)
    middle = (np.bincount(rows, minlength=n_users) + 1) / 2
    a = midranks_within(truth, rows, n_users) - middle[rows]
    b = midranks_within(predicted, rows, n_users) - middle[rows]
    return correlation(sum_per_user(columns(a * b, a**2, b**2), rows, n_users))


def kendall_per_user(
    truth: AnyArray, predicted: AnyArray, rows: IntArray, n_users: int
) -> FloatArray:
    """Return each user's own τ_b; parameters as for ``spearman_per_user``."""
    truth, predicted = pairs(_KENDALL, truth, predicted)
    counted = _as_columns(count_pairs(truth, predicted, rows, n_users))
    return correlation(sum_per_user(counted, rows, n_users))


def spearman_addends(truth: AnyArray, predicted: AnyArray) -> FloatArray:
    r"""Return (n, 3) the addends of ρ: of its numerator and of both terms under the root.

    Event k lifts the ranks of the events above it by 1 and those of its equals by 1/2, so with
    :math:`l_k(u, v) = \sum_j v_j ([u_j > u_k] + \frac12 [u_j = u_k])` the numerator's addend is
    :math:`a_k b_k + l_k(a, b) + l_k(b, a)` less twice the mean of :math:`a b`.
    """
    truth, predicted = pairs(_SPEARMAN, truth, predicted)
    if not len(truth):
        return np.zeros((0, 3))
    middle = (len(truth) + 1) / 2
    a, b = midranks(truth) - middle, midranks(predicted) - middle
    return columns(
        a * b + _lift(a, b) + _lift(b, a) - 2 * (a * b).mean(),
        a**2 + 2 * _lift(a, a) - 2 * (a**2).mean(),
        b**2 + 2 * _lift(b, b) - 2 * (b**2).mean(),
    )


def kendall_addends(truth: AnyArray, predicted: AnyArray) -> FloatArray:
    """Return (n, 3) the addends of τ_b: twice the event's own pairs less the mean of all."""
    truth, predicted = pairs(_KENDALL, truth, predicted)
    if not len(truth):
        return np.zeros((0, 3))
    alone = np.zeros(len(truth), dtype=np.int64)
    counted = _as_columns(count_pairs(truth, predicted, alone, 1))
    addends: FloatArray = 2 * counted - counted.mean(axis=0)
    return addends


def correlation(totals: FloatArray) -> FloatArray:
    """Return the correlation of totals: from (..., 3) to (...), NaN where a column is constant."""
    together, first, second = np.moveaxis(totals, -1, 0)
    root = np.sqrt(np.maximum(first, 0) * np.maximum(second, 0))
    values = np.full(root.shape, np.nan)
    np.divide(together, root, out=values, where=root > 0)
    return values.clip(-1, 1)  # reweighted, the approximation may overshoot a little


def _lift(ranked: FloatArray, weights: FloatArray) -> FloatArray:
    """Return (n,) the sum of ``weights`` over all events above in ``ranked``, ties half."""
    _, group = np.unique(ranked, return_inverse=True)
    total = np.bincount(group, weights)
    lift: FloatArray = (total.sum() - np.cumsum(total) + total / 2)[group]
    return lift


def _as_columns(counted: Pairs) -> FloatArray:
    return columns(counted.alike_less_unlike, counted.differ_in_first, counted.differ_in_second)
