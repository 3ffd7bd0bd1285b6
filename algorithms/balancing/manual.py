r"""Manual weights: a person says what each task counts.

.. math::
    L = \sum_t \lambda_t L_t

with :math:`\lambda_t` the weight in the form of task t. Each choice of weights leads to another
compromise, and sweeping over them draws a Pareto front. Called *linear scalarisation*; where the
front is not convex, no weights lead to some of its points (Boyd & Vandenberghe 2004, 4.7), though
on neural networks Xin et al. (2022) found no method that reaches beyond what tuned weights reach.

Reference: Xin et al. (2022), xin2022.
"""

from __future__ import annotations

from algorithms.arrays import FloatArray, IntArray
from algorithms.balancing.base import LossBalancer


class Manual(LossBalancer):
    """The weights that a person gave the tasks, as they stand."""

    key = "manual"
    title = "Manual weights"
    summary = "Each task's loss counts as much as a person said in its form."
    equation = r"$w_t = \lambda_t$"
    reference = "xin2022"
    when_agree = "The weights hardly matter: every task moves the same way."
    when_conflict = "The weights decide who gives way, and so which compromise is reached."
    doubt = (
        "Finding good weights takes many runs, and weights fit for one data set need not fit "
        "another. Given those runs it does as well as any other method (Xin et al. 2022)."
    )

    def _weigh(self, losses: FloatArray, tasks: IntArray) -> FloatArray:
        return self.task_weights[tasks]
