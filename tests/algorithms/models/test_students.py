"""Students: the sum finds the columns it was made of, the list the rules; both add up."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.models.students import (
    LinearStudent,
    ListStudent,
    learn_linear,
    learn_list,
    scores,
)

RNG = np.random.default_rng(3)
X = np.stack(
    [RNG.normal(size=500), RNG.random(500) < 0.3, RNG.normal(5, 2, size=500), np.ones(500)], axis=1
)


def test_a_sum_finds_the_terms_that_made_it_the_larger_first() -> None:
    z = 1.0 + 2.0 * X[:, 2] - 0.5 * X[:, 1]
    students = learn_linear(X, z, n_terms=4)
    assert_array_equal(students[0].columns, [2])
    assert_array_equal(students[-1].columns, [2, 1])  # the others add nothing
    assert_allclose(students[-1].weights, [2.0, -0.5], rtol=1e-4)
    assert_allclose(scores(students[-1], X), z, atol=1e-3)


def test_a_sum_is_that_of_least_squares() -> None:
    z = X[:, 0] + X[:, 1] * X[:, 2]
    student = learn_linear(X, z, n_terms=3)[-1]
    table = np.column_stack([np.ones(500), X[:, student.columns]])
    best, *_ = np.linalg.lstsq(table, z, rcond=None)
    assert_allclose(student.weights, best[1:], rtol=1e-3)
    assert_allclose(scores(student, X), table @ best, atol=1e-3)


def test_a_list_finds_its_rules_and_the_first_that_holds_counts() -> None:
    flag = X[:, 1] > 0
    high = X[:, 2] >= np.quantile(X[:, 2], 0.9)
    z = np.where(flag, 3.0, np.where(high, -1.0, 0.0))
    student = learn_list(X, z, n_terms=5)[-1]
    assert_array_equal(student.columns, [1, 2])
    assert_array_equal(student.at_least, [True, True])
    assert_allclose(student.values, [3.0, -1.0, 0.0], atol=1e-12)
    assert_allclose(scores(student, X), z, atol=1e-12)
    both = np.flatnonzero(flag & high)
    assert len(both)
    assert (student.rule_of(X)[both] == 0).all()


def test_a_rule_is_told_of_the_smaller_side() -> None:
    often = (np.random.default_rng(0).random(200) < 0.8).astype(np.float64)
    (student,) = learn_list(often[:, None], often * 2.0, n_terms=3)
    assert_array_equal(student.at_least, [False])
    assert_allclose(student.values, [0.0, 2.0])


@pytest.mark.parametrize("learn", [learn_linear, learn_list])
def test_where_nothing_differs_the_student_says_the_mean(learn) -> None:
    (student,) = learn(X, np.full(500, 0.7), 5)
    assert_allclose(scores(student, X), 0.7)
    (student,) = learn(np.ones((500, 2)), X[:, 0], 5)
    assert_allclose(scores(student, X), X[:, 0].mean())


@pytest.mark.parametrize(
    ("learn", "kind"), [(learn_linear, LinearStudent), (learn_list, ListStudent)]
)
def test_a_student_comes_back_from_its_arrays(learn, kind) -> None:
    student = learn(X, X[:, 0] + X[:, 1], 4)[-1]
    assert_array_equal(scores(kind.of_arrays(student.arrays()), X), scores(student, X))


@pytest.mark.parametrize("learn", [learn_linear, learn_list])
def test_a_longer_student_never_fits_worse(learn) -> None:
    z = np.sin(X[:, 0]) + X[:, 1] * X[:, 2]
    misfit = [float(((scores(student, X) - z) ** 2).mean()) for student in learn(X, z, 8)]
    assert len(misfit) > 2
    assert (np.diff(misfit) <= 1e-9).all()
