import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.models.base import Output
from algorithms.models.random_order import RandomOrder
from algorithms.tasks import Task, TaskKind

CLICK = Task(name="click", kind=TaskKind.BINARY, label="x", item_kind="film")
STARS = Task(name="stars", kind=TaskKind.RATING, label="x", item_kind="film")
N_USERS, N_ITEMS = 200, 300
USERS, ITEMS = np.arange(N_USERS), np.arange(N_ITEMS)


def make_log() -> InteractionLog:
    ids = np.arange(N_ITEMS).astype(np.str_)
    return InteractionLog(
        name="one event",
        users=np.zeros(1, np.int32),
        items=np.zeros(1, np.int32),
        labels={"x": np.ones(1, np.float32)},
        user_table=UserTable(IdMap(np.arange(N_USERS).astype(np.str_))),
        item_table=ItemTable(
            IdMap(ids), ids, ("film",), np.zeros(N_ITEMS, np.int16), np.full(N_ITEMS, "")
        ),
    )


def fit(seed: int = 1) -> RandomOrder:
    return RandomOrder().fit(make_log(), [CLICK, STARS], rng=np.random.default_rng(seed))


def test_scores_are_uniform_and_independent_of_user_item_and_task() -> None:
    scores = fit().score_block(CLICK, USERS, ITEMS)  # (n_users, n_items)
    shares = np.histogram(scores, bins=10, range=(0, 1))[0] / scores.size
    np.testing.assert_allclose(shares, 0.1, atol=0.006)  # five standard errors
    other = fit().score_block(STARS, USERS, ITEMS)
    for first, second in (
        (scores[:-1], scores[1:]),
        (scores[:, :-1], scores[:, 1:]),
        (scores, other),
    ):
        assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.02


def test_every_seed_has_its_own_order() -> None:
    assert (fit(1).recommend(CLICK, 3).items != fit(2).recommend(CLICK, 3).items).any()
    assert (fit(1).recommend(CLICK, 3).items == fit(1).recommend(CLICK, 3).items).all()


def test_it_claims_nothing() -> None:
    model = fit()
    assert model.output(STARS) is Output.SCORE
    assert model.n_parameters == 0
    told = model.explain(STARS, 3, 4)
    assert "drawn by lot" in str(told.sentence)
    assert told.score == pytest.approx(float(model.predict(STARS, [3], [4])[0]))
