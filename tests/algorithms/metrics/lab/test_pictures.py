"""Curves and histograms: against scikit-learn and by counting row by row."""

import doctest
import math

import numpy as np
import pytest
from sklearn.metrics import precision_recall_curve, roc_curve

from algorithms.metrics import METRICS
from algorithms.metrics.lab import AnswerRows, ValueRows, pictures, work_gains, worked
from algorithms.metrics.lab.pictures import (
    counts_by_threshold,
    discount_curve,
    error_histogram,
    error_reach,
    precision_recall_points,
    reliability_points,
    roc_points,
    rows_by_threshold,
)


@pytest.fixture
def draws():
    rng = np.random.default_rng(5)
    made = []
    for _ in range(50):
        n = int(rng.integers(1, 12))
        truth = rng.integers(0, 2, n).tolist()
        made.append(AnswerRows(tuple(truth), tuple(np.round(rng.random(n), 1).tolist())))
    return made


def both_classes(example):
    return 0 < sum(example.truth) < len(example)


def test_counts_are_those_of_each_threshold(draws):
    for example in draws:
        counts = counts_by_threshold(example)
        for place, threshold in enumerate(counts.thresholds.tolist()):
            answers = [score >= threshold for score in example.scores]
            pairs = list(zip(example.truth, answers, strict=True))
            assert counts.tp[place] == pairs.count((1, True))
            assert counts.fp[place] == pairs.count((0, True))
            assert counts.fn[place] == pairs.count((1, False))
            assert counts.tn[place] == pairs.count((0, False))


def test_a_threshold_finds_its_counts(draws):
    for example in draws:
        counts = counts_by_threshold(example)
        for threshold in (-1, 0.0, 0.25, 0.5, 0.9, 1.0, 2.0):
            place = counts.place(threshold)
            n_yes = sum(example.with_threshold(threshold).answers)
            assert counts.tp[place] + counts.fp[place] == n_yes


def test_the_roc_curve_is_that_of_scikit_learn_and_its_area_the_auc(draws):
    for example in filter(both_classes, draws):
        curve = roc_points(example)
        x, y, thresholds = roc_curve(example.truth, example.scores, drop_intermediate=False)
        assert curve.x == pytest.approx(x)
        assert curve.y == pytest.approx(y)
        assert curve.thresholds == pytest.approx(thresholds)
        auc = METRICS["auc"].function(np.array(example.truth), np.array(example.scores))
        assert np.trapezoid(curve.y, curve.x) == pytest.approx(auc)


def test_the_precision_recall_curve_is_that_of_scikit_learn(draws):
    for example in filter(both_classes, draws):
        curve = precision_recall_points(example)
        precision, recall, _ = precision_recall_curve(example.truth, example.scores)
        assert math.isnan(curve.y[0])  # where scikit-learn puts a 1
        assert curve.y[1:] == pytest.approx(precision[:-1][::-1])
        assert curve.x[1:] == pytest.approx(recall[:-1][::-1])


def test_a_curve_without_a_class_has_no_shares():
    curve = roc_points(AnswerRows((1, 1), (0.2, 0.3)))
    assert np.isnan(curve.x).all()
    assert curve.y.tolist() == [0, 0.5, 1]


def test_every_error_is_in_the_histogram():
    example = ValueRows((1.0, 2.0, 3.0), (1.0, 2.0, 9.0))
    histogram = error_histogram(example, 5)
    assert histogram.counts.sum() == 3
    assert histogram.edges.tolist() == pytest.approx([-6, -3.6, -1.2, 1.2, 3.6, 6])
    assert histogram.counts.tolist() == [0, 0, 2, 0, 1]
    assert error_histogram(ValueRows((1.0,), (1.0,)), 3).counts.tolist() == [0, 1, 0]
    assert error_histogram(ValueRows((), ()), 3).counts.tolist() == [0, 0, 0]


def test_reliability_by_hand():
    example = AnswerRows((1, 0, 1, 1), (0.1, 0.15, 0.9, 1.0))
    points = reliability_points(example, 5)
    assert points.said == pytest.approx([0.125, 0.95])
    assert points.happened == pytest.approx([0.5, 1])
    assert points.counts.tolist() == [2, 2]
    assert points.rows == ((0, 1), (2, 3))
    assert len(reliability_points(AnswerRows((1,), (7.0,))).said) == 0


def test_discounts_fall():
    assert discount_curve(4).tolist() == pytest.approx([1, 1 / math.log2(3), 0.5, 1 / math.log2(5)])


@pytest.mark.parametrize("module", [pictures, work_gains, worked])
def test_the_examples_in_the_docstrings_are_true(module):
    outcome = doctest.testmod(module)
    assert outcome.attempted
    assert not outcome.failed


def test_an_axis_of_errors_has_room_beyond_the_largest_and_ends_at_a_round_number():
    assert error_reach(ValueRows((1.0, 2.0), (1.0, 2.0))) == 1.0
    assert error_reach(ValueRows((), ())) == 1.0
    for largest in (0.04, 0.76, 1.0, 2.0, 7.6, 9.9, 770.0):
        reach = error_reach(ValueRows((0.0, 0.0), (largest / 3, -largest)))
        assert 1.3 * largest <= reach <= 2.1 * largest
        assert float(f"{reach:.1e}") == reach
    histogram = error_histogram(ValueRows((0.0,), (2.0,)), 4, 4.0)
    assert histogram.edges.tolist() == [-4, -2, 0, 2, 4]


def test_rows_stand_at_the_threshold_at_which_they_become_a_yes():
    example = AnswerRows((1, 0, 1, 0), (0.2, 0.9, 0.2, 0.5))
    assert rows_by_threshold(example) == ((), (1,), (3,), (0, 2))
    assert len(rows_by_threshold(example)) == len(counts_by_threshold(example).thresholds)
