r"""Task weights: in what proportion several tasks count, a point on a simplex.

Weights of T tasks are numbers from 0 up that sum to 1: a segment for two tasks, a triangle for
three. A bandit chooses between a few of them, so the simplex is laid out as a grid of all

.. math:: w = (n_1, \dots, n_T) / s, \qquad n_t \in \{0, 1, \dots\}, \quad \sum_t n_t = s

which are :math:`\binom{s + T - 1}{T - 1}` points. A planner moves freely, in logits: the softmax
of any T numbers is a point of the simplex.

Reference: H. Scheffé: Experiments with mixtures, Journal of the Royal Statistical Society B 20(2),
1958 (the simplex lattice).
"""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np

from algorithms.arrays import FloatArray


def simplex_grid(n_tasks: int, n_steps: int) -> FloatArray:
    """Return (n_arms, n_tasks) all weights that are multiples of ``1 / n_steps``.

    Examples
    --------
    >>> simplex_grid(2, 2).tolist()
    [[0.0, 1.0], [0.5, 0.5], [1.0, 0.0]]
    """
    places = n_steps + n_tasks - 1
    bars = np.array(list(combinations(range(places), n_tasks - 1)), dtype=np.int64)
    bars = bars.reshape(comb(places, n_tasks - 1), n_tasks - 1)
    ends = np.full((len(bars), 1), places)
    edges = np.concatenate([np.full((len(bars), 1), -1), bars, ends], axis=1)
    counts: FloatArray = (np.diff(edges, axis=1) - 1) / n_steps
    return counts


def steps_for(n_tasks: int, most: int) -> int:
    """Return the finest grid (steps, at least 1) that has no more than ``most`` points."""
    n_steps = 1
    while n_tasks > 1 and comb(n_steps + n_tasks, n_tasks - 1) <= most:
        n_steps += 1
    return n_steps


def softmax(logits: FloatArray) -> FloatArray:
    """Return the weights (..., T) that logits (..., T) stand for."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    weights: FloatArray = raised / raised.sum(axis=-1, keepdims=True)
    return weights
