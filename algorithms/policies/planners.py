r"""Planners: move task weights where a simulated shop pays more.

A planner has a model of the world and may try as much as it likes in it. Its weights are
free: for segment s the softmax of T logits. Two ways to climb without a derivative of the reward:

* **REINFORCE** shows each visitor the weights of slightly shaken logits,
  :math:`a = \theta_s + \tau\varepsilon`, and moves towards the shakes that paid:

  .. math:: \theta_s \leftarrow \theta_s + \eta\, \overline{(R - b_s)\, \varepsilon / \tau}

  where the baseline :math:`b_s`, the mean reward of the segment's visitors, takes away chance and
  no direction. It learns from noisy single rewards, and needs many.
* **Cross-entropy method**: draw a population of logits from a normal distribution, keep the best
  tenth (the elite), fit the distribution to them, again. It asks the model for exact mean rewards.

References
----------
R. J. Williams: Simple statistical gradient-following algorithms for connectionist reinforcement
learning, Machine Learning 8, 1992. R. Y. Rubinstein, D. P. Kroese: The cross-entropy method, 2004;
P.-T. de Boer et al.: A tutorial on the cross-entropy method, Annals of Operations Research, 2005.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.policies.simplex import softmax


class Reinforce:
    """A normal policy over logits for each segment, moved along the score of what paid.

    Parameters
    ----------
    n_segments, n_tasks : size of the table of logits
    learning_rate : η; rewards are first scaled by their spread, so it has no unit
    exploration : τ, how much the logits are shaken
    """

    def __init__(
        self, n_segments: int, n_tasks: int, learning_rate: float, exploration: float
    ) -> None:
        self.logits = np.zeros((n_segments, n_tasks))
        self._rate = learning_rate
        self._exploration = exploration

    def act(self, segments: IntArray, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        """Return the weights (b, T) for visitors of segments (b,), and the shakes (b, T)."""
        shakes = rng.standard_normal((len(segments), self.logits.shape[1]))
        return softmax(self.logits[segments] + self._exploration * shakes), shakes

    def learn(self, segments: IntArray, shakes: FloatArray, rewards: FloatArray) -> None:
        """Move each segment's logits towards the shakes that paid more than its visitors' mean."""
        scale = rewards.std()
        if scale == 0:
            return
        for segment in np.unique(segments):
            mine = segments == segment
            ahead = (rewards[mine] - rewards[mine].mean()) / scale
            step = (ahead[:, None] * shakes[mine]).mean(axis=0) / self._exploration
            self.logits[segment] += self._rate * step
        self.logits -= self.logits.mean(axis=1, keepdims=True)  # softmax does not see a shift

    def weights(self) -> FloatArray:
        """Return (n_segments, n_tasks) the weights at rest."""
        return softmax(self.logits)


class CrossEntropy:
    """A normal distribution of logits that closes in on its own best draws.

    Parameters
    ----------
    n_tasks : length of the logits
    n_population : draws of one generation
    elite_share : share of them that the next distribution is fitted to
    smoothing : how far the distribution moves to the elite, 0 to 1; less than 1 keeps it from
        closing before it has looked around
    """

    def __init__(
        self, n_tasks: int, n_population: int, elite_share: float, smoothing: float = 0.7
    ) -> None:
        self.centre = np.zeros(n_tasks)
        self.spread = np.full(n_tasks, 1.5)
        self._n_population = n_population
        self._n_elite = max(2, round(n_population * elite_share))
        self._smoothing = smoothing

    def draw(self, rng: np.random.Generator) -> FloatArray:
        """Return (n_population, T) logits."""
        shakes = rng.standard_normal((self._n_population, len(self.centre)))
        return self.centre + self.spread * shakes

    def learn(self, logits: FloatArray, rewards: FloatArray) -> None:
        """Move to the elite: the logits (n, T) of highest rewards (n,)."""
        elite = logits[np.argsort(-rewards, kind="stable")[: self._n_elite]]
        elite = elite - elite.mean(axis=1, keepdims=True)
        self.centre += self._smoothing * (elite.mean(axis=0) - self.centre)
        self.spread += self._smoothing * (elite.std(axis=0) - self.spread)

    def weights(self) -> FloatArray:
        """Return (n_tasks,) the weights at the centre."""
        return softmax(self.centre)
