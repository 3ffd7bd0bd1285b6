"""Platt's curve and the threshold: against scikit-learn and brute force."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.calibration import _sigmoid_calibration

from algorithms.evaluation.calibration import best_f1_threshold, platt_scaling
from algorithms.metrics.classification import f1

truths = st.integers(2, 30).flatmap(
    lambda n: st.tuples(
        arrays(np.float64, n, elements=st.sampled_from([0.0, 1.0])),
        arrays(np.float64, n, elements=st.floats(0, 1, width=16)),
    )
)


def sample(seed, n=2000, scale=1.0, shift=0.0, strength=1.5):
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=n)
    truth = (rng.random(n) < 1 / (1 + np.exp(1 - strength * scores))).astype(float)
    return truth, scale * scores + shift


@pytest.mark.parametrize(("scale", "shift"), [(1.0, 0.0), (0.01, 5.0), (300.0, -40.0)])
def test_scikit_learn_finds_the_same_curve(scale, shift):
    truth, scores = sample(1, scale=scale, shift=shift)
    curve = platt_scaling(truth, scores)
    slope, intercept = _sigmoid_calibration(scores, truth)  # of 1 / (1 + exp(a s + b))
    theirs = 1 / (1 + np.exp(slope * scores + intercept))
    assert curve(scores) == pytest.approx(theirs, abs=1e-4)


def test_it_is_at_the_maximum_of_the_likelihood():
    truth, scores = sample(2, n=300)
    curve = platt_scaling(truth, scores)
    n_positive, n_negative = truth.sum(), (1 - truth).sum()
    target = np.where(truth == 1, (n_positive + 1) / (n_positive + 2), 1 / (n_negative + 2))
    residual = curve(scores) - target  # the gradient of the loss is zero
    assert residual.sum() == pytest.approx(0, abs=1e-4)
    assert (residual * scores).sum() == pytest.approx(0, abs=1e-4)


def test_it_finds_the_curve_that_made_the_data():
    truth, scores = sample(3, n=200_000, strength=1.5)
    curve = platt_scaling(truth, scores)
    assert curve.slope == pytest.approx(1.5, abs=0.03)
    assert curve.intercept == pytest.approx(-1, abs=0.03)


def test_scores_that_separate_perfectly_stay_finite():
    curve = platt_scaling(np.array([0.0, 0.0, 1.0, 1.0]), np.array([-2.0, -1.0, 1.0, 2.0]))
    probability = curve(np.array([-1e9, -1.0, 1.0, 1e9]))
    assert np.isfinite(probability).all()
    assert (np.diff(probability) >= 0).all()
    assert 0.5 < probability[2] < 0.9


def test_equal_scores_give_the_smoothed_share_of_positives():
    curve = platt_scaling(np.array([1.0, 0.0, 0.0]), np.full(3, 7.0))
    assert curve(np.array([7.0])) == pytest.approx([(2 / 3 + 1 / 4 + 1 / 4) / 3], abs=1e-6)


def test_scores_in_the_wrong_order_get_a_falling_curve():
    truth, scores = sample(4)
    assert platt_scaling(truth, -scores).slope < 0


def test_one_outcome_cannot_be_calibrated():
    assert platt_scaling(np.ones(3), np.arange(3.0)) is None
    assert platt_scaling(np.zeros(3), np.arange(3.0)) is None
    assert platt_scaling(np.empty(0), np.empty(0)) is None


@given(truths)
def test_no_threshold_has_a_higher_f1(columns):
    truth, probability = columns
    chosen = best_f1_threshold(truth, probability)
    if not truth.any():
        assert chosen == 0.5
        return
    reached = f1(truth, probability, chosen)
    every = [f1(truth, probability, t) for t in [0.0, *np.unique(probability), 1.1]]
    assert reached == pytest.approx(np.nanmax(every))


def test_the_highest_of_equal_thresholds_is_chosen():
    # yes from 0.9: 1 of 1 right, 1 of 3 found, F1 0.5; from 0.2: 3 of 9, F1 also 0.5
    truth = np.array([1, 0, 0, 0, 0, 0, 0, 1, 1])
    probability = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.45, 0.4, 0.3, 0.2])
    assert best_f1_threshold(truth, probability) == 0.9
