r"""Why the model answers so: what each word of the question adds, as Shapley values.

A word that is not told is replaced by the average word of its place: the average user, the average
age, the average item. With it told or not, in every combination with the others, the answer is
read; a word's part is the mean of what telling it changes,

.. math:: \phi_j = \sum_{S \not\ni j} \frac{|S|!\,(n - |S| - 1)!}{n!}
    \big( v(S \cup j) - v(S) \big)

The parts add up, exactly, from the answer about an average question to the answer given.

References
----------
S. M. Lundberg, S.-I. Lee: A unified approach to interpreting model predictions, NeurIPS 2017.
"""

from __future__ import annotations

from collections.abc import Callable
from math import factorial

import numpy as np

from algorithms.arrays import FloatArray, IntArray


def shapley_values(
    value: Callable[[IntArray], FloatArray], n_players: int
) -> tuple[float, FloatArray]:
    """Return the value of telling nothing, and (n,) what each player adds.

    Parameters
    ----------
    value : of (B, n) rows of 0 and 1, who takes part, returns (B,)
    """
    n = n_players
    subsets = np.arange(2**n)
    told = (subsets[:, None] >> np.arange(n)) & 1  # (2^n, n)
    worth = value(told)
    size = told.sum(axis=1)
    share = np.array([factorial(s) * factorial(n - s - 1) / factorial(n) for s in range(n)])
    parts = np.empty(n)
    for player in range(n):
        without = subsets[told[:, player] == 0]
        gained = worth[without | (1 << player)] - worth[without]
        parts[player] = (share[size[without]] * gained).sum()
    return float(worth[0]), parts
