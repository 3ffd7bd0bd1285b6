r"""Bandits: learn which choice pays, by choosing.

Each round a visitor comes, one of a few arms is pulled (here: a vector of task weights, or a rule
set), and its reward is seen; what the other arms would have brought is not. Who always takes the
best arm so far may never find a better one; who always tries loses on the bad ones. Four answers:

* **Epsilon-greedy** takes a random arm with probability ε, which falls as ε / √n with the visits n
  of the segment, and else the arm of highest mean :math:`\hat\mu_a`.
* **Thompson sampling** believes in each arm as a normal distribution,
  :math:`\theta_a \sim N(\hat\mu_a, \hat\sigma^2 / (n_a + 1))`, draws once from each belief and
  takes the highest: an arm is tried as often as it may be the best.
* **LinUCB** knows the visitor's features x and takes the highest upper bound

  .. math:: \hat\theta_a^\top x + \alpha \sqrt{x^\top A_a^{-1} x}, \qquad
            A_a = \lambda I + \sum x x^\top, \quad \hat\theta_a = A_a^{-1} \sum r x

* **REINFORCE**, here the gradient bandit, draws arms by the softmax π of preferences h and moves
  these towards what paid more than the segment's mean reward b:

  .. math:: h_c \leftarrow h_c + \eta\, (R - b)\, ([c = a] - \pi_c)

All but LinUCB learn for each segment of users by itself, LinUCB across users through x.

References
----------
R. S. Sutton, A. G. Barto: Reinforcement learning, 2nd edition, 2018, chapter 2 (the gradient bandit
in 2.8). W. R. Thompson: On
the likelihood that one unknown probability exceeds another, Biometrika 25, 1933; S. Agrawal,
N. Goyal: Further optimal regret bounds for Thompson sampling, AISTATS 2013. L. Li, W. Chu,
J. Langford, R. E. Schapire: A contextual-bandit approach to personalized news article
recommendation, WWW 2010.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.policies.simplex import softmax


@dataclass(frozen=True, eq=False)
class Visitor:
    """Who comes: a ``segment`` and ``features`` (d,)."""

    segment: int
    features: FloatArray


class Bandit(Protocol):
    """Chooses an arm, and learns from what it brought."""

    def choose(self, visitor: Visitor, rng: np.random.Generator) -> int:
        """Return the arm to pull for this visitor."""

    def learn(self, visitor: Visitor, arm: int, reward: float) -> None:
        """Take note of what an arm brought."""

    def best(self, segments: IntArray, features: FloatArray) -> IntArray:
        """Return (n,) the arm taken to be best for visitors of segments (n,), features (n, d)."""


class _ByTable:
    """Counts and mean rewards (n_segments, n_arms); an untried arm has the segment's mean."""

    def __init__(self, n_segments: int, n_arms: int) -> None:
        self.counts = np.zeros((n_segments, n_arms))
        self._sums = np.zeros((n_segments, n_arms))

    def learn(self, visitor: Visitor, arm: int, reward: float) -> None:
        """Add a reward to its arm."""
        self.counts[visitor.segment, arm] += 1
        self._sums[visitor.segment, arm] += reward

    def means(self) -> FloatArray:
        """Return (n_segments, n_arms) the means, drawn to the segment's by one pseudo-reward."""
        seen = self.counts.sum(axis=1, keepdims=True)
        centre = self._sums.sum(axis=1, keepdims=True) / np.maximum(seen, 1)
        shrunk: FloatArray = (self._sums + centre) / (self.counts + 1)
        return shrunk

    def best(self, segments: IntArray, features: FloatArray) -> IntArray:
        """Return the arm of highest mean for each segment."""
        arms: IntArray = self.means().argmax(axis=1)[segments]
        return arms


class EpsilonGreedy(_ByTable):
    """The best so far, and now and then another.

    Parameters
    ----------
    epsilon : share of random arms at first; it falls with the square root of the visits
    """

    def __init__(self, n_segments: int, n_arms: int, epsilon: float) -> None:
        super().__init__(n_segments, n_arms)
        self._epsilon = epsilon

    def choose(self, visitor: Visitor, rng: np.random.Generator) -> int:
        """Return a random arm with a probability that falls, else the best."""
        counts = self.counts[visitor.segment]
        untried = np.flatnonzero(counts == 0)
        if len(untried):
            return int(untried[0])
        if rng.random() < min(1.0, self._epsilon * np.sqrt(len(counts) / counts.sum())):
            return int(rng.integers(len(counts)))
        return int(self.means()[visitor.segment].argmax())


class ThompsonSampling(_ByTable):
    """Draw from what one believes of each arm, and take the highest draw.

    The noise σ of a reward is not known; it is estimated from all rewards around their arms' means.
    """

    def __init__(self, n_segments: int, n_arms: int) -> None:
        super().__init__(n_segments, n_arms)
        self._squares = 0.0

    def learn(self, visitor: Visitor, arm: int, reward: float) -> None:
        """Add a reward to its arm, and its square to the estimate of the noise."""
        super().learn(visitor, arm, reward)
        self._squares += reward**2

    def noise(self) -> float:
        """Return the standard deviation of a reward around the mean of its arm; 1 at first."""
        n, tried = self.counts.sum(), self.counts > 0
        explained = (self._sums[tried] ** 2 / self.counts[tried]).sum()
        left = n - tried.sum()
        return float(np.sqrt(max(self._squares - explained, 0.0) / left)) if left >= 10 else 1.0

    def choose(self, visitor: Visitor, rng: np.random.Generator) -> int:
        """Return the arm whose draw is highest."""
        counts = self.counts[visitor.segment]
        spread = self.noise() / np.sqrt(counts + 1)
        return int(
            (self.means()[visitor.segment] + spread * rng.standard_normal(len(counts))).argmax()
        )


class LinUcb:
    """A linear guess of each arm's reward, and how unsure it is.

    Parameters
    ----------
    n_features : length d of a visitor's features; they should hold a constant
    alpha : how much doubt counts in an arm's favour
    ridge : λ, the pull of the guess to zero
    """

    def __init__(self, n_features: int, n_arms: int, alpha: float, ridge: float = 1.0) -> None:
        self._alpha = alpha
        self._inverse = np.tile(np.eye(n_features) / ridge, (n_arms, 1, 1))  # (n_arms, d, d)
        self._totals = np.zeros((n_arms, n_features))
        self.guess = np.zeros((n_arms, n_features))

    def choose(self, visitor: Visitor, rng: np.random.Generator) -> int:
        """Return the arm of highest upper bound; of equal ones a random one."""
        x = visitor.features
        doubt = np.sqrt(np.einsum("d,ade,e->a", x, self._inverse, x))
        bound = self.guess @ x + self._alpha * doubt
        highest = np.flatnonzero(bound >= bound.max() - 1e-12)
        return int(highest[rng.integers(len(highest))])

    def learn(self, visitor: Visitor, arm: int, reward: float) -> None:
        """Update the arm's inverse by the Sherman-Morrison formula, and its guess."""
        x = visitor.features
        moved = self._inverse[arm] @ x  # (d,)
        self._inverse[arm] -= np.outer(moved, moved) / (1 + x @ moved)
        self._totals[arm] += reward * x
        self.guess[arm] = self._inverse[arm] @ self._totals[arm]

    def best(self, segments: IntArray, features: FloatArray) -> IntArray:
        """Return the arm of highest guess for each visitor, doubt aside."""
        arms: IntArray = (features @ self.guess.T).argmax(axis=1)
        return arms


class GradientBandit:
    """Preferences for each segment's arms, moved along the score of what paid.

    Parameters
    ----------
    learning_rate : η; rewards are scaled by their spread so far, so it has no unit
    """

    def __init__(self, n_segments: int, n_arms: int, learning_rate: float) -> None:
        self.preferences = np.zeros((n_segments, n_arms))
        self._rate = learning_rate
        self._n = np.zeros(n_segments)
        self._mean = np.zeros(n_segments)
        self._squares = 0.0  # around the means, of all segments

    def choose(self, visitor: Visitor, rng: np.random.Generator) -> int:
        """Return an arm drawn by the softmax of the segment's preferences."""
        return int(rng.choice(self.preferences.shape[1], p=self._chances(visitor.segment)))

    def learn(self, visitor: Visitor, arm: int, reward: float) -> None:
        """Move the segment's preferences, and its mean reward (by Welford's method)."""
        segment = visitor.segment
        ahead = reward - self._mean[segment]
        spread = np.sqrt(self._squares / max(1.0, self._n.sum()))
        if spread > 0 and self._n[segment] > 0:
            step = -self._chances(segment)
            step[arm] += 1
            self.preferences[segment] += self._rate * ahead / spread * step
        self._n[segment] += 1
        self._mean[segment] += ahead / self._n[segment]
        self._squares += ahead * (reward - self._mean[segment])

    def best(self, segments: IntArray, features: FloatArray) -> IntArray:
        """Return the arm that each segment has come to prefer."""
        arms: IntArray = self.preferences.argmax(axis=1)[segments]
        return arms

    def _chances(self, segment: int) -> FloatArray:
        return softmax(self.preferences[segment])
