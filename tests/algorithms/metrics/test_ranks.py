"""Midranks: by hand, against scipy, within users."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from algorithms.metrics.ranks import midranks, midranks_within

some = st.lists(st.tuples(st.sampled_from([-1.0, 0.0, 0.5, 3.0]), st.integers(0, 3)), max_size=30)


def test_ties_share_their_places():
    assert midranks(np.array([5.0, 1.0, 5.0, 5.0])).tolist() == [3, 1, 3, 3]
    assert midranks(np.empty(0)).shape == (0,)


@given(some)
def test_scipy_agrees_within_each_user(pairs):
    values = np.array([value for value, _ in pairs])
    rows = np.array([user for _, user in pairs], dtype=np.int64)
    assert midranks(values) == pytest.approx(rankdata(values))
    ranks = midranks_within(values, rows, 5)
    for user in range(5):
        assert ranks[rows == user] == pytest.approx(rankdata(values[rows == user]))
