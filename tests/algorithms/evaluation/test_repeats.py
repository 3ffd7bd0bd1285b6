"""Repeats over seeds and folds: by hand, by SciPy, and whether the interval keeps its promise."""

import math

import numpy as np
import pytest
from scipy import stats

from algorithms.data.split import SplitConfig, SplitMethod
from algorithms.evaluation.repeats import overlap_of, summarise


def test_by_hand():
    three = summarise([1.0, 2.0, 3.0, math.nan])
    assert (three.n, three.mean, three.deviation) == (3, 2.0, 1.0)
    half = 4.302652729911275 / math.sqrt(3)  # t with two degrees of freedom, from a table
    assert (three.low, three.high) == pytest.approx((2 - half, 2 + half))


def test_by_scipy():
    x = np.random.default_rng(1).normal(size=7)
    expected = stats.t.interval(0.95, 6, x.mean(), stats.sem(x))
    assert (summarise(x).low, summarise(x).high) == pytest.approx(expected)


def test_too_few():
    assert math.isnan(summarise([]).mean)
    one = summarise([0.4])
    assert (one.n, one.mean) == (1, 0.4)
    assert math.isnan(one.deviation)
    assert math.isnan(one.low)


@pytest.mark.parametrize(
    ("split", "overlap"),
    [
        (SplitConfig(method=SplitMethod.K_FOLD, n_folds=5, validation_fraction=0.1), 0.2 / 0.7),
        (SplitConfig(test_fraction=0.2, validation_fraction=0.1), 0.2 / 0.7),
        (SplitConfig(method=SplitMethod.TEMPORAL), 0.0),
        (SplitConfig(method=SplitMethod.LEAVE_LAST_OUT), 0.0),
    ],
)
def test_overlap(split, overlap):
    assert overlap_of(split) == pytest.approx(overlap)


def test_what_repeats_share_widens_the_interval():
    """Repeats correlated by rho / (1 + rho), as the correction assumes: it holds, the plain not."""
    rng, n, rho = np.random.default_rng(2), 5, 0.4
    shared = math.sqrt(rho / (1 + rho))
    own = math.sqrt(1 - shared**2)
    held = {0.0: 0, rho: 0}
    for _ in range(1000):
        x = shared * rng.normal() + own * rng.normal(size=n)
        for overlap in held:
            found = summarise(x, overlap)
            held[overlap] += found.low <= 0 <= found.high
    assert 0.92 <= held[rho] / 1000 <= 0.98
    assert held[0.0] / 1000 < 0.85
