"""Examples change by making new ones, and refuse what no metric could judge."""

import math
from dataclasses import replace

import pytest

from algorithms.metrics.inputs import MetricInputError
from algorithms.metrics.lab import (
    NOTHING,
    AnswerRows,
    ItemFacts,
    RankedList,
    TaskGains,
    UserLists,
    ValueRows,
)

LIST = RankedList(("A", "B", "C", "D"), (1, 0, 2, 0), 2, (1.0,))
FACTS = ItemFacts(("A", "B", "C", "D"), ("drama", "", "comedy", "drama"), (1, 4, 2, 0), 5)
LISTS = UserLists(FACTS, ("Ann", "Ben"), ((0, 1, NOTHING), (3, 2, 1)), 2, ((1,), ()), ((), (1,)))


def test_an_item_moves_and_takes_its_relevance_along():
    moved = LIST.moved(2, 0)
    assert moved.names == ("C", "A", "B", "D")
    assert moved.relevance == (2, 1, 0, 0)
    assert LIST.names == ("A", "B", "C", "D")
    assert moved.moved(0, 2) == LIST
    assert LIST.moved(0, 3).names == ("B", "C", "D", "A")


def test_lists_count_relevant_items_that_they_do_not_hold():
    assert LIST.n_relevant == 3
    assert LIST.with_unlisted(4).n_relevant == 6
    assert LIST.with_relevance(2, 0).n_relevant == 2
    assert LIST.with_k(4).k == 4


def test_rows_change_one_at_a_time():
    rows = ValueRows((1.0, 2.0), (1.5, 2.5))
    assert rows.with_prediction(1, 5.0).predicted == (1.5, 5.0)
    assert rows.with_truth(0, 3.0).truth == (3.0, 2.0)
    answers = AnswerRows((1, 0), (0.5, 0.4))
    assert answers.answers == (True, False)
    assert answers.with_threshold(0.3).answers == (True, True)
    assert answers.with_score(1, 0.9).scores == (0.5, 0.9)
    assert answers.with_truth(1, True).truth == (1, 1)
    gains = TaskGains(("a", "b"), (0.5, 0.5), (0.6, 0.4), (True, False))
    assert gains.with_multi(0, 0.7).multi == (0.7, 0.4)
    assert gains.with_single(1, 0.7).single == (0.5, 0.7)


def test_places_of_several_lists_are_counted_through():
    assert len(LISTS) == 6
    assert [LISTS.place_of(row) for row in (0, 2, 4)] == [(0, 0), (0, 2), (1, 1)]
    assert [LISTS.item_of(row) for row in (1, 2, 3)] == [1, NOTHING, 3]
    assert LISTS.rows_of(1) == (3, 4)
    assert LISTS.with_k(3).rows_of(0) == (0, 1)
    assert LISTS.listed(1) == (3, 2)


def test_an_item_that_the_list_holds_already_changes_places():
    assert LISTS.with_item(0, 2).lists == ((2, 1, NOTHING), (3, 2, 1))
    assert LISTS.with_item(3, 1).lists == ((0, 1, NOTHING), (1, 2, 3))
    assert LISTS.with_item(2, 0).lists == ((NOTHING, 1, 0), (3, 2, 1))
    assert LISTS.with_item(4, NOTHING).lists == ((0, 1, NOTHING), (3, NOTHING, 1))


def test_what_best_sellers_would_show_leaves_out_what_was_met():
    assert [LISTS.is_expected(0, item) for item in range(4)] == [False, True, True, False]
    assert [LISTS.is_expected(1, item) for item in range(4)] == [True, True, True, False]


def test_categories_are_numbered_as_they_are_met():
    assert FACTS.category_names == ("drama", "comedy")
    assert FACTS.category_numbers == (0, -1, 1, 0)


@pytest.mark.parametrize(
    "make",
    [
        lambda: ValueRows((1.0,), (1.0, 2.0)),
        lambda: ValueRows((1.0,), (math.nan,)),
        lambda: ValueRows((1.0,), (math.inf,)),
        lambda: ValueRows((1.0,), (1.0,)).with_prediction(1, 2.0),
        lambda: ValueRows((1.0,), (1.0,), ("A", "B")),
        lambda: AnswerRows((2,), (0.5,)),
        lambda: AnswerRows((1,), (0.5,), math.nan),
        lambda: AnswerRows((1,), (0.5,), users=(1, 2)),
        lambda: LIST.with_k(0),
        lambda: LIST.with_k(5),
        lambda: LIST.with_relevance(0, -1),
        lambda: LIST.with_unlisted(1, 0),
        lambda: RankedList((), (), 1),
        lambda: RankedList(("A", "A"), (1, 0), 1),
        lambda: TaskGains((), (), (), ()),
        lambda: TaskGains(("a",), (0.5,), (0.6,), ()),
        lambda: ItemFacts((), (), (), 5),
        lambda: ItemFacts(("A", "A"), ("", ""), (1, 1), 5),
        lambda: ItemFacts(("A",), ("", ""), (1,), 5),
        lambda: ItemFacts(("A",), ("",), (6,), 5),
        lambda: LISTS.with_k(4),
        lambda: LISTS.with_item(6, 0),
        lambda: LISTS.with_item(0, 4),
        lambda: replace(LISTS, lists=((0, 0, 1), (3, 2, 1))),
        lambda: replace(LISTS, lists=((0, 1), (3, 2, 1))),
        lambda: replace(LISTS, relevant=((1,),)),
        lambda: replace(LISTS, met=((4,), ())),
        lambda: replace(LISTS, users=()),
    ],
)
def test_what_no_metric_could_judge_is_refused(make):
    with pytest.raises(MetricInputError, match="needs"):
        make()
