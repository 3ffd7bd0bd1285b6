"""Signed ranks: by hand, by counting out all signs, zeros as Pratt says, effects."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.evaluation import Column
from algorithms.evaluation.paired_tests import corrected, signed_ranks, user_differences
from algorithms.evaluation.significance import holm

NDCG = Column("click", "ndcg", 10)
MAE = Column("rating", "mae")


def test_by_hand():
    # sizes 1 2 3 4 5 with ranks 1..5; against: 2, so W- = 2, W+ = 13
    test = signed_ranks(np.array([0.1, -0.2, 0.3, 0.4, 0.5]))
    assert (test.n_better, test.n_worse, test.n_same) == (4, 1, 0)
    assert test.effect == pytest.approx((13 - 2) / 15)
    # subsets of {1..5} with a sum of at most 2: {}, {1}, {2}; two sides, of 32
    assert test.p == pytest.approx(2 * 3 / 32)


def test_exact_p_counts_out_all_signs():
    d = np.random.default_rng(0).normal(0.4, 1, 9)
    ranks = np.argsort(np.argsort(np.abs(d))) + 1
    seen = min(ranks[d > 0].sum(), ranks[d < 0].sum())
    sums = [np.dot(ranks, signs) for signs in itertools.product((0, 1), repeat=9)]
    assert signed_ranks(d).p == pytest.approx(min(1, 2 * np.mean(np.array(sums) <= seen)))


def test_zeros_are_ranked_and_then_left_out():
    # sizes 0 0 1 2 3: ranks 1.5 1.5 3 4 5; W+ = 3 + 5, W- = 4, all ranks 15
    test = signed_ranks(np.array([0.0, 0.0, 1.0, -2.0, 3.0]))
    assert test.n_same == 2
    assert test.effect == pytest.approx((8 - 4) / 15)


def test_normal_p_by_the_formula_of_pratt():
    """Mean and variance of W+ without the zeros' ranks, corrected for ties, from the paper."""
    d = np.array([0.0] * 6 + [1.0] * 9 + [2.0] * 7 + [-1.0] * 4 + [3.0, -2.0, 4.0, 5.0, -6.0])
    sizes = np.abs(d)
    ranks = np.array([(sizes < s).sum() + ((sizes == s).sum() + 1) / 2 for s in sizes])
    positive = ranks[d > 0].sum()
    mean = ranks[d != 0].sum() / 2
    variance = (ranks[d != 0] ** 2).sum() / 4  # each nonzero rank has its sign by a fair coin
    z = (positive - mean) / math.sqrt(variance)
    assert signed_ranks(d).p == pytest.approx(math.erfc(abs(z) / math.sqrt(2)))


def test_nothing_to_test():
    nobody = signed_ranks(np.array([np.nan]))
    assert nobody.n_users == 0
    assert math.isnan(nobody.p)
    assert math.isnan(nobody.effect)
    equal = signed_ranks(np.array([0.0, 1e-15, -1e-15, np.nan]))
    assert (equal.n_same, equal.effect, equal.p) == (3, 0.0, 1.0)
    alone = signed_ranks(np.array([2.0]))
    assert (alone.effect, alone.p) == (1.0, 1.0)


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=80))
def test_turning_all_signs_turns_the_effect(values):
    d = np.array(values, dtype=np.float64)
    here, there = signed_ranks(d), signed_ranks(-d)
    assert here.effect == pytest.approx(-there.effect)
    assert here.p == pytest.approx(there.p)
    assert 0 <= here.p <= 1
    assert -1 <= here.effect <= 1
    assert signed_ranks(7 * d).p == pytest.approx(here.p)


@pytest.mark.parametrize(
    ("d", "word"), [([1.0, -1.0], "negligible"), ([1.0] * 4 + [0.0] * 6, "large")]
)
def test_the_effect_in_a_word(d, word):
    assert signed_ranks(np.array(d)).size == word


def test_users_are_matched_and_seeds_averaged(make_metric, make_result):
    def runs(of_seed, users):
        return [
            make_result(
                seed=s, metrics=[make_metric("click", "ndcg", v, 10, users=np.array(users))]
            )
            for s, v in of_seed.items()
        ]

    ours = runs({1: [0.5, 0.9, np.nan], 2: [0.7, 0.1, 0.2], 9: [1, 1, 1]}, [3, 5, 8])
    theirs = runs({2: [0.1, 0.3, 0.6], 1: [0.5, 0.4, 0.4]}, [5, 3, 7])
    # user 3: 0.5 - 0.4 and 0.7 - 0.3; user 5: 0.9 - 0.5 and 0.1 - 0.1
    assert user_differences(ours, theirs, NDCG) == pytest.approx([0.25, 0.2])
    assert len(user_differences(ours, theirs, MAE)) == 0


def test_lower_is_better_turns_the_sign(make_metric, make_result):
    ours = make_result(metrics=[make_metric("rating", "mae", [1.0, 2.0])])
    theirs = make_result(metrics=[make_metric("rating", "mae", [1.5, 1.0])])
    assert user_differences([ours], [theirs], MAE) == pytest.approx([0.5, -1.0])


def test_the_tests_of_a_table_are_corrected_together():
    tests = [signed_ranks(np.arange(1.0, n)) for n in (4, 8, 12)]
    assert [t.p_holm for t in corrected(tests)] == pytest.approx(holm([t.p for t in tests]))
