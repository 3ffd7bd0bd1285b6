"""AUC: by hand, by its definition, against scikit-learn, per user, and its addends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import roc_auc_score

from algorithms.metrics.roc import (
    auc,
    auc_of_placements,
    auc_per_user,
    midranks,
    placements,
)
from algorithms.metrics.sums import sum_per_user

few_scores = st.sampled_from([-3.0, 0.0, 0.25, 0.5, 1e6])  # many ties
events = st.integers(1, 40).flatmap(
    lambda n: st.tuples(
        arrays(np.float64, n, elements=st.sampled_from([0.0, 1.0])),
        arrays(np.float64, n, elements=few_scores),
    )
)


def by_definition(truth, scores):
    """Compare every positive with every negative."""
    positive, negative = scores[truth == 1], scores[truth == 0]
    if not len(positive) or not len(negative):
        return np.nan
    won = (positive[:, None] > negative[None, :]) + 0.5 * (positive[:, None] == negative[None, :])
    return won.mean()


def test_by_hand():
    # pairs: .8 > .1, .8 > .6, .4 > .1, .4 < .6
    assert auc([1, 0, 1, 0], [0.8, 0.1, 0.4, 0.6]) == 0.75
    assert auc([1, 0], [3.0, 3.0]) == 0.5
    assert auc([0, 1], [2.0, 1.0]) == 0


def test_one_class_is_nan():
    assert np.isnan(auc([1, 1], [0.1, 0.2]))
    assert np.isnan(auc([0, 0], [0.1, 0.2]))
    assert np.isnan(auc([], []))
    assert not placements([1, 1], [0.1, 0.2]).any()


def test_midranks_share_ties():
    assert midranks(np.array([5.0, 1.0, 5.0, 5.0])).tolist() == [3, 1, 3, 3]


@given(events)
def test_the_definition_and_scikit_learn_agree(columns):
    truth, scores = columns
    expected = by_definition(truth, scores)
    assert auc(truth, scores) == pytest.approx(expected, abs=1e-9, nan_ok=True)
    if 0 < truth.sum() < len(truth):
        assert auc(truth, scores) == pytest.approx(roc_auc_score(truth, scores), abs=1e-9)


def test_scikit_learn_agrees_on_many_events():
    rng = np.random.default_rng(5)
    truth = (rng.random(20_000) < 0.05).astype(float)
    scores = np.round(rng.normal(size=20_000) + truth, 2)
    assert auc(truth, scores) == pytest.approx(roc_auc_score(truth, scores), abs=1e-9)


@given(events)
def test_only_the_order_counts(columns):
    truth, scores = columns
    value = auc(truth, scores)
    assert auc(truth, np.arctan(scores)) == pytest.approx(value, nan_ok=True)
    assert auc(truth, -scores) == pytest.approx(1 - value, nan_ok=True)


@given(events, st.randoms(use_true_random=False))
def test_per_user_is_the_auc_of_each_users_events(columns, random):
    truth, scores = columns
    rows = np.array([random.randrange(4) for _ in truth])
    expected = [by_definition(truth[rows == user], scores[rows == user]) for user in range(5)]
    assert auc_per_user(truth, scores, rows, 5) == pytest.approx(expected, abs=1e-9, nan_ok=True)


def test_per_user_without_events():
    empty = np.empty(0)
    assert auc_per_user(empty, empty, np.empty(0, dtype=np.int64), 0).shape == (0,)
    assert np.isnan(auc_per_user(empty, empty, np.empty(0, dtype=np.int64), 2)).all()


@given(events)
def test_placements_add_up_to_the_auc(columns):
    truth, scores = columns
    total = auc_of_placements(placements(truth, scores).sum(axis=0))
    assert total == pytest.approx(by_definition(truth, scores), abs=1e-9, nan_ok=True)


def test_reweighted_placements_follow_the_auc_of_resampled_users():
    """The first-order approximation against the AUC computed anew, over 300 resamples.

    Single resamples may differ by a good part of a standard deviation; what the interval needs
    is that the spread and the bounds are right.
    """
    rng = np.random.default_rng(11)
    n_users, per_user = 300, 20
    rows = np.repeat(np.arange(n_users), per_user)
    taste = rng.normal(size=n_users)[rows]
    scores = taste + rng.normal(size=len(rows))
    truth = (rng.random(len(rows)) < 1 / (1 + np.exp(1.5 - scores))).astype(float)
    sums = sum_per_user(placements(truth, scores), rows, n_users)
    exact, approximate = [], []
    for _ in range(300):
        drawn = rng.integers(0, n_users, n_users)
        picked = (drawn[:, None] * per_user + np.arange(per_user)).ravel()
        exact.append(roc_auc_score(truth[picked], scores[picked]))
        approximate.append(float(auc_of_placements(sums[drawn].sum(axis=0))))
    spread = np.std(exact)
    assert np.sqrt(np.mean(np.subtract(exact, approximate) ** 2)) < 0.1 * spread
    assert np.std(approximate) == pytest.approx(spread, rel=0.02)
    for bound in (2.5, 97.5):
        expected = np.percentile(exact, bound)
        assert np.percentile(approximate, bound) == pytest.approx(expected, abs=0.1 * spread)
