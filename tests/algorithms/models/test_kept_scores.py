"""Every user's scores are made once, in parts, and never mixed up."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from algorithms.arrays import FloatArray, IntArray
from algorithms.models import kept_scores
from algorithms.models.kept_scores import KeptScores

N_USERS, N_ITEMS = 20, 6
TRUTH = {
    task: np.random.default_rng(number).normal(size=(N_USERS, N_ITEMS))
    for number, task in enumerate(("click", "buy"))
}


class Asked:
    """A table of scores that remembers whom it was asked for, part by part."""

    def __init__(self) -> None:
        self.scores = KeptScores(N_USERS)
        self.parts: list[list[int]] = []

    def rows(self, task: str, users: list[int]) -> FloatArray:
        def make(some: IntArray) -> FloatArray:
            self.parts.append(some.tolist())
            return TRUTH[task][some]

        return self.scores.rows(task, np.array(users, dtype=np.int64), N_ITEMS, make)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    monkeypatch.setattr(kept_scores, "_AT_A_TIME", 3 * N_ITEMS + 1)  # three users at a time
    return Asked()


def test_users_are_made_once_and_answered_in_the_order_asked(asked: Asked) -> None:
    assert_array_equal(asked.rows("click", [5, 2, 5, 9, 0]), TRUTH["click"][[5, 2, 5, 9, 0]])
    assert asked.parts == [[0, 2, 5], [9]]
    assert_array_equal(asked.rows("click", [9, 1, 2]), TRUTH["click"][[9, 1, 2]])
    assert asked.parts[2:] == [[1]]


def test_another_task_has_scores_of_its_own(asked: Asked) -> None:
    for task in ("click", "buy", "click"):
        assert_array_equal(asked.rows(task, [3, 4]), TRUTH[task][[3, 4]])
    assert asked.parts == [[3, 4]] * 3


def test_what_the_caller_does_to_its_rows_stays_with_the_caller(asked: Asked) -> None:
    asked.rows("click", [7])[:] = np.nan
    assert_array_equal(asked.rows("click", [7]), TRUTH["click"][[7]])


def test_a_table_that_is_too_large_is_made_anew(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_scores, "_MOST_KEPT", N_USERS * N_ITEMS - 1)
    for _ in range(2):
        assert_array_equal(asked.rows("buy", [8, 1, 8, 4]), TRUTH["buy"][[8, 1, 8, 4]])
    assert asked.parts == [[8, 1, 8], [4]] * 2


def test_nobody_asked_nothing_made(asked: Asked) -> None:
    assert asked.rows("buy", []).shape == (0, N_ITEMS)
    assert asked.parts == []
