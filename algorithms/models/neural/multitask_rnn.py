r"""Multi-task RNN: a recurrent network reads the past item by item; a head per task answers.

The source text's *multi-task RNN*. A state walks along the items the user chose, oldest first. At
each item two gates decide how much of the old state is looked at (r, reset) and how much of it is
kept (u, update); what remains at the end is all the network knows of the past:

.. math::
    r_k &= \sigma(x_k W_r + s_{k-1} U_r + b_r), \qquad
    u_k = \sigma(x_k W_u + s_{k-1} U_u + b_u) \\
    c_k &= \tanh(x_k W_c + r_k \odot (s_{k-1} U_c) + b_c), \qquad
    s_k = u_k \odot s_{k-1} + (1 - u_k) \odot c_k

The last state is a field of the example like any other, shared by all tasks:
:math:`z_t = \text{MLP}_t(\text{MLP}(x, s_L, \ldots))`. Where no item is known the state stays as it
is, so a short past needs no filling.

The doubt: Ludewig & Jannach (2018) and Ferrari Dacrema et al. (2019) found nearest neighbours as
good as GRU4Rec; and where tastes do not change, order tells nothing that a mean would not.

References
----------
B. Hidasi et al.: Session-based recommendations with recurrent neural networks, ICLR 2016
(GRU4Rec). K. Cho et al.: Learning phrase representations using RNN encoder-decoder, EMNLP 2014
(the gates; the reset after the product, as PyTorch has it).
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import Float32Array
from algorithms.models.neural.network import linear
from algorithms.models.neural.ops import Array, Ops, Weights
from algorithms.models.neural.sequence import SequenceNetwork, SequenceRecommender


class MultitaskRnnNetwork(SequenceNetwork):
    """A gated recurrent unit over the past, a trunk, and a head per task."""

    def make_encoder(self, rng: np.random.Generator) -> dict[str, Float32Array]:
        """Draw what the gates read of the item, and of the state: (d, 3 d) each."""
        d = self.sizes.dimension
        return {**linear(rng, "gru.item", d, 3 * d), **linear(rng, "gru.state", d, 3 * d)}

    def look_back(self, ops: Ops, w: Weights, history: Array, known: Array) -> Array:
        """Walk along the past, oldest first; return the last state (n, d)."""
        d = self.sizes.dimension
        of_items = history @ w["gru.item.W0"] + w["gru.item.b0"]  # (n, L, 3 d)
        state = history[:, 0] * 0.0  # (n, d)
        for k in range(history.shape[1]):
            item, known_k = of_items[:, k], known[:, k, None]
            past = state @ w["gru.state.W0"] + w["gru.state.b0"]
            gates = ops.sigmoid(item[:, : 2 * d] + past[:, : 2 * d])
            reset, keep = gates[:, :d], gates[:, d:]
            candidate = ops.tanh(item[:, 2 * d :] + reset * past[:, 2 * d :])
            state = state + known_k * (1.0 - keep) * (candidate - state)
        return state


class MultitaskRnn(SequenceRecommender):
    """A recurrent network over the past, and a head per task."""

    key = "multitask_rnn"
    title = "Multi-task RNN"
    summary = "Reads what the user chose last item by item, keeping a state that all tasks share."
    equation = r"$s_k = u_k \odot s_{k-1} + (1 - u_k) \odot c_k, \quad z_t = f_t(x, s_L)$"
    reference = "hidasi2016"
    network_class = MultitaskRnnNetwork
