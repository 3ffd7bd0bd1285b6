"""BPR and LMF learn what a person would expect of them."""

import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.explanations import EvidenceKind
from algorithms.models.implicit_bpr import Bpr, BprConfig
from algorithms.models.implicit_factors import ImplicitFactors
from algorithms.models.implicit_lmf import Lmf, LmfConfig
from algorithms.tasks import Task, TaskKind

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="film")
N_USERS, N_ITEMS, COLD_USER, COLD_ITEM = 41, 31, 40, 30
MODELS: list[ImplicitFactors] = [
    Bpr(BprConfig(n_factors=4, n_epochs=300)),
    Lmf(LmfConfig(n_factors=4, n_epochs=60)),
]


def make_log() -> InteractionLog:
    """Two circles of users, each with items of its own; item 0 is liked by everybody."""
    rng = np.random.default_rng(1)
    users, items = (cells.ravel() for cells in np.indices((COLD_USER, COLD_ITEM)))
    met = rng.random(len(users)) < 0.6
    users, items = users[met], items[met]
    liked = (users % 2 == items % 2) & (rng.random(len(users)) < 0.8) | (items == 0)
    ids = np.arange(N_ITEMS).astype(np.str_)
    return InteractionLog(
        name="circles",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={"click": liked.astype(np.float32)},
        user_table=UserTable(IdMap(np.arange(N_USERS).astype(np.str_))),
        item_table=ItemTable(
            IdMap(ids), ids, ("film",), np.zeros(N_ITEMS, np.int16), np.full(N_ITEMS, "")
        ),
    )


@pytest.fixture(scope="module", params=MODELS, ids=lambda model: model.key)
def model(request: pytest.FixtureRequest) -> ImplicitFactors:
    return request.param.fit(make_log(), [CLICK], rng=np.random.default_rng(7))


def test_it_puts_a_user_s_circle_above_the_other(model: ImplicitFactors) -> None:
    own = 0
    for user in range(COLD_USER):
        unmet = np.setdiff1d(np.arange(1, COLD_ITEM), model.met(user))
        best = model.recommend(CLICK, user, 1).items[0]
        if (unmet % 2 == user % 2).any() and best:
            own += best % 2 == user % 2
    assert own >= 30


def test_what_everybody_likes_has_the_largest_bias(model: ImplicitFactors) -> None:
    biases = model.state().arrays["task0.b_i"]
    assert int(np.nanargmax(biases)) == 0
    parts = model.explain(CLICK, 1, 0).contributions
    kinds = {part.evidence for part in parts}
    assert {EvidenceKind.FACTORS, EvidenceKind.ITEM_BIAS} <= kinds
    assert (EvidenceKind.USER_BIAS in kinds) == (model.key == "lmf")
    bias = next(part.amount for part in parts if part.evidence is EvidenceKind.ITEM_BIAS)
    assert bias == biases[0]


def test_whoever_was_never_learned_is_unknown(model: ImplicitFactors) -> None:
    assert np.isnan(model.predict(CLICK, [COLD_USER, 0], [0, COLD_ITEM])).all()
    assert not len(model.recommend(CLICK, COLD_USER).items)
    assert COLD_ITEM not in model.recommend(CLICK, 0, N_ITEMS).items
    assert "Nothing can be said" in str(model.explain(CLICK, 0, COLD_ITEM).sentence)


def test_one_seed_one_model_another_seed_another(model: ImplicitFactors) -> None:
    def scores(seed: int) -> np.ndarray:
        again = type(model)(model.config).fit(make_log(), [CLICK], rng=np.random.default_rng(seed))
        return again.score_block(CLICK, np.arange(COLD_USER), np.arange(COLD_ITEM))

    first = model.score_block(CLICK, np.arange(COLD_USER), np.arange(COLD_ITEM))
    np.testing.assert_array_equal(scores(7), first)
    assert np.abs(scores(8) - first).max() > 0.01
