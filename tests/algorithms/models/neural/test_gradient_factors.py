"""Shared factors by gradient: the equation by hand, and every balancer on them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algorithms.balancing.catalog import BALANCERS
from algorithms.models.neural.gradient_factors import (
    GradientFactors,
    GradientFactorsConfig,
    GradientFactorsNetwork,
)
from algorithms.models.neural.network import Sizes
from algorithms.models.neural.ops import NumpyOps
from algorithms.tasks import TaskKind


def test_a_number_by_hand() -> None:
    kinds = (TaskKind.BINARY, TaskKind.RATING)
    sizes = Sizes(("a", "b"), kinds, (-1, -1), ("product",) * 2, 2, 1, 5, 2, 0)
    network = GradientFactorsNetwork(sizes, GradientFactorsConfig(dimension=2))
    w = {
        "head0.axes": np.array([1.0, 1.0]), "head0.user": np.zeros(2), "head0.item": np.zeros(2),
        "head1.axes": np.array([2.0, -1.0]),
        "head1.user": np.array([1.0, 0.0]), "head1.item": np.array([0.0, -1.0]),
    }  # fmt: skip
    x = np.array([[[1.0, 0.0], [0.5, 2.0], [3.0, 4.0]]])  # user, the user's age, item
    # p = (1.5, 2), q = (3, 4); the second task: (2.5, 2) and (3, 3)
    z = network.forward(NumpyOps(), w, x).z
    assert_allclose(z, [[1.5 * 3 + 2 * 4, 2 * 2.5 * 3 - 2 * 3]])


def test_vectors_are_shared_and_offsets_are_not() -> None:
    kinds = (TaskKind.BINARY,) * 2
    sizes = Sizes(("a", "b"), kinds, (-1, -1), ("product",) * 2, 2, 1, 5, 2, 0)
    network = GradientFactorsNetwork(sizes, GradientFactorsConfig(dimension=2))
    names = network.make_weights(np.random.default_rng(0))
    assert not any(network.is_shared(name) for name in names)
    assert network.is_shared("embedding.user")


@pytest.mark.parametrize("key", list(BALANCERS))
def test_every_balancer_balances_them(key: str) -> None:
    pytest.importorskip("torch")
    from sample_data import load_world, world_tasks

    log = load_world("ecommerce").select(np.arange(1500))
    config = GradientFactorsConfig.model_validate({"n_epochs": 1, "balancer": key})
    tasks = world_tasks("ecommerce")[:2]
    model = GradientFactors(config).fit(log, tasks, rng=np.random.default_rng(0))
    products = log.item_table.of_kind(tasks[0].item_kind)[:20]
    assert np.isfinite(
        model.predict(tasks[0], np.full(len(products), log.users[0]), products)
    ).all()
    record = model.training_record()
    assert record is not None
    assert np.isfinite(record.weights).all()
    assert model.exhibits()[0].key == "axes"
