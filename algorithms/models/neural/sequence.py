"""Networks that look back: the last items a user chose become one more field of the example.

How the past becomes a vector is each architecture's own (``look_back``); what follows is the same
for all of them: the vector starts as loud as the other fields (a learned factor per number), a
trunk reads the fields, the product of user and item, and the product of past and item, and every
task adds its head. So two of them differ in how they look back, and in nothing
else, and all of them differ from the shared-bottom network in that they look back.

The past of an event holds only what was chosen strictly before it (``events.Histories``), and only
in training: of what came later, no network can know.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pydantic import Field

from algorithms.arrays import Float32Array
from algorithms.explanations import Exhibit
from algorithms.models.base import Family
from algorithms.models.neural.config import NetworkConfig
from algorithms.models.neural.network import Network, Output, dense, head, perceptron
from algorithms.models.neural.ops import Array, Ops, Weights
from algorithms.models.neural.recommender import NeuralRecommender
from algorithms.models.neural.sequence_exhibits import past_exhibits, sample_of_pasts
from algorithms.models.neural.trainer import TrainerConfig

_LOUDNESS = 0.1  # of the past at the start; louder, it drowns what is known of user and item


class SequenceConfig(NetworkConfig):
    """Parameters of all networks that look back."""

    changed_pasts: float = Field(
        0.0, ge=0, le=1, description="Share of the pasts cropped, masked or mixed while it learns"
    )

    def trainer(self) -> TrainerConfig:
        """Return what the trainer must know."""
        return replace(super().trainer(), changed_pasts=self.changed_pasts)


class SequenceNetwork(Network):
    """Trunk and heads over the fields, one of which is the past; a subclass looks back."""

    looks_back = True
    config: SequenceConfig

    def make_weights(self, rng: np.random.Generator) -> dict[str, Float32Array]:
        """Draw the encoder, the trunk and the heads."""
        wide, narrow = self.config.width, self.config.width // 2
        n_inputs = self.n_inputs + self.sizes.dimension
        loudness = np.full(self.sizes.dimension, _LOUDNESS, dtype=np.float32)
        weights = {"loudness": loudness, **self.make_encoder(rng)}
        weights |= dense(rng, "trunk", (n_inputs, wide, narrow))
        for t in range(self.sizes.n_tasks):
            weights |= dense(rng, f"head{t}", (narrow, narrow // 2, 1))
        return weights

    def make_encoder(self, rng: np.random.Generator) -> dict[str, Float32Array]:
        """Draw the weights that ``look_back`` needs, by name."""
        raise NotImplementedError

    def look_back(self, ops: Ops, w: Weights, history: Array, known: Array) -> Array:
        """Turn the past (n, L, d), ``known`` (n, L), newest last, into a vector (n, d).

        Places that are not known change nothing, and without a past it is 0.
        """
        raise NotImplementedError

    def encode(self, ops: Ops, w: Weights, history: Array, known: Array) -> Array:
        """Look back, and make what is seen as loud as was learned."""
        return self.look_back(ops, w, history, known) * w["loudness"]

    def forward(self, ops: Ops, w: Weights, x: Array) -> Output:
        """Read fields and products once, answer for each task."""
        past, item = x[:, self.sizes.n_user_fields - 1], x[:, self.sizes.n_user_fields]
        known = ops.concat([self.with_product(ops, x), past * item])
        h = perceptron(ops, w, "trunk", known, self.config.dropout)
        z = [head(ops, w, f"head{t}", h) for t in range(self.sizes.n_tasks)]
        return Output(ops.stack(z, axis=1))


class SequenceRecommender(NeuralRecommender):
    """Base of all networks that look back."""

    family = Family.NEURAL
    is_multitask = True
    single_task_twin = "single_task_network"
    history = 20
    config_class = SequenceConfig

    def exhibits(self) -> tuple[Exhibit, ...]:
        """Show what each task's number owes to the past, and how far back it looks."""
        part = self._parts[0]
        pasts = sample_of_pasts(self._last, self.log.items.astype(np.int64))
        if pasts is None:
            return super().exhibits()
        tasks = tuple(task.name for task in self.tasks)
        shown = past_exhibits(part.network, self._inputs, part.weights, pasts, tasks)
        return (*shown, *super().exhibits())
