"""MAE, RMSE, MSE and R²: by hand, against scikit-learn, and what must always hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import (
    mean_absolute_error,
    mean_squared_error,
    r2_score,
    root_mean_squared_error,
)

from algorithms.metrics.inputs import MetricInputError
from algorithms.metrics.rating import (
    absolute_errors,
    explained,
    mae,
    moments,
    mse,
    r_squared,
    rmse,
    squared_errors,
)
from algorithms.metrics.sums import ratio, root_of_ratio, sum_per_user

stars = st.floats(-100, 100, allow_nan=False)
pair = st.integers(1, 40).flatmap(
    lambda n: st.tuples(
        arrays(np.float64, n, elements=stars),
        arrays(np.float64, n, elements=stars),
    )
)


def test_by_hand():
    truth, predicted = np.array([5.0, 3.0, 1.0]), np.array([4.0, 3.0, 3.0])
    assert mae(truth, predicted) == pytest.approx((1 + 0 + 2) / 3)
    assert rmse(truth, predicted) == pytest.approx(np.sqrt((1 + 0 + 4) / 3))
    assert mse(truth, predicted) == pytest.approx((1 + 0 + 4) / 3)
    assert r_squared(truth, predicted) == pytest.approx(1 - 5 / 8)  # the mean is 3: 4 + 0 + 4


def test_nothing_to_judge_is_nan():
    assert np.isnan(mae([], []))
    assert np.isnan(rmse([], []))
    assert np.isnan(mse([], []))
    assert np.isnan(r_squared([], []))


@pytest.mark.parametrize("metric", [mae, rmse, mse, r_squared])
@pytest.mark.parametrize(
    ("truth", "predicted", "words"),
    [
        ([1.0, 2.0], [1.0], "one length"),
        ([1.0, np.nan], [1.0, 2.0], "NaN or infinity in the truth"),
        ([1.0, 2.0], [1.0, np.inf], "NaN or infinity in the scores"),
    ],
)
def test_wrong_input_is_refused(metric, truth, predicted, words):
    with pytest.raises(MetricInputError, match=words):
        metric(truth, predicted)


@given(pair)
def test_scikit_learn_agrees(columns):
    truth, predicted = columns
    assert mae(truth, predicted) == pytest.approx(mean_absolute_error(truth, predicted), abs=1e-9)
    assert rmse(truth, predicted) == pytest.approx(
        root_mean_squared_error(truth, predicted), abs=1e-9
    )
    expected = mean_squared_error(truth, predicted)
    assert mse(truth, predicted) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_r_squared_agrees_with_scikit_learn():
    rng = np.random.default_rng(2)
    for scale, shift in ((1.0, 0.0), (1e-6, 1000.0), (5000.0, -1e6)):
        truth = scale * rng.normal(size=300) + shift
        predicted = truth + scale * rng.normal(size=300)
        assert r_squared(truth, predicted) == pytest.approx(r2_score(truth, predicted), abs=1e-9)


@pytest.mark.parametrize("label", [0.1, 4.0, 1e9])
def test_labels_that_do_not_differ_have_no_r_squared(label):
    """scikit-learn makes it 1 or 0 there; without that it divides by zero, too."""
    truth = np.full(7, label)
    assert np.isnan(r_squared(truth, truth))
    assert np.isnan(r_squared(truth, truth + 1))
    assert np.isnan(r_squared([label], [label]))


def test_the_mean_explains_nothing_and_worse_is_negative():
    truth = np.array([5.0, 3.0, 1.0])
    assert r_squared(truth, np.full(3, 3.0)) == 0
    assert r_squared(truth, truth[::-1]) == -3
    assert r_squared(truth + 7, truth + 6) == pytest.approx(r_squared(truth, truth - 1))


def test_a_users_own_r_squared_is_about_the_users_own_mean():
    rng = np.random.default_rng(6)
    rows = rng.integers(0, 5, 200)
    truth = 100 * rows + rng.normal(size=200)
    truth[rows == 3] = 4.1  # the same label every time
    predicted = truth + rng.normal(size=200)
    own = explained(sum_per_user(moments(truth, predicted), rows, 6))
    for user in (0, 1, 2, 4):
        mine = rows == user
        assert own[user] == pytest.approx(r2_score(truth[mine], predicted[mine]), abs=1e-9)
    assert np.isnan(own[[3, 5]]).all()


@given(pair, stars)
def test_what_always_holds(columns, shift):
    truth, predicted = columns
    assert mae(truth, truth) == rmse(truth, truth) == mse(truth, truth) == 0
    assert mse(truth, predicted) == pytest.approx(rmse(truth, predicted) ** 2)
    assert 0 <= mae(truth, predicted) <= rmse(truth, predicted) + 1e-9
    assert rmse(truth, predicted) <= np.abs(truth - predicted).max() + 1e-9
    assert mae(truth, predicted) == pytest.approx(mae(predicted, truth))
    assert rmse(truth + shift, predicted + shift) == pytest.approx(rmse(truth, predicted), abs=1e-6)


def test_sums_per_user_give_each_users_own_value():
    truth = np.array([5.0, 3.0, 1.0, 2.0])
    predicted = np.array([4.0, 3.0, 3.0, 2.0])
    users = np.array([1, 0, 1, 1])
    absolute = sum_per_user(absolute_errors(truth, predicted), users, 3)
    assert ratio(absolute) == pytest.approx([0, 1, np.nan], nan_ok=True)
    squared = sum_per_user(squared_errors(truth, predicted), users, 3)
    assert root_of_ratio(squared) == pytest.approx([0, np.sqrt(5 / 3), np.nan], nan_ok=True)
