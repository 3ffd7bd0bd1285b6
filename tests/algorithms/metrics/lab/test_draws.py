"""Random examples: rivals answer the same question, and no case is doubtful."""

import numpy as np
import pytest

from algorithms.metrics import METRICS
from algorithms.metrics.lab import NOTHING, AnswerRows, RankedList, UserLists, ValueRows, workable
from algorithms.metrics.lab.draws import NothingDrawnError, draw_example, draw_rival, draw_until


def grades(example):
    return {n: g for n, g in zip(example.names, example.relevance, strict=True) if g}


@pytest.mark.parametrize("key", workable())
def test_rivals_have_the_truth_in_common(key):
    rng = np.random.default_rng(1)
    n_different = 0
    for _ in range(100):
        example = draw_example([METRICS[key]], rng)
        rival = draw_rival(example, rng)
        n_different += example != rival
        if isinstance(example, RankedList):
            first, second = grades(example), grades(rival)
            assert all(second[name] == first[name] for name in first.keys() & second.keys())
            assert sorted([*first.values(), *example.unlisted]) == sorted(
                [*second.values(), *rival.unlisted]
            )
            assert (example.k, example.n_others + len(example.unlisted)) == (rival.k, 2)
        elif isinstance(example, UserLists):
            assert (example.items, example.users, example.k) == (rival.items, rival.users, rival.k)
            assert (example.relevant, example.met) == (rival.relevant, rival.met)
        else:
            assert example.truth == rival.truth
    assert n_different > 90


def test_an_item_keeps_its_grade_in_every_rivals_list():
    rng = np.random.default_rng(5)
    for _ in range(20):
        example = draw_example([METRICS["ndcg_graded"]], rng)
        known = {}
        for _ in range(20):
            for name, grade in grades(example).items():
                assert known.setdefault(name, grade) == grade
            example = draw_rival(example, rng)


def test_no_score_ties_or_lies_on_the_threshold():
    rng = np.random.default_rng(2)
    for _ in range(200):
        example = draw_example([METRICS["f1"]], rng, 8)
        assert isinstance(example, AnswerRows)
        assert len(set(example.scores)) == 8
        assert example.threshold not in example.scores
        assert 0 < sum(example.truth) < 8


def test_each_user_has_both_kinds_of_events_where_users_count():
    rng = np.random.default_rng(3)
    for _ in range(100):
        example = draw_example([METRICS["auc"], METRICS["gauc"]], rng)
        pairs = set(zip(example.users, example.truth, strict=True))
        assert pairs == {(1, 0), (1, 1), (2, 0), (2, 1)}


def test_stars_stay_on_the_scale():
    example = draw_example([METRICS["mae"]], np.random.default_rng(4), 100)
    assert isinstance(example, ValueRows)
    assert {*example.truth} == {1, 2, 3, 4, 5}
    assert min(example.predicted) >= 1
    assert max(example.predicted) <= 5


def test_a_search_in_vain_ends():
    with pytest.raises(NothingDrawnError, match="No example with luck was found among 7"):
        draw_until(lambda: 0, bool, "luck", most=7)


@pytest.mark.parametrize("key", ["user_coverage", "gini"])
def test_nobody_is_shown_what_they_had_met(key):
    rng = np.random.default_rng(6)
    n_empty = 0
    for _ in range(100):
        drawn = draw_example([METRICS[key]], rng)
        assert isinstance(drawn, UserLists)
        assert len(set(drawn.items.n_meetings)) == len(drawn.items)  # no tie in popularity
        for own, met, relevant in zip(drawn.lists, drawn.met, drawn.relevant, strict=True):
            n_empty += NOTHING in own
            assert not set(own) & set(met)
            assert not set(relevant) & set(met)
    assert (n_empty > 50) == (key == "user_coverage")
