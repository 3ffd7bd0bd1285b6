r"""From scores to probabilities, and from probabilities to yes or no; both on validation data.

A score such as 3.7 only orders. **Platt scaling** bends scores into probabilities with the
S-shaped curve that fits the validation data best:

.. math:: p(s) = \frac{1}{1 + e^{-(a s + b)}}

The maximum-likelihood :math:`a, b` are found by Newton's method. As in Platt's paper the targets
are not quite 1 and 0 but :math:`(P + 1)/(P + 2)` and :math:`1/(N + 2)`, so that scores which
separate the classes perfectly do not drive :math:`a` to infinity.

The **threshold** from which a probability is read as *yes* is the one with the highest F1 on
validation. Neither step ever sees test data.

References: Platt (1999), Probabilistic outputs for support vector machines; Lin, Lin, Weng
(2007), A note on Platt's probabilistic outputs for support vector machines, Machine Learning 68.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray, sigmoid

_MAX_STEPS = 50
_TOLERANCE = 1e-10


@dataclass(frozen=True, slots=True)
class PlattCurve:
    """A curve from scores to probabilities, sigmoid(``slope`` * score + ``intercept``)."""

    slope: float
    intercept: float

    def __call__(self, scores: FloatArray) -> FloatArray:
        """Return (n,) the probabilities of scores (n,)."""
        return sigmoid(self.slope * scores + self.intercept)


def platt_scaling(truth: FloatArray, scores: FloatArray) -> PlattCurve | None:
    """Fit the curve; None unless both 0 and 1 occur.

    Parameters
    ----------
    truth : (n,) 0 or 1
    scores : (n,) finite
    """
    n_positive = float(truth.sum())
    n_negative = len(truth) - n_positive
    if not n_positive or not n_negative:
        return None
    target = np.where(truth == 1, (n_positive + 1) / (n_positive + 2), 1 / (n_negative + 2))
    center, scale = float(scores.mean()), float(scores.std()) or 1.0
    design = np.stack([(scores - center) / scale, np.ones(len(scores))], axis=1)  # (n, 2)
    weights = np.array([0.0, np.log((n_positive + 1) / (n_negative + 1))])
    loss = _loss(design @ weights, target)
    for _ in range(_MAX_STEPS):
        probability = sigmoid(design @ weights)
        gradient = design.T @ (probability - target)
        curvature = (design * (probability * (1 - probability))[:, None]).T @ design
        step = np.linalg.solve(curvature + 1e-12 * len(truth) * np.eye(2), gradient)
        length = 1.0
        while (moved := _loss(design @ (weights - length * step), target)) > loss and length > 1e-8:
            length /= 2  # Newton may overshoot: halve until the loss falls
        if loss - moved <= _TOLERANCE * len(truth):
            break
        weights, loss = weights - length * step, moved
    slope = float(weights[0]) / scale
    return PlattCurve(slope, float(weights[1]) - slope * center)


def best_f1_threshold(truth: FloatArray, probability: FloatArray) -> float:
    """Return the threshold with the highest F1, the highest of equals; 0.5 without a positive.

    Parameters
    ----------
    truth : (n,) 0 or 1
    probability : (n,)
    """
    if not truth.any():
        return 0.5
    order = np.argsort(-probability, kind="stable")
    value = probability[order]
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(value) + 1) + truth.sum())
    f1[:-1][value[:-1] == value[1:]] = -1.0  # a threshold never divides equal values
    return float(value[np.argmax(f1)])


def _loss(x: FloatArray, target: FloatArray) -> float:
    """Return the cross-entropy of sigmoid(x) against the target, summed."""
    return float((np.logaddexp(0, x) - target * x).sum())
