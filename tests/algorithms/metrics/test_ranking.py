"""Metrics at k: by hand, against scikit-learn and trec_eval, and what must always hold."""

import numpy as np
import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score, roc_auc_score

from algorithms.metrics.inputs import MetricInputError
from algorithms.metrics.judged import judge_rows
from algorithms.metrics.ranking import (
    Denominator,
    auc_at_k,
    average_precision_at_k,
    f1_at_k,
    graded_ndcg_at_k,
    hit_rate_at_k,
    judge,
    ndcg_at_k,
    precision_at_k,
    r_precision_at_k,
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
    r_precision_at_k,
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
    judged = judge_all(np.array([[3, 4], [3, 4]]), [[], [3]])
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


def test_r_precision_by_hand():
    judged = judge_rows([[7, 3, 5, 9, 1]] * 2, [[3, 9, 11], [1, 3, 5, 7, 9, 11, 13]])
    assert r_precision_at_k(judged, 5) == pytest.approx([1 / 3, 5 / 7])
    assert r_precision_at_k(judged, 1) == pytest.approx([0, 1 / 7])


@given(many_lists())
def test_r_precision_agrees_with_trec_eval_and_is_both_precision_and_recall(lists):
    items, relevant = lists
    judged = judge_all(items, relevant)
    ours = r_precision_at_k(judged, WIDTH)
    for user, value in trec_eval(items, relevant, ["Rprec"])["Rprec"].items():
        assert ours[user] == pytest.approx(value, abs=1e-9)
    for user, own in enumerate(relevant):
        if 1 <= len(own) <= WIDTH:
            assert ours[user] == pytest.approx(precision_at_k(judged, len(own))[user])
            assert ours[user] == pytest.approx(recall_at_k(judged, len(own))[user])


def test_graded_ndcg_by_hand():
    # the item worth 2 stands in place 2, the one worth 5 in place 4, the one worth 1 nowhere
    judged = judge_rows([[7, 3, 5, 9, 1]], [[3, 9, 11]], [[2, 5, 1]])
    assert judged.gains.tolist() == [[0, 2, 0, 5, 0]]
    assert judged.best_gains.tolist() == [[5, 2, 1, 0, 0]]
    best = 5 + 2 / np.log2(3) + 1 / np.log2(4)
    assert graded_ndcg_at_k(judged, 5) == pytest.approx([(2 / np.log2(3) + 5 / np.log2(5)) / best])
    assert graded_ndcg_at_k(judged, 2) == pytest.approx([(2 / np.log2(3)) / (5 + 2 / np.log2(3))])
    best = 31 + 3 / np.log2(3) + 1 / np.log2(4)
    exponential = (3 / np.log2(3) + 31 / np.log2(5)) / best
    assert graded_ndcg_at_k(judged, 5, exponential=True) == pytest.approx([exponential])


@given(many_lists(), st.integers(1, WIDTH), st.data())
def test_graded_ndcg_agrees_with_scikit_learn_and_trec_eval(lists, k, data):
    items, relevant = lists
    gains = [[data.draw(st.integers(1, 5)) for _ in own] for own in relevant]
    judged = judge_rows(items, relevant, gains)
    ours = graded_ndcg_at_k(judged, k)
    run = {
        str(u): {str(i): float(WIDTH - p) for p, i in enumerate(row) if i >= 0}
        for u, row in enumerate(items)
    }
    wanted = {
        str(u): {str(i): gain for i, gain in zip(own, gains[u], strict=True)}
        for u, own in enumerate(relevant)
        if own
    }
    found = pytrec_eval.RelevanceEvaluator(wanted, {f"ndcg_cut.{k}"}).evaluate(run)
    for user, values in found.items():
        assert ours[int(user)] == pytest.approx(values[f"ndcg_cut_{k}"], abs=1e-9)
    for user, own in enumerate(relevant):
        listed = items[user][items[user] >= 0]
        if own and len(listed) >= k:
            scores, truth = np.zeros(N_ITEMS), np.zeros(N_ITEMS)
            rest = np.setdiff1d(np.arange(N_ITEMS), listed)
            scores[np.concatenate([listed, rest])] = -np.arange(N_ITEMS)
            truth[own] = gains[user]
            expected = ndcg_score(truth[None], scores[None], k=k)
            assert ours[user] == pytest.approx(expected, abs=1e-9)


@given(many_lists(), st.integers(1, WIDTH), st.integers(1, 4))
def test_equal_gains_are_no_grades_and_their_unit_does_not_matter(lists, k, gain):
    items, relevant = lists
    graded = judge_rows(items, relevant, [[gain] * len(own) for own in relevant])
    for exponential in (False, True):
        ours = graded_ndcg_at_k(graded, k, exponential)
        assert ours == pytest.approx(ndcg_at_k(graded, k), nan_ok=True)


def test_gains_that_cannot_be_are_refused():
    with pytest.raises(MetricInputError, match="needs 2 gains above 0, found 1 others"):
        judge_rows([[3, 4]], [[3, 4]], [[1, 0]])
    with pytest.raises(MetricInputError, match="found 2 others"):
        judge_rows([[3, 4]], [[3, 4]], [[np.nan, np.inf]])
    with pytest.raises(MetricInputError, match="needs 2 gains above 0, found shape"):
        judge_rows([[3, 4]], [[3, 4]], [[1]])
    with pytest.raises(MetricInputError, match="needs the gain of each relevant item, found none"):
        graded_ndcg_at_k(judge_rows([[3, 4]], [[3]]), 2)
    with pytest.raises(MetricInputError, match="needs gains up to 1000, found 2000"):
        graded_ndcg_at_k(judge_rows([[3, 4]], [[3]], [[2000]]), 2, exponential=True)


def test_of_a_repeated_relevant_item_the_largest_gain_counts():
    judged = judge_rows([[4, 3]], [[4, 3, 4]], [[1, 2, 5]])
    assert judged.gains.tolist() == [[5, 2]]
    assert judged.best_gains.tolist() == [[5, 2]]


def test_auc_over_candidates_by_hand():
    # 20 candidates, of which 3 are relevant: hits in places 2 and 4, the third further down
    judged = judge_rows([[7, 3, 5, 9, 1]], [[3, 9, 11]], n_candidates=[20])
    # place 1 has no hit above, 3 has one, 5 has two; 14 others below have both and half of one
    assert auc_at_k(judged, 5) == pytest.approx([(0 + 1 + 2 + 14 * 2.5) / (3 * 17)])


@given(many_lists(), st.integers(1, WIDTH))
def test_scikit_learn_agrees_on_auc_over_candidates(lists, k):
    items, relevant = lists
    judged = judge_rows(items, relevant, n_candidates=[N_ITEMS] * len(items))
    ours = auc_at_k(judged, k)
    for user, own in enumerate(relevant):
        truth = np.isin(np.arange(N_ITEMS), own)
        if truth.all() or not truth.any():
            assert np.isnan(ours[user])
            continue
        scores = np.zeros(N_ITEMS)  # what is not listed is tied, and ties count one half
        listed = items[user, :k][items[user, :k] >= 0]
        scores[listed] = np.arange(len(listed), 0, -1)
        assert ours[user] == pytest.approx(roc_auc_score(truth, scores), abs=1e-9)


@given(many_lists(), st.integers(1, WIDTH))
def test_implicit_agrees(lists, k):
    """Its precision is recall over min(R, k), of all users together."""
    from implicit.evaluation import ranking_metrics_at_k
    from scipy.sparse import csr_matrix

    items, relevant = lists
    full = (items >= 0).all(axis=1) & np.array([0 < len(own) < N_ITEMS for own in relevant])
    if not full.any():
        return
    items, relevant = items[full], [own for own, ok in zip(relevant, full, strict=True) if ok]

    class Lists:
        def recommend(self, users, rows, N):
            return items[users, :N].astype(np.int32), None

    known = np.zeros((len(items), N_ITEMS))
    for user, own in enumerate(relevant):
        known[user, own] = 1
    test = csr_matrix(known)
    test.indices, test.indptr = test.indices.astype(np.int32), test.indptr.astype(np.int32)
    theirs = ranking_metrics_at_k(
        Lists(), csr_matrix(known.shape), test, K=k, show_progress=False, num_threads=1
    )
    judged = judge_rows(items, relevant, n_candidates=[N_ITEMS] * len(items))
    assert average_precision_at_k(judged, k).mean() == pytest.approx(theirs["map"], abs=1e-9)
    assert ndcg_at_k(judged, k).mean() == pytest.approx(theirs["ndcg"], abs=1e-9)
    assert auc_at_k(judged, k).mean() == pytest.approx(theirs["auc"], abs=1e-9)
    possible = np.minimum(judged.n_relevant, k)
    shares = recall_at_k(judged, k, Denominator.POSSIBLE)
    assert np.average(shares, weights=possible) == pytest.approx(theirs["precision"], abs=1e-9)


@given(many_lists())
def test_auc_is_within_its_bounds_and_a_half_without_a_hit(lists):
    items, relevant = lists
    judged = judge_rows(items, relevant, n_candidates=[N_ITEMS] * len(items))
    for k in (1, WIDTH):
        values = auc_at_k(judged, k)
        defined = values[~np.isnan(values)]
        assert ((defined >= 0) & (defined <= 1)).all()
    empty = judge_rows(np.full_like(items, -1), relevant, n_candidates=[N_ITEMS] * len(items))
    values = auc_at_k(empty, 1)
    assert (values[~np.isnan(values)] == 0.5).all()


def test_too_few_candidates_are_refused():
    with pytest.raises(MetricInputError, match="needs each user's number of candidates"):
        auc_at_k(judge_rows([[3, 4]], [[3]]), 2)
    with pytest.raises(MetricInputError, match="found fewer for 1 users"):
        judge_rows([[3, 4], [3, 4]], [[3], [5]], n_candidates=[2, 2])
    with pytest.raises(MetricInputError, match="found shape"):
        judge_rows([[3, 4]], [[3]], n_candidates=[2, 2])


@pytest.mark.parametrize("block", [7, 8192])
def test_many_lists_are_judged_as_one_by_one(block, monkeypatch):
    """Against sets, with relevant items in any order, repeated, and far apart ids."""
    monkeypatch.setattr("algorithms.metrics.judged._BLOCK", block)
    rng = np.random.default_rng(5)
    items = np.stack([rng.permutation(50)[:20] for _ in range(300)]) * 70_001
    counts = rng.integers(0, 40, 300)
    relevant = rng.integers(0, 50, counts.sum()) * 70_001
    offsets = np.concatenate([[0], np.cumsum(counts)])
    gains = rng.choice([0.5, 1, 2, 3000], len(relevant))
    judged = judge(items, offsets, relevant, gains)
    for user, row in enumerate(items):
        own = slice(offsets[user], offsets[user + 1])
        worth = {}
        for item, gain in zip(relevant[own].tolist(), gains[own].tolist(), strict=True):
            worth[item] = max(gain, worth.get(item, 0))
        assert judged.n_relevant[user] == len(worth)
        assert judged.hits[user].tolist() == [item in worth for item in row.tolist()]
        assert judged.gains[user].tolist() == [worth.get(item, 0) for item in row.tolist()]
        best = sorted(worth.values(), reverse=True)[:20]
        assert judged.best_gains[user].tolist() == best + [0] * (20 - len(best))
