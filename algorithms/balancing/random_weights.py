r"""Random loss weighting (RLW): every step throws the dice.

.. math::
    w = T\, \mathrm{softmax}(z), \qquad z_t \sim N(0, 1)

On average all tasks count the same, in each step they do not; the noise is said to help a network
out of poor minima. It was proposed as a sanity check: a method that does not beat random weights
has not shown that its weights mean anything.

(The publication's weights sum to 1; here they sum to T, so that they are comparable with equal
weights.)

Reference: Lin et al. (2022), lin2022.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.balancing.base import LossBalancer


class RandomWeights(LossBalancer):
    """Other weights in each step, by chance."""

    key = "rlw"
    title = "Random loss weighting (RLW)"
    summary = "In each step the tasks get random weights; on average all count the same."
    equation = r"$w = T\, \mathrm{softmax}(z),\quad z_t \sim N(0,1)$"
    reference = "lin2022"
    when_agree = "As equal weights, with a step of uneven length."
    when_conflict = "Chance decides in each step who prevails."
    doubt = (
        "That it does about as well as elaborate methods in its authors' comparison says as much "
        "about those methods and their tuning as about random weights."
    )

    def _weigh(self, losses: FloatArray, tasks: IntArray) -> FloatArray:
        powers = np.exp(self.rng.standard_normal(self.n_tasks))  # for all, so chance stays aligned
        weights: FloatArray = self.n_tasks * powers / powers.sum()
        return weights[tasks]
