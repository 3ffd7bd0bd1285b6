"""Cross-stitch: near the identity at the start, and mixing as the unit says."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.models.neural.cross_stitch import (
    CrossStitchConfig,
    CrossStitchNetwork,
    near_identity,
    stitch,
)
from algorithms.models.neural.network import Sizes
from algorithms.models.neural.ops import NumpyOps
from algorithms.tasks import TaskKind

OPS = NumpyOps()


def make_network(start_share: float) -> CrossStitchNetwork:
    kinds = (TaskKind.BINARY,) * 2
    sizes = Sizes(("a", "b"), kinds, (-1, -1), ("product",) * 2, 2, 2, 5, 4, 0)
    return CrossStitchNetwork(sizes, CrossStitchConfig(start_share=start_share, width=8))


def test_a_unit_begins_near_the_identity() -> None:
    assert_allclose(
        near_identity(3, 0.1), [[0.9, 0.05, 0.05], [0.05, 0.9, 0.05], [0.05, 0.05, 0.9]]
    )
    assert_array_equal(near_identity(1, 0.1), [[1.0]])


def test_a_unit_mixes_the_tasks() -> None:
    h = np.array([[[1.0, 2.0], [3.0, 4.0]], [[10.0, 20.0], [30.0, 40.0]]])  # (2 tasks, 2, 2)
    mixed = stitch(np.array([[0.9, 0.1], [0.5, 0.5]]), h)
    assert_allclose(mixed[0], [[1.9, 3.8], [5.7, 7.6]])
    assert_allclose(mixed[1], [[5.5, 11.0], [16.5, 22.0]])


def test_the_identity_keeps_the_tasks_apart_and_a_unit_lets_them_in() -> None:
    x = np.abs(np.random.default_rng(4).normal(size=(9, 4, 4))).astype(np.float32)
    for share, reached in ((0.0, False), (0.1, True)):
        network = make_network(share)
        w = network.make_weights(np.random.default_rng(0))
        before = network.forward(OPS, w, x).z
        w["layers.W0"] = w["layers.W0"].copy()
        w["layers.W0"][1] += 1.0  # the second task's own layer
        after = network.forward(OPS, w, x).z
        assert bool(np.abs(after - before)[:, 0].max() > 1e-6) is reached
        assert np.abs(after - before)[:, 1].max() > 1e-3


def test_all_but_heads_is_shared_once_stitched() -> None:
    network = make_network(0.1)
    names = network.make_weights(np.random.default_rng(0))
    assert {name for name in names if not network.is_shared(name)} == {
        name for name in names if name.startswith("head")
    }
