r"""How far predictions are from the truth.

A recommender says 3.5 stars, the user gives 4: it was off by half a star. The **mean absolute
error** averages how far off it was; the **root mean square error** squares first, so that one
large mistake weighs more than several small ones:

.. math::

    \mathrm{MAE} = \frac{1}{n} \sum_{e} |y_e - \hat y_e|, \qquad
    \mathrm{RMSE} = \sqrt{\frac{1}{n} \sum_{e} (y_e - \hat y_e)^2}

Both are in the unit of the label, and RMSE is never smaller than MAE. Without the root it is
the **mean square error**, in the unit's square. To say whether an error is large one needs
something to compare with: :math:`R^2` compares with always guessing the mean label
:math:`\bar y`,

.. math::

    \mathrm{MSE} = \mathrm{RMSE}^2, \qquad
    R^2 = 1 - \frac{\sum_{e} (y_e - \hat y_e)^2}{\sum_{e} (y_e - \bar y)^2}

It is 1 for perfect predictions, 0 for the mean, and negative for anything worse than the mean.

References: Herlocker, Konstan, Terveen, Riedl (2004), Evaluating collaborative filtering
recommender systems, ACM TOIS 22(1), section 4.1; Kvålseth (1985), Cautionary note about
:math:`R^2`, The American Statistician 39(4), for the eight formulas under that name.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import AnyArray, FloatArray
from algorithms.metrics.inputs import pairs
from algorithms.metrics.sums import columns, ratio, root_of_ratio

_ROUNDING = 1e-12  # a variance below this share of the mean square is none


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


def mse(truth: AnyArray, predicted: AnyArray) -> float:
    """Return the mean square error; NaN without events.

    Parameters and errors as for ``rmse``.

    Examples
    --------
    >>> mse(np.array([4.0, 2.0, 5.0, 1.0]), np.array([3.0, 2.0, 3.0, 3.0]))
    2.25
    """
    return float(ratio(squared_errors(truth, predicted, "MSE").sum(axis=0)))


def r_squared(truth: AnyArray, predicted: AnyArray) -> float:
    """Return the share of the labels' variance explained; NaN where the labels do not differ.

    Parameters and errors as for ``rmse``.

    Examples
    --------
    >>> r_squared(np.array([5.0, 3.0, 1.0]), np.array([4.0, 3.0, 2.0]))
    0.75
    """
    return float(explained(moments(truth, predicted).sum(axis=0)))


def absolute_errors(truth: AnyArray, predicted: AnyArray) -> FloatArray:
    """Return (n, 2) the addends of MAE: the absolute error, and 1."""
    truth, predicted = pairs("MAE", truth, predicted)
    error = truth - predicted
    return columns(np.abs(error, out=error), 1.0)


def squared_errors(truth: AnyArray, predicted: AnyArray, metric: str = "RMSE") -> FloatArray:
    """Return (n, 2) the addends of RMSE and MSE: the squared error, and 1."""
    truth, predicted = pairs(metric, truth, predicted)
    return columns((truth - predicted) ** 2, 1.0)


def moments(truth: AnyArray, predicted: AnyArray) -> FloatArray:
    r"""Return (n, 4) the addends of R²: squared error, label, squared label, and 1.

    Labels are taken from their mean, so that the sum of squares about any group's own mean,
    :math:`\sum y^2 - (\sum y)^2 / n`, loses no digits.
    """
    truth, predicted = pairs("R²", truth, predicted)
    label = truth - (truth.mean() if len(truth) else 0.0)
    return columns((truth - predicted) ** 2, label, label**2, 1.0)


def explained(totals: FloatArray) -> FloatArray:
    """Return R² of totals of moments: from (..., 4) to (...), NaN where labels do not differ."""
    error, label, square, n = np.moveaxis(totals, -1, 0)
    variance = square - label**2 / np.maximum(n, 1)
    values = np.full(n.shape, np.nan)
    differ = variance > _ROUNDING * square
    np.divide(variance - error, variance, out=values, where=differ)
    return values
