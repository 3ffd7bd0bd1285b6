r"""Single-task networks: one network per task, alike in everything but that nothing is shared.

The yardstick of all sharing: the same layers as the shared-bottom network, with embeddings and
a trunk of its own for every task. What sharing gains or costs is the difference to this.

.. math:: z_t = \text{MLP}_t(x^{(t)})

Reference
---------
P. Covington, J. Adams, E. Sargin: Deep neural networks for YouTube recommendations, RecSys 2016.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import Float32Array
from algorithms.models.base import Family
from algorithms.models.neural.config import NetworkConfig
from algorithms.models.neural.network import Network, Output, dense, head
from algorithms.models.neural.ops import Array, Ops, Weights
from algorithms.models.neural.recommender import NeuralRecommender


class SingleTaskNetwork(Network):
    """One perceptron; it sees one task only."""

    config: NetworkConfig

    def make_weights(self, rng: np.random.Generator) -> dict[str, Float32Array]:
        """Draw the layers: those of a shared-bottom network, trunk and head in one."""
        wide, narrow = self.config.width, self.config.width // 2
        return dense(rng, "head", (self.n_inputs, wide, narrow, narrow // 2, 1))

    def forward(self, ops: Ops, w: Weights, x: Array) -> Output:
        """Answer for the one task."""
        z = head(ops, w, "head", self.with_product(ops, x), self.config.dropout)
        return Output(z[:, None])


class SingleTask(NeuralRecommender):
    """One network per task, the yardstick of the networks that share."""

    key = "single_task_network"
    title = "Single-task networks"
    family = Family.NEURAL
    summary = "Gives each task a network of its own; nothing is shared."
    equation = r"$z_t = \mathrm{MLP}_t(x^{(t)})$"
    reference = "covington2016"
    network_class = SingleTaskNetwork
    one_network_per_task = True
