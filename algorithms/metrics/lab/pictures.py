r"""What the pictures of the Metric Lab show, as numbers: curves over thresholds, places and errors.

A threshold decides who gets a yes. Lowering it from above all scores to below them adds yes after
yes; at each score the counts TP, FP, FN and TN change, and with them every point of the curves:

.. math:: \mathrm{ROC}: \left(\frac{FP}{FP + TN}, \frac{TP}{TP + FN}\right), \quad
          \text{precision-recall}: \left(\frac{TP}{TP + FN}, \frac{TP}{TP + FP}\right)

Reference: Fawcett (2006), An introduction to ROC analysis, Pattern Recognition Letters 27;
Murphy and Winkler (1977), Reliability of subjective probability forecasts, Applied Statistics
26(1), for the reliability points.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.metrics.lab.examples import AnswerRows, ValueRows
from algorithms.metrics.sums import ratio

_ROUND = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True, eq=False)
class ThresholdCounts:
    """The confusion matrix at every threshold that changes it.

    Parameters
    ----------
    thresholds : (t,) falling: infinity, where no answer is yes, then each distinct score
    tp, fp, fn, tn : (t,) counts
    """

    thresholds: FloatArray
    tp: IntArray
    fp: IntArray
    fn: IntArray
    tn: IntArray

    def place(self, threshold: float) -> int:
        """Return the index of the counts that hold at a threshold."""
        return int(np.searchsorted(-self.thresholds, -threshold, side="right")) - 1


@dataclass(frozen=True, eq=False)
class Curve:
    """Points to join, one per threshold.

    Parameters
    ----------
    x, y : (t,) NaN where a share has no denominator
    thresholds : (t,) falling; see ``ThresholdCounts``
    """

    x: FloatArray
    y: FloatArray
    thresholds: FloatArray


@dataclass(frozen=True, eq=False)
class ErrorHistogram:
    """How often predictions are off by how much.

    Parameters
    ----------
    edges : (b + 1,) of prediction less truth, symmetric around 0
    counts : (b,)
    """

    edges: FloatArray
    counts: IntArray


@dataclass(frozen=True, eq=False)
class ReliabilityPoints:
    """What happened where the model said how likely it was, in bins of equal width.

    Parameters
    ----------
    said : (b,) mean probability in each bin that holds a row
    happened : (b,) share that happened
    counts : (b,) rows
    rows : (b,) of tuples, the rows of each bin
    """

    said: FloatArray
    happened: FloatArray
    counts: IntArray
    rows: tuple[tuple[int, ...], ...]


def counts_by_threshold(example: AnswerRows) -> ThresholdCounts:
    """Count TP, FP, FN and TN at every threshold that changes them."""
    truth, scores = np.array(example.truth, dtype=np.int64), np.array(example.scores, dtype=float)
    thresholds = np.concatenate([[np.inf], np.unique(scores)[::-1]])  # (t,)
    order = np.argsort(-scores, kind="stable")
    happened = np.concatenate([[0], np.cumsum(truth[order])])
    n_yes = np.searchsorted(-scores[order], -thresholds, side="right")  # (t,)
    tp = happened[n_yes]
    fn = truth.sum() - tp
    return ThresholdCounts(thresholds, tp, n_yes - tp, fn, len(truth) - n_yes - fn)


def roc_points(example: AnswerRows) -> Curve:
    """Return the ROC curve, from (0, 0) to (1, 1): the area under it is the AUC."""
    counts = counts_by_threshold(example)
    return Curve(
        _share(counts.fp, counts.fp + counts.tn),
        _share(counts.tp, counts.tp + counts.fn),
        counts.thresholds,
    )


def precision_recall_points(example: AnswerRows) -> Curve:
    """Return recall (x) and precision (y); precision is NaN while no answer is yes."""
    counts = counts_by_threshold(example)
    return Curve(
        _share(counts.tp, counts.tp + counts.fn),
        _share(counts.tp, counts.tp + counts.fp),
        counts.thresholds,
    )


def discount_curve(n: int) -> FloatArray:
    r"""Return (n,) what a hit in each place is worth to NDCG: :math:`1 / \log_2(p + 1)`.

    Examples
    --------
    >>> discount_curve(3).round(3).tolist()
    [1.0, 0.631, 0.5]
    """
    worth: FloatArray = 1 / np.log2(np.arange(2, n + 2))
    return worth


def error_histogram(
    example: ValueRows, n_bins: int = 9, reach: float | None = None
) -> ErrorHistogram:
    """Count the errors, prediction less truth, in bins of equal width around 0.

    The bins go from ``-reach`` to ``reach``, without it to the largest error.
    """
    errors = np.array(example.predicted, dtype=float) - np.array(example.truth, dtype=float)
    reach = reach or float(np.abs(errors).max(initial=0)) or 1.0
    counts, edges = np.histogram(errors, n_bins, (-reach, reach))
    return ErrorHistogram(edges, counts)


def error_reach(example: ValueRows) -> float:
    """Return how far an axis of errors goes: a round number, with room beyond the largest.

    Examples
    --------
    >>> error_reach(ValueRows((4.0, 2.0), (3.5, 4.0)))
    3.0
    """
    largest = max(
        (abs(p - t) for t, p in zip(example.truth, example.predicted, strict=True)), default=0
    )
    if largest == 0:
        return 1.0
    wanted = 1.3 * largest
    unit = 10.0 ** math.floor(math.log10(wanted))
    return unit * next(step for step in _ROUND if step * unit >= wanted)


def rows_by_threshold(example: AnswerRows) -> tuple[tuple[int, ...], ...]:
    """Return (t,) the rows that become a yes at each threshold of ``counts_by_threshold``."""
    thresholds = (math.inf, *sorted(set(example.scores), reverse=True))
    return tuple(
        tuple(row for row, score in enumerate(example.scores) if score == threshold)
        for threshold in thresholds
    )


def reliability_points(example: AnswerRows, n_bins: int = 10) -> ReliabilityPoints:
    """Compare what was said with what happened, in ``n_bins`` bins from 0 to 1.

    A bin holds its upper edge, as in ``probability.py``; the first one also 0. Scores outside
    0 to 1 are no probabilities and are left out.
    """
    truth, scores = np.array(example.truth, dtype=float), np.array(example.scores, dtype=float)
    known = np.flatnonzero((scores >= 0) & (scores <= 1))
    bins = bins_of(scores[known], n_bins)
    filled, inverse, counts = np.unique(bins, return_inverse=True, return_counts=True)
    said = np.bincount(inverse, scores[known], len(filled)) / counts
    happened = np.bincount(inverse, truth[known], len(filled)) / counts
    rows = tuple(tuple(known[inverse == place].tolist()) for place in range(len(filled)))
    return ReliabilityPoints(said, happened, counts, rows)


def bins_of(probabilities: FloatArray, n_bins: int) -> IntArray:
    """Return (n,) the bin, 0 to ``n_bins`` - 1, of each probability."""
    bins: IntArray = np.searchsorted(np.linspace(0, 1, n_bins + 1)[1:-1], probabilities)
    return bins


def _share(part: IntArray, whole: IntArray) -> FloatArray:
    return ratio(np.stack([part, whole], axis=1).astype(np.float64))
