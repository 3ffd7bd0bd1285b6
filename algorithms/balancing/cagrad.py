r"""CAGrad: near the average step, the one that helps the least helped task most.

Of all directions within a ball around the average gradient :math:`g_0`, take that whose worst
task gains most:

.. math::
    \max_d \min_t \; g_t \cdot d \quad \text{with } \lVert d - g_0 \rVert \le c \lVert g_0 \rVert

With c = 0 it is the average; the larger c, the more it resembles MGDA. It is found from a mixture
of the gradients, :math:`g_w = \sum_t w_t g_t`:

.. math::
    \min_{w} \; g_w \cdot g_0 + c \lVert g_0 \rVert \lVert g_w \rVert
    \;\; (w_t \ge 0, \; \sum_t w_t = 1), \qquad
    d = \frac{1}{1 + c^2} \Bigl( g_0 + c \lVert g_0 \rVert \frac{g_w}{\lVert g_w \rVert} \Bigr)

The division by :math:`1 + c^2`, of the authors' program, keeps the length near that of the average.
The mixture is found by Newton's method with a barrier that keeps its weights positive.

Reference: Liu, Liu, Jin, Stone & Liu (2021), liu2021.
"""

from __future__ import annotations

from typing import cast

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.balancing.base import BalancerConfig, GradientBalancer
from algorithms.balancing.geometry import scaled

_SHORTEST = 1e-10  # squared length below which a mixture counts as zero; the longest gradient is 1
_BARRIERS = 10.0 ** -np.arange(1, 15)


def cagrad_weights(gram: FloatArray, c: float) -> FloatArray:
    """Return (T,) the weights of the conflict-averse direction of a Gram matrix (T, T).

    >>> cagrad_weights(np.array([[1.0, -0.5], [-0.5, 1.25]]), 0.5).round(5).tolist()
    [0.64105, 0.54947]
    """
    gram = scaled(gram)
    average = np.full(len(gram), 1 / len(gram))
    with_average = gram @ average  # (T,) each gradient with the average
    length = np.sqrt(max(float(average @ with_average), 0.0))
    if c == 0 or length**2 < _SHORTEST:
        return average / (1 + c**2)
    mixture = _mixture(gram, with_average / length, c)
    pull = c * length / np.sqrt(mixture @ gram @ mixture + _SHORTEST)
    weights: FloatArray = (average + pull * mixture) / (1 + c**2)
    return weights


def _mixture(gram: FloatArray, linear: FloatArray, c: float) -> FloatArray:
    r"""Minimise :math:`w \cdot b + c \lVert g_w \rVert` over weights w of sum 1, not negative."""
    n_tasks = len(gram)
    system = np.ones((n_tasks + 1, n_tasks + 1))  # last row and column: the sum of w stays 1
    system[n_tasks, n_tasks] = 0.0
    right = np.zeros(n_tasks + 1)
    weights = np.full(n_tasks, 1 / n_tasks)

    def height(w: FloatArray) -> float:
        return float(w @ linear + c * np.sqrt(w @ gram @ w + _SHORTEST) - barrier * np.log(w).sum())

    for barrier in _BARRIERS:
        for _ in range(30):
            slopes = gram @ weights
            length = np.sqrt(weights @ slopes + _SHORTEST)
            gradient = linear + c * slopes / length - barrier / weights
            system[:n_tasks, :n_tasks] = c * (
                gram / length - np.outer(slopes, slopes) / length**3
            ) + np.diag(barrier / weights**2)
            right[:n_tasks] = -gradient
            step = np.linalg.solve(system, right)[:n_tasks]
            gain = float(-gradient @ step)
            if gain <= 1e-3 * barrier:
                break
            shrinking = step < 0
            room = float((-weights[shrinking] / step[shrinking]).min(initial=np.inf))
            size = min(1.0, 0.9 * room)
            before = height(weights)
            while size > 1e-12 and height(weights + size * step) > before - 0.1 * size * gain:
                size /= 2
            weights = weights + size * step
    return weights


class CAGradConfig(BalancerConfig):
    """How far the step may leave the average."""

    c: float = Field(
        0.5, ge=0, lt=1, description="Radius of the ball around the average, in its lengths"
    )


class CAGrad(GradientBalancer):
    """The average step, turned towards the task it helps least."""

    key = "cagrad"
    title = "Conflict-averse gradient descent (CAGrad)"
    summary = "Not far from the average step, the one that helps the least helped task most."
    equation = r"$\max_d\, \min_t\, g_t \cdot d,\quad \|d - g_0\| \leq c\, \|g_0\|$"
    reference = "liu2021"
    when_agree = "Near the average, turned a little towards the task that would gain least."
    when_conflict = "It turns away from the longer gradient, as far as the ball allows."
    doubt = (
        "It has one more parameter to tune; given as much tuning, the plain sum may do as well "
        "(Kurin et al. 2022, of methods like it). Its guarantee needs exact gradients, not those "
        "of a batch."
    )
    config_class = CAGradConfig

    def _weigh(self, losses: FloatArray, gram: FloatArray, tasks: IntArray) -> FloatArray:
        return cagrad_weights(gram, cast("CAGradConfig", self.config).c)
