"""Log loss, Brier score, ECE: by hand, against scikit-learn, and what must always hold."""

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.calibration import calibration_curve

from algorithms.metrics.inputs import MetricInputError
from algorithms.metrics.probability import (
    binned_gaps,
    brier,
    calibration_error,
    log_loss,
    mean_gap,
    reliability_curve,
)
from algorithms.metrics.sums import sum_per_user

METRICS = (log_loss, brier, calibration_error)

said = st.one_of(
    st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0]),  # edges of bins, ties, certainty
    st.floats(0, 1),
)
events = st.integers(1, 40).flatmap(
    lambda n: st.tuples(
        arrays(np.float64, n, elements=st.sampled_from([0.0, 1.0])),
        arrays(np.float64, n, elements=said),
    )
)


def test_by_hand():
    truth, probability = np.array([1, 1, 0, 0]), np.array([0.8, 0.5, 0.5, 0.1])
    assert log_loss(truth, probability) == pytest.approx(
        -(np.log(0.8) + np.log(0.5) + np.log(0.5) + np.log(0.9)) / 4
    )
    assert brier(truth, probability) == pytest.approx((0.04 + 0.25 + 0.25 + 0.01) / 4)
    # bins (0, .1]: said .1, none happened; (.4, .5]: said .5, half happened; (.7, .8]: .8, all
    assert calibration_error(truth, probability) == pytest.approx((0.1 + 0 + 0.2) / 4)


def test_the_reliability_curve_by_hand():
    curve = reliability_curve([0, 1, 1, 0, 1], [0.0, 0.25, 0.2, 0.5, 0.9], n_bins=4)
    assert curve.edges.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert curve.counts.tolist() == [3, 1, 0, 1]  # an edge belongs to the bin below it
    assert curve.said == pytest.approx([0.15, 0.5, np.nan, 0.9], nan_ok=True)
    assert curve.happened == pytest.approx([2 / 3, 0, np.nan, 1], nan_ok=True)


def test_nothing_to_judge_is_nan():
    assert np.isnan([metric([], []) for metric in METRICS]).all()
    assert np.isnan(reliability_curve([], []).said).all()


def test_certain_and_wrong_loses_much_but_not_infinity():
    assert log_loss([1], [0.0]) == pytest.approx(36.0436534)
    assert log_loss([0], [1.0]) == pytest.approx(36.0436534)
    assert brier([1], [0.0]) == calibration_error([1], [0.0]) == 1


@pytest.mark.parametrize("metric", [*METRICS, reliability_curve])
@pytest.mark.parametrize(
    ("truth", "probability", "words"),
    [
        ([1, 0], [0.5], "one length"),
        ([1, 2], [0.5, 0.5], r"0 or 1 as truth, found 2 \(1 of 2\)"),
        ([1, 0], [1.5, 0.5], r"probabilities from 0 to 1, found 1.5 \(1 of 2\)"),
        ([1, 0], [-0.1, -0.2], r"probabilities from 0 to 1, found -0.1 \(2 of 2\)"),
        ([1, 0], [np.nan, 0.5], "NaN or infinity in the scores"),
    ],
)
def test_wrong_input_is_refused(metric, truth, probability, words):
    with pytest.raises(MetricInputError, match=words):
        metric(truth, probability)


def test_there_is_at_least_one_bin():
    with pytest.raises(MetricInputError, match="at least 1 bin, found 0"):
        calibration_error([1], [0.5], n_bins=0)
    with pytest.raises(MetricInputError, match="at least 1 bin, found -1"):
        reliability_curve([1], [0.5], n_bins=-1)


@given(events)
def test_scikit_learn_agrees_on_log_loss_and_brier(columns):
    truth, probability = columns
    expected = sklearn.metrics.log_loss(truth, probability, labels=[0, 1])
    assert log_loss(truth, probability) == pytest.approx(expected, abs=1e-9)
    expected = sklearn.metrics.brier_score_loss(truth, probability, pos_label=1)
    assert brier(truth, probability) == pytest.approx(expected, abs=1e-9)


@given(events, st.sampled_from([1, 3, 10, 15]))
def test_the_curve_is_scikit_learns_and_the_ece_its_weighted_gap(columns, n_bins):
    truth, probability = columns
    curve = reliability_curve(truth, probability, n_bins)
    filled = curve.counts > 0
    if 0 < truth.sum() < len(truth):  # scikit-learn wants both classes
        happened, said = calibration_curve(truth, probability, n_bins=n_bins)
        assert curve.happened[filled] == pytest.approx(happened, abs=1e-9)
        assert curve.said[filled] == pytest.approx(said, abs=1e-9)
    gaps = np.abs(curve.happened - curve.said)[filled]
    expected = np.average(gaps, weights=curve.counts[filled])
    assert calibration_error(truth, probability, n_bins) == pytest.approx(expected, abs=1e-9)


@given(events)
def test_what_always_holds(columns):
    truth, probability = columns
    assert log_loss(truth, truth) == brier(truth, truth) == calibration_error(truth, truth) == 0
    assert 0 <= brier(truth, probability) <= 1
    assert 0 <= calibration_error(truth, probability) <= 1
    assert 0 <= log_loss(truth, probability) <= 36.05
    # a squared gap is at most the gap of logs, by Pinsker's inequality for one event
    assert 2 * brier(truth, probability) <= log_loss(truth, probability) + 1e-12
    for metric in METRICS[:2]:  # yes and no are treated alike
        assert metric(1 - truth, 1 - probability) == pytest.approx(metric(truth, probability))


@given(events)
def test_dividing_bins_never_lowers_the_ece(columns):
    values = [calibration_error(*columns, n_bins) for n_bins in (1, 2, 4, 8)]
    assert values == pytest.approx(sorted(values), abs=1e-12)
    assert values[0] == pytest.approx(abs(columns[0].mean() - columns[1].mean()))


@pytest.mark.parametrize("metric", [log_loss, brier])
def test_the_truth_is_the_best_thing_to_say(metric):
    """Both are proper: the expected loss is lowest where the true probability is given."""
    truth = np.repeat([1.0, 0.0], [30, 70])
    losses = [metric(truth, np.full(100, p)) for p in (0.1, 0.25, 0.3, 0.35, 0.9)]
    assert np.argmin(losses) == 2


def test_saying_the_overall_share_is_calibrated():
    truth = np.repeat([1.0, 0.0], [30, 70])
    assert calibration_error(truth, np.full(100, 0.3)) == pytest.approx(0, abs=1e-12)


def test_resampled_data_look_worse_calibrated_than_the_data():
    """Why the card refuses an interval: with true probabilities it would leave out the value."""
    rng = np.random.default_rng(8)
    probability = rng.random(5000)
    truth = (rng.random(5000) < probability).astype(float)
    value = calibration_error(truth, probability)
    sums = sum_per_user(binned_gaps(truth, probability), np.arange(5000) // 10, 500)
    samples = [float(mean_gap(sums[rng.integers(0, 500, 500)].sum(axis=0))) for _ in range(300)]
    assert np.mean(samples) > 1.2 * value
