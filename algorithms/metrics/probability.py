r"""How good probabilities are: not only who is likelier to click, but how likely.

A model that says "70 %" a hundred times should see about seventy clicks. Three metrics look at
that, each event with its probability :math:`p_e` and what happened, :math:`y_e \in \{0, 1\}`.

The **log loss** is the surprise at what happened, the **Brier score** the squared error of the
probability:

.. math::

    \mathrm{LogLoss} = -\frac{1}{n} \sum_e \left( y_e \ln p_e + (1 - y_e) \ln (1 - p_e) \right),
    \qquad \mathrm{Brier} = \frac{1}{n} \sum_e (p_e - y_e)^2

Both are *proper*: nobody can lower them on average by saying anything but what they believe.
The **expected calibration error** sorts the events into :math:`B` bins by what was said and
compares, bin by bin, the mean of what was said with the share that happened:

.. math::

    \mathrm{ECE} = \sum_{b=1}^{B} \frac{n_b}{n} \left| \bar y_b - \bar p_b \right|
      = \frac{1}{n} \sum_{b=1}^{B} \left| \sum_{e \in b} (y_e - p_e) \right|

The two sides of that comparison, drawn against each other, are the reliability curve.

References: Good (1952), Rational decisions, JRSS B 14(1); Brier (1950), Verification of forecasts
expressed in terms of probability, Monthly Weather Review 78(1); Naeini, Cooper, Hauskrecht
(2015), Obtaining well calibrated probabilities using Bayesian binning, AAAI, for the ECE.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import AnyArray, FloatArray, IntArray
from algorithms.metrics.inputs import MetricInputError, probability_pairs
from algorithms.metrics.sums import columns, ratio, sum_per_user

N_BINS = 10
SMALLEST = float(np.finfo(np.float64).eps)  # as in scikit-learn; the largest loss is 36.04


def log_loss(truth: AnyArray, probability: AnyArray) -> float:
    """Return the mean negative log-likelihood, in natural units (nats); NaN without events.

    The probability of what happened counts as at least 2.2e-16: a model that was sure and wrong
    loses 36.04, not infinity.

    Parameters
    ----------
    truth : (n,) 0 or 1
    probability : (n,) of a 1

    Raises
    ------
    MetricInputError
        Where shapes differ, a value is not finite, the truth is not 0 or 1, or a probability
        lies outside 0 to 1.

    Examples
    --------
    >>> log_loss(np.array([1, 0]), np.array([0.5, 0.5]))
    0.6931471805599453
    """
    return float(ratio(surprises(truth, probability).sum(axis=0)))


def brier(truth: AnyArray, probability: AnyArray) -> float:
    """Return the mean squared error of the probabilities; NaN without events.

    Parameters and errors as for ``log_loss``.

    Examples
    --------
    >>> brier(np.array([1, 0]), np.array([0.5, 0.5]))
    0.25
    """
    return float(ratio(squared_gaps(truth, probability).sum(axis=0)))


def calibration_error(truth: AnyArray, probability: AnyArray, n_bins: int = N_BINS) -> float:
    """Return the expected calibration error over bins of equal width; NaN without events.

    Parameters and errors as for ``log_loss``; ``n_bins`` is at least 1.

    Examples
    --------
    >>> calibration_error(np.array([1, 0, 1, 1]), np.array([0.25, 0.25, 0.75, 0.75]))
    0.25
    """
    truth, probability = probability_pairs("Calibration error", truth, probability)
    bins = _bins(probability, _edges("Calibration error", n_bins))
    gaps = np.bincount(bins, truth - probability, n_bins)
    return float(mean_gap(np.append(gaps, len(truth))))


@dataclass(frozen=True, eq=False)
class ReliabilityCurve:
    """What was said against what happened.

    Parameters
    ----------
    edges : (B + 1,) from 0 to 1; bin b holds what lies above edge b, up to and with edge b + 1,
        the first bin also 0
    counts : (B,) events in each bin
    said : (B,) mean probability in each bin, NaN where it is empty
    happened : (B,) share that happened in each bin, NaN where it is empty
    """

    edges: FloatArray
    counts: IntArray
    said: FloatArray
    happened: FloatArray


def reliability_curve(
    truth: AnyArray, probability: AnyArray, n_bins: int = N_BINS
) -> ReliabilityCurve:
    """Return the reliability curve, the picture of the calibration error.

    Parameters and errors as for ``calibration_error``.

    Examples
    --------
    >>> curve = reliability_curve([1, 0, 1, 1], [0.25, 0.25, 0.75, 0.75], n_bins=2)
    >>> curve.said.tolist(), curve.happened.tolist()
    ([0.25, 0.75], [0.5, 1.0])
    """
    truth, probability = probability_pairs("Reliability curve", truth, probability)
    edges = _edges("Reliability curve", n_bins)
    bins = _bins(probability, edges)
    sums = sum_per_user(columns(probability, truth, 1.0), bins, n_bins)
    said, happened = ratio(sums[:, [0, 2]]), ratio(sums[:, [1, 2]])
    return ReliabilityCurve(edges, sums[:, 2].astype(np.int64), said, happened)


def surprises(truth: AnyArray, probability: AnyArray) -> FloatArray:
    """Return (n, 2) the addends of log loss: the surprise at what happened, and 1."""
    truth, probability = probability_pairs("Log loss", truth, probability)
    of_what_happened = np.where(truth == 1, probability, 1 - probability)
    return columns(-np.log(np.maximum(of_what_happened, SMALLEST)), 1.0)


def squared_gaps(truth: AnyArray, probability: AnyArray) -> FloatArray:
    """Return (n, 2) the addends of the Brier score: the squared error, and 1."""
    truth, probability = probability_pairs("Brier score", truth, probability)
    return columns((truth - probability) ** 2, 1.0)


def binned_gaps(truth: AnyArray, probability: AnyArray, n_bins: int = N_BINS) -> FloatArray:
    """Return (n, B + 1) the addends of the ECE: y - p in the column of its bin, and 1."""
    truth, probability = probability_pairs("Calibration error", truth, probability)
    bins = _bins(probability, _edges("Calibration error", n_bins))
    addends = np.zeros((n_bins + 1, len(truth)))
    addends[bins, np.arange(len(truth))] = truth - probability
    addends[-1] = 1.0
    return addends.T


def mean_gap(totals: FloatArray) -> FloatArray:
    """Return the ECE of totals of binned gaps: from (..., B + 1) to (...)."""
    gaps = np.abs(totals[..., :-1]).sum(axis=-1)
    return ratio(np.stack([gaps, totals[..., -1]], axis=-1))


def _edges(metric: str, n_bins: int) -> FloatArray:
    if n_bins < 1:
        raise MetricInputError(metric=metric, expected="at least 1 bin", found=n_bins)
    return np.linspace(0, 1, n_bins + 1)


def _bins(probability: FloatArray, edges: FloatArray) -> IntArray:
    bins: IntArray = np.searchsorted(edges[1:-1], probability)
    return bins
