"""Gain, Pareto front, volume and conflict: by hand, by counting cells, by properties."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from algorithms.arrays import pareto_front
from algorithms.evaluation.multitask import (
    TaskCountError,
    conflicts,
    delta_m,
    dominates,
    gains,
    hypervolume,
)
from algorithms.models.base import CurvePoint


def grid(n_tasks: int):
    """Models whose values are whole numbers from 0 to 4: their volume can be counted."""
    return arrays(
        np.int64, st.tuples(st.integers(1, 6), st.just(n_tasks)), elements=st.integers(0, 4)
    )


def test_gains_by_hand_and_in_both_conventions():
    # NDCG 0.5 to 0.55, RMSE 1.0 to 1.05, MAE 20 to 19
    found = gains(np.array([0.55, 1.05, 19]), np.array([0.5, 1.0, 20]), [True, False, False])
    assert found == pytest.approx([10, -5, 5])
    mean = delta_m(found)
    assert mean.gain == pytest.approx(10 / 3)
    assert mean.drop == pytest.approx(-10 / 3)
    assert mean.n_tasks == 3


def test_where_there_is_no_gain_there_is_no_mean():
    found = gains(np.array([0.5, np.nan, 0.2]), np.array([0.0, 1.0, 0.1]), [True, True, True])
    assert np.isnan(found).tolist() == [True, True, False]
    assert math.isnan(delta_m(found).gain)
    assert math.isnan(delta_m(np.empty(0)).gain)


def test_a_value_below_zero_still_gains_upwards():
    assert gains(np.array([-0.1]), np.array([-0.2]), [True]) == pytest.approx([50])


def test_who_is_on_the_front_by_hand():
    values = np.array([[3, 1], [1, 3], [2, 2], [1, 2], [3, 1], [np.nan, 9]])
    assert pareto_front(values).tolist() == [True, True, True, False, True, False]
    assert dominates(values[2], values[3])
    assert not dominates(values[0], values[4])  # equal
    assert not dominates(values[0], values[5])
    assert not dominates(values[5], values[0])


@given(grid(3))
def test_the_front_is_who_nobody_dominates(values):
    expected = [not any(dominates(b, a) for b in values) for a in values]
    assert pareto_front(values.astype(float)).tolist() == expected
    assert any(expected)


def test_volume_by_hand():
    # 3 x 1 and 1 x 3 share 1 x 1; 2 x 2 adds one cell
    assert hypervolume(np.array([[3, 1], [1, 3]]), np.zeros(2)) == 5
    assert hypervolume(np.array([[3, 1], [1, 3], [2, 2]]), np.zeros(2)) == 6
    assert hypervolume(np.array([[3, 1], [1, 3]]), np.array([0.5, 0.5])) == 2.25
    assert hypervolume(np.array([[0.7]]), np.array([0.2])) == pytest.approx(0.5)


def test_what_is_not_above_the_reference_adds_nothing():
    assert hypervolume(np.array([[5, -1], [np.nan, 3]]), np.zeros(2)) == 0
    assert hypervolume(np.empty((0, 2)), np.zeros(2)) == 0


@pytest.mark.parametrize("n_tasks", [1, 2, 3, 4])
@given(data=st.data())
def test_volume_by_counting_cells(n_tasks, data):
    values = data.draw(grid(n_tasks))
    cells = np.indices((4,) * n_tasks).reshape(n_tasks, -1).T  # lower corners
    covered = (cells[:, None, :] + 1 <= values[None, :, :]).all(axis=2).any(axis=1)
    assert hypervolume(values, np.zeros(n_tasks)) == pytest.approx(covered.sum())


@given(grid(3), st.randoms())
def test_volume_grows_with_models_and_minds_no_order(values, random):
    whole = hypervolume(values, np.zeros(3))
    assert hypervolume(values[1:], np.zeros(3)) <= whole
    order = list(range(len(values)))
    random.shuffle(order)
    assert hypervolume(values[order], np.zeros(3)) == pytest.approx(whole)
    assert hypervolume(values[:, ::-1], np.zeros(3)) == pytest.approx(whole)
    assert hypervolume(values[pareto_front(values)], np.zeros(3)) == pytest.approx(whole)


@pytest.mark.parametrize("n", [0, 7])
def test_a_volume_over_too_many_tasks_or_none(n):
    with pytest.raises(TaskCountError, match="1 to 6"):
        hypervolume(np.ones((2, n)), np.zeros(n))


def test_conflict_reads_each_pair_once():
    def point(step, task, other, value):
        return CurvePoint(step, task, f"gradient cosine with {other}", value)

    curves = [
        CurvePoint(1, "buy", "training loss", 3.0),
        point(2, "buy", "click", -0.2),
        point(2, "click", "buy", -0.2),
        point(1, "buy", "click", 0.4),
        point(1, "click", "buy", 0.4),
        point(3, "buy", "click", -0.5),
        point(4, "buy", "click", math.nan),
        point(1, "buy", "rating", 0.1),
    ]
    first, second = conflicts(curves)
    assert (first.task, first.other, first.n_steps) == ("buy", "click", 3)
    assert first.mean == pytest.approx(-0.1)
    assert first.last == -0.5
    assert first.negative_share == pytest.approx(2 / 3)
    assert (second.other, second.negative_share) == ("rating", 0)
    assert conflicts(curves[:1]) == ()
