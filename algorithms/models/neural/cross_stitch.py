r"""Cross-stitch network: each task has layers of its own, and learns how much to take from others.

All tasks have networks of the same shape. After every layer a *cross-stitch unit*, a small table
of weights A (T, T), mixes what they have worked out:

.. math:: \tilde h_t^{(l)} = \sum_{s} A^{(l)}_{ts}\, h_s^{(l)}, \qquad
    A^{(l)}_{tt} = 1 - \epsilon, \quad A^{(l)}_{ts} = \frac{\epsilon}{T - 1}
    \quad \text{at the start}

It begins close to the identity, that is, close to separate networks (on shared embeddings), and
moves towards sharing only where that lowers the losses.

The doubt: its size grows with the number of tasks, so it is the most costly way to share; and units
that begin near the identity tend to stay there (Misra et al. gave them a learning rate a hundred
times and more that of the layers; Adam's steps, all of one size, make that unnecessary here).

References
----------
I. Misra, A. Shrivastava, A. Gupta, M. Hebert: Cross-stitch networks for multi-task learning, CVPR
2016.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from algorithms.arrays import Float32Array
from algorithms.explanations import Exhibit, HeatMap
from algorithms.messages import Message
from algorithms.models.neural.config import NetworkConfig
from algorithms.models.neural.experts import draw_experts
from algorithms.models.neural.inside import Inside, InspectedRecommender
from algorithms.models.neural.network import Network, Output, dense, head
from algorithms.models.neural.ops import Array, Ops, Weights

_N_LAYERS = 2


class CrossStitchConfig(NetworkConfig):
    """Parameters of a cross-stitch network; ``width`` is that of one task's layers."""

    start_share: float = Field(
        0.1, ge=0, le=0.9, description="What a task takes from all others together, at the start"
    )


class CrossStitchNetwork(Network):
    """Layers for each task, a cross-stitch unit after every layer, a head per task."""

    config: CrossStitchConfig

    def make_weights(self, rng: np.random.Generator) -> dict[str, Float32Array]:
        """Draw the layers; the units begin near the identity."""
        n_tasks, wide, narrow = self.sizes.n_tasks, self.config.width, self.config.width // 2
        weights = draw_experts(rng, "layers", n_tasks, (self.n_inputs, wide, narrow))
        for number in range(_N_LAYERS):
            weights[f"stitch{number}"] = near_identity(n_tasks, self.config.start_share)
        for t in range(n_tasks):
            weights |= dense(rng, f"head{t}", (narrow, narrow // 2, 1))
        return weights

    def forward(self, ops: Ops, w: Weights, x: Array) -> Output:
        """Send the example through all tasks' layers side by side."""
        h = self.with_product(ops, x)
        for number in range(_N_LAYERS):
            h = ops.relu(h @ w[f"layers.W{number}"] + w[f"layers.b{number}"])  # (T, n, h)
            h = stitch(w[f"stitch{number}"], ops.dropout(h, self.config.dropout))
        z = [head(ops, w, f"head{t}", h[t]) for t in range(self.sizes.n_tasks)]
        return Output(ops.stack(z, axis=1))


def near_identity(n_tasks: int, share: float) -> Float32Array:
    """Return a unit (T, T): ``1 - share`` from oneself, ``share`` from all others together."""
    if n_tasks == 1:
        return np.ones((1, 1), dtype=np.float32)
    unit = np.full((n_tasks, n_tasks), share / (n_tasks - 1), dtype=np.float32)
    np.fill_diagonal(unit, 1.0 - share)
    return unit


def stitch(unit: Array, h: Array) -> Array:
    """Mix the tasks' layers h (T, n, h) by a unit (T, T)."""
    return (unit @ h.reshape(h.shape[0], h.shape[1] * h.shape[2])).reshape(*h.shape)


class CrossStitch(InspectedRecommender):
    """A network per task, with learned mixing after every layer."""

    key = "cross_stitch"
    title = "Cross-stitch network"
    summary = "Gives each task its own layers, and learns how much each takes from the others."
    equation = r"$\tilde h_t = \sum_s A_{ts}\, h_s, \quad A \approx I$"
    reference = "misra2016"
    config_class = CrossStitchConfig
    network_class = CrossStitchNetwork
    config: CrossStitchConfig

    def _inside(self, inside: Inside) -> tuple[Exhibit, ...]:
        start = near_identity(len(inside.tasks), self.config.start_share)
        shown = []
        for number in range(_N_LAYERS):
            unit = np.asarray(self._parts[0].weights[f"stitch{number}"], dtype=np.float64)
            shown.append(
                HeatMap(
                    key=f"stitch_{number + 1}",
                    title=Message("What tasks take from each other, layer {n}", {"n": number + 1}),
                    sentence=Message(
                        "Each row is what a task takes from every task’s layer, itself included; "
                        "it began with {own:.2f} from itself and {other:.2f} from each other one, "
                        "and moved by {moved:.2f} on average. A layer’s size can make up for a "
                        "small weight, so compare within a column.",
                        {
                            "own": float(start[0, 0]),
                            "other": float(start[0, -1]) if len(start) > 1 else 0.0,
                            "moved": float(np.abs(unit - start).mean()),
                        },
                    ),
                    row_names=inside.tasks,
                    column_names=inside.tasks,
                    values=unit,
                    centre=0.0,
                )
            )
        return tuple(shown)
