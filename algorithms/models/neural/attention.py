r"""Multi-head attention, by whom it is asked: places of the past, or fields of an example.

Several *heads* side by side. In each of them a query asks all keys how much they matter, and takes
the mean of their values with these weights:

.. math:: \text{softmax}_j\Big(\frac{(x_i W_Q) \cdot (x_j W_K)}{\tau}\Big)\, x_j W_V

The heads' length is the vectors' length divided by their number, and rounded up.

References
----------
A. Vaswani et al.: Attention is all you need, NIPS 2017. S. Jain, B. C. Wallace: Attention is not
explanation, NAACL 2019. S. Wiegreffe, Y. Pinter: Attention is not not explanation, EMNLP 2019.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import Float32Array
from algorithms.models.neural.network import apply_linear, linear
from algorithms.models.neural.ops import Array, Ops, Weights

WARNING = (
    "Weights say where the network read, not what made it decide: other weights can give the same "
    "number (Jain & Wallace 2019), and what is read has passed through other layers before."
)
_NEVER = -1e9  # what must not be seen scores before the softmax


def read_length(dimension: int, n_heads: int) -> int:
    """Return the length of what all heads read together, a multiple of their number."""
    return -(-dimension // n_heads) * n_heads


def make_attention(
    rng: np.random.Generator, name: str, n_in: int, n_read: int
) -> dict[str, Float32Array]:
    """Draw what makes queries, keys and values of vectors: (n_in, n_read) each."""
    weights: dict[str, Float32Array] = {}
    for part in ("query", "key", "value"):
        weights |= linear(rng, f"{name}.{part}", n_in, n_read)
    return weights


def attend(
    ops: Ops,
    w: Weights,
    name: str,
    asking: Array,
    asked: Array,
    n_heads: int,
    seen: Array | None = None,
    temperature: float = 1.0,
) -> tuple[Array, Array]:
    """Let vectors ask vectors.

    Parameters
    ----------
    asking : (n, Q, d)
    asked : (n, K, d)
    seen : (n, 1, Q, K) or less, whether a query may look at a key; all where None
    temperature : by which the scores are divided

    Returns
    -------
    what is read (n, Q, n_read), and the attention (n, heads, Q, K): its rows sum to 1
    """
    n = asking.shape[0]

    def split(part: str, vectors: Array) -> Array:  # (n, heads, Q or K, n_read / heads)
        said = apply_linear(w, f"{name}.{part}", vectors)
        n_read = said.shape[-1]
        return said.reshape(n, vectors.shape[1], n_heads, n_read // n_heads).swapaxes(1, 2)

    query, key, value = split("query", asking), split("key", asked), split("value", asked)
    scores = query @ key.swapaxes(2, 3) / temperature
    if seen is not None:
        scores = ops.where(seen, scores, _NEVER)
    attention = ops.softmax(scores)
    read = (attention @ value).swapaxes(1, 2)  # (n, Q, heads, n_read / heads)
    return read.reshape(n, asking.shape[1], read.shape[2] * read.shape[3]), attention
