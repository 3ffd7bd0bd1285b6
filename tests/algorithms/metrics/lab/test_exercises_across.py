"""Questions across tasks: the right answer is what the evaluation computes of what is told."""

import re

import numpy as np
import pytest

from algorithms.arrays import pareto_front
from algorithms.errors import UnknownMetricError
from algorithms.evaluation.gains import Gain, Verdict
from algorithms.evaluation.multitask import dominates, hypervolume
from algorithms.metrics import MEASURES, MeasureGroup
from algorithms.metrics.lab import exercise, templates

KEYS = ("negative_transfer", "pareto_front", "hypervolume", "conflict")
CASES = [(key, place) for key in KEYS for place in range(2)]


def numbers(text):
    return [float(each) for each in re.findall(r"-?\d+\.?\d*", text)]


def points(text):
    return np.array([numbers(group) for group in re.findall(r"\(.*?\)", text)])


def front_size(told):
    return pareto_front(points(told["models"])).sum()


def dominance(told):
    first, second = points(told["models"]) * [1, 1, -1]
    return 0 if dominates(first, second) else 1 if dominates(second, first) else 2


def third(told):
    before = points(told["models"])
    after = np.vstack([before, points(told["third"])])
    return 0 if hypervolume(after, np.zeros(2)) > hypervolume(before, np.zeros(2)) else 2


def flag(told):
    gain = Gain(*(float(told[name]) for name in ("gain", "low", "high")))
    return [Verdict.WORSE, Verdict.BETTER, Verdict.CANNOT_TELL].index(gain.verdict)


def flagged(told):
    gains = [Gain(*numbers(each)) for each in told["gains"].split(";")]
    return sum(gain.verdict is Verdict.WORSE for gain in gains)


def cosine(told):
    first, second = (np.array(numbers(told[name])) for name in ("first", "second"))
    return first @ second / np.linalg.norm(first) / np.linalg.norm(second)


def step(told):
    """Take the step on two losses that are linear, so that their gradients are the given ones."""
    first, second = (np.array(numbers(told[name])) for name in ("first", "second"))
    return 0 if first @ (-0.01 * (first + second)) < 0 else 1


RIGHT = {
    "negative_transfer.flag": flag,
    "negative_transfer.count": flagged,
    "pareto_front.size": front_size,
    "pareto_front.dominance": dominance,
    "hypervolume.value": lambda told: hypervolume(points(told["models"]), np.zeros(2)),
    "hypervolume.third": third,
    "conflict.value": cosine,
    "conflict.step": step,
}


@pytest.mark.parametrize(("key", "place"), CASES)
def test_exactly_one_answer_is_right(key, place):
    rng = np.random.default_rng([place, len(key)])
    asked, seen = set(), set()
    for _ in range(200):
        drawn = exercise(key, rng, place)
        right = RIGHT[drawn.key](drawn.question.values)
        asked.add(str(drawn.question))
        seen.add(round(float(right), 6))
        assert drawn.metric == key
        assert str(drawn.question).endswith("?")
        assert drawn.check(right).right, str(drawn.question)
        assert str(drawn.reason).endswith(".")
        if drawn.choices:
            assert [drawn.check(n).right for n in range(len(drawn.choices))].count(True) == 1
            continue
        for wrong in (right - 0.02, right + 0.02, *(each.answer for each in drawn.mistakes)):
            assert not drawn.check(wrong).right
        for mistake in drawn.mistakes:
            assert drawn.check(mistake.answer).reason == mistake.reason
    assert len(asked) > 30
    assert len(seen) >= 2


def test_every_measure_across_tasks_has_two():
    across = [key for key, each in MEASURES.items() if each.group is MeasureGroup.ACROSS]
    for key in across:
        drawn = [exercise(key, np.random.default_rng(1), place).key for place in range(2)]
        assert len(set(drawn)) == len(templates(key)) == 2


def test_what_a_run_costs_is_not_asked():
    with pytest.raises(UnknownMetricError):
        templates("fit_seconds")
