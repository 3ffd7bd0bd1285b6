r"""Multi-input shared network: what comes in differs, so each input has an encoder of its own.

The source text's *multi-input shared network*. A product and an advertisement are described by the
same fields, but do not mean the same by them. So each kind of items (or, if one wants, each task)
has an encoder that turns its examples into a common language; a trunk that all share reads that,
and each task has its head:

.. math:: h_t = \text{MLP}_{\text{shared}}\big(\text{relu}(x\, W_{k(t)} + b_{k(t)})\big), \qquad
    z_t = \text{MLP}_t(h_t)

with k(t) the item kind of task t. **Each batch belongs to one task**, as is usual where the tasks'
data come from different places: the steps of different tasks follow each other in random order.

The doubt: an event with labels of several tasks is read once for each of them, which costs time,
and a step that knows one task only can undo the last one's; gradients of different tasks are
never seen together, so balancers that compare them have nothing to compare.

References
----------
R. Collobert, J. Weston: A unified architecture for natural language processing: deep neural
networks with multitask learning, ICML 2008 (a random task for each step).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from algorithms.arrays import Float32Array, FloatArray
from algorithms.explanations import Exhibit, HeatMap
from algorithms.messages import Message
from algorithms.models.neural.config import NetworkConfig
from algorithms.models.neural.inside import Inside, InspectedRecommender
from algorithms.models.neural.network import Network, Output, dense, head, perceptron
from algorithms.models.neural.ops import Array, Ops, Weights


class MultiInputConfig(NetworkConfig):
    """Parameters of a multi-input shared network; ``width`` is that of an encoder."""

    encoder_for: Literal["item kind", "task"] = Field(
        "item kind", description="What has an encoder of its own"
    )


class MultiInputNetwork(Network):
    """An encoder per input, a trunk for all, a head per task; one task in each batch."""

    one_task_per_batch = True
    config: MultiInputConfig

    @property
    def inputs(self) -> tuple[int, ...]:
        """(T,) the encoder of each task."""
        if self.config.encoder_for == "task":
            return tuple(range(self.sizes.n_tasks))
        kinds = sorted(set(self.sizes.item_kinds))
        return tuple(kinds.index(kind) for kind in self.sizes.item_kinds)

    def make_weights(self, rng: np.random.Generator) -> dict[str, Float32Array]:
        """Draw encoders, trunk and heads."""
        wide, narrow = self.config.width, self.config.width // 2
        weights: dict[str, Float32Array] = {}
        for number in sorted(set(self.inputs)):
            weights |= dense(rng, f"encoder{number}", (self.n_inputs, wide))
        weights |= dense(rng, "trunk", (wide, narrow))
        for t in range(self.sizes.n_tasks):
            weights |= dense(rng, f"head{t}", (narrow, narrow // 2, 1))
        return weights

    def is_shared(self, name: str) -> bool:
        """Trunk and embeddings are, and encoders that several tasks have in common."""
        if name.startswith("encoder"):
            number = int(name.removeprefix("encoder").split(".")[0])
            return self.inputs.count(number) > 1
        return super().is_shared(name)

    def forward(self, ops: Ops, w: Weights, x: Array) -> Output:
        """Encode once per input, answer for each task."""
        known = self.with_product(ops, x)
        read = {}
        for number in sorted(set(self.inputs)):
            encoded = perceptron(ops, w, f"encoder{number}", known, self.config.dropout)
            read[number] = perceptron(ops, w, "trunk", encoded, self.config.dropout)  # (n, h)
        trunk = [read[number] for number in self.inputs]
        z = [head(ops, w, f"head{t}", h) for t, h in enumerate(trunk)]
        return Output(ops.stack(z, axis=1), {"trunk": ops.stack(trunk, axis=1)})


class MultiInput(InspectedRecommender):
    """An encoder per kind of items or task, a shared trunk, a head per task."""

    key = "multi_input"
    title = "Multi-input shared network"
    summary = "Gives each kind of items (or task) its own encoder; a trunk is shared by all."
    equation = r"$h_t = \mathrm{MLP}(\mathrm{relu}(x W_{k(t)} + b_{k(t)})), \quad z_t = f_t(h_t)$"
    reference = "collobert2008"
    config_class = MultiInputConfig
    network_class = MultiInputNetwork
    config: MultiInputConfig

    def _inside(self, inside: Inside) -> tuple[Exhibit, ...]:
        activity = inside.task_means("trunk")  # (T, h)
        return (
            HeatMap(
                key="trunk_use",
                title=Message("Do the tasks use the same units?"),
                sentence=Message(
                    "The correlation of how active the {n} units of the shared trunk are, on "
                    "average, for two tasks’ events: 1 means that both use the same units, 0 that "
                    "what one uses says nothing of the other. Tasks with the same encoder on the "
                    "same events have 1 by construction.",
                    {"n": activity.shape[1]},
                ),
                row_names=inside.tasks,
                column_names=inside.tasks,
                values=correlations(activity),
                centre=0.0,
            ),
        )


def correlations(rows: FloatArray) -> FloatArray:
    """Return (T, T) Pearson correlations of rows (T, h); NaN where a row is constant or unknown."""
    apart = rows - rows.mean(axis=1, keepdims=True)
    lengths = np.sqrt((apart**2).sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        found: FloatArray = (apart @ apart.T) / np.outer(lengths, lengths)
    return found
