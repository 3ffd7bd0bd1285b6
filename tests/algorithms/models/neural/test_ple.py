"""PLE: who hears which experts, level by level."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algorithms.models.neural.network import Sizes
from algorithms.models.neural.ops import NumpyOps
from algorithms.models.neural.ple import PleConfig, PleNetwork
from algorithms.tasks import TaskKind

OPS = NumpyOps()
X = np.abs(np.random.default_rng(7).normal(size=(12, 4, 4))).astype(np.float32)


def make_network(n_levels: int, n_tasks: int = 2, **values: int) -> PleNetwork:
    kinds, names = (TaskKind.BINARY,) * n_tasks, tuple("abc"[:n_tasks])
    sizes = Sizes(names, kinds, (-1,) * n_tasks, ("product",) * n_tasks, 2, 2, 5, 4, 0)
    return PleNetwork(sizes, PleConfig(n_levels=n_levels, width=32, **values))


def moved_tasks(network: PleNetwork, prefix: str) -> list[bool]:
    """Say which tasks' numbers change when the weights of that name do."""
    rng = np.random.default_rng(0)
    w = network.make_weights(rng)
    changed = {
        name: array + rng.random(array.shape, dtype=np.float32)
        if name.startswith(prefix)
        else array
        for name, array in w.items()
    }
    assert any(name.startswith(prefix) for name in w), prefix
    gap = np.abs(network.forward(OPS, w, X).z - network.forward(OPS, changed, X).z)
    return (gap.max(axis=0) > 1e-4).tolist()


def test_with_one_level_an_own_expert_serves_its_task_alone() -> None:
    network = make_network(1)
    assert moved_tasks(network, "own0.0") == [True, False]
    assert moved_tasks(network, "gate0.1") == [False, True]
    assert moved_tasks(network, "shared0") == [True, True]


def test_one_level_has_no_shared_gate() -> None:
    w = make_network(1).make_weights(np.random.default_rng(0))
    assert not [name for name in w if name.startswith("shared_gate")]


def test_the_shared_gate_reads_all_experts_below_the_last_level() -> None:
    network = make_network(3)
    w = network.make_weights(np.random.default_rng(0))
    assert [name for name in w if name.startswith("shared_gate")] == [
        "shared_gate0",
        "shared_gate1",
    ]
    assert w["shared_gate0"].shape == (network.n_inputs, 2 * 1 + 2)
    assert moved_tasks(network, "own0.0") == [True, True]
    assert moved_tasks(network, "own1.0") == [True, True]
    assert moved_tasks(network, "own2.0") == [True, False]


@pytest.mark.parametrize("n_levels", [1, 2, 3])
def test_shared_is_what_reaches_several_tasks(n_levels: int) -> None:
    network = make_network(n_levels)
    for name in network.make_weights(np.random.default_rng(0)):
        prefix = name if name.startswith(("gate", "shared_gate")) else name.rsplit(".", 1)[0]
        assert network.is_shared(name) == (sum(moved_tasks(network, prefix)) == 2), name


def test_the_shared_mixture_is_what_its_gate_says() -> None:
    network = make_network(2)
    own = [np.full((1, 1, 4), 1.0), np.full((1, 1, 4), 2.0)]
    shared = np.stack([np.full((1, 4), 4.0), np.full((1, 4), 8.0)])
    w = {"shared_gate0": np.log(np.array([[0.1, 0.2, 0.3, 0.4]]))}
    mixed = network._shared_mixture(OPS, w, 0, np.ones((1, 1)), own, shared)
    assert_allclose(mixed, np.full((1, 4), 0.1 * 1 + 0.2 * 2 + 0.3 * 4 + 0.4 * 8))


def test_gates_sum_to_one_and_own_is_their_part() -> None:
    network = make_network(2, n_task_experts=2, n_shared_experts=3)
    output = network.forward(OPS, network.make_weights(np.random.default_rng(3)), X)
    assert output.use["gate"].shape == (12, 2, 5)
    assert_allclose(output.use["gate"].sum(axis=2), 1.0, rtol=1e-5)
    assert_allclose(output.use["own"][:, :, 1], output.use["gate"][:, :, :2].sum(axis=2), rtol=1e-5)


def test_one_task_alone_can_be_served() -> None:
    network = make_network(2, n_tasks=1)
    assert network.forward(OPS, network.make_weights(np.random.default_rng(3)), X).z.shape == (
        12,
        1,
    )
