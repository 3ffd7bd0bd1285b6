"""MAE and RMSE: by hand, against scikit-learn, and what must always hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from algorithms.metrics.inputs import MetricInputError
from algorithms.metrics.rating import absolute_errors, mae, rmse, squared_errors
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


def test_nothing_to_judge_is_nan():
    assert np.isnan(mae([], []))
    assert np.isnan(rmse([], []))


@pytest.mark.parametrize("metric", [mae, rmse])
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


@given(pair, stars)
def test_what_always_holds(columns, shift):
    truth, predicted = columns
    assert mae(truth, truth) == rmse(truth, truth) == 0
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
