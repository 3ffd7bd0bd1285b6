r"""MGDA: the step that helps the task it helps least as much as possible.

Of all averages of the gradients, take the shortest:

.. math::
    \min_{w} \Bigl\lVert \sum_t w_t g_t \Bigr\rVert^2
    \quad \text{with } w_t \ge 0, \; \sum_t w_t = 1

Moving against it lowers every task's loss at first order, all that have a weight equally; where
it is zero, no direction helps all tasks (a *Pareto stationary* point) and training stops. A task
with a short gradient gets a large weight: the task that is nearly learned sets the pace.

The smallest problem of its kind is solved exactly, by Wolfe's method (wolfe1976): a task joins
where it still lowers the length; of those that joined, the best point of their plane is taken, and
who would get a negative weight leaves.

References: Désidéri (2012), desideri2012; for networks Sener & Koltun (2018), sener2018.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.balancing.base import GradientBalancer
from algorithms.balancing.geometry import scaled

_TOLERANCE = 1e-13  # of a squared length, relative to the longest gradient's


def mgda_weights(gram: FloatArray) -> FloatArray:
    """Return (T,) the weights of the shortest average of the gradients of a Gram matrix (T, T).

    >>> mgda_weights(np.array([[1.0, -0.5], [-0.5, 1.25]])).round(6).tolist()
    [0.538462, 0.461538]
    >>> mgda_weights(np.array([[1.0, 4.0], [4.0, 17.0]])).tolist()
    [1.0, 0.0]
    """
    gram = scaled(gram)
    n_tasks = len(gram)
    weights = np.zeros(n_tasks)
    weights[np.argmin(np.diagonal(gram))] = 1.0
    for _ in range(10 * n_tasks):  # each round takes in one task, so few are enough
        slopes = gram @ weights  # (T,)
        joining = int(np.argmin(slopes))
        if weights[joining] > 0 or slopes[joining] >= weights @ slopes - _TOLERANCE:
            break
        chosen = np.append(np.flatnonzero(weights), joining)
        weights = _best_of(gram, weights, chosen)
    return weights


def _best_of(gram: FloatArray, weights: FloatArray, chosen: IntArray) -> FloatArray:
    """Walk to the best weights of the ``chosen``, leaving behind those that would turn negative."""
    while True:
        target = np.zeros(len(weights))
        target[chosen] = _plane_minimum(gram[np.ix_(chosen, chosen)])
        leaving = chosen[target[chosen] <= 0]
        if len(leaving) == 0:
            return target
        shares = weights[leaving] / np.maximum(weights[leaving] - target[leaving], 1e-300)
        share = float(shares.min())  # how far one can go before the first weight is zero
        weights = weights + share * (target - weights)
        weights[leaving[shares <= share]] = 0.0
        chosen = chosen[~np.isin(chosen, leaving[shares <= share])]


def _plane_minimum(gram: FloatArray) -> FloatArray:
    """Return (n,) weights of sum 1, of any sign, of the shortest combination."""
    n = len(gram)
    system = np.ones((n + 1, n + 1))  # the derivative by each weight is the same, their sum is 1
    system[:n, :n] = scaled(gram)
    system[n, n] = 0.0
    right = np.zeros(n + 1)
    right[n] = 1.0
    solution: FloatArray = np.linalg.lstsq(system, right)[0].astype(np.float64)
    return solution[:n]


class MGDA(GradientBalancer):
    """The shortest average of the gradients."""

    key = "mgda"
    title = "Multiple gradient descent (MGDA)"
    summary = "The step that helps the least helped task as much as possible."
    equation = r"$\min_w \|\sum_t w_t\, g_t\|^2,\quad w_t \geq 0,\ \sum_t w_t = 1$"
    reference = "sener2018"
    when_agree = (
        "Much weight goes to the shortest gradient, often all of it; the rest gains with it."
    )
    when_conflict = "The step lowers all losses, and is short; where none helps all, it is zero."
    doubt = (
        "It is drawn to the task with the smallest gradient, stops at the first Pareto stationary "
        "point it meets, and batches that differ by chance bias its weights (Zhou et al. 2022)."
    )

    def _weigh(self, losses: FloatArray, gram: FloatArray, tasks: IntArray) -> FloatArray:
        return mgda_weights(gram)
