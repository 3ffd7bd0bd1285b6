"""Spearman and Kendall: by hand, by definition, against scipy, per user, and their addends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau, spearmanr

from algorithms.metrics.concordance import count_pairs
from algorithms.metrics.inputs import MetricInputError
from algorithms.metrics.rank_correlation import (
    correlation,
    kendall,
    kendall_addends,
    kendall_per_user,
    spearman,
    spearman_addends,
    spearman_per_user,
)
from algorithms.metrics.sums import sum_per_user

BOTH = [(spearman, spearmanr), (kendall, kendalltau)]
ADDENDS = [(spearman, spearman_addends), (kendall, kendall_addends)]

stars = st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0])
scores = st.one_of(st.sampled_from([0.0, 0.5, 1e6]), st.floats(-1, 1).map(lambda x: round(x, 3)))
events = st.lists(st.tuples(stars, scores, st.integers(0, 3)), min_size=2, max_size=40)


def columns(drawn):
    truth, predicted, rows = (np.array(column) for column in zip(*drawn, strict=True))
    return truth, predicted, rows


def weighted(metric, truth, predicted, weights):
    """Return the correlation where events count by weight, by definition, over all pairs."""
    share = weights / weights.sum()
    if metric is kendall:
        both = np.outer(share, share)
        x, y = (np.sign(column[:, None] - column) for column in (truth, predicted))
    else:
        both = np.diag(share)
        ranks = []
        for column in (truth, predicted):
            below = (column < column[:, None]) + 0.5 * (column == column[:, None])
            ranks.append((below @ share - 0.5)[:, None])
        x, y = (np.broadcast_to(rank, both.shape) for rank in ranks)
    return (both * x * y).sum() / np.sqrt((both * x * x).sum() * (both * y * y).sum())


def test_by_hand():
    # ranks 1 2 3 4 and 1 3 2 4: less their mean, the products add up to 4 of 5
    assert spearman([1, 2, 3, 4], [10, 30, 20, 40]) == pytest.approx(0.8)
    assert kendall([1, 2, 3, 4], [10, 30, 20, 40]) == pytest.approx((5 - 1) / 6)
    # one pair ties in the label: 2 alike of 2 that differ there and 3 that differ here
    assert kendall([1, 1, 2], [5, 6, 7]) == pytest.approx(2 / np.sqrt(2 * 3))


@pytest.mark.parametrize("metric", [spearman, kendall])
def test_what_has_no_order_has_no_value(metric):
    assert np.isnan(metric([], []))
    assert np.isnan(metric([1.0], [2.0]))
    assert np.isnan(metric([0.1] * 5, [1.0, 2.0, 3.0, 4.0, 5.0]))
    assert np.isnan(metric([1.0, 2.0, 3.0, 4.0, 5.0], [0.1] * 5))


@pytest.mark.parametrize("addends", [spearman_addends, kendall_addends])
def test_addends_of_what_has_no_order_have_no_value(addends):
    assert addends([], []).shape == (0, 3)
    assert np.isnan(correlation(addends([0.1] * 5, [1.0, 2.0, 3.0, 4.0, 5.0]).sum(axis=0)))


@pytest.mark.parametrize("metric", [spearman, kendall])
def test_wrong_input_is_refused(metric):
    with pytest.raises(MetricInputError, match=r"NaN or infinity in the scores \(2 of 2\)"):
        metric([1.0, 2.0], [np.nan, np.inf])


@pytest.mark.parametrize(("ours", "theirs"), BOTH)
@given(drawn=events)
def test_scipy_agrees(ours, theirs, drawn):
    truth, predicted, _ = columns(drawn)
    if len(set(truth)) > 1 and len(set(predicted)) > 1:
        expected = theirs(truth, predicted).statistic
        assert ours(truth, predicted) == pytest.approx(expected, abs=1e-9)
    else:
        assert np.isnan(ours(truth, predicted))


@pytest.mark.parametrize(("ours", "theirs"), BOTH)
@pytest.mark.parametrize("n_values", [5, 10**9])
def test_scipy_agrees_on_many_events(ours, theirs, n_values):
    rng = np.random.default_rng(3)
    truth = rng.integers(0, n_values, 20_000).astype(float)
    predicted = truth + n_values * np.round(rng.normal(size=20_000), 2)
    expected = theirs(truth, predicted).statistic
    assert ours(truth, predicted) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("metric", [spearman, kendall])
@given(drawn=events)
def test_what_always_holds(metric, drawn):
    truth, predicted, _ = columns(drawn)
    value = metric(truth, predicted)
    assert np.isnan(value) or -1 <= value <= 1
    assert metric(predicted, truth) == pytest.approx(value, nan_ok=True)
    assert metric(truth, -predicted) == pytest.approx(-value, nan_ok=True)
    assert metric(truth**3, predicted / 2) == pytest.approx(value, nan_ok=True)  # only order
    if len(set(truth)) > 1:
        assert metric(truth, truth) == 1


@pytest.mark.parametrize(("ours", "theirs"), BOTH)
@given(drawn=events)
def test_a_users_own_value_is_that_of_the_users_events(ours, theirs, drawn):
    truth, predicted, rows = columns(drawn)
    per_user = spearman_per_user if ours is spearman else kendall_per_user
    own = per_user(truth, predicted, rows, 5)
    for user in range(5):
        mine = rows == user
        if len(set(truth[mine])) > 1 and len(set(predicted[mine])) > 1:
            expected = theirs(truth[mine], predicted[mine]).statistic
            assert own[user] == pytest.approx(expected, abs=1e-9)
        else:
            assert np.isnan(own[user])


@given(events)
def test_pairs_are_counted_as_by_looking_at_each(drawn):
    truth, predicted, rows = columns(drawn)
    counted = count_pairs(truth, predicted, rows, 5)
    same = rows[:, None] == rows
    x, y = (np.sign(column[:, None] - column) * same for column in (truth, predicted))
    assert counted.alike_less_unlike.tolist() == (x * y).sum(axis=1).tolist()
    assert counted.differ_in_first.tolist() == np.abs(x).sum(axis=1).tolist()
    assert counted.differ_in_second.tolist() == np.abs(y).sum(axis=1).tolist()


@pytest.mark.parametrize(("metric", "addends"), ADDENDS)
@given(drawn=events)
def test_addends_add_up_to_the_correlation(metric, addends, drawn):
    truth, predicted, _ = columns(drawn)
    total = correlation(addends(truth, predicted).sum(axis=0))
    assert total == pytest.approx(metric(truth, predicted), abs=1e-9, nan_ok=True)


@pytest.mark.parametrize(("metric", "addends"), ADDENDS)
def test_addends_are_the_slopes(metric, addends):
    """Against counting one event a little more often, weighed by the definition."""
    rng = np.random.default_rng(1)
    truth = rng.integers(1, 6, 40).astype(float)
    predicted = np.round(truth + rng.normal(size=40), 0)
    parts = addends(truth, predicted)
    assert weighted(metric, truth, predicted, np.ones(40)) == pytest.approx(
        metric(truth, predicted)
    )
    for place in range(40):
        weights = np.ones(40)
        weights[place] += 1e-6
        exact = weighted(metric, truth, predicted, weights)
        assert float(correlation(weights @ parts)) == pytest.approx(exact, abs=1e-11)


@pytest.mark.parametrize(("metric", "addends"), ADDENDS)
def test_reweighted_addends_follow_the_correlation_of_resampled_users(metric, addends):
    """The first-order approximation against the value computed anew, over 200 resamples."""
    rng = np.random.default_rng(11)
    n_users, per_user = 200, 15
    rows = np.repeat(np.arange(n_users), per_user)
    taste = rng.normal(size=n_users)[rows]
    predicted = taste + rng.normal(size=len(rows))
    truth = np.clip(np.round(3 + predicted + rng.normal(size=len(rows))), 1, 5)
    sums = sum_per_user(addends(truth, predicted), rows, n_users)
    exact, approximate = [], []
    for _ in range(200):
        drawn = rng.integers(0, n_users, n_users)
        picked = (drawn[:, None] * per_user + np.arange(per_user)).ravel()
        exact.append(metric(truth[picked], predicted[picked]))
        approximate.append(float(correlation(sums[drawn].sum(axis=0))))
    spread = np.std(exact)
    assert np.sqrt(np.mean(np.subtract(exact, approximate) ** 2)) < 0.15 * spread
    assert np.std(approximate) == pytest.approx(spread, rel=0.03)
    for bound in (2.5, 97.5):
        expected = np.percentile(exact, bound)
        assert np.percentile(approximate, bound) == pytest.approx(expected, abs=0.15 * spread)
