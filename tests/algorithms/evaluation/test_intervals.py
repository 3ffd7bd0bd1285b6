"""The bootstrap: what it draws, and whether its intervals keep what they promise."""

import numpy as np
import pytest

from algorithms.evaluation.intervals import bootstrap_totals, percentile_interval


def test_one_seed_draws_the_same_users_whatever_the_columns():
    sums = np.random.default_rng(0).normal(size=(50, 3))
    once = bootstrap_totals(sums, np.random.default_rng(7), 200)
    again = bootstrap_totals(sums, np.random.default_rng(7), 200)
    alone = bootstrap_totals(sums[:, 1:2], np.random.default_rng(7), 200)
    assert np.array_equal(once, again)
    assert once[:, 1:2] == pytest.approx(alone)
    assert not np.array_equal(once, bootstrap_totals(sums, np.random.default_rng(8), 200))


@pytest.mark.parametrize("m", [1, 7, 60_000])
def test_each_resample_holds_as_many_users_as_there_are(m):
    totals = bootstrap_totals(np.ones((m, 1)), np.random.default_rng(1), 30)
    assert (totals == m).all()


def test_every_user_is_drawn_equally_often():
    totals = bootstrap_totals(np.eye(20), np.random.default_rng(2), 5000)  # counts of each user
    assert totals.mean(axis=0) == pytest.approx(np.ones(20), abs=0.06)
    assert totals.var(axis=0) == pytest.approx(np.full(20, 19 / 20), abs=0.1)


def test_without_users_there_is_no_interval():
    totals = bootstrap_totals(np.empty((0, 2)), np.random.default_rng(0), 10)
    assert totals.shape == (10, 2)
    assert np.isnan(percentile_interval(np.full(10, np.nan))).all()
    assert np.isnan(percentile_interval(np.array([1.0, np.nan, np.nan]))).all()


def test_percentiles():
    assert percentile_interval(np.arange(1001.0)) == pytest.approx((25, 975))
    assert percentile_interval(np.arange(101.0), level=0.9) == pytest.approx((5, 95))


def test_ninety_five_percent_intervals_hold_the_truth_about_that_often():
    """400 samples of 80 skewed values with mean 1: between 90 and 98 % must hold it."""
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(400):
        sample = rng.gamma(2.0, 0.5, size=(80, 1))
        low, high = percentile_interval(bootstrap_totals(sample, rng, 400)[:, 0] / 80)
        held += low <= 1 <= high
    assert 0.90 <= held / 400 <= 0.98
