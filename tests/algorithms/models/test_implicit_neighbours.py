"""Item neighbours on a table small enough to compute by hand."""

import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.models.implicit_neighbours import (
    Bm25Config,
    ItemBm25,
    ItemCosine,
    ItemNeighbours,
    ItemTfidf,
    NeighboursConfig,
)
from algorithms.tasks import Task, TaskKind

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="film")
#              film 0  1  2  3      (3 was chosen by nobody)
CHOSEN = np.array([
    [1, 1, 0, 0],
    [1, 1, 0, 0],
    [1, 0, 1, 0],
    [0, 0, 2, 0],
    [0, 0, 0, 0],
])  # fmt: skip
CLASSES = [ItemCosine, ItemTfidf, ItemBm25]


def make_log(chosen: np.ndarray = CHOSEN) -> InteractionLog:
    users, items = np.nonzero(chosen)
    times = chosen[users, items]
    users, items = np.repeat(users, times), np.repeat(items, times)
    ids = np.array([f"film {n}" for n in range(chosen.shape[1])])
    return InteractionLog(
        name="by hand",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={"click": np.ones(len(users), np.float32)},
        user_table=UserTable(IdMap(np.arange(len(chosen)).astype(np.str_))),
        item_table=ItemTable(
            IdMap(ids), ids, ("film",), np.zeros(len(ids), np.int16), np.full(len(ids), "")
        ),
    )


def fit(model: ItemNeighbours, log: InteractionLog | None = None) -> ItemNeighbours:
    return model.fit(log or make_log(), [CLICK], rng=np.random.default_rng(1))


def test_cosine_by_hand() -> None:
    model = fit(ItemCosine())
    # |x_0| = √3, |x_1| = √2, |x_2| = √5
    cos_01, cos_02 = 2 / np.sqrt(6), 1 / np.sqrt(15)
    expected = [1 + cos_01, 1 + cos_01, cos_02, 0.0]  # user 0 chose films 0 and 1
    found = model.predict(CLICK, [0] * 4, [0, 1, 2, 3])
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert model.predict(CLICK, [3], [0])[0] == pytest.approx(2 * cos_02)  # chosen twice
    assert np.isnan(model.predict(CLICK, [4], [0])[0])


def weights(key: str) -> np.ndarray:
    """Return (n_users, n_items) the weights of the docstring."""
    x = CHOSEN.astype(float)
    idf = np.log(4) - np.log(1 + (x > 0).sum(axis=1, keepdims=True))
    if key == "item_bm25":
        length = x.sum(axis=0)
        norm = 1 - 0.75 + 0.75 * length / length.mean()
        return np.where(x > 0, (1.2 + 1) * x / (1.2 * norm + x) * idf, 0.0)
    w = x if key == "item_cosine" else np.sqrt(x) * idf
    lengths = np.linalg.norm(w, axis=0)
    return w / np.where(lengths > 0, lengths, 1.0)


@pytest.mark.parametrize("model_class", CLASSES, ids=lambda each: each.key)
def test_scores_are_those_of_the_equation(model_class: type[ItemNeighbours]) -> None:
    w = weights(model_class.key)
    found = fit(model_class()).score_block(CLICK, np.arange(4), np.arange(4))
    np.testing.assert_allclose(found, CHOSEN[:4] @ (w.T @ w), rtol=1e-12, atol=1e-15)


def test_only_the_nearest_count() -> None:
    nearest = fit(ItemCosine(NeighboursConfig(n_neighbours=2)))
    assert nearest.predict(CLICK, [0], [2])[0] == 0.0  # film 0 is nearest to itself and film 1
    told = nearest.explain(CLICK, 2, 1)
    assert [part.item for part in told.contributions if part.amount] == [0]
    assert str(told.remarks[0]) == (
        "1 of the 2 items of the past have it among their 2 most similar items."
    )
    assert "“film 0”" in str(told.sentence)


def test_more_k1_lets_repetition_count_longer() -> None:
    def share(k1: float) -> float:
        scores = fit(ItemBm25(Bm25Config(k1=k1))).predict(CLICK, [3, 2], [2, 2])
        return float(scores[0] / scores[1])

    assert share(0.0) < share(5.0)


@pytest.mark.parametrize("model_class", CLASSES, ids=lambda each: each.key)
def test_items_that_say_nothing_have_no_neighbours(model_class: type[ItemNeighbours]) -> None:
    """With two films, a user who chose one of them has weight ln 2/2 = 0."""
    chosen = np.array([[1, 0], [0, 1]])
    model = fit(model_class(), make_log(chosen))
    scores = model.score_block(CLICK, np.arange(2), np.arange(2))
    np.testing.assert_array_equal(scores, chosen if model_class is ItemCosine else 0 * chosen)
