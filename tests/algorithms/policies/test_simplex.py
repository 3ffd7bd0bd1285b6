from math import comb

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algorithms.arrays import pareto_front
from algorithms.policies.simplex import simplex_grid, softmax, steps_for


@pytest.mark.parametrize(("n_tasks", "n_steps"), [(1, 5), (2, 4), (3, 4), (4, 3)])
def test_the_grid_holds_every_mixture_once(n_tasks: int, n_steps: int) -> None:
    grid = simplex_grid(n_tasks, n_steps)
    assert grid.shape == (comb(n_steps + n_tasks - 1, n_tasks - 1), n_tasks)
    assert_allclose(grid.sum(axis=1), 1)
    assert (grid >= 0).all()
    assert len(np.unique(grid, axis=0)) == len(grid)


def test_the_finest_grid_that_fits() -> None:
    assert steps_for(3, 15) == 4  # 15 points
    assert steps_for(3, 14) == 3  # 10 points
    assert steps_for(2, 11) == 10
    assert steps_for(5, 2) == 1  # never less than the corners
    assert steps_for(1, 20) == 1


def test_logits_become_weights_and_a_shift_does_not_matter() -> None:
    assert_allclose(softmax(np.log([1.0, 3.0])), [0.25, 0.75])
    assert_allclose(softmax(np.array([800.0, 800.0])), [0.5, 0.5])


def test_who_is_as_good_and_nowhere_better_is_not_beaten_by_a_twin() -> None:
    values = np.array([[2.0, 1.0], [2.0, 1.0], [1.0, 2.0], [1.0, 1.0], [0.0, 0.0]])
    assert pareto_front(values).tolist() == [True, True, True, False, False]
