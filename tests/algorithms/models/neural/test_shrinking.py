"""What shrinking promises: whole numbers near enough, units that said nothing gone, fewer bytes."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.models.neural.catalog import NETWORKS
from algorithms.models.neural.recommender import NeuralRecommender
from algorithms.models.neural.shrinking import (
    SHRINKINGS,
    Precision,
    Shrinking,
    pack,
    prune,
    shrink,
    unpack,
)
from algorithms.tasks import Task, TaskKind

TABLE = "0.embedding.user"


def test_bytes_are_off_by_half_a_scale_at_most() -> None:
    table = np.random.default_rng(0).normal(size=(50, 16)).astype(np.float32)
    table[3] = 0.0  # a row that says nothing
    packed = pack({TABLE: table, "0.head0.b0": np.full(3, 0.1, np.float32)}, Precision.BYTE)
    assert packed[TABLE].dtype == np.int8
    assert np.abs(packed[TABLE]).max() == 127  # the whole range is used
    back = unpack(packed)
    half = np.abs(table).max(axis=1, keepdims=True) / 127 / 2
    assert (np.abs(back[TABLE] - table) <= half * 1.0001).all()
    assert_array_equal(back[TABLE][3], 0.0)
    assert_array_equal(back["0.head0.b0"], np.full(3, 0.1, np.float32))  # no table: as it was
    assert set(back) == {TABLE, "0.head0.b0"}


def test_a_row_by_hand() -> None:
    packed = pack({TABLE: np.array([[1.27, -0.64]], np.float32)}, Precision.BYTE)
    assert_array_equal(packed[TABLE], [[127, -64]])
    assert_allclose(packed[TABLE + ".scale"], [[0.01]], rtol=1e-6)


def test_half_precision_keeps_three_digits() -> None:
    table = np.random.default_rng(0).normal(size=(50, 16)).astype(np.float32)
    packed = pack({TABLE: table}, Precision.HALF)
    assert packed[TABLE].nbytes == table.nbytes // 2
    assert_allclose(unpack(packed)[TABLE], table, rtol=1e-3)


def test_the_units_of_the_smallest_norm_go() -> None:
    chain = {
        "0.trunk.W0": np.array([[3.0, 0.1, 1.0], [0.0, 0.0, 0.0]]),
        "0.trunk.b0": np.array([4.0, 0.0, 0.0]),
        "0.trunk.W1": np.array([[1.0], [2.0], [9.0]]),  # norms 5, 0.2, 9
        "0.trunk.b1": np.array([7.0]),
        "0.head0.W0": np.ones((1, 1)),
    }
    pruned = prune(chain, 0.34)
    assert_array_equal(pruned["0.trunk.W0"], [[3.0, 1.0], [0.0, 0.0]])
    assert_array_equal(pruned["0.trunk.b0"], [4.0, 0.0])
    assert_array_equal(pruned["0.trunk.W1"], [[1.0], [9.0]])
    assert_array_equal(pruned["0.trunk.b1"], [7.0])  # what a chain hands on keeps its length
    assert prune(chain, 1.0)["0.trunk.W0"].shape == (2, 1)  # one unit stays


@pytest.fixture(scope="module")
def log() -> InteractionLog:
    """Return 40 users and 20 items; a click may lead to a purchase."""
    rng = np.random.default_rng(4)
    users, items = np.nonzero(rng.random((40, 20)) < 0.5)
    clicked = rng.random(len(users)) < 0.4
    bought = clicked & (rng.random(len(users)) < 0.5)
    return InteractionLog(
        name="small",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={"click": clicked.astype(np.float32), "buy": bought.astype(np.float32)},
        user_table=UserTable(IdMap(np.array([f"u{n}" for n in range(40)]))),
        item_table=ItemTable(
            ids=IdMap(np.array([f"i{n}" for n in range(20)])),
            titles=np.array([f"Item {n}" for n in range(20)]),
            kinds=("product",),
            kind_codes=np.zeros(20, dtype=np.int16),
            categories=np.array([""] * 20),
        ),
        timestamps=np.arange(len(users)),
    )


@pytest.mark.parametrize("key", list(NETWORKS))
def test_every_network_can_be_shrunk(key: str, log: InteractionLog) -> None:
    pytest.importorskip("torch")
    model_class = NETWORKS[key]
    assert issubclass(model_class, NeuralRecommender)
    model = model_class.from_values({"n_epochs": 1})
    tasks = [
        Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product"),
        Task(name="buy", kind=TaskKind.BINARY, label="buy", item_kind="product", parent="click"),
    ]
    model.fit(log, tasks, rng=np.random.default_rng(1), validation=log)
    before = model.predict("buy", log.users[:200], log.items[:200])
    sizes = {}
    for name, how in SHRINKINGS.items():
        small = shrink(model, how)
        sizes[name] = small.stored_bytes
        after = small.model.predict("buy", log.users[:200], log.items[:200])
        assert np.isfinite(after).all()
        if name in ("float32", "float16"):
            assert_allclose(after, before, atol=1e-5 if name == "float32" else 3e-3)
    assert sizes["int8"] < sizes["float16"] < sizes["float32"]
    assert_array_equal(model.predict("buy", log.users[:200], log.items[:200]), before)  # untouched


def test_a_unit_that_nobody_listens_to_can_go(log: InteractionLog) -> None:
    pytest.importorskip("torch")
    from algorithms.models.base import ModelState
    from algorithms.models.neural.weights import from_safetensors, to_safetensors

    model = NETWORKS["shared_bottom"].from_values({"n_epochs": 1, "width": 8})
    assert isinstance(model, NeuralRecommender)
    tasks = [Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product")]
    model.fit(log, tasks, rng=np.random.default_rng(1), validation=log)
    state = model.state()
    weights = from_safetensors(state.arrays["weights"])
    weights["0.trunk.W1"][::2] = 0.0  # half of the trunk's hidden units
    weights["0.head0.W1"][::2] = 0.0
    deaf = ModelState({**state.arrays, "weights": to_safetensors(weights)}, state.values)
    model.restore(log, tasks, deaf)
    small = shrink(model, Shrinking("half", pruned=0.5))
    assert_allclose(
        small.model.predict("click", log.users, log.items),
        model.predict("click", log.users, log.items),
        atol=1e-6,
    )
    assert small.model.n_parameters < model.n_parameters
