r"""Shared-bottom network: one trunk reads the example, a small head per task answers.

The oldest multi-task network, and the source text's *multi-output shared network*: all tasks share
the first layers, so what clicks teach about tastes is there for purchases too.

.. math:: h = \text{MLP}(x), \qquad z_t = \text{MLP}_t(h)

Where tasks disagree they must share all the same; how much that costs is what MMoE and PLE are
measured against.

References
----------
R. Caruana: Multitask learning, Machine Learning 28, 1997.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import Float32Array
from algorithms.models.base import Family
from algorithms.models.neural.config import NetworkConfig
from algorithms.models.neural.network import Network, Output, dense, head, perceptron
from algorithms.models.neural.ops import Array, Ops, Weights
from algorithms.models.neural.recommender import NeuralRecommender


class SharedBottomNetwork(Network):
    """A trunk for all tasks, a head for each."""

    config: NetworkConfig

    def make_weights(self, rng: np.random.Generator) -> dict[str, Float32Array]:
        """Draw trunk and heads."""
        wide, narrow = self.config.width, self.config.width // 2
        weights = dense(rng, "trunk", (self.n_inputs, wide, narrow))
        for t in range(self.sizes.n_tasks):
            weights |= dense(rng, f"head{t}", (narrow, narrow // 2, 1))
        return weights

    def forward(self, ops: Ops, w: Weights, x: Array) -> Output:
        """Read once, answer for each task."""
        h = perceptron(ops, w, "trunk", self.with_product(ops, x), self.config.dropout)
        z = [head(ops, w, f"head{t}", h) for t in range(self.sizes.n_tasks)]
        return Output(ops.stack(z, axis=1))


class SharedBottom(NeuralRecommender):
    """A trunk shared by all tasks, and a head for each."""

    key = "shared_bottom"
    title = "Shared-bottom network"
    family = Family.NEURAL
    summary = "Reads user and item with layers that all tasks share; each task adds a small head."
    equation = r"$h = \mathrm{MLP}(x), \quad z_t = \mathrm{MLP}_t(h)$"
    reference = "caruana1997"
    is_multitask = True
    single_task_twin = "single_task_network"
    network_class = SharedBottomNetwork
