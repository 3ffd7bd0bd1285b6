"""Worked examples: the value is the catalog's, and the equation's own arithmetic gives it."""

import math
import re

import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser

from algorithms.errors import UnknownMetricError
from algorithms.metrics import METRICS, Level
from algorithms.metrics.judged import judge_rows
from algorithms.metrics.lab import (
    GAIN,
    NOTHING,
    AnswerRows,
    ItemFacts,
    Part,
    RankedList,
    UserLists,
    ValueRows,
    WorkbenchError,
    all_variants,
    evaluate,
    first_example,
    task_gains,
    workable,
)
from algorithms.metrics.shown import show_rows

TOKENS = re.compile(r"\\d?frac|\\sqrt|\\log_2|\\ln|\\cdot|\\min|,|\d+\.?\d*|[{}()|+\-^]")


class Arithmetic:
    """Reads the mathtext of numbers and computes it; knows nothing of metrics."""

    def __init__(self, text):
        self.left = TOKENS.findall(text)
        assert re.sub(r"\s", "", TOKENS.sub("", text)) == "", text

    def value(self):
        found = self.sum()
        assert not self.left
        return found

    def take(self, token):
        if self.left and self.left[0] == token:
            return self.left.pop(0)
        return None

    def sum(self):
        found = -self.product() if self.take("-") else self.product()
        while self.left and self.left[0] in "+-":
            found += self.product() if self.left.pop(0) == "+" else -self.product()
        return found

    def product(self):
        found = self.power()
        while self.take(r"\cdot"):
            found *= self.power()
        return found

    def power(self):
        found = self.atom()
        if self.take("^"):
            found **= self.atom()
        return found

    def group(self, left, right):
        assert self.take(left)
        found = self.sum()
        assert self.take(right)
        return found

    def atom(self):
        head = self.left[0]
        if head in "({":
            return self.group(head, {"(": ")", "{": "}"}[head])
        if head == "|":
            return abs(self.group("|", "|"))
        self.left.pop(0)
        if head in (r"\frac", r"\dfrac"):
            above = self.group("{", "}")
            return above / self.group("{", "}")
        if head == r"\sqrt":
            return math.sqrt(self.group("{", "}"))
        if head == r"\min":
            assert self.take("(")
            first = self.sum()
            assert self.take(",")
            second = self.sum()
            assert self.take(")")
            return min(first, second)
        if head in (r"\log_2", r"\ln"):
            return {r"\log_2": math.log2, r"\ln": math.log}[head](self.atom())
        return float(head)


def arithmetic(substituted):
    """Return what each side of the equation computes to, sides with symbols left out."""
    sides = re.split(r"=|\\approx", substituted.strip("$"))[1:]
    return [Arithmetic(side).value() for side in sides if not re.search("T|F|n}", side)]


def draw(key, rng):
    """Draw an example whose numbers have at most two decimals, so that none is rounded."""
    n = int(rng.integers(1, 8))
    level = METRICS[key].level
    if level is Level.RATING:
        return ValueRows(
            tuple(rng.integers(-5, 6, n).astype(float).tolist()),
            tuple(np.round(rng.uniform(-5, 5, n), 1).tolist()),
        )
    if level is Level.BINARY:
        return AnswerRows(
            tuple(rng.integers(0, 2, n).tolist()),
            tuple(np.round(rng.random(n), 1).tolist()),
            round(float(rng.random()), 1),
            users=tuple(rng.integers(0, 3, n).tolist()) if key == "gauc" else (),
        )
    if level is Level.BEYOND:
        n_items = min(n + 2, 8)
        return draw_users(rng, n % 4 + 1, n_items, width=int(rng.integers(1, n_items + 1)))
    worth = rng.integers(1, 4, n + 2) if key == "ndcg_graded" else np.ones(n + 2)
    grades = (worth * (rng.random(n + 2) < 0.4)).astype(float)
    return RankedList(
        tuple("ABCDEFGH"[:n]),
        tuple(grades[:n].tolist()),
        int(rng.integers(1, n + 1)),
        tuple(grades[n:][grades[n:] > 0].tolist()),
        int(rng.integers(0, 4)),
    )


def draw_users(rng, n_users, n_items, width):
    """Draw lists with gaps, items that nobody met and items without a category."""
    n_training = 8
    items = ItemFacts(
        tuple(f"item {number}" for number in range(n_items)),
        tuple(rng.choice(["comedy", "drama", "thriller", ""], n_items).tolist()),
        tuple(rng.integers(0, n_training + 1, n_items).tolist()),
        n_training,
    )

    def some(most):
        return tuple(rng.permutation(n_items)[: int(rng.integers(0, most + 1))].tolist())

    full = rng.random() < 0.5
    lists = []
    for _ in range(n_users):
        held = rng.permutation(n_items)[:width].tolist() if full else some(width)
        lists.append((*held, *(NOTHING,) * (width - len(held))))
    return UserLists(
        items,
        tuple(f"user {number}" for number in range(n_users)),
        tuple(lists),
        int(rng.integers(1, width + 1)),
        relevant=tuple(some(3) for _ in range(n_users)),
        met=tuple(some(3) for _ in range(n_users)),
    )


def expected(metric, example):
    """Return the catalog's value, from arguments put together here anew."""
    if isinstance(example, ValueRows):
        return metric.function(np.array(example.truth), np.array(example.predicted))
    if isinstance(example, AnswerRows):
        columns = [np.array(example.truth), np.array(example.scores)]
        if metric.needs_threshold:
            columns.append(example.threshold)
        if metric.needs_users:
            columns.append(np.array(example.users))
        return metric.function(*columns)
    if isinstance(example, UserLists):
        numbers = {"comedy": 2, "drama": 0, "thriller": 1, "": -1}
        shown = show_rows(
            example.lists,
            example.relevant,
            candidates=range(len(example.items)),
            n_meetings=example.items.n_meetings,
            n_users=example.items.n_users,
            categories=[numbers[name] for name in example.items.categories],
            met=example.met,
        )
        values = np.atleast_1d(metric.function(shown, example.k))
        return np.mean([value for value in values if not math.isnan(value)] or [math.nan])
    relevant = {place: grade for place, grade in enumerate(example.relevance) if grade}
    relevant |= {1000 + place: grade for place, grade in enumerate(example.unlisted)}
    n_candidates = len(example) + len(example.unlisted) + example.n_others
    judged = judge_rows(
        [range(len(example))], [list(relevant)], [list(relevant.values())], [n_candidates]
    )
    return metric.function(judged, example.k)[0]


def test_all_metrics_can_be_worked_out():
    assert list(workable()) == list(METRICS)


@pytest.mark.parametrize("key", workable())
def test_value_and_arithmetic_on_many_examples(key):
    rng = np.random.default_rng(11)
    n_undefined = 0
    for _ in range(300):
        example = draw(key, rng)
        worked = evaluate(key, example)
        assert worked.value == pytest.approx(expected(METRICS[key], example), nan_ok=True)
        assert math.isnan(worked.value) == (worked.undefined is not None)
        if worked.undefined:
            n_undefined += 1
            assert str(worked.undefined).endswith(".")
            continue
        for side in arithmetic(worked.substituted):
            assert side == pytest.approx(worked.value, abs=0.003, rel=0.002)
    assert n_undefined < 200


@pytest.mark.parametrize("key", ["map", "recall_at", "ndcg_graded"])
def test_the_arithmetic_of_every_variant(key):
    rng = np.random.default_rng(15)
    for _ in range(100):
        for worked in all_variants(key, draw(key, rng)).values():
            assert math.isnan(worked.value) == (worked.undefined is not None)
            for side in [] if worked.undefined else arithmetic(worked.substituted):
                assert side == pytest.approx(worked.value, abs=0.003, rel=0.002)


@pytest.mark.parametrize("key", workable())
def test_steps_stand_in_the_equation_and_know_their_rows(key):
    rng = np.random.default_rng(12)
    for _ in range(50):
        example = draw(key, rng)
        n_rows = len(example) + len(getattr(example, "unlisted", ()))
        worked = evaluate(key, example)
        assert worked.steps or worked.undefined
        after = 0
        for step in worked.steps:
            after = worked.substituted.index(step.mathtext.strip("$"), after)
            assert all(0 <= row < n_rows for row in step.rows)
        for row in range(n_rows):
            for place, step in enumerate(worked.steps):
                assert (place in worked.steps_of(row)) == (row in step.rows)


@pytest.mark.parametrize("key", workable())
def test_the_equation_can_be_drawn(key):
    parser = MathTextParser("path")
    rng = np.random.default_rng(13)
    for _ in range(5):
        worked = evaluate(key, draw(key, rng))
        assert parser.parse(worked.substituted).width > 20
        for step in worked.steps:
            assert parser.parse(step.mathtext).width > 0


def test_ndcg_by_hand():
    example = RankedList(("A", "B", "C", "D"), (1, 0, 1, 0), 3)
    worked = evaluate("ndcg", example)
    assert r"\frac{1}{\log_2 2} + 0 + \frac{1}{\log_2 4}" in worked.substituted
    assert r"\dfrac{1.5}{1.631}" in worked.substituted
    assert worked.value == pytest.approx(1.5 / (1 + 1 / math.log2(3)))
    assert [step.rows for step in worked.steps] == [(0,), (1,), (2,), (0,), (2,)]
    assert [step.part for step in worked.steps][2:4] == [Part.NUMERATOR, Part.DENOMINATOR]


def test_auc_lights_the_rows_that_a_click_beats():
    example = AnswerRows((1, 0, 0, 1), (0.5, 0.5, 0.2, 0.1))
    worked = evaluate("auc", example)
    assert worked.value == pytest.approx((1.5 + 0) / 4)
    assert worked.steps[0].rows == (0, 1, 2)  # ties with row 1, beats row 2
    assert worked.steps[1].rows == (3,)


def test_a_long_sum_is_cut_and_no_row_is_lost():
    n = 50
    worked = evaluate("mae", ValueRows((1.0,) * n, (2.0,) * n))
    assert worked.substituted.count("|") <= 16
    assert r"\cdots" in worked.substituted
    numerator = [step for step in worked.steps if step.part is Part.NUMERATOR]
    assert sorted(row for step in numerator for row in step.rows) == list(range(n))


def test_an_undefined_value_says_why():
    quiet = first_example("precision").with_threshold(0.95)
    worked = evaluate("precision", quiet)
    assert math.isnan(worked.value)
    assert "threshold of 0.95" in str(worked.undefined)
    assert "undefined" in worked.substituted


def test_wrong_rows_and_unknown_metrics_are_refused():
    with pytest.raises(WorkbenchError, match="RMSE cannot be worked out on RankedList"):
        evaluate("rmse", first_example("ndcg"))
    with pytest.raises(UnknownMetricError):
        evaluate("ncdg", first_example("ndcg"))


@pytest.mark.parametrize("key", workable())
def test_a_change_is_worked_out_in_under_five_milliseconds(key):
    from time import perf_counter

    example = first_example(key)
    times = []
    for _ in range(30):
        start = perf_counter()
        evaluate(key, example)
        times.append(perf_counter() - start)
    assert min(times) < 0.005


def test_the_mean_gain_by_hand():
    # clicks: 0.735 for 0.7, 5 % up; purchases: 0.57 for 0.6, 5 % down; stars: RMSE 10 % down
    worked = evaluate(GAIN, first_example(GAIN))
    assert task_gains(first_example(GAIN)) == pytest.approx([5, -5, 10])
    assert worked.value == pytest.approx(10 / 3)
    assert arithmetic(worked.substituted) == pytest.approx([10 / 3] * 2, abs=0.005)
    assert [step.rows for step in worked.steps] == [(0,), (1,), (2,)]
    assert MathTextParser("path").parse(worked.substituted).width > 20


def test_a_gain_over_nothing_is_undefined():
    worked = evaluate(GAIN, first_example(GAIN).with_single(1, 0.0))
    assert math.isnan(worked.value)
    assert "“purchase” is 0" in str(worked.undefined)
    with pytest.raises(WorkbenchError, match="Δm"):
        evaluate(GAIN, first_example("ndcg"))


@pytest.mark.parametrize("key", workable())
def test_hundreds_of_rows_are_worked_out_and_their_equation_stays_short(key):
    rng = np.random.default_rng(14)
    n = 400
    if METRICS[key].level is Level.RATING:
        example = ValueRows(tuple(rng.random(n).tolist()), tuple(rng.random(n).tolist()))
    elif METRICS[key].level is Level.BINARY:
        example = AnswerRows(
            tuple(rng.integers(0, 2, n).tolist()),
            tuple(rng.random(n).tolist()),
            users=tuple(rng.integers(0, 50, n).tolist()),
        )
    elif METRICS[key].level is Level.BEYOND:
        example = draw_users(rng, 40, 60, 10)
    else:
        names = tuple(f"item {place}" for place in range(n))
        example = RankedList(names, tuple(rng.integers(0, 2, n).astype(float).tolist()), 300)
    worked = evaluate(key, example)
    assert worked.value == pytest.approx(expected(METRICS[key], example))
    assert len(worked.substituted) < 600
    assert len(worked.steps) <= 20


def test_small_probabilities_keep_their_digits():
    worked = evaluate("log_loss", AnswerRows((1, 0, 1), (0.00041, 0.0002, 1e-9)))
    assert r"(-\ln 0.00041) + (-\ln (1 - 0.0002)) + 20.723" in worked.substituted
    assert arithmetic(worked.substituted)[0] == pytest.approx(worked.value, rel=1e-3)


def test_ties_in_kendall_are_no_pairs():
    worked = evaluate("kendall", ValueRows((1.0, 2.0, 2.0), (1.0, 3.0, 2.0)))
    assert r"\dfrac{2 - 0}{\sqrt{2 \cdot 3}}" in worked.substituted
    assert worked.steps[1].rows == ()
