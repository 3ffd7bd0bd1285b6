r"""Single-task networks: one network per task, alike in everything but that nothing is shared.

With ``transfer`` they are learned one after the other, and each begins where the network of the
task with most *yes* ended (all but its last layer): the plainest remedy for scarce labels, against
which sharing at the same time has to hold its own.

The yardstick of all sharing: the same layers as the shared-bottom network, with embeddings and
a trunk of its own for every task. What sharing gains or costs is the difference to this.

.. math:: z_t = \text{MLP}_t(x^{(t)})

Reference
---------
P. Covington, J. Adams, E. Sargin: Deep neural networks for YouTube recommendations, RecSys 2016.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from pydantic import Field

from algorithms.arrays import Float32Array
from algorithms.messages import Message
from algorithms.models.base import Family
from algorithms.models.neural.config import NetworkConfig
from algorithms.models.neural.inputs import CONTEXT, OFFSET
from algorithms.models.neural.network import Network, Output, dense, head
from algorithms.models.neural.ops import Array, Ops, Weights
from algorithms.models.neural.recommender import NeuralRecommender
from algorithms.tasks import Task


class SingleTaskConfig(NetworkConfig):
    """Parameters of single-task networks."""

    transfer: bool = Field(
        default=False, description="Begin each with what the task with most yes has taught"
    )


class SingleTaskNetwork(Network):
    """One perceptron; it sees one task only."""

    config: SingleTaskConfig

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
    config_class = SingleTaskConfig
    one_network_per_task = True

    config: SingleTaskConfig

    def _groups(self) -> list[tuple[int, ...]]:
        groups = super()._groups()
        if self.config.transfer:
            groups.sort(key=lambda positions: -self._n_yes(self.tasks[positions[0]]))
        return groups

    def _n_yes(self, task: Task) -> int:
        """Count the events of training on which a label is as high as the task wants it."""
        return int((task.part(self.log).label(task.label) >= task.relevant_from).sum())

    def _beginning(
        self, drawn: Mapping[str, Float32Array], network: Network, tasks: Sequence[Task]
    ) -> dict[str, Float32Array]:
        begun = super()._beginning(drawn, network, tasks)
        if begun or not (self.config.transfer and self._parts):
            return begun
        source, last = self._parts[0], sum(name.startswith("head.W") for name in drawn) - 1
        own = (CONTEXT, OFFSET, f"head.W{last}", f"head.b{last}")
        self._said.append(
            Message(
                "“{task}” began with what “{source}” had taught.",
                {"task": tasks[0].name, "source": self.tasks[source.positions[0]].name},
            )
        )
        return {name: source.weights[name] for name in drawn if name not in own}
