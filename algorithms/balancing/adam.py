r"""Adam for the handful of numbers that a balancer learns by itself.

A step of Adam is as long as the learning rate, whatever the unit of the gradient:

.. math::
    m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad v \leftarrow \beta_2 v + (1 - \beta_2) g^2,
    \quad \theta \leftarrow \theta - \eta\, \frac{m / (1 - \beta_1^n)}{\sqrt{v / (1 - \beta_2^n)}}

Reference: Kingma & Ba (2015), kingma2015.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import FloatArray, IntArray

_BETA_1, _BETA_2 = 0.9, 0.999
_SMALLEST = 1e-8
_LARGEST = 1e100  # of a gradient, so that its square is a number


class Adam:
    """Moves T numbers against their gradients; each counts its own steps."""

    def __init__(self, n: int, learning_rate: float) -> None:
        self._learning_rate = learning_rate
        self._first = np.zeros(n)
        self._second = np.zeros(n)
        self._n_steps = np.zeros(n)

    def step(self, values: FloatArray, gradient: FloatArray, which: IntArray) -> None:
        """Move ``values[which]`` in place; ``gradient`` (n,) belongs to ``which`` (n,)."""
        gradient = np.clip(gradient, -_LARGEST, _LARGEST)
        self._n_steps[which] += 1
        self._first[which] += (1 - _BETA_1) * (gradient - self._first[which])
        self._second[which] += (1 - _BETA_2) * (gradient**2 - self._second[which])
        first = self._first[which] / (1 - _BETA_1 ** self._n_steps[which])
        second = self._second[which] / (1 - _BETA_2 ** self._n_steps[which])
        values[which] -= self._learning_rate * first / (np.sqrt(second) + _SMALLEST)
