"""A fitted network answers, by NumPy, for one user and all items at a time.

A user's row is always worked out in one piece and in single precision, whoever else is asked about:
so one pair alone has the same number as the same pair among thousands. Rows are kept, for judging
asks three times about the same users.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping

import numpy as np

from algorithms.arrays import AnyArray, BoolArray, Float32Array, FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.models.neural.events import Examples
from algorithms.models.neural.inputs import OFFSET, Inputs, answer, embed, embed_users, join_fields
from algorithms.models.neural.network import Network
from algorithms.models.neural.ops import NumpyOps, Weights

_MOST_KEPT = 2**23  # numbers of one task that are kept (64 MiB)
_AT_A_TIME = 2**13
_MOST_AVERAGED = 2**14  # events whose fields are averaged; more would tell no more
_OPS = NumpyOps()


def answers(
    network: Network,
    inputs: Inputs,
    weights: Mapping[str, Float32Array],
    users: IntArray,
    items: IntArray,
    history: IntArray,
) -> FloatArray:
    """Return (n, T) the network's numbers for pairs of users (n,) and items (n,).

    Parameters
    ----------
    history : (n, L) items each user chose last, or (1, L) where all pairs are of one user
    """
    w = dict(weights)
    if len(history) == 1 and len(users):
        of_user = embed_users(_OPS, w, network, inputs.users, users[:1], history)
        x_user = np.broadcast_to(of_user, (len(users), *of_user.shape[1:]))
        return _pair_answers(network, inputs, w, x_user, items)
    parts = [np.zeros((0, len(w[OFFSET])))]
    for start in range(0, len(users), _AT_A_TIME):
        rows = slice(start, start + _AT_A_TIME)
        x_user = embed_users(_OPS, w, network, inputs.users, users[rows], history[rows])
        parts.append(_pair_answers(network, inputs, w, x_user, items[rows]))
    return np.concatenate(parts)


def _pair_answers(
    network: Network,
    inputs: Inputs,
    w: dict[str, Float32Array],
    x_user: Float32Array,
    items: IntArray,
) -> FloatArray:
    x_item = embed(_OPS, w["embedding.item"], inputs.items, items)
    x = join_fields(_OPS, x_user, x_item)
    z: FloatArray = answer(_OPS, w, network, x, w["served_context"]).z
    return z.astype(np.float64)


def fields_of(
    network: Network,
    inputs: Inputs,
    w: Weights,
    users: IntArray,
    items: IntArray,
    history: IntArray,
) -> AnyArray:
    """Return (n, F, d) the field vectors of pairs; histories (n, L) as in ``answers``."""
    x_user = embed_users(_OPS, w, network, inputs.users, users, history)
    x_item = embed(_OPS, w["embedding.item"], inputs.items, items)
    x: AnyArray = join_fields(_OPS, x_user, x_item)
    return x


def average_fields(
    network: Network, inputs: Inputs, weights: Mapping[str, Float32Array], examples: Examples
) -> FloatArray:
    """Return (F, d) the mean field vectors over examples."""
    step = max(1, len(examples) // _MOST_AVERAGED)
    few = examples.take(np.arange(0, len(examples), step))
    x = fields_of(network, inputs, dict(weights), few.users, few.items, few.history)
    mean: FloatArray = x.mean(axis=0, dtype=np.float64)
    return mean


class KeptAnswers:
    """The numbers of all items of a kind for the users asked so far, in tables that stay."""

    def __init__(self, log: InteractionLog) -> None:
        self._log = log
        self._columns: dict[str, tuple[IntArray, IntArray]] = {}
        self._tables: dict[Hashable, tuple[FloatArray, BoolArray]] = {}

    def column_of(self, kind: str, items: IntArray) -> IntArray:
        """Return (n,) the place of each item among those of its kind."""
        return self._of_kind(kind)[1][items]

    def table(
        self,
        key: Hashable,
        kind: str,
        depth: int,
        users: IntArray,
        make: Callable[[int, IntArray], FloatArray],
    ) -> FloatArray | None:
        """Return (n_users, k, depth) the numbers of the k items of a kind; None if too many.

        Only the rows of ``users`` and of those asked about before are set. Nothing is copied.

        Parameters
        ----------
        key : names the table
        depth : how many numbers a user and an item have
        make : works out (k, depth) the numbers of the items (k,) for a user
        """
        items = self._of_kind(kind)[0]
        n_users = self._log.n_users
        if n_users * len(items) > _MOST_KEPT:
            return None
        if key not in self._tables:
            empty = np.empty((n_users, len(items), depth))
            self._tables[key] = (empty, np.zeros(n_users, dtype=np.bool_))
        table, known = self._tables[key]
        new = np.unique(users[~known[users]]).tolist()
        if new:
            _fill(table, new, items, make)
            known[new] = True
        return table

    def _of_kind(self, kind: str) -> tuple[IntArray, IntArray]:
        if kind not in self._columns:
            items = self._log.item_table.of_kind(kind).astype(np.int64)
            columns = np.full(self._log.n_items, -1)
            columns[items] = np.arange(len(items))
            self._columns[kind] = (items, columns)
        return self._columns[kind]


def _fill(
    table: FloatArray,
    users: list[int],
    items: IntArray,
    make: Callable[[int, IntArray], FloatArray],
) -> None:
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(1, "blas"):  # a row is small: threads would wait for each other
        for user in users:
            table[user] = make(user, items)
