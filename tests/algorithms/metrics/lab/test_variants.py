"""Variants: each is the catalog's figure, and the equation shows where they part."""

import doctest
import inspect
import math

import pytest
from matplotlib.mathtext import MathTextParser

from algorithms.metrics import METRICS, find_metric
from algorithms.metrics.lab import (
    GAIN,
    RankedList,
    UnknownVariantError,
    all_variants,
    evaluate,
    first_example,
    variants,
    variants_of,
)

# hits in places 1 and 3 of the first four; five relevant items in all, three of them not listed
LIST = RankedList(("A", "B", "C", "D"), (1, 0, 1, 0), 4, (1, 1, 1))
GRADED = RankedList(("A", "B"), (1, 3), 2)


def values(key, example):
    return {name: worked.value for name, worked in all_variants(key, example).items()}


def test_average_precision_by_hand():
    total = 1 + 2 / 3
    assert values("map", LIST) == pytest.approx(
        {"possible": total / 4, "relevant": total / 5, "hits": total / 2, "places": total / 4}
    )
    below = {
        name: worked.substituted.split("}{")[-1].split("}")[0]
        for name, worked in all_variants("map", LIST).items()
    }
    assert below == {"possible": r"\min(5, 4)", "relevant": "5", "hits": "2", "places": "4"}


def test_recall_by_hand():
    short = LIST.with_k(3)
    assert values("recall_at", short) == pytest.approx({"relevant": 2 / 5, "possible": 2 / 3})
    assert r"\min(5, 3)" in evaluate("recall_at", short, "possible").substituted
    steps = evaluate("recall_at", short, "possible").steps
    assert steps[-1].rows == (0, 2, 4)  # two hits and one that could have been
    assert evaluate("recall_at", short, "relevant").steps[-1].rows == (0, 2, 4, 5, 6)


def test_graded_gain_by_hand():
    weight = 1 / math.log2(3)
    assert values("ndcg_graded", GRADED) == pytest.approx(
        {
            "linear": (1 + 3 * weight) / (3 + weight),
            "exponential": (1 + 7 * weight) / (7 + weight),
        }
    )
    text = evaluate("ndcg_graded", GRADED, "exponential").substituted
    assert r"\frac{2^{1} - 1}{\log_2 2} + \frac{2^{3} - 1}{\log_2 3}" in text


def test_the_other_sign_of_the_mean_gain():
    assert values(GAIN, first_example(GAIN)) == pytest.approx({"gain": 10 / 3, "drop": -10 / 3})
    assert r"= -\frac{100}{3}" in evaluate(GAIN, first_example(GAIN), "drop").substituted


@pytest.mark.parametrize("key", variants.VARIANTS)
def test_the_first_is_what_tables_show(key):
    example = first_example(key)
    worked = all_variants(key, example)
    assert next(iter(worked.values())) == evaluate(key, example)
    assert len(worked) >= 2
    for variant in variants_of(key):
        assert str(variant.name)
        assert variant.who
        assert worked[variant.key].steps
        assert MathTextParser("path").parse(worked[variant.key].substituted).width > 20


def test_every_definition_that_a_function_offers_can_be_chosen():
    offering = {
        key
        for key, metric in METRICS.items()
        if {"over", "exponential"} & set(inspect.signature(metric.function).parameters)
    }
    assert offering == set(variants.VARIANTS) - {GAIN}


@pytest.mark.parametrize("key", ["map", "recall_at", "ndcg_graded"])
def test_whoever_computes_otherwise_stands_in_the_card(key):
    card = find_metric(key).card
    written = " ".join(variant.who for variant in card.variants)
    for variant in variants_of(key):
        for who in variant.who:
            assert who.split()[0] in written


def test_nothing_relevant_is_undefined_in_every_variant():
    nothing = RankedList(("A", "B"), (0, 0), 1)
    for worked in all_variants("map", nothing).values():
        assert math.isnan(worked.value)
        assert worked.undefined


def test_no_hit_is_zero_over_the_hits_there_are():
    assert evaluate("map", RankedList(("A", "B"), (0, 0), 1, (1,)), "hits").value == 0


def test_gains_too_large_for_a_power_are_said():
    minutes = RankedList(("A", "B"), (1, 3000), 2)
    found = all_variants("ndcg_graded", minutes)
    assert found["linear"].value > 0
    assert "gains up to 1000" in str(found["exponential"].undefined)


def test_unknown_variants_are_refused():
    with pytest.raises(UnknownVariantError, match="map has no variant “best”: there are possible"):
        evaluate("map", LIST, "best")
    with pytest.raises(UnknownVariantError, match="there are none"):
        evaluate("rmse", first_example("rmse"), "square")
    assert all_variants("rmse", first_example("rmse")) == {}


def test_the_examples_in_the_docstrings_are_true():
    outcome = doctest.testmod(variants)
    assert outcome.attempted
    assert not outcome.failed
