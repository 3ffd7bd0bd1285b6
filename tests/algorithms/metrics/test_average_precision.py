"""Average precision: by hand, by its definition, against scikit-learn, per user, its addends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import average_precision_score

from algorithms.metrics.average_precision import (
    average_precision,
    average_precision_per_user,
    clipped_ratio,
    influences,
)
from algorithms.metrics.inputs import MetricInputError
from algorithms.metrics.sums import sum_per_user

few_scores = st.sampled_from([-3.0, 0.0, 0.25, 0.5, 1e6])  # many ties
events = st.integers(1, 40).flatmap(
    lambda n: st.tuples(
        arrays(np.float64, n, elements=st.sampled_from([0.0, 1.0])),
        arrays(np.float64, n, elements=few_scores),
    )
)


def by_definition(truth, scores):
    """Look down from every event that happened."""
    found = [truth[scores >= score].mean() for score in scores[truth == 1]]
    return np.mean(found) if found else np.nan


def test_by_hand():
    assert average_precision([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1]) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision([0, 0, 0, 1], [4.0, 3.0, 2.0, 1.0]) == 0.25
    assert average_precision([1, 0, 1, 0], [1.0, 1.0, 1.0, 1.0]) == 0.5  # met all at once


def test_degenerate_input():
    assert np.isnan(average_precision([0, 0], [0.1, 0.2]))
    assert np.isnan(average_precision([], []))
    assert average_precision([1, 1], [0.1, 0.2]) == 1
    assert influences([], []).shape == (0, 2)
    assert np.isnan(clipped_ratio(influences([0, 0], [0.1, 0.2]).sum(axis=0)))


def test_wrong_input_is_refused():
    with pytest.raises(MetricInputError, match="0 or 1 as truth, found 3"):
        average_precision([1, 3], [0.1, 0.2])
    with pytest.raises(MetricInputError, match="NaN or infinity in the scores"):
        average_precision([1, 0], [np.inf, 0.2])


@given(events)
def test_the_definition_and_scikit_learn_agree(columns):
    truth, scores = columns
    value = average_precision(truth, scores)
    assert value == pytest.approx(by_definition(truth, scores), abs=1e-9, nan_ok=True)
    if truth.any():
        assert value == pytest.approx(average_precision_score(truth, scores), abs=1e-9)


def test_scikit_learn_agrees_on_many_events():
    rng = np.random.default_rng(5)
    truth = (rng.random(20_000) < 0.05).astype(float)
    scores = np.round(rng.normal(size=20_000) + truth, 2)
    expected = average_precision_score(truth, scores)
    assert average_precision(truth, scores) == pytest.approx(expected, abs=1e-9)


@given(events)
def test_only_the_order_counts_and_bounds(columns):
    truth, scores = columns
    value = average_precision(truth, scores)
    assert average_precision(truth, np.arctan(scores)) == pytest.approx(value, nan_ok=True)
    assert np.isnan(value) or 0 < value <= 1
    constant = average_precision(truth, np.zeros(len(truth)))
    assert np.isnan(constant) or constant == pytest.approx(truth.mean())


@given(events, st.integers(0, 39))
def test_lifting_what_happened_never_lowers_it(columns, place):
    truth, scores = columns
    place %= len(truth)
    if truth[place] == 1:
        lifted = scores.copy()
        lifted[place] = 2e6
        assert average_precision(truth, lifted) >= average_precision(truth, scores) - 1e-12


@given(events, st.randoms(use_true_random=False))
def test_per_user_is_that_of_each_users_events(columns, random):
    truth, scores = columns
    rows = np.array([random.randrange(4) for _ in truth])
    own = average_precision_per_user(truth, scores, rows, 5)
    for user in range(5):
        expected = by_definition(truth[rows == user], scores[rows == user])
        assert own[user] == pytest.approx(expected, abs=1e-9, nan_ok=True)


@given(events)
def test_influences_add_up_to_the_average_precision(columns):
    total = clipped_ratio(influences(*columns).sum(axis=0))
    assert total == pytest.approx(by_definition(*columns), abs=1e-9, nan_ok=True)


def test_influences_are_the_slopes():
    """Against counting one event a little more often, weighed by scikit-learn."""
    rng = np.random.default_rng(1)
    truth = (rng.random(60) < 0.4).astype(float)
    scores = rng.integers(0, 12, 60).astype(float)
    addends = influences(truth, scores)
    for place in range(60):
        weights = np.ones(60)
        weights[place] += 1e-6
        exact = average_precision_score(truth, scores, sample_weight=weights)
        ours = float(clipped_ratio(weights @ addends))
        assert ours == pytest.approx(exact, abs=1e-11)


def test_reweighted_influences_follow_the_average_precision_of_resampled_users():
    """The first-order approximation against the value computed anew, over 300 resamples."""
    rng = np.random.default_rng(11)
    n_users, per_user = 300, 20
    rows = np.repeat(np.arange(n_users), per_user)
    taste = rng.normal(size=n_users)[rows]
    scores = taste + rng.normal(size=len(rows))
    truth = (rng.random(len(rows)) < 1 / (1 + np.exp(1.5 - scores))).astype(float)
    sums = sum_per_user(influences(truth, scores), rows, n_users)
    exact, approximate = [], []
    for _ in range(300):
        drawn = rng.integers(0, n_users, n_users)
        picked = (drawn[:, None] * per_user + np.arange(per_user)).ravel()
        exact.append(average_precision_score(truth[picked], scores[picked]))
        approximate.append(float(clipped_ratio(sums[drawn].sum(axis=0))))
    spread = np.std(exact)
    assert np.sqrt(np.mean(np.subtract(exact, approximate) ** 2)) < 0.2 * spread
    assert np.std(approximate) == pytest.approx(spread, rel=0.05)
    for bound in (2.5, 97.5):
        expected = np.percentile(exact, bound)
        assert np.percentile(approximate, bound) == pytest.approx(expected, abs=0.2 * spread)
