"""Examples change by making new ones, and refuse what no metric could judge."""

import math

import pytest

from algorithms.metrics.inputs import MetricInputError
from algorithms.metrics.lab import AnswerRows, RankedList, TaskGains, ValueRows

LIST = RankedList(("A", "B", "C", "D"), (1, 0, 2, 0), 2, (1.0,))


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
    ],
)
def test_what_no_metric_could_judge_is_refused(make):
    with pytest.raises(MetricInputError, match="needs"):
        make()
