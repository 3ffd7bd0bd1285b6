"""AUC and GAUC: by hand, by their definition, against scikit-learn, per user, and its addends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import roc_auc_score

from algorithms.metrics.inputs import MetricInputError
from algorithms.metrics.roc import (
    auc,
    auc_of_placements,
    auc_per_user,
    aucs_of_users,
    gauc,
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


def test_gauc_by_hand():
    # user 7 has an AUC of 1 over two events, user 3 one of 0.5 over three, user 5 none
    truth = [1, 0, 1, 0, 0, 1]
    scores = [0.2, 0.1, 0.5, 0.9, 0.4, 0.3]
    assert gauc(truth, scores, [7, 7, 3, 3, 3, 5]) == pytest.approx((2 * 1 + 3 * 0.5) / 5)


def test_without_a_user_of_both_classes_there_is_no_gauc():
    assert np.isnan(gauc([1, 0], [0.2, 0.1], [0, 1]))
    assert np.isnan(gauc([], [], []))


def test_gauc_needs_a_user_for_each_event():
    with pytest.raises(MetricInputError, match="a user for each event"):
        gauc([1, 0], [0.2, 0.1], [0])


@given(events, st.randoms(use_true_random=False))
def test_gauc_is_scikit_learns_auc_of_each_user_weighted(columns, random):
    truth, scores = columns
    users = np.array([random.choice([-4, 11, 12]) for _ in truth])
    found = []
    for user in np.unique(users):
        mine = users == user
        if 0 < truth[mine].sum() < mine.sum():
            found.append((roc_auc_score(truth[mine], scores[mine]), mine.sum()))
    expected = sum(own * n for own, n in found) / sum(n for _, n in found) if found else np.nan
    assert gauc(truth, scores, users) == pytest.approx(expected, abs=1e-9, nan_ok=True)


@given(events, st.randoms(use_true_random=False))
def test_gauc_does_not_see_what_is_added_to_all_scores_of_a_user(columns, random):
    """AUC does: that is what the two differ in."""
    truth, scores = columns
    users = np.array([random.randrange(3) for _ in truth])
    lifted = np.arctan(scores) + 8.0 * users
    assert gauc(truth, lifted, users) == pytest.approx(gauc(truth, scores, users), nan_ok=True)
    alone = np.zeros(len(truth))
    assert gauc(truth, scores, alone) == pytest.approx(auc(truth, scores), nan_ok=True)


def test_a_users_value_is_the_ratio_of_the_users_addends():
    truth = np.array([1.0, 0.0, 1.0, 1.0])
    rows = np.array([0, 0, 0, 1])
    sums = sum_per_user(aucs_of_users(truth, [0.4, 0.3, 0.2, 0.9], rows), rows, 2)
    assert sums.tolist() == [[1.5, 3.0], [0.0, 0.0]]
