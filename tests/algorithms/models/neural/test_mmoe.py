"""MMoE: each task mixes the same experts by its own gate."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algorithms.models.neural.experts import ask_experts, draw_experts, mixture
from algorithms.models.neural.mmoe import MmoeConfig, MmoeNetwork
from algorithms.models.neural.network import Sizes, perceptron
from algorithms.models.neural.ops import NumpyOps
from algorithms.tasks import TaskKind

OPS = NumpyOps()


def make_network(n_experts: int = 3) -> MmoeNetwork:
    kinds = (TaskKind.BINARY, TaskKind.RATING)
    sizes = Sizes(("click", "stars"), kinds, (-1, -1), ("product",) * 2, 2, 2, 5, 4, 0)
    return MmoeNetwork(sizes, MmoeConfig(n_experts=n_experts, width=8))


def test_a_mixture_is_the_weighted_sum() -> None:
    experts = np.array([[[1.0, 0.0]], [[0.0, 10.0]]])  # two experts, one example
    assert_allclose(mixture(np.array([[0.25, 0.75]]), experts), [[0.25, 7.5]])


def test_an_expert_is_a_perceptron() -> None:
    rng = np.random.default_rng(0)
    w = draw_experts(rng, "e", 3, (5, 4, 2))
    x = rng.normal(size=(6, 5)).astype(np.float32)
    together = ask_experts(OPS, w, "e", x)
    for number in range(3):
        own = {name: array[number].squeeze() for name, array in w.items()}
        assert_allclose(together[number], perceptron(OPS, own, "e", x), rtol=1e-5, atol=1e-6)


def test_gates_begin_near_equal_and_sum_to_one() -> None:
    network, rng = make_network(), np.random.default_rng(1)
    w = network.make_weights(rng)
    gates = network.forward(OPS, w, rng.normal(size=(50, 4, 4)).astype(np.float32)).use["gate"]
    assert gates.shape == (50, 2, 3)
    assert_allclose(gates.sum(axis=2), 1.0, rtol=1e-5)
    assert_allclose(gates.mean(axis=0), 1 / 3, atol=0.05)


def test_a_task_hears_only_what_its_gate_lets_through() -> None:
    network, rng = make_network(), np.random.default_rng(2)
    w = network.make_weights(rng)
    x = np.abs(rng.normal(size=(20, 4, 4))).astype(np.float32)
    w["gate0"] = np.zeros_like(w["gate0"])
    w["gate0"][:, 1] = 100.0  # the first task listens to the second expert alone
    before = network.forward(OPS, w, x).z
    w["experts.W1"] = w["experts.W1"].copy()
    w["experts.W1"][2] += 1.0  # the third expert says something else
    after = network.forward(OPS, w, x).z
    assert_allclose(after[:, 0], before[:, 0], rtol=1e-5)
    assert (np.abs(after[:, 1] - before[:, 1]) > 1e-3).all()


def test_one_expert_is_a_shared_bottom() -> None:
    network, rng = make_network(n_experts=1), np.random.default_rng(3)
    w = network.make_weights(rng)
    output = network.forward(OPS, w, rng.normal(size=(7, 4, 4)).astype(np.float32))
    assert_allclose(output.use["gate"], 1.0)


def test_what_belongs_to_one_task_is_not_shared() -> None:
    network = make_network()
    w = network.make_weights(np.random.default_rng(0))
    own = {name.split(".")[0] for name in w if not network.is_shared(name)}
    assert own == {"gate0", "gate1", "head0", "head1"}


def test_exhibits_show_the_gates() -> None:
    pytest.importorskip("torch")
    from algorithms.models.neural.mmoe import Mmoe
    from sample_data import load_world, world_tasks

    log = load_world("ecommerce").select(np.arange(3000))
    tasks = world_tasks("ecommerce")[:2]
    model = Mmoe(MmoeConfig(n_epochs=1)).fit(log, tasks, rng=np.random.default_rng(0))
    shown = {exhibit.key: exhibit for exhibit in model.exhibits()}
    by_task, by_segment = shown["gates"], shown["gates_by_segment"]
    assert by_task.row_names == tuple(task.name for task in tasks)
    for exhibit in (by_task, by_segment):
        assert exhibit.values.shape == (len(exhibit.row_names), 4)
        assert_allclose(exhibit.values.sum(axis=1), 1.0, rtol=1e-5)
        assert str(exhibit.sentence).endswith(".")
    record = model.training_record()
    assert record.use["gate"].shape == (len(record), 2, 4)
