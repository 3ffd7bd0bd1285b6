r"""Shared factors learned by gradient: the plainest model on which every balancer can be tried.

One vector per user and one per item for all tasks, as in shared factors, but fitted by Adam on the
observed labels instead of by least squares; what belongs to one task are an offset to either vector
and how much each axis counts:

.. math:: z_{tui} = \sum_k d_{tk}\,(p_{uk} + a_{tk})\,(q_{ik} + c_{tk})

The user's vector is the sum of the vectors of the user's fields (id, age, ...), the item's
likewise, as in factorization machines. The tasks pull at p and q alone, without a layer between:
what the balancers do to the gradients is seen here most plainly.

The doubt: Rendle et al. (2020) found that well-tuned factors are hard to beat by perceptrons; how
the two compare on the data at hand, the comparison says.

References
----------
S. Rendle: Factorization machines, ICDM 2010. S. Rendle, L. Schmidt-Thieme: Pairwise interaction
tensor factorization for personalized tag recommendation, WSDM 2010 (a third vector for what users
and items meet in). S. Rendle et al.: Neural collaborative filtering vs. matrix factorization
revisited, RecSys 2020.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import Float32Array, FloatArray
from algorithms.explanations import Exhibit, HeatMap
from algorithms.messages import Message
from algorithms.models.neural.config import BalancedConfig
from algorithms.models.neural.inside import Inside, InspectedRecommender
from algorithms.models.neural.network import Network, Output
from algorithms.models.neural.ops import Array, Ops, Weights


class GradientFactorsConfig(BalancedConfig):
    """Parameters of shared factors learned by gradient; ``dimension`` is their number."""


class GradientFactorsNetwork(Network):
    """A product of user and item, seen by each task in its own way."""

    config: GradientFactorsConfig

    def make_weights(self, rng: np.random.Generator) -> dict[str, Float32Array]:
        """Begin with all tasks alike: every axis counts 1; offsets are small and random."""
        d = self.sizes.dimension
        weights: dict[str, Float32Array] = {}
        for t in range(self.sizes.n_tasks):
            weights[f"head{t}.axes"] = np.ones(d, dtype=np.float32)
            for side in ("user", "item"):
                drawn: FloatArray = rng.normal(0.0, 0.1, d)
                weights[f"head{t}.{side}"] = drawn.astype(np.float32)
        return weights

    def forward(self, ops: Ops, w: Weights, x: Array) -> Output:
        """Add up the fields of either side, and multiply."""
        p = x[:, : self.sizes.n_user_fields].sum(axis=1)  # (n, d)
        q = x[:, self.sizes.n_user_fields :].sum(axis=1)
        z = [
            ((p + w[f"head{t}.user"]) * (q + w[f"head{t}.item"])) @ w[f"head{t}.axes"]
            for t in range(self.sizes.n_tasks)
        ]
        return Output(ops.stack(z, axis=1))


class GradientFactors(InspectedRecommender):
    """Shared user and item vectors fitted by Adam, with small offsets for each task."""

    key = "gradient_factors"
    title = "Shared factors by gradient"
    summary = "Learns one vector per user and item for all tasks by gradient steps."
    equation = r"$z_{tui} = \sum_k d_{tk}\,(p_{uk} + a_{tk})\,(q_{ik} + c_{tk})$"
    reference = "rendle2010"
    config_class = GradientFactorsConfig
    network_class = GradientFactorsNetwork

    def _inside(self, inside: Inside) -> tuple[Exhibit, ...]:
        w = self._parts[0].weights
        axes = np.stack([w[f"head{t}.axes"] for t in range(len(inside.tasks))]).astype(np.float64)
        lengths = np.linalg.norm(axes, axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            cosines = (axes @ axes.T) / np.outer(lengths, lengths)
        return (
            HeatMap(
                key="axes",
                title=Message("Do the tasks look along the same axes?"),
                sentence=Message(
                    "The cosine between how much the {n} axes of taste count for two tasks: 1 "
                    "means that both see the same likeness of user and item, and only offsets tell "
                    "them apart; all began at 1.",
                    {"n": axes.shape[1]},
                ),
                row_names=inside.tasks,
                column_names=inside.tasks,
                values=cosines,
                centre=0.0,
            ),
        )
