"""Multi-input network: each task's examples go through the encoder of its kind."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.models.neural.multi_input import MultiInputConfig, MultiInputNetwork, correlations
from algorithms.models.neural.network import Sizes
from algorithms.models.neural.ops import NumpyOps
from algorithms.tasks import TaskKind

OPS = NumpyOps()


def make_network(**values: str) -> MultiInputNetwork:
    kinds = (TaskKind.BINARY,) * 3
    item_kinds = ("product", "product", "ad")
    sizes = Sizes(("click", "buy", "ad click"), kinds, (-1, 0, -1), item_kinds, 2, 2, 5, 4, 0)
    return MultiInputNetwork(sizes, MultiInputConfig(width=8, **values))


def test_each_kind_or_each_task_has_an_encoder() -> None:
    assert make_network().inputs == (1, 1, 0)  # kinds in the order of the alphabet
    assert make_network(encoder_for="task").inputs == (0, 1, 2)


def test_an_encoder_reaches_its_tasks_alone_and_the_trunk_all() -> None:
    network, rng = make_network(), np.random.default_rng(0)
    w = network.make_weights(rng)
    x = np.abs(rng.normal(size=(9, 4, 4))).astype(np.float32)
    before = network.forward(OPS, w, x).z
    for name, reached in (
        ("encoder0.W0", [False, False, True]),
        ("encoder1.W0", [True, True, False]),
        ("trunk.W0", [True, True, True]),
    ):
        after = network.forward(OPS, {**w, name: w[name] + 0.5}, x).z
        assert_array_equal(np.abs(after - before).max(axis=0) > 1e-6, reached)


def test_an_encoder_of_one_task_is_its_own() -> None:
    network = make_network()
    assert network.is_shared("encoder1.W0")
    assert not network.is_shared("encoder0.W0")
    assert network.is_shared("trunk.W0")
    assert not network.is_shared("head0.W0")


def test_each_batch_belongs_to_one_task() -> None:
    pytest.importorskip("torch")
    from algorithms.models.neural.multi_input import MultiInput
    from sample_data import load_world, world_tasks

    seen: list[int] = []

    class Watched(MultiInputNetwork):
        def losses(self, ops, output, batch):
            seen.append(sum(n > 0 for n in batch.n))
            return super().losses(ops, output, batch)

    class Model(MultiInput):
        network_class = Watched

    log = load_world("ecommerce").select(np.arange(3000))
    tasks = world_tasks("ecommerce")
    model = Model(MultiInputConfig(n_epochs=1)).fit(log, tasks, rng=np.random.default_rng(0))
    assert set(seen) == {1}
    shown = model.exhibits()[0]
    assert shown.key == "trunk_use"
    alike = [n for n, task in enumerate(tasks) if task.item_kind == tasks[0].item_kind]
    assert shown.values.shape == (len(tasks), len(tasks))
    assert len(alike) > 1
    assert_allclose(np.diagonal(shown.values), 1.0)


def test_correlations_of_rows() -> None:
    found = correlations(np.array([[1.0, 2.0, 3.0], [6.0, 4.0, 2.0], [5.0, 5.0, 5.0]]))
    assert found[0, 1] == pytest.approx(-1.0)
    assert np.isnan(found[2]).all()
