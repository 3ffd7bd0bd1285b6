r"""MMoE, multi-gate mixture-of-experts: shared experts, and a gate per task that mixes them.

Instead of one trunk there are several, the experts. Each task has its own gate, which looks at the
example and says how much each expert counts for it; so tasks that agree can lean on the same
experts, and tasks that do not can go apart:

.. math::
    h_t = \sum_e g_{te}(x)\, f_e(x), \qquad g_t(x) = \text{softmax}(x W_t), \qquad
    z_t = \text{MLP}_t(h_t)

With one expert this is the shared-bottom network.

The doubt: gates tend to polarise (one expert takes all, Zhao et al. 2019) or to stay equal; more
experts are also more weights, and part of a gain over shared-bottom is the gain of an ensemble.

References
----------
J. Ma, Z. Zhao, X. Yi, J. Chen, L. Hong, E. H. Chi: Modeling task relationships in multi-task
learning with multi-gate mixture-of-experts, KDD 2018.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from algorithms.arrays import Float32Array
from algorithms.explanations import Exhibit
from algorithms.models.neural.config import NetworkConfig
from algorithms.models.neural.experts import (
    GatedRecommender,
    ask_experts,
    draw_experts,
    draw_gate,
    gate_exhibits,
    mixture,
)
from algorithms.models.neural.inside import Inside
from algorithms.models.neural.network import Network, Output, dense, head
from algorithms.models.neural.ops import Array, Ops, Weights


class MmoeConfig(NetworkConfig):
    """Parameters of MMoE; ``width`` is that of one expert."""

    n_experts: int = Field(4, ge=1, le=32, description="Experts that all tasks share")


class MmoeNetwork(Network):
    """Experts for all tasks; a gate and a head for each."""

    config: MmoeConfig

    def make_weights(self, rng: np.random.Generator) -> dict[str, Float32Array]:
        """Draw experts, gates and heads."""
        wide, narrow, n = self.config.width, self.config.width // 2, self.config.n_experts
        weights = draw_experts(rng, "experts", n, (self.n_inputs, wide, narrow))
        for t in range(self.sizes.n_tasks):
            weights |= draw_gate(rng, f"gate{t}", self.n_inputs, n)
            weights |= dense(rng, f"head{t}", (narrow, narrow // 2, 1))
        return weights

    def is_shared(self, name: str) -> bool:
        """Experts and embeddings are; gates and heads belong to a task."""
        return not name.startswith(("head", "gate"))

    def forward(self, ops: Ops, w: Weights, x: Array) -> Output:
        """Ask all experts once; each task mixes what they say."""
        known = self.with_product(ops, x)
        experts = ask_experts(ops, w, "experts", known, self.config.dropout)  # (E, n, h)
        z, gates = [], []
        for t in range(self.sizes.n_tasks):
            gates.append(ops.softmax(known @ w[f"gate{t}"]))  # (n, E)
            z.append(head(ops, w, f"head{t}", mixture(gates[t], experts)))
        return Output(ops.stack(z, axis=1), {"gate": ops.stack(gates, axis=1)})


class Mmoe(GatedRecommender):
    """Shared experts, mixed for each task by a gate of its own."""

    key = "mmoe"
    title = "MMoE"
    summary = "Reads with several shared experts; each task’s gate says how much each counts."
    equation = r"$h_t = \sum_e g_{te}(x)\, f_e(x), \quad g_t(x) = \mathrm{softmax}(x W_t)$"
    reference = "ma2018mmoe"
    config_class = MmoeConfig
    network_class = MmoeNetwork
    config: MmoeConfig

    @property
    def expert_names(self) -> tuple[str, ...]:
        """Names of the shared experts."""
        return tuple(f"expert {number + 1}" for number in range(self.config.n_experts))

    def _inside(self, inside: Inside) -> tuple[Exhibit, ...]:
        return gate_exhibits(inside, "gate", self.expert_names)
