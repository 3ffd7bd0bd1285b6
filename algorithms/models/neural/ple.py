r"""CGC and PLE: experts of each task's own beside shared ones, in one level or several.

In MMoE every task can spoil every expert. Here each task has experts that no other task reads, and
there are shared ones; a task's gate mixes its own with the shared (*customized gate control*, CGC):

.. math::
    h_t = \sum_{e \in \text{own}_t \cup \text{shared}} g_{te}(x_t)\, f_e, \qquad
    h_s = \sum_{e \in \text{all}} g_{se}(x_s)\, f_e

With several levels (*progressive layered extraction*, PLE) :math:`h_t` is what the task's experts
read at the next level, and :math:`h_s`, mixed from **all** experts by a gate of its own, is what
the shared experts read; at the last level there is no shared gate, since nobody would read it. One
level is CGC.

The doubt: the gain over MMoE was shown on one firm's data; with small tasks, experts of their own
have little to learn from.

References
----------
H. Tang, J. Liu, M. Zhao, X. Gong: Progressive layered extraction (PLE): a novel multi-task learning
model for personalized recommendations, RecSys 2020.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from algorithms.arrays import Float32Array
from algorithms.explanations import Exhibit, HeatMap
from algorithms.messages import Message
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


class PleConfig(NetworkConfig):
    """Parameters of CGC and PLE; ``width`` is that of one expert."""

    n_levels: int = Field(2, ge=1, le=4, description="Levels of experts; 1 is CGC")
    n_task_experts: int = Field(1, ge=1, le=16, description="Experts of each task's own, per level")
    n_shared_experts: int = Field(2, ge=1, le=16, description="Shared experts, per level")


class PleNetwork(Network):
    """Levels of own and shared experts, gates between them, a head per task."""

    config: PleConfig

    def make_weights(self, rng: np.random.Generator) -> dict[str, Float32Array]:
        """Draw experts and gates level by level, and the heads."""
        config, n_tasks = self.config, self.sizes.n_tasks
        narrow = config.width // 2
        n_own, n_shared = config.n_task_experts, config.n_shared_experts
        weights: dict[str, Float32Array] = {}
        layers: tuple[int, ...] = (self.n_inputs, config.width, narrow)
        for level in range(config.n_levels):
            for t in range(n_tasks):
                weights |= draw_experts(rng, f"own{level}.{t}", n_own, layers)
                weights |= draw_gate(rng, f"gate{level}.{t}", layers[0], n_own + n_shared)
            weights |= draw_experts(rng, f"shared{level}", n_shared, layers)
            if level < config.n_levels - 1:
                n_all = n_tasks * n_own + n_shared
                weights |= draw_gate(rng, f"shared_gate{level}", layers[0], n_all)
            layers = (narrow, narrow)
        for t in range(n_tasks):
            weights |= dense(rng, f"head{t}", (narrow, narrow // 2, 1))
        return weights

    def is_shared(self, name: str) -> bool:
        """Whatever reaches a shared gate is; at the last level a task's own is its own."""
        last = self.config.n_levels - 1
        if name.startswith("own"):
            return not name.startswith(f"own{last}.")
        if name.startswith("gate"):  # it feeds the next level's experts, not this one's
            return not name.startswith((f"gate{last}.", f"gate{last - 1}."))
        return super().is_shared(name)

    def forward(self, ops: Ops, w: Weights, x: Array) -> Output:
        """Climb the levels."""
        config, n_tasks, n_own = self.config, self.sizes.n_tasks, self.config.n_task_experts
        shared_in = self.with_product(ops, x)
        task_in = [shared_in] * n_tasks
        gates: list[Array] = []
        own_shares = []
        for level in range(config.n_levels):
            shared = ask_experts(ops, w, f"shared{level}", shared_in, config.dropout)
            own = [
                ask_experts(ops, w, f"own{level}.{t}", task_in[t], config.dropout)
                for t in range(n_tasks)
            ]  # of each (E, n, h)
            gates = [ops.softmax(task_in[t] @ w[f"gate{level}.{t}"]) for t in range(n_tasks)]
            task_in = [
                mixture(gate[:, :n_own], mine) + mixture(gate[:, n_own:], shared)
                for gate, mine in zip(gates, own, strict=True)
            ]
            own_shares.append(ops.stack([gate[:, :n_own].sum(axis=1) for gate in gates], axis=1))
            if level < config.n_levels - 1:
                shared_in = self._shared_mixture(ops, w, level, shared_in, own, shared)
        z = [head(ops, w, f"head{t}", task_in[t]) for t in range(n_tasks)]
        use = {"gate": ops.stack(gates, axis=1), "own": ops.stack(own_shares, axis=2)}
        return Output(ops.stack(z, axis=1), use)

    def _shared_mixture(
        self, ops: Ops, w: Weights, level: int, shared_in: Array, own: list[Array], shared: Array
    ) -> Array:
        """Mix all experts of a level, the tasks' own and the shared: (n, h)."""
        n_own = self.config.n_task_experts
        gate = ops.softmax(shared_in @ w[f"shared_gate{level}"])
        mixed = mixture(gate[:, n_own * len(own) :], shared)
        for t, experts in enumerate(own):
            mixed = mixed + mixture(gate[:, n_own * t : n_own * (t + 1)], experts)
        return mixed


class Ple(GatedRecommender):
    """Experts of each task's own beside shared ones, level over level."""

    key = "ple"
    title = "PLE (CGC with one level)"
    summary = "Gives each task experts of its own beside shared ones; gates mix the two."
    equation = (
        r"$h_t = \sum_{e \in \mathrm{own}_t \cup \mathrm{shared}} g_{te}(x_t)\, f_e, \quad"
        r" h_s = \sum_{e} g_{se}(x_s)\, f_e$"
    )
    reference = "tang2020"
    config_class = PleConfig
    network_class = PleNetwork
    config: PleConfig

    @property
    def expert_names(self) -> tuple[str, ...]:
        """Names of the experts of the last level: a task's own, and the shared."""
        own = (f"own {number + 1}" for number in range(self.config.n_task_experts))
        shared = (f"shared {number + 1}" for number in range(self.config.n_shared_experts))
        return (*own, *shared)

    def _inside(self, inside: Inside) -> tuple[Exhibit, ...]:
        n_own, n_shared = self.config.n_task_experts, self.config.n_shared_experts
        levels = tuple(f"level {number + 1}" for number in range(self.config.n_levels))
        own = HeatMap(
            key="own_share",
            title=Message("How far each task goes its own way"),
            sentence=Message(
                "The weight of a task’s own experts beside the shared ones; {equal:.0%} would be "
                "no choice. More does not mean that sharing harms the task: own experts are also "
                "simply more weights.",
                {"equal": n_own / (n_own + n_shared)},
            ),
            row_names=inside.tasks,
            column_names=levels,
            values=inside.task_means("own"),
        )
        return (own, *gate_exhibits(inside, "gate", self.expert_names))
