r"""Funnels: a purchase needs its click, so its chance is a product.

An impression becomes a click and a click a purchase; most never do. With :math:`o` the parent
(click) and :math:`y` the child (purchase),

.. math:: P(o\,y \mid x) = P(o \mid x)\; P(y \mid o = 1, x), \qquad
          \text{pCTCVR} = \text{pCTR} \times \text{pCVR}

Purchases are told by clicks only, but asked of every impression: that is *sample selection bias*.
The networks of this family differ in what they learn the child from.

In log-odds the product needs no probability and never overflows. With :math:`a` and :math:`b` the
log-odds of the two factors the odds of both are
:math:`1 / (e^{-a} + e^{-b} + e^{-a-b})`.

References
----------
X. Ma et al.: Entire space multi-task model: an effective approach for estimating post-click
conversion rate, SIGIR 2018.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from algorithms.arrays import Float32Array
from algorithms.models.neural.config import NetworkConfig
from algorithms.models.neural.events import Examples
from algorithms.models.neural.network import Network, Output, Sizes, dense, head
from algorithms.models.neural.ops import Array, Ops, Weights
from algorithms.tasks import TaskKind


def funnel_parents(sizes: Sizes) -> tuple[int, ...]:
    """Return (T,) the position of each task's parent, or -1.

    Only a yes can follow a yes: both are binary. Tasks in a circle, or behind one, have no parent.
    """
    yes_or_no = [kind is TaskKind.BINARY for kind in sizes.kinds]
    parents = [
        parent if parent >= 0 and yes_or_no[t] and yes_or_no[parent] else -1
        for t, parent in enumerate(sizes.parents)
    ]
    first_to_last = _first_to_last(parents)
    return tuple(parent if t in first_to_last else -1 for t, parent in enumerate(parents))


def _first_to_last(parents: list[int]) -> list[int]:
    """Return the tasks in an order in which each stands behind its parent."""
    found: list[int] = []
    while ready := [
        t for t, parent in enumerate(parents) if t not in found and (parent < 0 or parent in found)
    ]:
        found += ready
    return found


def with_implied_no(examples: Examples, parents: tuple[int, ...]) -> Examples:
    """Where the parent is known not to have happened, neither did the child: label 0.

    Many logs leave the child's label out there. It is no missing label but a *no*, and the one
    thing that makes the child's examples all impressions.
    """
    labels, mask = examples.labels.copy(), examples.mask.copy()
    for t in _first_to_last(list(parents)):
        if parents[t] >= 0:
            stopped = mask[:, parents[t]] & (labels[:, parents[t]] == 0)
            labels[stopped, t] = 0.0
            mask[stopped, t] = True
    return replace(examples, labels=labels, mask=mask)


def without_stopped(examples: Examples, parents: tuple[int, ...]) -> Examples:
    """Leave the child's label out where the parent is known not to have happened."""
    mask = examples.mask.copy()
    for t, parent in enumerate(parents):
        if parent >= 0:
            mask[:, t] &= ~(examples.mask[:, parent] & (examples.labels[:, parent] == 0))
    return replace(examples, mask=mask)


def chance_of_both(ops: Ops, a: Array, b: Array) -> Array:
    r"""Return the log-odds of the product of two chances, given as log-odds a and b.

    The largest exponent of the equation above is taken out of the sum first.
    """
    largest = -a + ops.relu(a - b)  # max(-a, -b)
    largest = largest + ops.relu(-a - b - largest)
    odds = ops.exp(-a - largest) + ops.exp(-b - largest) + ops.exp(-a - b - largest)
    return -largest - ops.log(odds)


class FunnelNetwork(Network):
    """A tower for each task on embeddings that all share; the base of the family.

    Weights are called ``task{t}.…``. They are shared where another task hangs on task t.
    """

    config: NetworkConfig

    def __init__(self, sizes: Sizes, config: NetworkConfig) -> None:
        super().__init__(sizes, config)
        self.parents = funnel_parents(sizes)
        self.order = _first_to_last(list(self.parents))

    def make_weights(self, rng: np.random.Generator) -> dict[str, Float32Array]:
        """Draw a tower per task."""
        wide, narrow = self.config.width, self.config.width // 2
        weights: dict[str, Float32Array] = {}
        for t in range(self.sizes.n_tasks):
            weights |= dense(rng, f"task{t}.tower", (self.n_inputs, wide, narrow, narrow // 2, 1))
        return weights

    def forward(self, ops: Ops, w: Weights, x: Array) -> Output:
        """Climb each tower: log-odds of a child *once its parent has happened*."""
        flat = self.with_product(ops, x)
        z = [
            head(ops, w, f"task{t}.tower", flat, self.config.dropout)
            for t in range(self.sizes.n_tasks)
        ]
        return Output(ops.stack(z, axis=1))

    def is_shared(self, name: str) -> bool:
        """Embeddings are, and all of a task on which another hangs."""
        if not name.startswith("task"):
            return True
        return int(name.removeprefix("task").split(".")[0]) in self.parents
