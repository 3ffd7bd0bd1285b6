r"""How far predictions are from the truth.

A recommender says 3.5 stars, the user gives 4: it was off by half a star. The **mean absolute
error** averages how far off it was; the **root mean square error** squares first, so that one
large mistake weighs more than several small ones:

.. math::

    \mathrm{MAE} = \frac{1}{n} \sum_{e} |y_e - \hat y_e|, \qquad
    \mathrm{RMSE} = \sqrt{\frac{1}{n} \sum_{e} (y_e - \hat y_e)^2}

Both are in the unit of the label, and RMSE is never smaller than MAE.

Reference: Herlocker, Konstan, Terveen, Riedl (2004), Evaluating collaborative filtering
recommender systems, ACM TOIS 22(1), section 4.1.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import AnyArray, FloatArray
from algorithms.metrics.inputs import pairs
from algorithms.metrics.sums import ratio, root_of_ratio


def mae(truth: AnyArray, predicted: AnyArray) -> float:
    """Return the mean absolute error; NaN without events.

    Parameters
    ----------
    truth : (n,) labels
    predicted : (n,) predictions on the labels' scale

    Raises
    ------
    MetricInputError
        Where shapes differ or a value is not finite.

    Examples
    --------
    >>> mae(np.array([4.0, 2.0, 5.0]), np.array([3.0, 2.0, 3.0]))
    1.0
    """
    return float(ratio(absolute_errors(truth, predicted).sum(axis=0)))


def rmse(truth: AnyArray, predicted: AnyArray) -> float:
    """Return the root mean square error; NaN without events.

    Parameters
    ----------
    truth : (n,) labels
    predicted : (n,) predictions on the labels' scale

    Raises
    ------
    MetricInputError
        Where shapes differ or a value is not finite.

    Examples
    --------
    >>> rmse(np.array([4.0, 2.0, 5.0, 1.0]), np.array([3.0, 2.0, 3.0, 3.0]))
    1.5
    """
    return float(root_of_ratio(squared_errors(truth, predicted).sum(axis=0)))


def absolute_errors(truth: AnyArray, predicted: AnyArray) -> FloatArray:
    """Return (n, 2) the addends of MAE: the absolute error, and 1."""
    truth, predicted = pairs("MAE", truth, predicted)
    return np.stack([np.abs(truth - predicted), np.ones(len(truth))], axis=1)


def squared_errors(truth: AnyArray, predicted: AnyArray) -> FloatArray:
    """Return (n, 2) the addends of RMSE: the squared error, and 1."""
    truth, predicted = pairs("RMSE", truth, predicted)
    return np.stack([(truth - predicted) ** 2, np.ones(len(truth))], axis=1)
