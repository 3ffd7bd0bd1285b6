r"""Self-attention over the past, as SASRec: every item looks back at the items before it.

The source text's *multi-head attention*, over time. At each place of the past a query asks all
places up to it (never a later one: the mask is *causal*) how much they matter, and takes the mean
of what they say with these weights. Items carry the vector of their place p, counted from the
newest, for attention by itself knows no order:

.. math::
    y_k = x_k + \sum_{j \le k} \text{softmax}_j\Big(
        \frac{(\bar x_k W_Q) \cdot (\bar x_j W_K)}{\sqrt{d_h}}\Big)\, \bar x_j W_V, \qquad
    x'_k = y_k + \text{relu}(\bar y_k W_1 + b_1) W_2 + b_2

a block; the bar scales a vector to mean 0 and deviation 1 (layer normalisation), and several heads
of length :math:`d_h` ask side by side. The newest item's vector after the last block is the field
of the past, shared by all tasks, and every task adds its head of the network.

The block follows the paper's equations more than its authors' program: queries, keys and values are
all made of the normalised vector, and what was read is added to the vector before it was normalised
(the program makes keys and values of the vector as it is, and adds to the normalised one). Unlike
both, a linear layer stands between the heads and the sum, as in Vaswani et al. (2017), and the
normalisation has no gain and no bias to learn.

SASRec scores an item by a product with that vector and learns at all places at once from the next
item. Here every event is an example with the labels of all tasks, and a perceptron reads the
product. The doubt: much of what was reported of attention came from the loss (Klenitskiy & Vasilev
2023) and from how long it was trained (Petrov & Macdonald 2022); Ferrari Dacrema et al. (2019)
found simple models as good as many networks.

References
----------
W.-C. Kang, J. McAuley: Self-attentive sequential recommendation, ICDM 2018 (SASRec). A. Vaswani
et al.: Attention is all you need, NIPS 2017. A. Klenitskiy, A. Vasilev: Turning dross into gold
loss: is BERT4Rec really better than SASRec?, RecSys 2023. A. Petrov, C. Macdonald: A systematic
review and replicability study of BERT4Rec for sequential recommendation, RecSys 2022.
"""

from __future__ import annotations

from typing import cast

import numpy as np
from pydantic import Field

from algorithms.arrays import Float32Array, FloatArray, IntArray
from algorithms.explanations import Bars, Exhibit, HeatMap
from algorithms.messages import Message
from algorithms.models.neural.attention import WARNING, attend, make_attention, read_length
from algorithms.models.neural.inputs import ITEM
from algorithms.models.neural.network import apply_linear, linear
from algorithms.models.neural.ops import Array, NumpyOps, Ops, Weights
from algorithms.models.neural.sequence import SequenceConfig, SequenceNetwork, SequenceRecommender
from algorithms.models.neural.sequence_exhibits import sample_of_pasts

_SMALL = 1e-6  # a vector without spread is not divided by 0


class SasrecMultitaskConfig(SequenceConfig):
    """Parameters of self-attention over the past."""

    n_blocks: int = Field(1, ge=1, le=4, description="Layers of attention, one upon the other")
    n_heads: int = Field(2, ge=1, le=8, description="Attentions side by side in a layer")


class SasrecMultitaskNetwork(SequenceNetwork):
    """Blocks of causal self-attention over the past, a trunk, and a head per task."""

    config: SasrecMultitaskConfig

    def make_encoder(self, rng: np.random.Generator) -> dict[str, Float32Array]:
        """Draw the places' vectors and the blocks."""
        d, length = self.sizes.dimension, self.sizes.history
        n_read = read_length(d, self.config.n_heads)
        weights = {"place": rng.normal(0, 0.1, (length, d)).astype(np.float32)}
        for b in range(self.config.n_blocks):
            weights |= make_attention(rng, f"block{b}", d, n_read)
            weights |= linear(rng, f"block{b}.said", n_read, d)
            weights |= linear(rng, f"block{b}.wide", d, d) | linear(rng, f"block{b}.back", d, d)
        return weights

    def look_back(self, ops: Ops, w: Weights, history: Array, known: Array) -> Array:
        """Return the newest item's vector after all blocks (n, d); 0 where there is none."""
        return self.read(ops, w, history, known)[0]

    def read(self, ops: Ops, w: Weights, history: Array, known: Array) -> tuple[Array, list[Array]]:
        """Return what ``look_back`` does, and per block what the newest reads (n, heads, L)."""
        factor = float(np.sqrt(self.sizes.dimension))
        x = ops.dropout(history * factor + w["place"], self.config.dropout) * known[:, :, None]
        attentions = []
        for b in range(self.config.n_blocks):
            is_last = b + 1 == self.config.n_blocks
            x, attention = self.block(ops, w, b, x, known, newest_only=is_last)
            attentions.append(attention[:, :, -1])
        return (normalised(ops, x) * known[:, -1:, None])[:, -1], attentions

    def block(
        self, ops: Ops, w: Weights, b: int, x: Array, known: Array, *, newest_only: bool
    ) -> tuple[Array, Array]:
        """Return the vectors after a block (n, Q, d), and the attention (n, heads, Q, L).

        Q are all L places, or the newest alone: nobody asks for the others after the last block.
        """
        length, name, n_heads = x.shape[1], f"block{b}", self.config.n_heads
        first = length - 1 if newest_only else 0
        earlier = ops.constant(np.tril(np.ones((length, length), dtype=np.bool_))[first:])
        seen = (known[:, None, :] & earlier)[:, None]  # (n, 1, Q, L)
        x_bar, root = normalised(ops, x), float(np.sqrt(self.sizes.dimension / n_heads))
        read, attention = attend(ops, w, name, x_bar[:, first:], x_bar, n_heads, seen, root)
        y = x[:, first:] + ops.dropout(apply_linear(w, f"{name}.said", read), self.config.dropout)
        wide = ops.relu(apply_linear(w, f"{name}.wide", normalised(ops, y)))
        more = ops.dropout(apply_linear(w, f"{name}.back", wide), self.config.dropout)
        return (y + more) * known[:, first:, None], attention


def normalised(ops: Ops, x: Array) -> Array:
    """Scale vectors (..., d) to mean 0 and deviation 1 along the last axis."""
    centred = x - x.mean(axis=-1)[..., None]
    return centred / ops.sqrt((centred * centred).mean(axis=-1)[..., None] + _SMALL)


class SasrecMultitask(SequenceRecommender):
    """Self-attention over the past, and a head per task."""

    key = "sasrec_multitask"
    title = "Self-attention over the past"
    summary = (
        "Lets each item a user chose look back at those before it; all tasks share what the newest "
        "one gathers."
    )
    equation = (
        r"$y_k = x_k + \sum_{j \leq k} \mathrm{softmax}_j(q_k \cdot k_j / \sqrt{d})\, v_j, "
        r"\quad z_t = f_t(x, y_L)$"
    )
    reference = "kang2018"
    config_class = SasrecMultitaskConfig
    network_class = SasrecMultitaskNetwork

    config: SasrecMultitaskConfig

    def exhibits(self) -> tuple[Exhibit, ...]:
        """Show where the newest item of the past reads, on average and for one user."""
        pasts = sample_of_pasts(self._last, self.log.items.astype(np.int64))
        if pasts is None:
            return super().exhibits()
        by_length = pasts.history[(pasts.history >= 0).sum(axis=1).argsort(kind="stable")]
        return (*self._attention_exhibits(by_length), *super().exhibits())

    def _attention_exhibits(self, history: IntArray) -> tuple[Exhibit, ...]:
        """Show the attention for histories (n, L), of which the last is shown alone."""
        read = self._attention_of_newest(history)  # (n, heads of all blocks, L)
        known = history >= 0
        with np.errstate(invalid="ignore"):
            mean = (read * known[:, None]).sum(axis=0) / known.sum(axis=0)  # (heads, L)
        alone = known[-1]
        back = range(history.shape[1] - 1, -1, -1)
        places = np.array([f"{k} before" if k else "newest" for k in back])
        titles = self.log.item_table.titles[history[-1][alone]]
        return (
            HeatMap(
                key="attention",
                title=Message("Where the newest item reads"),
                sentence=Message(
                    "The share of its reading that each place of the past gets, by attention head: "
                    "a mean over {n} users. " + WARNING,
                    {"n": len(history)},
                ),
                row_names=tuple(
                    f"layer {b + 1}, head {h + 1}"
                    for b in range(self.config.n_blocks)
                    for h in range(self.config.n_heads)
                ),
                column_names=tuple(places.tolist()),
                values=mean,
            ),
            Bars(
                key="attention_of_one",
                title=Message("One user’s past, as it is read"),
                sentence=Message(
                    "The items that one user chose last, oldest first, and the share of the "
                    "reading that each gets from the newest in the last layer, a mean of the "
                    "heads. " + WARNING
                ),
                value_label=Message("share of the reading"),
                names=tuple(
                    f"{place}: {title}" for place, title in zip(places[alone], titles, strict=True)
                ),
                values=read[-1, -self.config.n_heads :].mean(axis=0)[alone],
            ),
        )

    def _attention_of_newest(self, history: IntArray) -> FloatArray:
        part, known = self._parts[0], history >= 0
        network = cast("SasrecMultitaskNetwork", part.network)
        past = part.weights[ITEM][np.maximum(history, 0)] * known[:, :, None]
        attentions = network.read(NumpyOps(), dict(part.weights), past, known)[1]
        found: FloatArray = np.concatenate(attentions, axis=1).astype(np.float64)
        return found
