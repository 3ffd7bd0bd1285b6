"""Metrics at k: by hand, against scikit-learn and trec_eval, and what must always hold."""

import numpy as np
import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from algorithms.metrics.inputs import MetricInputError
from algorithms.metrics.judged import judge_rows
from algorithms.metrics.ranking import (
    Denominator,
    average_precision_at_k,
    f1_at_k,
    hit_rate_at_k,
    judge,
    ndcg_at_k,
    precision_at_k,
    recall_at_k,
    reciprocal_rank_at_k,
)

ALL = (
    precision_at_k,
    recall_at_k,
    f1_at_k,
    hit_rate_at_k,
    ndcg_at_k,
    average_precision_at_k,
    reciprocal_rank_at_k,
)
N_ITEMS, WIDTH = 12, 8


@st.composite
def many_lists(draw):
    """Ranked lists of some users, maybe short, and their relevant items."""
    m = draw(st.integers(1, 6))
    items = np.full((m, WIDTH), -1)
    relevant = []
    for user in range(m):
        order = draw(st.permutations(range(N_ITEMS)))
        length = draw(st.integers(0, WIDTH))
        items[user, :length] = order[:length]
        relevant.append(draw(st.lists(st.integers(0, N_ITEMS - 1), unique=True, max_size=N_ITEMS)))
    return items, relevant


def judge_all(items, relevant):
    offsets = np.concatenate([[0], np.cumsum([len(own) for own in relevant])])
    return judge(items, offsets, np.array([item for own in relevant for item in own], dtype=int))


def test_by_hand():
    # one user, relevant 1 4 7 9; the list has 4 in place 1 and 9 in place 3
    judged = judge_all(np.array([[4, 2, 9, 3, 5]]), [[1, 4, 7, 9]])
    assert judged.hits.tolist() == [[True, False, True, False, False]]
    assert precision_at_k(judged, 3) == pytest.approx([2 / 3])
    assert precision_at_k(judged, 5) == pytest.approx([2 / 5])
    assert recall_at_k(judged, 1) == pytest.approx([1 / 4])
    assert recall_at_k(judged, 5) == pytest.approx([2 / 4])
    assert f1_at_k(judged, 5) == pytest.approx([2 * 0.4 * 0.5 / 0.9])
    gain = 1 + 1 / np.log2(4)
    assert ndcg_at_k(judged, 3) == pytest.approx([gain / (1 + 1 / np.log2(3) + 1 / np.log2(4))])
    assert ndcg_at_k(judged, 1) == pytest.approx([1])


def test_recall_is_over_all_relevant_items():
    judged = judge_all(np.array([[0, 1]]), [list(range(10))])
    assert recall_at_k(judged, 2).tolist() == [0.2]  # over min(R, k) it would be 1
    assert ndcg_at_k(judged, 2).tolist() == [1]


def test_a_short_list_is_judged_over_k():
    judged = judge_all(np.array([[3, -1, -1, -1], [-1, -1, -1, -1]]), [[3, 5], [3]])
    assert precision_at_k(judged, 4).tolist() == [0.25, 0]
    assert recall_at_k(judged, 4).tolist() == [0.5, 0]
    assert ndcg_at_k(judged, 4)[1] == 0


@pytest.mark.parametrize("metric", ALL)
def test_without_relevant_items_there_is_no_value(metric):
    judged = judge_all(np.array([[3, 4], [3, 4]]), [[], [4]])
    values = metric(judged, 2)
    assert np.isnan(values[0])
    assert values[1] > 0
    assert np.isnan(metric(judge_all(np.array([[3, 4]]), [[]]), 2)).all()
    assert metric(judge_all(np.empty((0, 2), int), []), 2).shape == (0,)


def test_a_repeated_relevant_item_counts_once():
    judged = judge(np.array([[3, 4]]), np.array([0, 3]), np.array([4, 4, 4]))
    assert judged.n_relevant.tolist() == [1]
    assert recall_at_k(judged, 2).tolist() == [1]


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize("k", [0, 3])
def test_k_outside_the_lists_is_refused(metric, k):
    with pytest.raises(MetricInputError, match=f"k from 1 to the lists' 2, found {k}"):
        metric(judge_all(np.array([[3, 4]]), [[3]]), k)


@pytest.mark.parametrize(
    ("items", "offsets", "relevant"),
    [
        (np.array([1, 2]), [0, 1], [1]),
        (np.array([[1, 2]]), [0, 1, 1], [1]),
        (np.array([[1, 2]]), [0, 2], [1]),
    ],
)
def test_shapes_that_do_not_fit_are_refused(items, offsets, relevant):
    with pytest.raises(MetricInputError, match="found shapes"):
        judge(items, offsets, relevant)


@given(many_lists(), st.integers(1, WIDTH))
def test_sets_and_scikit_learn_agree(lists, k):
    items, relevant = lists
    judged = judge_all(items, relevant)
    for user, own in enumerate(relevant):
        if not own:
            continue
        shown = [item for item in items[user, :k] if item >= 0]
        n_hits = len(set(shown) & set(own))
        assert precision_at_k(judged, k)[user] == pytest.approx(n_hits / k, abs=1e-9)
        assert recall_at_k(judged, k)[user] == pytest.approx(n_hits / len(own), abs=1e-9)
        listed = items[user][items[user] >= 0]
        if len(listed) >= k:  # scikit-learn scores every item, so it knows no shorter lists
            rest = np.setdiff1d(np.arange(N_ITEMS), listed)
            scores = np.empty(N_ITEMS)
            scores[np.concatenate([listed, rest])] = -np.arange(N_ITEMS)
            truth = np.isin(np.arange(N_ITEMS), own).astype(float)
            expected = ndcg_score(truth[None], scores[None], k=k)
            assert ndcg_at_k(judged, k)[user] == pytest.approx(expected, abs=1e-9)


@given(many_lists())
def test_recall_never_falls_as_k_grows(lists):
    judged = judge_all(*lists)
    values = np.stack([recall_at_k(judged, k) for k in range(1, WIDTH + 1)], axis=1)
    defined = judged.n_relevant > 0
    assert (np.diff(values[defined], axis=1) >= 0).all()


@given(many_lists(), st.integers(1, WIDTH))
def test_bounds(lists, k):
    judged = judge_all(*lists)
    for metric in ALL:
        values = metric(judged, k)
        assert np.array_equal(np.isnan(values), judged.n_relevant == 0)
        defined = values[judged.n_relevant > 0]
        assert ((defined >= 0) & (defined <= 1 + 1e-12)).all()


@given(many_lists(), st.integers(1, WIDTH), st.randoms(use_true_random=False))
def test_neither_the_order_of_users_nor_of_relevant_items_matters(lists, k, random):
    items, relevant = lists
    order = list(range(len(items)))
    random.shuffle(order)
    shuffled = judge_all(
        items[order], [random.sample(relevant[u], len(relevant[u])) for u in order]
    )
    judged = judge_all(items, relevant)
    for metric in ALL:
        assert metric(shuffled, k) == pytest.approx(metric(judged, k)[order], nan_ok=True)


@given(many_lists(), st.integers(1, WIDTH))
def test_the_best_order_has_ndcg_one(lists, k):
    _, relevant = lists
    best = np.full((len(relevant), WIDTH), -1)
    for user, own in enumerate(relevant):
        best[user, : len(own[:WIDTH])] = own[:WIDTH]
    values = ndcg_at_k(judge_all(best, relevant), k)
    assert values[~np.isnan(values)] == pytest.approx(1)


@given(many_lists(), st.data())
def test_moving_a_hit_up_never_lowers_ndcg(lists, data):
    items, relevant = lists
    place = data.draw(st.integers(1, WIDTH - 1))
    before = judge_all(items, relevant)
    swapped = items.copy()
    rows = before.hits[:, place] & ~before.hits[:, place - 1]
    swapped[rows, place - 1 : place + 1] = items[rows, place - 1 : place + 1][:, ::-1]
    for k in (place, place + 1, WIDTH):
        old, new = ndcg_at_k(before, k), ndcg_at_k(judge_all(swapped, relevant), k)
        defined = before.n_relevant > 0
        assert (new[defined] >= old[defined] - 1e-12).all()


def test_hit_rate_reciprocal_rank_and_average_precision_by_hand():
    # hits in places 2 and 4 of 5; three relevant items
    judged = judge_rows([[7, 3, 5, 9, 1]], [[3, 9, 11]])
    assert [hit_rate_at_k(judged, k)[0] for k in (1, 2, 5)] == [0, 1, 1]
    assert [reciprocal_rank_at_k(judged, k)[0] for k in (1, 2, 5)] == [0, 1 / 2, 1 / 2]
    over = {
        each: float(average_precision_at_k(judged, 5, each)[0]) for each in Denominator
    }  # 1/2 at the first hit, 2/4 at the second
    assert over == pytest.approx(
        {
            Denominator.POSSIBLE: 1 / 3,
            Denominator.RELEVANT: 1 / 3,
            Denominator.HITS: 1 / 2,
            Denominator.PLACES: 1 / 5,
        }
    )
    assert average_precision_at_k(judged, 2) == pytest.approx([0.5 / 2])  # min(3, 2) = 2
    assert average_precision_at_k(judged, 2, Denominator.RELEVANT) == pytest.approx([0.5 / 3])


@pytest.mark.parametrize("over", Denominator)
def test_without_a_hit_average_precision_is_zero_whatever_the_denominator(over):
    judged = judge_rows([[7, 3], [-1, -1]], [[5], [5]])
    assert average_precision_at_k(judged, 2, over).tolist() == [0, 0]


def trec_eval(items, relevant, measures):
    """Return what trec_eval says, measure -> user -> value, for users with relevant items."""
    wanted = {str(u): {str(i): 1 for i in own} for u, own in enumerate(relevant) if own}
    run = {
        str(u): {str(i): float(WIDTH - p) for p, i in enumerate(row) if i >= 0}
        for u, row in enumerate(items)
    }
    found = pytrec_eval.RelevanceEvaluator(wanted, set(measures)).evaluate(run)
    names = [measure.replace(".", "_") for measure in measures]
    return {name: {int(u): values[name] for u, values in found.items()} for name in names}


@given(many_lists(), st.integers(1, WIDTH))
def test_trec_eval_agrees(lists, k):
    items, relevant = lists
    judged = judge_all(items, relevant)
    same = {
        f"P.{k}": precision_at_k(judged, k),
        f"recall.{k}": recall_at_k(judged, k),
        f"success.{k}": hit_rate_at_k(judged, k),
        f"ndcg_cut.{k}": ndcg_at_k(judged, k),
        f"map_cut.{k}": average_precision_at_k(judged, k, Denominator.RELEVANT),
        "recip_rank": reciprocal_rank_at_k(judged, WIDTH),
    }
    theirs = trec_eval(items, relevant, list(same))
    for measure, ours in same.items():
        for user, value in theirs[measure.replace(".", "_")].items():
            assert ours[user] == pytest.approx(value, abs=1e-9), measure


@given(many_lists(), st.integers(1, WIDTH))
def test_the_denominators_are_ordered_and_recall_knows_them(lists, k):
    judged = judge_all(*lists)
    values = {each: average_precision_at_k(judged, k, each) for each in Denominator}
    has = judged.n_relevant > 0
    for larger, smaller in (
        (Denominator.RELEVANT, Denominator.POSSIBLE),
        (Denominator.POSSIBLE, Denominator.HITS),
        (Denominator.PLACES, Denominator.POSSIBLE),
    ):
        assert (values[larger][has] <= values[smaller][has] + 1e-12).all()
    possible = recall_at_k(judged, k, Denominator.POSSIBLE)[has]
    n_hits = judged.hits[has, :k].sum(axis=1)
    assert possible == pytest.approx(n_hits / np.minimum(judged.n_relevant[has], k))


@given(many_lists())
def test_hit_rate_and_reciprocal_rank_never_fall_as_k_grows(lists):
    judged = judge_all(*lists)
    has = judged.n_relevant > 0
    for metric in (hit_rate_at_k, reciprocal_rank_at_k):
        values = np.stack([metric(judged, k)[has] for k in range(1, WIDTH + 1)], axis=1)
        assert (np.diff(values, axis=1) >= 0).all()
