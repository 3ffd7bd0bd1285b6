"""Metrics beyond accuracy: by hand, against plain loops, and what must always hold."""

import itertools
import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.metrics.beyond_accuracy import (
    diversity_at_k,
    gini_at_k,
    item_coverage_at_k,
    miscalibration_at_k,
    novelty_at_k,
    popularity_at_k,
    serendipity_at_k,
    user_coverage_at_k,
)
from algorithms.metrics.inputs import MetricInputError
from algorithms.metrics.judged import judge_rows
from algorithms.metrics.shown import ShownLists, show_rows

N_ITEMS, WIDTH = 10, 6


@st.composite
def many_shown(draw):
    """What ``show_rows`` takes: lists, maybe short, beside popularity, categories, histories."""
    m = draw(st.integers(1, 5))
    some_items = st.lists(st.integers(0, N_ITEMS - 1), unique=True)
    lists = []
    for _ in range(m):
        length = draw(st.integers(0, WIDTH))
        row = draw(st.permutations(range(N_ITEMS)))[:length]
        lists.append(row + [-1] * (WIDTH - length))
    return {
        "lists": lists,
        "relevant": [draw(some_items) for _ in range(m)],
        "candidates": range(N_ITEMS),
        "n_meetings": [draw(st.integers(0, 8)) for _ in range(N_ITEMS)],
        "n_users": 8,
        "categories": [draw(st.integers(-1, 3)) for _ in range(N_ITEMS)],
        "met": [draw(some_items) for _ in range(m)],
    }


# --- the same once more, one user and one item at a time ----------------------------------


def slow_gini(counts):
    """Half the relative mean difference of all pairs: another formula for the same number."""
    n, total = len(counts), sum(counts)
    return sum(abs(a - b) for a in counts for b in counts) / (2 * n * total) if total else math.nan


def slow(shown, user, k):
    """Return what each metric of a user says."""
    row = [item for item in shown["lists"][user][:k] if item >= 0]
    meetings, category, n_users = shown["n_meetings"], shown["categories"], shown["n_users"]
    nan = math.nan
    values = {"user_coverage": float(bool(row)), "novelty": nan, "popularity": nan}
    if row:
        values["novelty"] = sum(-math.log2(max(meetings[i], 1) / n_users) for i in row) / len(row)
        values["popularity"] = sum(meetings[i] / n_users for i in row) / len(row)
    kinds = [category[i] for i in row if category[i] >= 0]
    pairs = [a != b for a, b in itertools.combinations(kinds, 2)]
    values["diversity"] = sum(pairs) / len(pairs) if pairs else nan
    past = Counter(category[i] for i in shown["met"][user] if category[i] >= 0)
    now = Counter(kinds)
    values["miscalibration"] = nan
    if past and now:
        p = {c: n / past.total() for c, n in past.items()}
        q = {c: 0.99 * now[c] / now.total() + 0.01 * p[c] for c in p}
        values["miscalibration"] = sum(p[c] * math.log(p[c] / q[c]) for c in p)
    new = [i for i in shown["candidates"] if i not in shown["met"][user]]
    expected = sorted(new, key=lambda item: (-meetings[item], item))[:k]
    wanted = shown["relevant"][user]
    lucky = [i for i in row if i in wanted and i not in expected and i not in shown["met"][user]]
    values["serendipity"] = len(lucky) / k if wanted else nan
    return values


PER_USER = {
    "user_coverage": user_coverage_at_k,
    "novelty": novelty_at_k,
    "popularity": popularity_at_k,
    "diversity": diversity_at_k,
    "miscalibration": miscalibration_at_k,
    "serendipity": serendipity_at_k,
}


def without_met(shown):
    """Return the same with lists that hold nothing a user had met, as all lists of the lab."""
    lists = []
    for row, met in zip(shown["lists"], shown["met"], strict=True):
        kept = [item for item in row if item >= 0 and item not in met]
        lists.append(kept + [-1] * (WIDTH - len(kept)))
    return {**shown, "lists": lists}


@given(many_shown(), st.integers(1, WIDTH))
def test_plain_loops_agree(given_rows, k):
    rows = without_met(given_rows)
    shown = show_rows(**rows)
    for name, metric in PER_USER.items():
        ours = metric(shown, k)
        theirs = [slow(rows, user, k)[name] for user in range(len(rows["lists"]))]
        assert ours == pytest.approx(theirs, abs=1e-9, nan_ok=True), name
    first = [item for row in rows["lists"] for item in row[:k] if item >= 0]
    counts = [first.count(item) for item in rows["candidates"]]
    assert float(item_coverage_at_k(shown, k)) == pytest.approx(len(set(first)) / N_ITEMS)
    assert float(gini_at_k(shown, k)) == pytest.approx(slow_gini(counts), abs=1e-9, nan_ok=True)


@given(many_shown(), st.integers(1, WIDTH))
def test_bounds(rows, k):
    shown = show_rows(**rows)
    highest = {"novelty": math.log2(8), "miscalibration": -math.log(0.01)}
    for name, metric in PER_USER.items():
        values = metric(shown, k)
        defined = values[~np.isnan(values)]
        assert ((defined >= 0) & (defined <= highest.get(name, 1) + 1e-12)).all(), name
    assert 0 <= item_coverage_at_k(shown, k) <= 1
    gini = gini_at_k(shown, k)
    assert np.isnan(gini) or 0 <= gini <= 1 - 1 / N_ITEMS + 1e-12


@given(many_shown())
def test_coverage_never_falls_as_k_grows(rows):
    shown = show_rows(**rows)
    assert (np.diff([item_coverage_at_k(shown, k) for k in range(1, WIDTH + 1)]) >= 0).all()


@given(many_shown(), st.randoms(use_true_random=False))
def test_the_order_within_a_whole_list_does_not_matter(rows, random):
    mixed = {**rows, "lists": [random.sample(row, WIDTH) for row in rows["lists"]]}
    one, other = show_rows(**rows), show_rows(**mixed)
    for metric in (*PER_USER.values(), item_coverage_at_k, gini_at_k):
        assert metric(one, WIDTH) == pytest.approx(metric(other, WIDTH), nan_ok=True)


def test_by_hand():
    shown = show_rows(
        [[0, 1, 2], [0, 3, -1]],
        [[2], [0, 3]],
        candidates=range(5),
        n_meetings=[8, 4, 2, 0, 1],
        n_users=8,
        categories=[0, 0, 1, -1, 2],
        met=[[4, 3], [1, 2]],
    )
    assert float(item_coverage_at_k(shown, 3)) == 4 / 5
    assert novelty_at_k(shown, 3) == pytest.approx([(0 + 1 + 2) / 3, (0 + 3) / 2])
    assert popularity_at_k(shown, 3) == pytest.approx([(8 + 4 + 2) / 24, 8 / 16])
    assert diversity_at_k(shown, 3) == pytest.approx([2 / 3, np.nan], nan_ok=True)
    # counts 2 1 1 1 0 in rising order: (-4*0 - 2*1 + 0*1 + 2*1 + 4*2) / (5 * 5)
    assert float(gini_at_k(shown, 3)) == pytest.approx(8 / 25)
    # user 0 met category 2 alone, of which the list has nothing; user 1 half 0, half 1
    kl = 0.5 * math.log(0.5 / (0.99 + 0.005)) + 0.5 * math.log(0.5 / 0.005)
    assert miscalibration_at_k(shown, 3) == pytest.approx([-math.log(0.01), kl])
    # expected are 0 1 2 for user 0, and 0 4 3 for user 1, who met 1 and 2; at k = 2 only 0 and 4
    assert serendipity_at_k(shown, 3).tolist() == [0, 0]
    assert serendipity_at_k(shown, 2).tolist() == [0, 0.5]


def test_equal_shares_are_perfectly_calibrated_and_fair():
    shown = show_rows(
        [[0, 1], [2, 3]], candidates=range(4), categories=[0, 1, 0, 1], met=[[2, 3], [0, 1]]
    )
    assert miscalibration_at_k(shown, 2).tolist() == [0, 0]
    assert float(gini_at_k(shown, 2)) == 0


def test_without_categories_or_history_there_is_no_value():
    shown = show_rows([[0, 1]], candidates=[0, 1])
    assert np.isnan(diversity_at_k(shown, 2)).all()
    assert np.isnan(miscalibration_at_k(shown, 2)).all()
    assert np.isnan(gini_at_k(show_rows([[-1]], candidates=[0]), 1))


def test_what_does_not_fit_together_is_refused():
    shown = show_rows([[0, 1]], candidates=[0, 1])
    with pytest.raises(MetricInputError, match="items below 2, found 1 places with others"):
        ShownLists(np.array([[0, 9]]), shown.judged, shown.surroundings)
    with pytest.raises(MetricInputError, match="the same users everywhere"):
        ShownLists(np.array([[0, 1]] * 2), judge_rows([[0, 1]] * 2, [[], []]), shown.surroundings)


def test_gini_is_exact_for_one_item_in_all_lists():
    shown = show_rows([[0]] * 7, candidates=range(4))
    assert Fraction(float(gini_at_k(shown, 1))) == Fraction(3, 4)
