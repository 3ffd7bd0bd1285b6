r"""Gradient surgery (PCGrad): in a conflict each task gives up the part that hurts the other.

Each task's gradient is compared with those of the others, in random order. Where the angle is
obtuse, the part that points against the other is cut off:

.. math::
    g_i \leftarrow g_i - \frac{g_i \cdot g_j}{\lVert g_j \rVert^2}\, g_j
    \quad \text{if } g_i \cdot g_j < 0

Here :math:`g_j` is the other's gradient before any surgery. The step is the sum of what is left of
each. With two tasks it never raises a loss at first order; with more the order matters, and a later
cut can bring back an earlier conflict.

Reference: Yu et al. (2020), yu2020.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.balancing.base import GradientBalancer
from algorithms.balancing.geometry import moving, scaled


def pcgrad_weights(gram: FloatArray, orders: Sequence[IntArray]) -> FloatArray:
    """Return (T,) the weights that sum the gradients after surgery.

    Parameters
    ----------
    gram : (T, T) inner products of the gradients
    orders : for each task, in which order it meets the others

    >>> pcgrad_weights(np.array([[1.0, -0.5], [-0.5, 1.25]]), [np.array([1]), np.array([0])])
    array([1.5, 1.4])
    """
    gram = scaled(gram)
    moves = moving(gram)
    parts = np.eye(len(gram))  # row i: what is left of gradient i, in terms of all gradients
    for i, order in enumerate(orders):
        for j in order:
            product = parts[i] @ gram[:, j]  # of what is left of i with j
            if j != i and moves[j] and product < 0:
                parts[i, j] -= product / gram[j, j]
    weights: FloatArray = parts.sum(axis=0)
    return weights


class PCGrad(GradientBalancer):
    """The sum of gradients from which each took what hurts another."""

    key = "pcgrad"
    title = "Gradient surgery (PCGrad)"
    summary = "Where two tasks conflict, each gives up the part of its step that hurts the other."
    equation = (
        r"$g_i \leftarrow g_i - \frac{g_i \cdot g_j}{\|g_j\|^2}\, g_j$ if $g_i \cdot g_j < 0$"
    )
    reference = "yu2020"
    when_agree = "Nothing: it is the plain sum of the gradients."
    when_conflict = (
        "The opposing parts are cut off, so the rest of the step is larger than the sum."
    )
    doubt = (
        "Conflict is common and mostly harmless: Kurin et al. (2022) found no gain over the plain "
        "sum once both are tuned alike. The result depends on chance with three tasks or more."
    )

    def _weigh(self, losses: FloatArray, gram: FloatArray, tasks: IntArray) -> FloatArray:
        orders = [self.rng.permutation(len(tasks)) for _ in tasks]
        return pcgrad_weights(gram, orders)
