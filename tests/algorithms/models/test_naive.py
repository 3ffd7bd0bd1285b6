"""The floor: the mean for everything, in an order drawn by lot."""

import numpy as np
import pytest
from scipy.stats import kstest, pearsonr

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.models.base import Bound
from algorithms.models.naive import Naive, drawn_by_lot
from algorithms.tasks import Task, TaskKind

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product")


def make_log(clicks: list[float], n_items: int = 40) -> InteractionLog:
    """Return a log in which user 0 met the first items."""
    n = len(clicks)
    names = np.arange(n_items).astype(np.str_)
    return InteractionLog(
        name="few",
        users=np.zeros(n, np.int32),
        items=np.arange(n, dtype=np.int32),
        labels={"click": np.array(clicks, np.float32)},
        user_table=UserTable(IdMap(np.array(["a", "b", "c"]))),
        item_table=ItemTable(
            IdMap(names), names, ("product",), np.zeros(n_items, np.int16), np.full(n_items, "")
        ),
    )


def fitted(seed: int = 1, clicks: tuple[float, ...] = (1, 0, 0, 1, 0)) -> Naive:
    return Naive().fit(make_log(list(clicks)), [CLICK], rng=np.random.default_rng(seed))


def test_it_predicts_the_mean_of_training_for_everybody() -> None:
    users, items = np.repeat(np.arange(3), 40), np.tile(np.arange(40), 3)
    assert fitted().predict(CLICK, users, items) == pytest.approx(np.full(120, 0.4))


def test_its_order_depends_on_seed_and_user_alone() -> None:
    items = np.arange(40)
    first = fitted(seed=1).score_block(CLICK, [1, 2], items)
    other_mean = fitted(seed=1, clicks=(1, 1, 1, 1, 0)).score_block(CLICK, [1, 2], items)
    order = np.argsort(first, axis=1)
    assert np.array_equal(order, np.argsort(other_mean, axis=1))
    assert not np.array_equal(order[0], order[1])
    other_seed = fitted(seed=2).score_block(CLICK, [1, 2], items)
    assert not np.array_equal(order, np.argsort(other_seed, axis=1))
    picked = fitted(seed=1).score_block(CLICK, [2], items[5:9])  # whoever is asked beside it
    assert np.array_equal(picked[0], first[1, 5:9])


def test_the_lot_is_even_and_says_nothing_of_its_neighbours() -> None:
    lot = drawn_by_lot(12345, np.arange(300)[:, None], np.arange(300)[None, :])
    assert kstest(lot.ravel(), "uniform", args=(-1, 2)).pvalue > 0.001
    n = lot.size
    for a, b in ((lot[1:], lot[:-1]), (lot[:, 1:], lot[:, :-1]), (lot, lot.T)):
        assert abs(pearsonr(a.ravel(), b.ravel()).statistic) < (5 if a is not lot else 8) / n**0.5
    assert len(np.unique(lot)) == n


def test_it_draws_the_floor_and_keeps_next_to_nothing() -> None:
    assert Naive.bound is Bound.FLOOR
    state = fitted().state()
    assert sum(array.size for array in state.arrays.values()) == 1
