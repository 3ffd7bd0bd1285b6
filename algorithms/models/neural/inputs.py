"""From indices to field vectors: the embeddings that all networks have in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import Float32Array, IntArray
from algorithms.models.neural.events import Context
from algorithms.models.neural.fields import Side
from algorithms.models.neural.network import Network, Output
from algorithms.models.neural.ops import Array, Ops, Weights

USER, ITEM, CONTEXT, OFFSET = "embedding.user", "embedding.item", "context", "offset"
EMBEDDINGS = (USER, ITEM)
_SPREAD = 0.1  # of embeddings at the start


@dataclass(frozen=True, eq=False)
class Inputs:
    """The fields of users and items, and what events say of their circumstances."""

    users: Side
    items: Side
    context: Context

    def make_weights(
        self, rng: np.random.Generator, dimension: int, n_tasks: int
    ) -> dict[str, Float32Array]:
        """Draw embeddings; offsets and what the context adds start at 0."""
        return {
            USER: rng.normal(0, _SPREAD, (self.users.n_rows, dimension)).astype(np.float32),
            ITEM: rng.normal(0, _SPREAD, (self.items.n_rows, dimension)).astype(np.float32),
            CONTEXT: np.zeros((self.context.n_rows, n_tasks), dtype=np.float32),
            OFFSET: np.zeros(n_tasks, dtype=np.float32),
        }


def embed_users(
    ops: Ops, w: Weights, network: Network, side: Side, users: IntArray, history: IntArray
) -> Array:
    """Return the users' field vectors (n, U, d); the last is made of the history, if read."""
    x = embed(ops, w[USER], side, users)
    if not network.looks_back:
        return x
    known = ops.constant(history >= 0)  # (n, L)
    past = ops.rows(w[ITEM], ops.constant(np.maximum(history, 0)))  # (n, L, d)
    past = past * ops.constant((history >= 0).astype(np.float32))[:, :, None]
    seen = network.encode(ops, w, past, known)  # (n, d)
    return join_fields(ops, x, seen[:, None])


def embed(ops: Ops, table: Array, side: Side, rows: IntArray) -> Array:
    """Return the field vectors (n, F, d) of users or items."""
    vectors = ops.rows(table, ops.constant(side.index[rows]))
    return vectors * ops.constant(side.scale[rows])[:, :, None]


def join_fields(ops: Ops, first: Array, second: Array) -> Array:
    """Put the fields of (n, F, d) and (n, G, d) side by side: (n, F + G, d)."""
    n, _, d = first.shape
    flat = [part.reshape(n, part.shape[1] * d) for part in (first, second)]
    return ops.concat(flat).reshape(n, first.shape[1] + second.shape[1], d)


def answer(ops: Ops, w: Weights, network: Network, x: Array, context: Array | None) -> Output:
    """Send field vectors through the network; add offsets and what the context adds (n, T)."""
    output = network.forward(ops, w, x)
    z = output.z + w[OFFSET]
    if context is not None:
        z = z + context
    return Output(network.link(ops, z), output.use, {**output.extra, "heads": z})


def context_effect(ops: Ops, w: Weights, codes: IntArray) -> Array | None:
    """Return (n, T) what the circumstances of events add; None where nothing is known of them."""
    if not codes.shape[1]:
        return None
    return ops.rows(w[CONTEXT], ops.constant(codes)).sum(axis=1)
