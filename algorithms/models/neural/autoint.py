r"""Self-attention between fields, as AutoInt: every field reads what the other fields say.

The source text's *multi-head attention*, over features. The user's age, the item's category, the
ids: each field f asks all fields how much they matter to it, takes the mean of what they say with
these weights, and adds it to itself. So the network makes its own crossed features ("young" and
"sneakers"), layer upon layer ever higher ones:

.. math::
    \alpha_{fg} = \text{softmax}_g\big((x_f W_Q) \cdot (x_g W_K)\big), \qquad
    x'_f = \text{relu}\Big(\sum_g \alpha_{fg}\, x_g W_V + x_f W_R\Big)

with several attention heads side by side. The fields after the last layer, the fields as they were
and the product of user and item (AutoInt+ sets a perceptron beside the attention for them) are
read by a trunk, and every task adds its head.

The doubt: with all choices tuned alike, Zhu et al. (2021) found AutoInt and a dozen other click
models within a few thousandths of AUC of each other, and a plain perceptron among them.

References
----------
W. Song et al.: AutoInt: automatic feature interaction learning via self-attentive neural networks,
CIKM 2019. J. Zhu et al.: Open benchmarking for click-through rate prediction, CIKM 2021.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from algorithms.arrays import Float32Array
from algorithms.explanations import Exhibit, HeatMap
from algorithms.messages import Message
from algorithms.models.neural.attention import WARNING, attend, make_attention, read_length
from algorithms.models.neural.config import NetworkConfig
from algorithms.models.neural.field_use import field_names
from algorithms.models.neural.inside import Inside, InspectedRecommender
from algorithms.models.neural.network import (
    Network,
    Output,
    apply_linear,
    dense,
    head,
    linear,
    perceptron,
)
from algorithms.models.neural.ops import Array, Ops, Weights

ATTENTION_OF = "attention of layer "  # before a layer's number, where its weights are noted


class AutoIntConfig(NetworkConfig):
    """Parameters of self-attention between fields."""

    n_layers: int = Field(2, ge=1, le=4, description="Layers of attention, one upon the other")
    n_heads: int = Field(2, ge=1, le=8, description="Attentions side by side in a layer")


class AutoIntNetwork(Network):
    """Layers of attention between fields, a trunk, and a head per task."""

    config: AutoIntConfig

    def make_weights(self, rng: np.random.Generator) -> dict[str, Float32Array]:
        """Draw the layers, the trunk and the heads."""
        wide, narrow = self.config.width, self.config.width // 2
        n_in, n_out = self.sizes.dimension, read_length(self.sizes.dimension, self.config.n_heads)
        weights: dict[str, Float32Array] = {}
        for layer in range(self.config.n_layers):
            weights |= make_attention(rng, f"layer{layer}", n_in, n_out)
            weights |= linear(rng, f"layer{layer}.rest", n_in, n_out)
            n_in = n_out
        n_inputs = self.n_inputs + self.sizes.n_fields * n_out
        weights |= dense(rng, "trunk", (n_inputs, wide, narrow))
        for t in range(self.sizes.n_tasks):
            weights |= dense(rng, f"head{t}", (narrow, narrow // 2, 1))
        return weights

    def forward(self, ops: Ops, w: Weights, x: Array) -> Output:
        """Let the fields read each other, then answer for each task."""
        crossed, use = x, {}
        for layer in range(self.config.n_layers):
            name = f"layer{layer}"
            read, attention = attend(ops, w, name, crossed, crossed, self.config.n_heads)
            crossed = ops.relu(read + apply_linear(w, f"{name}.rest", crossed))
            use[f"{ATTENTION_OF}{layer + 1}"] = attention.mean(axis=1)  # (n, F, F)
        known = ops.concat([self.with_product(ops, x), crossed.reshape(x.shape[0], -1)])
        h = perceptron(ops, w, "trunk", known, self.config.dropout)
        z = [head(ops, w, f"head{t}", h) for t in range(self.sizes.n_tasks)]
        return Output(ops.stack(z, axis=1), use)


class AutoInt(InspectedRecommender):
    """Self-attention between fields, and a head per task."""

    key = "autoint"
    title = "Self-attention between fields"
    summary = (
        "Lets what is known of user and item, field by field, read each other; all tasks share "
        "the crossed features that come of it."
    )
    equation = (
        r"$\tilde{x}_f = \mathrm{relu}(\sum_g \mathrm{softmax}_g(q_f \cdot k_g)\, v_g + x_f W_R), "
        r"\quad z_t = f_t(x, \tilde{x})$"
    )
    reference = "song2019"
    config_class = AutoIntConfig
    network_class = AutoIntNetwork

    config: AutoIntConfig

    def _inside(self, inside: Inside) -> tuple[Exhibit, ...]:
        """Show which field reads which, layer by layer."""
        names = field_names(self._parts[0].network, self._inputs)
        return tuple(
            HeatMap(
                key=f"fields{layer}",
                title=Message("Which field reads which, layer {layer}", {"layer": layer}),
                sentence=Message(
                    "Each row shares out the reading of one field among all fields: a mean over "
                    "{n:,} events of training and the attention heads. Even shares are "
                    "{even:.0%}. " + WARNING,
                    {"n": len(inside.examples), "even": 1 / len(names)},
                ),
                row_names=names,
                column_names=names,
                values=np.asarray(
                    inside.output.use[f"{ATTENTION_OF}{layer}"], dtype=np.float64
                ).mean(axis=0),
            )
            for layer in range(1, self.config.n_layers + 1)
        )
