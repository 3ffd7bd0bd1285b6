"""Disagreements are real, on the same rows, and where there is none there is none."""

from dataclasses import replace
from itertools import combinations, permutations, product

import numpy as np
import pytest

from algorithms.errors import UnknownMetricError
from algorithms.messages import Message
from algorithms.metrics import METRICS, Direction
from algorithms.metrics.lab import (
    AnswerRows,
    Disagreement,
    RankedList,
    UserLists,
    ValueRows,
    evaluate,
    find_disagreement,
    workable,
)
from algorithms.metrics.lab.rewards import ALIKE, REWARDS

PAIRS = [
    pair for pair in combinations(workable(), 2) if len({METRICS[key].level for key in pair}) == 1
]
AGREE = [pair for pair in PAIRS if any(set(pair) <= keys for keys, _ in ALIKE)]


def better(key, first, second):
    """Return 1 where the second is better, -1 where the first is, 0 where neither is."""
    sign = 1 if METRICS[key].card.direction is Direction.HIGHER else -1
    return sign * np.sign(round(evaluate(key, second).value - evaluate(key, first).value, 9))


def question(example):
    """Return what two models have in common: the truth."""
    if isinstance(example, ValueRows):
        return replace(example, predicted=example.truth)
    if isinstance(example, AnswerRows):
        return replace(example, scores=tuple(map(float, example.truth)))
    if isinstance(example, UserLists):
        return replace(example, lists=example.met)
    relevant = {name for name, grade in zip(example.names, example.relevance, strict=True) if grade}
    return example.k, len(example), len(relevant) + len(example.unlisted)


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_one_prefers_the_first_and_the_other_the_second(a, b):
    for seed in range(3):
        found = find_disagreement(a, b, np.random.default_rng(seed))
        if (a, b) in AGREE:
            assert isinstance(found, Message)
            assert METRICS[a].card.title in str(found)
            return
        assert isinstance(found, Disagreement), str(found)
        assert question(found.first) == question(found.second)
        assert better(a, found.first, found.second) == -1
        assert better(b, found.first, found.second) == 1
        assert found.values_a[0] == evaluate(a, found.first).value
        assert found.values_b[1] == evaluate(b, found.second).value
        texts = [str(sentence) for sentence in found.explanation]
        assert len(texts) == 4
        assert "prefers the first" in texts[0]
        assert "prefers the second" in texts[2]


def all_lists():
    """Every order of five items, two relevant, shown up to place four."""
    for k in (1, 2, 3):
        shown = [order[:4] for order in set(permutations([1.0, 1.0, 0.0, 0.0, 0.0]))]
        yield [
            RankedList(tuple("ABCD"), order, k, (1.0,) * int(2 - sum(order)), int(sum(order)) - 1)
            for order in sorted(set(shown))
        ]


def all_values():
    yield [ValueRows((1.0, 2.0, 3.0), p) for p in product([1.0, 2.0, 4.0], repeat=3)]


@pytest.mark.parametrize(("a", "b"), AGREE)
def test_metrics_that_are_said_to_agree_do_on_every_small_example(a, b):
    groups = all_lists() if METRICS[a].level.value == "ranking" else all_values()
    for group in groups:
        values = [(evaluate(a, example).value, evaluate(b, example).value) for example in group]
        sign = [1 if METRICS[key].card.direction is Direction.HIGHER else -1 for key in (a, b)]
        for first, second in combinations(values, 2):
            gains = [s * (y - x) for s, x, y in zip(sign, first, second, strict=True)]
            assert gains[0] * gains[1] > -1e-12


def test_every_metric_says_what_it_rewards():
    for key in workable():
        (sentence,) = REWARDS[key]
        assert str(sentence).endswith(".")


def test_the_same_metric_and_other_levels():
    rng = np.random.default_rng(1)
    assert "itself" in str(find_disagreement("mae", "mae", rng))
    assert "different rows" in str(find_disagreement("mae", "ndcg", rng))
    with pytest.raises(UnknownMetricError):
        find_disagreement("mae", "ncdg", rng)


def test_the_same_seed_finds_the_same():
    found = [find_disagreement("ndcg", "recall_at", np.random.default_rng(4)) for _ in range(2)]
    assert found[0] == found[1]
