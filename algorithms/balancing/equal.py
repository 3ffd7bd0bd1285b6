r"""Equal weights: every task counts the same.

The losses are added up as they are:

.. math::
    L = \sum_t L_t

It is the baseline of all others, and a strong one: with a learning rate, regularisation and early
stopping that are tuned as carefully as those of the newer methods, it does as well as they do.
Losses of another unit (squared stars beside log loss) weigh by their unit, so a rating that is
not standardised drowns the rest.

Reference: Kurin et al. (2022), kurin2022.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.balancing.base import LossBalancer


class Equal(LossBalancer):
    """Weight 1 for each task."""

    key = "equal"
    title = "Equal weights"
    summary = "The tasks' losses are added up as they are."
    equation = r"$w_t = 1$"
    reference = "kurin2022"
    when_agree = "The gradients add up to a longer step in their common direction."
    when_conflict = "They cancel in part; the longer gradient prevails."
    doubt = (
        "Losses in large units drown the others. Scaled sensibly it is hard to beat: Kurin et al. "
        "(2022) found no gradient method that does better once both are tuned alike."
    )

    def _weigh(self, losses: FloatArray, tasks: IntArray) -> FloatArray:
        return np.ones(len(tasks))
