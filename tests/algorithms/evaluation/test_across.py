"""A comparison across tasks, by hand."""

import dataclasses

import numpy as np
import pytest

from algorithms.evaluation import Cell, Column, Comparison, Row
from algorithms.evaluation.across import across_tasks
from algorithms.models.base import Bound, CurvePoint

COLUMNS = (Column("click", "ndcg", 10), Column("rating", "rmse"))


@pytest.fixture
def table(make_result):
    """Return a function that sets values (n, 2) side by side, with bounds by position."""

    def make(values, bounds=None, curves=()):
        rows, cells = [], []
        for number, line in enumerate(values):
            run = dataclasses.replace(make_result(), curves=tuple(curves))
            bound = (bounds or {}).get(number)
            rows.append(Row("known", f"M{number}", {}, (run,), run.cost, bound))
            cells.append(
                tuple(None if v is None else Cell(v, v, v, np.nan, 9, 0, False) for v in line)
            )
        return Comparison(COLUMNS, tuple(rows), tuple(cells), ())

    return make


# higher NDCG, lower RMSE; the third is beaten by the second, the fourth lacks a task
VALUES = [(0.5, 1.2), (0.3, 0.9), (0.2, 1.0), (0.9, None), (0.9, 0.5), (0.1, 1.5)]
BOUNDS = {4: Bound.CEILING, 5: Bound.FLOOR}


def test_front_and_volume_to_the_ceiling(table):
    seen = across_tasks(table(VALUES, BOUNDS), [0, 1])
    assert seen.front == (0, 1)
    assert seen.beaten == {2: 1}
    # ways: (0.4 / 0.8, 0.3 / 1.0) and (0.2 / 0.8, 0.6 / 1.0)
    assert seen.volume == pytest.approx(0.5 * 0.3 + 0.25 * 0.6 - 0.25 * 0.3)
    assert seen.own == pytest.approx({0: 0.25 * 0.3, 1: 0.25 * 0.3})
    assert seen.to_ceiling


def test_without_a_ceiling_the_best_of_the_table_is_the_ideal(table):
    seen = across_tasks(table([*VALUES[:3], VALUES[5]], {3: Bound.FLOOR}), [0, 1])
    # ways: (1, 0.5) and (0.5, 1)
    assert seen.volume == pytest.approx(0.75)
    assert not seen.to_ceiling


def test_without_a_floor_there_is_a_front_and_no_volume(table):
    seen = across_tasks(table(VALUES[:3]), [0, 1])
    assert seen.front == (0, 1)
    assert seen.volume is None
    assert seen.own == {}


def test_nobody_above_the_floor(table):
    seen = across_tasks(table([(0.05, 1.6), (0.04, 1.7), VALUES[5]], {2: Bound.FLOOR}), [0, 1])
    assert seen.volume is None
    assert seen.beaten == {1: 0}


def test_too_little_to_look_across(table):
    assert across_tasks(table(VALUES, BOUNDS), [0]) is None
    assert across_tasks(table([VALUES[0], VALUES[3]]), [0, 1]) is None
    assert across_tasks(table([]), [0, 1]) is None


def test_conflicts_are_those_of_the_curves(table):
    curves = [CurvePoint(1, "click", "gradient cosine with rating", -0.5)]
    seen = across_tasks(table(VALUES[:2], curves=curves), [0, 1])
    assert seen.conflicts[1][0].mean == -0.5
