"""What holds for every metric that judges lists."""

import doctest
import importlib

import numpy as np
import pytest

from algorithms.metrics import METRICS, Level
from algorithms.metrics.inputs import MetricInputError
from algorithms.metrics.judged import judge_rows
from algorithms.metrics.shown import show_rows

RANKING = [metric for metric in METRICS.values() if metric.level is Level.RANKING]


BEYOND = [metric for metric in METRICS.values() if metric.level is Level.BEYOND]


@pytest.fixture(params=RANKING, ids=lambda metric: metric.key)
def metric(request):
    return request.param


@pytest.mark.parametrize("metric", RANKING + BEYOND, ids=lambda metric: metric.key)
def test_the_card_has_every_field(metric):
    card = metric.card
    assert card.blind.endswith(".")
    assert card.variants
    assert all(variant.who and variant.how.endswith(".") for variant in card.variants)
    assert len({variant.who for variant in card.variants}) == len(card.variants)


def test_the_example_of_the_card_has_its_value(metric):
    example = dict(metric.card.example)
    value, k = example.pop("value"), example.pop("k")
    assert np.nanmean(metric.function(judge_rows(**example), k)) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize("metric", BEYOND, ids=lambda metric: metric.key)
def test_the_example_beyond_accuracy_has_its_value(metric):
    example = dict(metric.card.example)
    value, k = example.pop("value"), example.pop("k")
    assert np.nanmean(metric.function(show_rows(**example), k)) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize("metric", BEYOND, ids=lambda metric: metric.key)
@pytest.mark.parametrize("k", [0, 3])
def test_k_outside_the_shown_lists_is_refused(metric, k):
    shown = show_rows([[0, 1]], [[0]], candidates=[0, 1])
    with pytest.raises(MetricInputError, match=f"k from 1 to the lists' 2, found {k}"):
        metric.function(shown, k)


@pytest.mark.parametrize("metric", BEYOND, ids=lambda metric: metric.key)
def test_beyond_accuracy_too_nobody_has_no_values(metric):
    nobody = metric.function(show_rows(np.empty((0, 2)), [], candidates=[]), 2)
    assert nobody.shape == (0,) or np.isnan(nobody)


@pytest.mark.parametrize("k", [-1, 0, 4])
def test_k_outside_the_lists_is_refused(metric, k):
    judged = judge_rows([[3, 4, 5]], [[3]], [[1.0]], [9])
    with pytest.raises(MetricInputError, match=f"k from 1 to the lists' 3, found {k}"):
        metric.function(judged, k)


def test_a_user_without_relevant_items_has_no_value_and_an_empty_list_gets_nothing(metric):
    judged = judge_rows([[3, 4], [3, 4], [-1, -1]], [[], [3], [3]], [[], [2.0], [2.0]], [9, 9, 9])
    none, found, empty = metric.function(judged, 2)
    assert np.isnan(none)
    assert found > empty
    # AUC takes what is not listed for a random order, which is worth a half
    assert empty == (0.5 if metric.key == "auc_at" else 0)


def test_nobody_has_no_values(metric):
    judged = judge_rows(np.empty((0, 2)), [], [], [])
    assert metric.function(judged, 2).shape == (0,)


def test_a_list_with_an_item_twice_is_refused():
    with pytest.raises(MetricInputError, match="an item twice in 2 of 3 lists"):
        judge_rows([[3, 4, 3], [-1, -1, -1], [5, 5, 6]], [[3], [3], [3]])


def test_a_relevant_item_that_cannot_be_is_refused():
    with pytest.raises(MetricInputError, match="relevant items from 0 up, found 2 below"):
        judge_rows([[3, 4]], [[-1, -7]])


def test_a_hit_further_up_is_never_worse(metric):
    """All lists of four places with two hits; moving one hit up is no loss."""
    gains, n_candidates = [[1.0, 1.0]], [9]
    for above in range(3):
        for below in range(above + 1, 4):
            values = []
            for first in (above, max(above - 1, 0)):
                row = [10, 11, 12, 13]
                row[first], row[below] = 1, 2
                judged = judge_rows([row], [[1, 2]], gains, n_candidates)
                values.append(metric.function(judged, 4)[0])
            assert values[1] >= values[0]


@pytest.mark.parametrize("module", ["judged", "ranking", "shown", "beyond_accuracy"])
def test_the_examples_in_the_docstrings_are_true(module):
    outcome = doctest.testmod(importlib.import_module(f"algorithms.metrics.{module}"))
    assert outcome.attempted
    assert not outcome.failed
