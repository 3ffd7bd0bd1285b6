"""AITM: information flows down the funnel and not up; the calibrator pulls where it must."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algorithms.explanations import Lines, Table
from algorithms.models.neural.aitm import Aitm, AitmConfig, AitmNetwork
from algorithms.models.neural.network import Batch, Output, Sizes
from algorithms.models.neural.ops import NumpyOps
from algorithms.tasks import TaskKind
from sample_data import load_world, world_tasks

TASKS = world_tasks("ecommerce")[:2]
SIZES = Sizes(
    ("click", "buy", "stars"),
    (TaskKind.BINARY, TaskKind.BINARY, TaskKind.RATING),
    (-1, 0, -1),
    ("product",) * 3,
    2,
    2,
    4,
    3,
    0,
)


@pytest.fixture
def network() -> AitmNetwork:
    return AitmNetwork(SIZES, AitmConfig(width=32))


def at(network: AitmNetwork, w, seed: int = 1) -> Output:
    x = np.random.default_rng(seed).normal(size=(5, 4, 3))
    return network.forward(NumpyOps(), w, x)


def test_a_child_reads_its_parents_tower_and_nothing_flows_back(network) -> None:
    w = network.make_weights(np.random.default_rng(0))
    before = at(network, w).z
    parent_changed = at(network, {**w, "task0.tower.W0": 2 * w["task0.tower.W0"]}).z
    assert (abs(parent_changed - before)[:, :2].max(axis=0) > 1e-3).all()
    assert_allclose(parent_changed[:, 2], before[:, 2])  # stars hang on nobody
    child_changed = at(network, {**w, "task1.tower.W0": 2 * w["task1.tower.W0"]}).z
    assert_allclose(child_changed[:, [0, 2]], before[:, [0, 2]])


def test_attention_is_the_softmax_of_two_scaled_products(network) -> None:
    w = network.make_weights(np.random.default_rng(0))
    attention = at(network, w).use["transfer to buy"]
    assert attention.shape == (5, 2)
    assert_allclose(attention.sum(axis=1), 1.0)
    k = 16
    for name, kept in (("h1", 1.0), ("h2", 2.0)):  # h1(u) = 1 and h2(u) = 2, whatever u is
        w |= {f"task1.{name}.W0": np.zeros((k, k)), f"task1.{name}.b0": np.full(k, kept)}
    assert_allclose(at(network, w).use["transfer to buy"], 0.5)
    w["task1.h2.W0"] = np.eye(k)
    w["task1.tower.W1"], w["task1.tower.b1"] = np.zeros((32, k)), np.full(k, 3.0)  # q = (3, 3)
    w["task1.passed.W0"], w["task1.passed.b0"] = np.zeros((k, k)), np.ones(k)  # p = (1, 1)
    difference = k * 1.0 * (3.0 - 1.0) / np.sqrt(k)
    assert_allclose(at(network, w).use["transfer to buy"][:, 1], 1 / (1 + np.exp(-difference)))


def test_the_calibrator_pulls_where_a_child_is_likelier_than_its_parent(network) -> None:
    p = np.array([[0.2, 0.5, 0.9], [0.6, 0.5, 0.9], [0.1, 0.2, 0.9], [0.1, 0.9, 0.9]])
    output = Output(np.log(p / (1 - p)))
    mask = np.ones((4, 3))
    mask[3, 1] = 0  # on this impression nothing is known of the child
    batch = Batch(np.zeros((4, 3)), mask, (4, 3, 4), np.zeros(4))
    found = network.penalty(NumpyOps(), {}, output, batch)
    assert found == pytest.approx(0.6 * (0.3 + 0.0 + 0.1) / 3)
    free = AitmNetwork(SIZES, AitmConfig(calibrator=0.0))
    assert free.penalty(NumpyOps(), {}, output, batch) is None


def test_a_fitted_model_shows_what_was_passed_on() -> None:
    pytest.importorskip("torch")
    log = load_world("ecommerce").select(np.arange(4000))
    model = Aitm(AitmConfig(n_epochs=2)).fit(
        log, TASKS, rng=np.random.default_rng(0), validation=None
    )
    shown = {exhibit.key: exhibit for exhibit in model.exhibits()}
    transfer, table = shown["transfer"], shown["funnel purchase"]
    assert isinstance(transfer, Lines)
    (share,) = transfer.series.values()
    assert ((share > 0) & (share < 1)).all()
    assert isinstance(table, Table)
    for _, _, click, given, product, said in table.rows:
        assert product == pytest.approx(click * given)
        assert said == pytest.approx(product)  # the ratio is what the two chances make of it


def test_the_chance_of_a_child_given_its_parent_is_known_where_both_are_nothing() -> None:
    z = np.array([[-1000.0, -1000.0], [-800.0, -900.0], [0.0, 0.0]])
    ratio = Aitm()._given_parent(Output(z), 0, 1)
    assert_allclose(ratio, [1.0, np.exp(-100.0), 1.0])
