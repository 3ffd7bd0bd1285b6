"""Yes-or-no answers at a threshold: by hand, against scikit-learn, what must always hold."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    precision_score,
    recall_score,
)

from algorithms.metrics.classification import (
    accuracy,
    balanced_accuracy,
    f1,
    precision,
    recall,
    specificity,
)
from algorithms.metrics.inputs import MetricInputError

METRICS = (accuracy, balanced_accuracy, precision, recall, specificity, f1)

answers = st.integers(1, 40).flatmap(
    lambda n: st.tuples(
        arrays(np.float64, n, elements=st.sampled_from([0.0, 1.0])),
        arrays(np.float64, n, elements=st.sampled_from([0.0, 0.2, 0.5, 0.7, 1.0])),
    )
)
thresholds = st.sampled_from([0.0, 0.3, 0.5, 0.9, 1.1])


def test_by_hand():
    truth = np.array([1, 1, 1, 0, 0, 0, 0, 0])
    probability = np.array([0.9, 0.8, 0.2, 0.7, 0.1, 0.1, 0.1, 0.1])  # 2 hits in 3 answers
    assert accuracy(truth, probability) == pytest.approx(6 / 8)
    assert precision(truth, probability) == pytest.approx(2 / 3)
    assert recall(truth, probability) == pytest.approx(2 / 3)
    assert f1(truth, probability) == pytest.approx(2 / 3)
    assert specificity(truth, probability) == pytest.approx(4 / 5)
    assert balanced_accuracy(truth, probability) == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert precision(truth, probability, threshold=0.75) == 1
    assert recall(truth, probability, threshold=0.85) == pytest.approx(1 / 3)


def test_recall_is_the_share_found_not_the_share_missed():
    truth = np.array([1, 1, 1, 1])
    assert recall(truth, np.array([0.9, 0.1, 0.1, 0.1])) == 0.25


def test_yes_begins_at_the_threshold():
    assert recall([1, 1], [0.5, 0.499]) == 0.5


def test_undefined_is_nan_and_never_a_warning():
    assert np.isnan(precision([1, 0], [0.1, 0.1]))  # nothing answered yes
    assert np.isnan(recall([0, 0], [0.9, 0.1]))  # nothing happened
    assert np.isnan(f1([0, 0], [0.1, 0.1]))  # neither
    assert f1([0, 0], [0.9, 0.1]) == f1([1, 0], [0.1, 0.1]) == 0  # one of them, no hit
    assert np.isnan(specificity([1, 1], [0.9, 0.1]))  # nothing failed to happen
    assert np.isnan(balanced_accuracy([1, 1], [0.9, 0.1]))
    assert np.isnan(balanced_accuracy([0, 0], [0.9, 0.1]))
    assert np.isnan([metric([], []) for metric in METRICS]).all()


@pytest.mark.parametrize("metric", METRICS)
def test_wrong_input_is_refused_and_counted(metric):
    with pytest.raises(MetricInputError, match=r"0 or 1 as truth, found 4 \(2 of 3\)"):
        metric([1, 4, 5], [0.5, 0.5, 0.5])
    with pytest.raises(MetricInputError, match=r"NaN or infinity in the scores \(1 of 2\)"):
        metric([1, 0], [np.nan, 0.5])


@given(answers, thresholds)
def test_scikit_learn_agrees(columns, threshold):
    truth, probability = columns
    yes = probability >= threshold
    for ours, theirs in (
        (precision, precision_score),
        (recall, recall_score),
        (f1, f1_score),
        (specificity, partial(recall_score, pos_label=0)),
    ):
        expected = theirs(truth, yes, zero_division=np.nan)
        assert ours(truth, probability, threshold) == pytest.approx(expected, abs=1e-9, nan_ok=True)
    assert accuracy(truth, probability, threshold) == pytest.approx(accuracy_score(truth, yes))
    if 0 < truth.sum() < len(truth):
        expected = balanced_accuracy_score(truth, yes)
        assert balanced_accuracy(truth, probability, threshold) == pytest.approx(expected, abs=1e-9)


@given(answers, thresholds, st.randoms(use_true_random=False))
def test_what_always_holds(columns, threshold, random):
    truth, probability = columns
    order = list(range(len(truth)))
    random.shuffle(order)
    for metric in METRICS:
        value = metric(truth, probability, threshold)
        assert np.isnan(value) or 0 <= value <= 1
        shuffled = metric(truth[order], probability[order], threshold)
        assert shuffled == pytest.approx(value, nan_ok=True)
    p, r = precision(truth, probability, threshold), recall(truth, probability, threshold)
    if p + r > 0:
        assert f1(truth, probability, threshold) == pytest.approx(2 * p * r / (p + r))
        assert min(p, r) - 1e-12 <= f1(truth, probability, threshold) <= max(p, r) + 1e-12


@given(answers)
def test_recall_never_rises_with_the_threshold(columns):
    truth, probability = columns
    values = [recall(truth, probability, t) for t in (0.0, 0.2, 0.5, 0.9)]
    if truth.any():
        assert values == sorted(values, reverse=True)


@given(answers, thresholds)
def test_swapping_the_classes_swaps_recall_and_specificity(columns, threshold):
    """And so leaves balanced accuracy; "at least t" becomes "more than 1 - t"."""
    truth, probability = columns
    other = (1 - truth, (probability < threshold).astype(float))
    same = specificity(truth, probability, threshold)
    assert recall(*other) == pytest.approx(same, nan_ok=True)
    same = balanced_accuracy(truth, probability, threshold)
    assert balanced_accuracy(*other) == pytest.approx(same, nan_ok=True)


@pytest.mark.parametrize("share", [0.5, 0.01])
def test_saying_no_to_everything_has_a_balanced_accuracy_of_one_half(share):
    truth = (np.arange(1000) < 1000 * share).astype(float)
    assert balanced_accuracy(truth, np.zeros(1000)) == 0.5
    assert accuracy(truth, np.zeros(1000)) == 1 - share
