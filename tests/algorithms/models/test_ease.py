"""EASE against the regressions that it solves, one item at a time."""

import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.errors import FitError
from algorithms.models import ease
from algorithms.models.ease import Ease, EaseConfig, TooManyItemsError
from algorithms.tasks import Task, TaskKind

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="film")
N_USERS, N_ITEMS, COLD_USER, COLD_ITEM = 61, 21, 60, 20
LAMBDA = 3.0


def make_log(chosen: np.ndarray) -> InteractionLog:
    users, items = np.nonzero(chosen)
    ids = np.array([f"film {n}" for n in range(chosen.shape[1])])
    return InteractionLog(
        name="chosen",
        users=np.append(users, users[0]).astype(np.int32),  # one of them twice
        items=np.append(items, items[0]).astype(np.int32),
        labels={"click": np.ones(len(users) + 1, np.float32)},
        user_table=UserTable(IdMap(np.arange(len(chosen)).astype(np.str_))),
        item_table=ItemTable(
            IdMap(ids), ids, ("film",), np.zeros(len(ids), np.int16), np.full(len(ids), "")
        ),
    )


def random_table() -> np.ndarray:
    rng = np.random.default_rng(3)
    taste = rng.normal(size=(N_USERS, 2)) @ rng.normal(size=(2, N_ITEMS))
    chosen = taste + rng.normal(scale=0.7, size=taste.shape) > 0.6
    chosen[COLD_USER], chosen[:, COLD_ITEM] = False, False
    return chosen.astype(float)


def fit(chosen: np.ndarray, regularization: float = LAMBDA) -> Ease:
    model = Ease(EaseConfig(regularization=regularization))
    return model.fit(make_log(chosen), [CLICK], rng=np.random.default_rng(1))


def regressions(X: np.ndarray) -> np.ndarray:
    """Return B by a ridge regression of each item on all the others."""
    n = X.shape[1]
    B = np.zeros((n, n))
    for item in range(n):
        others = np.delete(np.arange(n), item)
        A = X[:, others].T @ X[:, others] + LAMBDA * np.eye(n - 1)
        B[others, item] = np.linalg.solve(A, X[:, others].T @ X[:, item])
    return B


def test_it_solves_a_regression_of_each_item_on_all_others() -> None:
    X = random_table()
    found = fit(X).score_block(CLICK, np.arange(COLD_USER), np.arange(N_ITEMS))
    np.testing.assert_allclose(found, X[:COLD_USER] @ regressions(X), atol=1e-5)


def test_no_item_predicts_itself_and_the_past_adds_up() -> None:
    X = random_table()
    model = fit(X)
    user = int(np.argmax(X.sum(axis=1)))
    for item in (0, 7, COLD_ITEM):
        told = model.explain(CLICK, user, item)
        assert sum(part.amount for part in told.contributions) == pytest.approx(told.score)
        assert {part.item for part in told.contributions} == set(np.flatnonzero(X[user]).tolist())
        assert all(part.amount == 0 for part in told.contributions if part.item == item)


def test_having_chosen_one_item_can_speak_against_another() -> None:
    either = np.array([[1, 0, 1], [0, 1, 1]] * 10, dtype=float)  # film 2, and either of the others
    told = fit(either).explain(CLICK, 0, 1)
    amounts = {part.item: part.amount for part in told.contributions}
    assert amounts[0] < 0 < amounts[2]


def test_more_regularization_makes_smaller_weights() -> None:
    X = random_table()
    sizes = [np.abs(fit(X, at).state().arrays["task0.B"]).sum() for at in (1.0, 10.0, 1000.0)]
    assert sizes == sorted(sizes, reverse=True)


def test_the_unknown() -> None:
    model = fit(random_table())
    assert np.isnan(model.predict(CLICK, [COLD_USER], [0])[0])
    assert model.predict(CLICK, [0], [COLD_ITEM])[0] == 0.0
    assert "Nothing can be said" in str(model.explain(CLICK, COLD_USER, 0).sentence)


def test_too_many_items_are_declined_before_anything_is_computed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ease, "MOST_ITEMS", 10)
    with pytest.raises(TooManyItemsError, match=r"20 items with feedback, and 10 is the most"):
        fit(random_table())
    assert issubclass(TooManyItemsError, FitError)
