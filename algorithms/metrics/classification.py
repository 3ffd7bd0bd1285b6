r"""How good yes-or-no answers are.

Will she click? The recommender gives a probability; from a threshold up we read it as *yes*.
Comparing each yes and no with what happened gives four counts, true and false positives and
negatives, and from them

.. math::

    \mathrm{Accuracy} = \frac{TP + TN}{n}, \quad
    \mathrm{Precision} = \frac{TP}{TP + FP}, \quad
    \mathrm{Recall} = \frac{TP}{TP + FN}, \quad
    F_1 = \frac{2\,TP}{2\,TP + FP + FN}

Recall has a twin for what did not happen, and their mean counts both classes alike:

.. math::

    \mathrm{Specificity} = \frac{TN}{TN + FP}, \quad
    \mathrm{Balanced\ accuracy} = \frac{\mathrm{Recall} + \mathrm{Specificity}}{2}

All of these depend on the threshold. The area under the ROC curve (in
``roc.py``) does not.

Reference: Fawcett (2006), An introduction to ROC analysis, Pattern Recognition Letters 27;
F1: van Rijsbergen (1979), Information Retrieval, chapter 7; balanced accuracy: Brodersen, Ong,
Stephan, Buhmann (2010), The balanced accuracy and its posterior distribution, ICPR.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import AnyArray, BoolArray, FloatArray
from algorithms.metrics.inputs import binary_pairs
from algorithms.metrics.sums import columns, ratio


def accuracy(truth: AnyArray, probability: AnyArray, threshold: float = 0.5) -> float:
    """Return the share of right answers; NaN without events.

    Parameters
    ----------
    truth : (n,) 0 or 1
    probability : (n,) of a 1
    threshold : the answer is yes from here up

    Raises
    ------
    MetricInputError
        Where shapes differ, a value is not finite, or the truth is not 0 or 1.

    Examples
    --------
    >>> accuracy(np.array([1, 0, 1, 0]), np.array([0.9, 0.6, 0.4, 0.1]))
    0.5
    """
    return float(ratio(right_answers(truth, probability, threshold).sum(axis=0)))


def precision(truth: AnyArray, probability: AnyArray, threshold: float = 0.5) -> float:
    """Return how many of the yes answers are right; NaN where no answer is yes.

    Parameters and errors as for ``accuracy``.

    Examples
    --------
    >>> precision(np.array([1, 0, 1, 0]), np.array([0.9, 0.6, 0.4, 0.1]))
    0.5
    """
    return float(ratio(hits_of_answers(truth, probability, threshold).sum(axis=0)))


def recall(truth: AnyArray, probability: AnyArray, threshold: float = 0.5) -> float:
    """Return how many of the events that happened were answered yes; NaN where none happened.

    Parameters and errors as for ``accuracy``.

    Examples
    --------
    >>> recall(np.array([1, 0, 1, 1, 1]), np.array([0.9, 0.6, 0.4, 0.1, 0.3]))
    0.25
    """
    return float(ratio(hits_of_events(truth, probability, threshold).sum(axis=0)))


def f1(truth: AnyArray, probability: AnyArray, threshold: float = 0.5) -> float:
    """Return the harmonic mean of precision and recall.

    It is 0 where there are yes answers or events but no hit, and NaN where there are neither.
    Parameters and errors as for ``accuracy``.

    Examples
    --------
    >>> f1(np.array([1, 0, 1, 0]), np.array([0.9, 0.6, 0.4, 0.1]))
    0.5
    """
    return float(ratio(f1_addends(truth, probability, threshold).sum(axis=0)))


def specificity(truth: AnyArray, probability: AnyArray, threshold: float = 0.5) -> float:
    """Return how many of the events that did not happen were answered no; NaN where all happened.

    Parameters and errors as for ``accuracy``.

    Examples
    --------
    >>> specificity(np.array([1, 0, 0, 0, 0]), np.array([0.9, 0.6, 0.4, 0.1, 0.3]))
    0.75
    """
    return float(ratio(right_noes(truth, probability, threshold).sum(axis=0)))


def balanced_accuracy(truth: AnyArray, probability: AnyArray, threshold: float = 0.5) -> float:
    """Return the mean of recall and specificity; NaN unless both 0 and 1 occur.

    Parameters and errors as for ``accuracy``.

    Examples
    --------
    >>> balanced_accuracy(np.array([1, 0, 0, 0, 0]), np.array([0.9, 0.6, 0.4, 0.1, 0.3]))
    0.875
    """
    return float(mean_of_classes(right_by_class(truth, probability, threshold).sum(axis=0)))


def right_answers(truth: AnyArray, probability: AnyArray, threshold: float = 0.5) -> FloatArray:
    """Return (n, 2) the addends of accuracy: 1 where the answer is right, and 1."""
    happened, yes = _answers("Accuracy", truth, probability, threshold)
    return columns(yes == happened, 1.0)


def hits_of_answers(truth: AnyArray, probability: AnyArray, threshold: float = 0.5) -> FloatArray:
    """Return (n, 2) the addends of precision: a hit, and a yes answer."""
    happened, yes = _answers("Precision", truth, probability, threshold)
    return columns(yes & happened, yes)


def hits_of_events(truth: AnyArray, probability: AnyArray, threshold: float = 0.5) -> FloatArray:
    """Return (n, 2) the addends of recall: a hit, and an event that happened."""
    happened, yes = _answers("Recall", truth, probability, threshold)
    return columns(yes & happened, happened)


def f1_addends(truth: AnyArray, probability: AnyArray, threshold: float = 0.5) -> FloatArray:
    """Return (n, 2) the addends of F1: twice a hit, and a yes answer plus an event."""
    happened, yes = _answers("F1", truth, probability, threshold)
    return columns(2.0 * (yes & happened), np.add(yes, happened, dtype=np.int8))


def right_noes(truth: AnyArray, probability: AnyArray, threshold: float = 0.5) -> FloatArray:
    """Return (n, 2) the addends of specificity: a right no, and an event that did not happen."""
    happened, yes = _answers("Specificity", truth, probability, threshold)
    return columns(~(yes | happened), ~happened)


def right_by_class(truth: AnyArray, probability: AnyArray, threshold: float = 0.5) -> FloatArray:
    """Return (n, 4) the addends of balanced accuracy: those of recall, those of specificity."""
    happened, yes = _answers("Balanced accuracy", truth, probability, threshold)
    return columns(yes & happened, happened, ~(yes | happened), ~happened)


def mean_of_classes(totals: FloatArray) -> FloatArray:
    """Return the mean of two ratios: from (..., 4) to (...), NaN where either is undefined."""
    return (ratio(totals[..., :2]) + ratio(totals[..., 2:])) / 2


def _answers(
    metric: str, truth: AnyArray, probability: AnyArray, threshold: float
) -> tuple[BoolArray, BoolArray]:
    """Return (n,) what happened and (n,) what was answered yes."""
    truth, probability = binary_pairs(metric, truth, probability)
    return truth == 1, probability >= threshold
