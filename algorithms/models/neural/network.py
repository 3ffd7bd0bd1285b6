r"""What every network of the lab is: weights by name, and a way from an example to its tasks.

An example comes as a table of field vectors x (n, F, d): first the user's fields, then the item's.
``forward`` turns it into one number per task; on top of it, the same for all architectures,

.. math:: z_t = \text{forward}_t(x) + b_t + c_t(\text{context})

the task's offset and what the circumstances add (position on the page, hour). That last sum is a
"shallow tower" (Zhao et al. 2019): the network need not learn that the first place is clicked more,
and a list that is made afterwards has no position yet, so there it stands at its mean.

References
----------
Z. Zhao et al.: Recommending what video to watch next, RecSys 2019 (the shallow tower). S. Rendle
et al.: Neural collaborative filtering vs. matrix factorization revisited, RecSys 2020 (a perceptron
learns products badly; so the product of user and item is handed to it).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from algorithms.arrays import Float32Array, FloatArray
from algorithms.models.base import ModelConfig
from algorithms.models.neural.events import Examples
from algorithms.models.neural.ops import Array, Ops, Weights
from algorithms.tasks import TaskKind


@dataclass(frozen=True, slots=True)
class Sizes:
    """What an architecture must know to be built.

    Parameters
    ----------
    tasks : the tasks' names
    kinds : what each task's label is
    parents : position of the task that must happen first, or -1
    item_kinds : kind of item that each task ranks
    n_user_fields, n_item_fields : U and I, fields of an example
    n_items : items of the table
    dimension : d, length of a field's vector
    history : L, how many items are looked back at
    """

    tasks: tuple[str, ...]
    kinds: tuple[TaskKind, ...]
    parents: tuple[int, ...]
    item_kinds: tuple[str, ...]
    n_user_fields: int
    n_item_fields: int
    n_items: int
    dimension: int
    history: int

    @property
    def n_tasks(self) -> int:
        """T."""
        return len(self.tasks)

    @property
    def n_fields(self) -> int:
        """F, the history's field included where there is one."""
        return self.n_user_fields + self.n_item_fields


@dataclass(frozen=True, eq=False)
class Output:
    """What a network says of n examples.

    Parameters
    ----------
    z : (n, T) log-odds of binary tasks, standardised labels of the others
    use : by name (n, ...) what is worth noting, such as the weights of the experts
    extra : by name, what the network's own losses need; ``answer`` adds ``heads``, (n, T) the
        numbers before ``link``
    """

    z: Array
    use: Mapping[str, Array] = field(default_factory=dict)
    extra: Mapping[str, Array] = field(default_factory=dict)


class Network(ABC):
    """An architecture: its weights, and its way from an example to its tasks.

    A subclass implements ``make_weights`` and ``forward``; where it looks back it sets
    ``looks_back`` and implements ``encode``; where its losses are its own it overrides ``losses``
    or adds ``penalty``; where one task's number hangs on another's it overrides ``link``.
    """

    looks_back = False  # does it read the history? then ``encode`` makes the last user field of it
    one_task_per_batch = False  # does each batch belong to one task?

    def __init__(self, sizes: Sizes, config: ModelConfig) -> None:
        self.sizes, self.config = sizes, config

    @abstractmethod
    def make_weights(self, rng: np.random.Generator) -> dict[str, Float32Array]:
        """Draw the weights at the start, by name."""

    @abstractmethod
    def forward(self, ops: Ops, w: Weights, x: Array) -> Output:
        """Turn field vectors x (n, F, d) into one number per task."""

    def link(self, ops: Ops, z: Array) -> Array:
        """Turn the heads' numbers (n, T), offsets and context included, into the tasks' own."""
        return z

    def learns_from(self, examples: Examples) -> Examples:
        """Return the examples with the labels that each task learns from; by default all."""
        return examples

    def encode(self, ops: Ops, w: Weights, history: Array, known: Array) -> Array:
        """Turn the vectors of past items (n, L, d), ``known`` (n, L), into one vector (n, d)."""
        raise NotImplementedError

    def is_shared(self, name: str) -> bool:
        """Whether a weight belongs to several tasks; by default all but heads."""
        return not name.startswith("head")

    def penalty(self, ops: Ops, w: Weights, output: Output, batch: Batch) -> Array | None:
        """Return a further term of the loss, or None."""
        return None

    def noted(self, ops: Ops, output: Output, batch: Batch) -> Mapping[str, Array]:
        """Return what is noted of a step, by name (n, ...); means over the batch are kept."""
        return output.use

    def losses(self, ops: Ops, output: Output, batch: Batch) -> list[Array | None]:
        """Return each task's mean loss over its observed labels; None where there is none."""
        return [
            masked_loss(ops, kind, output.z[:, t], batch.labels[:, t], batch.mask[:, t], batch.n[t])
            for t, kind in enumerate(self.sizes.kinds)
        ]

    def with_product(self, ops: Ops, x: Array) -> Array:
        """Lay the fields side by side, and the product of user and item after them."""
        s = self.sizes
        flat = x.reshape(x.shape[0], s.n_fields * s.dimension)  # (n, F d)
        return ops.concat([flat, x[:, 0] * x[:, s.n_user_fields]])

    @property
    def n_inputs(self) -> int:
        """Length of what ``with_product`` returns."""
        return (self.sizes.n_fields + 1) * self.sizes.dimension


@dataclass(frozen=True, eq=False)
class Batch:
    """Labels (n, T) of a batch and how much each counts, and the sums of the counts.

    In the ``mask`` what is not observed counts 0, and what is counts 1, but for pseudo-labels.
    """

    labels: Array
    mask: Array
    n: tuple[float, ...]
    item_kinds: Array  # (n,) position of the item's kind among those of the tasks


def masked_loss(
    ops: Ops, kind: TaskKind, z: Array, labels: Array, mask: Array, n: float
) -> Array | None:
    """Return the mean log loss (binary) or half squared error over the observed labels.

    Parameters
    ----------
    z, labels, mask : (n,) of one task
    n : how many are observed, or the sum of what they count
    """
    if not n:
        return None
    if kind is TaskKind.BINARY:  # log(1 + e^z) - y z, written so that nothing overflows
        each = ops.relu(z) - z * labels + ops.log(1 + ops.exp(-abs(z)))
    else:
        each = 0.5 * (z - labels) ** 2
    return (each * mask).sum() / n


def dense(
    rng: np.random.Generator, name: str, sizes: Sequence[int], gain: float = 2.0
) -> dict[str, Float32Array]:
    """Draw the weights of a chain of layers: ``name.W0``, ``name.b0``, ... (He et al. 2015)."""
    weights: dict[str, Float32Array] = {}
    for number, (n_in, n_out) in enumerate(pairwise(sizes)):
        spread = np.sqrt(gain / n_in)
        drawn: FloatArray = rng.normal(0.0, spread, (n_in, n_out))
        weights[f"{name}.W{number}"] = drawn.astype(np.float32)
        weights[f"{name}.b{number}"] = np.zeros(n_out, dtype=np.float32)
    return weights


def perceptron(ops: Ops, w: Weights, name: str, x: Array, dropout: float = 0.0) -> Array:
    """Send x through all layers of ``name``, each followed by a relu."""
    number = 0
    while f"{name}.W{number}" in w:
        x = ops.relu(x @ w[f"{name}.W{number}"] + w[f"{name}.b{number}"])
        x = ops.dropout(x, dropout)
        number += 1
    return x


def head(ops: Ops, w: Weights, name: str, x: Array, dropout: float = 0.0) -> Array:
    """Send x through all layers of ``name``, the last of which has one number and no relu: (n,)."""
    number = 0
    while f"{name}.W{number + 1}" in w:
        x = ops.relu(x @ w[f"{name}.W{number}"] + w[f"{name}.b{number}"])
        x = ops.dropout(x, dropout)
        number += 1
    return (x @ w[f"{name}.W{number}"] + w[f"{name}.b{number}"])[:, 0]


def linear(rng: np.random.Generator, name: str, n_in: int, n_out: int) -> dict[str, Float32Array]:
    """Draw the weights of one layer without relu: ``name.W0`` and ``name.b0`` (Glorot 2010)."""
    return dense(rng, name, (n_in, n_out), gain=1.0)


def apply_linear(w: Weights, name: str, x: Array) -> Array:
    """Send x through one layer without relu."""
    return x @ w[f"{name}.W0"] + w[f"{name}.b0"]
