r"""An encoder-decoder transformer, small enough to read.

The **encoder** reads the prompt: in every layer each word looks at all words of the prompt,

.. math:: \text{Attention}(Q, K, V) = \text{softmax}\!\left(\frac{Q K^\top}{\sqrt{d_h}}\right) V

and then thinks for itself (two layers of a perceptron). The **decoder** writes the answer word by
word: each step looks at what was written so far, then at the prompt. Before every part the vector
is brought to length one per coordinate (root-mean-square norm, as in T5), after it the result is
added to what was there.

The decoder is written as one *step*, with the keys and values of earlier words kept. So learning, a
beam search and the judging of all items at once go through the same lines: B prompts, each with k
continuations side by side.

References
----------
A. Vaswani et al.: Attention is all you need, NeurIPS 2017.
C. Raffel et al.: Exploring the limits of transfer learning with a unified text-to-text transformer
(T5), JMLR 21, 2020.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import Float32Array
from algorithms.models.neural.ops import Array, Ops, Weights

WORDS = "words"  # (V, d) the vector of each word, to be read and to be written
BIAS = "bias"  # (V,) how readily a word is written
N_WRITTEN = 3  # start, category, item: what the decoder reads before the answer
_NOTHING = -1e9  # the score of what must not be looked at


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes that the weights do not tell."""

    n_layers: int
    n_heads: int
    dropout: float


@dataclass(frozen=True, eq=False)
class Memory:
    """The prompts as the decoder sees them: per layer keys and values (B, H, m, d / H)."""

    keys: list[Array]
    values: list[Array]
    known: Array  # (B, m) words that are no padding


@dataclass(frozen=True, eq=False)
class Written:
    """What the decoder keeps of the words written so far: per layer keys and values (B, k, d).

    Where all k continuations of a prompt share a word, it stands there once.
    """

    keys: list[list[Array]]
    values: list[list[Array]]

    def branch(self, parents: Array) -> Written:
        """Go on from some of the k continuations: ``parents`` (k',) says which."""

        def chosen(layers: list[list[Array]]) -> list[list[Array]]:
            return [
                [each if each.shape[1] == 1 else each[:, parents] for each in layer]
                for layer in layers
            ]

        return Written(chosen(self.keys), chosen(self.values))


def make_weights(
    rng: np.random.Generator, n_words: int, n_positions: int, dimension: int, n_layers: int
) -> dict[str, Float32Array]:
    """Draw all weights; a perceptron is twice as wide as a vector is long."""
    d = dimension

    def drawn(n_in: int, n_out: int, gain: float = 1.0) -> Float32Array:
        return rng.normal(0.0, gain / np.sqrt(n_in), (n_in, n_out)).astype(np.float32)

    weights = {
        WORDS: rng.normal(0.0, 1.0 / np.sqrt(d), (n_words, d)).astype(np.float32),
        BIAS: np.zeros(n_words, dtype=np.float32),
        "places.read": 0.1 * drawn(n_positions, d, np.sqrt(n_positions)),
        "places.written": 0.1 * drawn(N_WRITTEN, d, np.sqrt(N_WRITTEN)),
        "reader.norm": np.ones(d, dtype=np.float32),
        "writer.norm": np.ones(d, dtype=np.float32),
    }
    quiet = 1.0 / np.sqrt(2.0 * n_layers)  # so that a sum of layers does not grow loud
    for n in range(n_layers):
        for side, parts in (("reader", ("self",)), ("writer", ("self", "cross"))):
            for part in parts:
                name = f"{side}{n}.{part}"
                weights[f"{name}.norm"] = np.ones(d, dtype=np.float32)
                weights[f"{name}.Q"] = drawn(d, d)
                weights[f"{name}.K"] = drawn(d, d)
                weights[f"{name}.V"] = drawn(d, d)
                weights[f"{name}.O"] = drawn(d, d, quiet)
            name = f"{side}{n}.think"
            weights[f"{name}.norm"] = np.ones(d, dtype=np.float32)
            weights[f"{name}.W0"] = drawn(d, 2 * d, np.sqrt(2.0))
            weights[f"{name}.W1"] = drawn(2 * d, d, quiet)
    return weights


def words(ops: Ops, w: Weights, tokens: Array) -> Array:
    """Return the vectors (..., d) of tokens (...)."""
    return ops.rows(w[WORDS], tokens)


def read(ops: Ops, w: Weights, shape: Shape, x: Array, known: Array) -> tuple[Memory, Array]:
    """Read prompts.

    Parameters
    ----------
    x : (B, m, d) their words' vectors
    known : (B, m) which are words and no padding

    Returns
    -------
    memory : what the decoder looks at
    states : (B, m, d) each word, having read the others
    """
    x = ops.dropout(x + w["places.read"][: x.shape[1]], shape.dropout)
    visible = known[:, None, None, :]  # (B, 1, 1, m)
    for n in range(shape.n_layers):
        name = f"reader{n}.self"
        h = _norm(ops, w, name, x)
        q, k, v = (_heads(h @ w[f"{name}.{part}"], shape.n_heads) for part in "QKV")
        x = x + ops.dropout(_attend(ops, q, k, v, visible) @ w[f"{name}.O"], shape.dropout)
        x = x + _think(ops, w, f"reader{n}.think", x, shape.dropout)
    x = _norm(ops, w, "reader", x)
    keys, values = [], []
    for n in range(shape.n_layers):
        keys.append(_heads(x @ w[f"writer{n}.cross.K"], shape.n_heads))
        values.append(_heads(x @ w[f"writer{n}.cross.V"], shape.n_heads))
    return Memory(keys, values, known), x


def nothing_written(shape: Shape) -> Written:
    """Return what is kept before the first word."""
    return Written([[] for _ in range(shape.n_layers)], [[] for _ in range(shape.n_layers)])


def step(
    ops: Ops, w: Weights, shape: Shape, memory: Memory, written: Written, x: Array
) -> tuple[Array, Written]:
    """Take one more word into each of the k continuations of B prompts.

    Parameters
    ----------
    written : the words before it
    x : (B, k, d) the word's vectors; prompts or continuations that share it may have 1 there

    Returns
    -------
    states : (B, k, d) from which the next word is chosen
    written : with this word
    """
    place = len(written.keys[0])
    x = x + w["places.written"][place]
    visible = memory.known[:, None, None, :]  # (B, 1, 1, m)
    keys, values = [], []
    for n in range(shape.n_layers):
        name = f"writer{n}.self"
        h = _norm(ops, w, name, x)
        q = h @ w[f"{name}.Q"]
        keys.append([*written.keys[n], h @ w[f"{name}.K"]])
        values.append([*written.values[n], h @ w[f"{name}.V"]])
        looked = _look_back(ops, q, keys[n], values[n], shape.n_heads)
        x = x + ops.dropout(looked @ w[f"{name}.O"], shape.dropout)
        name = f"writer{n}.cross"
        q = _heads(_norm(ops, w, name, x) @ w[f"{name}.Q"], shape.n_heads)
        looked = _attend(ops, q, memory.keys[n], memory.values[n], visible)
        x = x + ops.dropout(looked @ w[f"{name}.O"], shape.dropout)
        x = x + _think(ops, w, f"writer{n}.think", x, shape.dropout)
    return _norm(ops, w, "writer", x), Written(keys, values)


def scores(ops: Ops, w: Weights, states: Array, tokens: Array) -> Array:
    """Return (B, k, n) how well each of n words goes on from states (B, k, d)."""
    return states @ words(ops, w, tokens).swapaxes(0, 1) + w[BIAS][tokens]


def _norm(ops: Ops, w: Weights, name: str, x: Array) -> Array:
    return x / ops.sqrt((x * x).mean(axis=-1, keepdims=True) + 1e-6) * w[f"{name}.norm"]


def _think(ops: Ops, w: Weights, name: str, x: Array, dropout: float) -> Array:
    h = ops.relu(_norm(ops, w, name, x) @ w[f"{name}.W0"])
    return ops.dropout(h @ w[f"{name}.W1"], dropout)


def _heads(x: Array, n_heads: int) -> Array:
    """Cut vectors (B, m, d) into those of the heads (B, H, m, d / H)."""
    n, m, d = x.shape
    return x.reshape(n, m, n_heads, d // n_heads).swapaxes(1, 2)


def _attend(ops: Ops, q: Array, k: Array, v: Array, visible: Array) -> Array:
    """Look from (B, H, k, d / H) at (B, H, m, d / H); return (B, k, d)."""
    alike = q @ k.swapaxes(2, 3) / float(np.sqrt(q.shape[3]))  # (B, H, k, m)
    looked = ops.softmax(ops.where(visible, alike, _NOTHING)) @ v  # (B, H, k, d / H)
    n, n_heads, n_asking, size = looked.shape
    return looked.swapaxes(1, 2).reshape(n, n_asking, n_heads * size)


def _look_back(ops: Ops, q: Array, keys: list[Array], values: list[Array], n_heads: int) -> Array:
    """Look from each word (B, k, d) at those before it in its own continuation, and itself."""
    size = q.shape[2] // n_heads

    def cut(x: Array) -> Array:  # shared words have 1 where others have n or k
        return x.reshape(x.shape[0], x.shape[1], n_heads, size)

    mine = cut(q)
    alike = [(mine * cut(key)).sum(axis=-1) / float(np.sqrt(size)) for key in keys]  # p x (B, k, H)
    shares = ops.softmax(ops.stack(alike, axis=3))  # (B, k, H, p)
    looked = sum(shares[..., p : p + 1] * cut(value) for p, value in enumerate(values))
    return looked.reshape(*q.shape)
