r"""Uncertainty weighting: a task that is hard to predict counts less, and how much is learned.

Each task has a noise :math:`\sigma_t^2 = e^{s_t}` that is learned beside the network, by
gradient steps on

.. math::
    \sum_t \left( e^{-s_t} L_t + s_t \right), \qquad w_t = e^{-s_t}

The first term lets a task with much noise count less; the second keeps the noise from growing for
ever. For a loss that stays, the optimum is :math:`e^{s_t} = L_t`: the weight tends to
:math:`1 / L_t`, and the method to minimising :math:`\sum_t \log L_t`.

Kendall et al. derive :math:`\frac{1}{2} e^{-s} L + \frac{1}{2} s` for a regression with
squared error and :math:`e^{-s} L + \frac{1}{2} s` for a classification with cross-entropy. The
first is half of what stands above. The second has its optimum at :math:`e^s = 2 L`, but twice the
weight for the same s, hence the same weight :math:`1 / (2 L)` at the optimum. They are one method
with s shifted by log 2, so one form serves all tasks here.

Reference: Kendall, Gal & Cipolla (2018), kendall2018.
"""

from __future__ import annotations

from typing import cast

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.balancing.adam import Adam
from algorithms.balancing.base import BalancerConfig, LossBalancer

_FURTHEST = 10.0  # of s from 0: a loss of zero, or below, has no optimum


def uncertainty_gradient(s: FloatArray, losses: FloatArray) -> FloatArray:
    """Return (T,) the derivative of the objective by s (T,); zero where e^s = L.

    >>> uncertainty_gradient(np.log([0.25, 4.0]), np.array([0.25, 4.0])).tolist()
    [0.0, 0.0]
    """
    slope: FloatArray = 1 - np.exp(-s) * losses
    return slope


class UncertaintyConfig(BalancerConfig):
    """How fast the noise of each task is learned."""

    learning_rate: float = Field(
        0.025, gt=0, le=1, description="How far the log noise of a task moves in a step"
    )


class Uncertainty(LossBalancer):
    """Weights that follow the inverse of the losses, smoothly."""

    key = "uncertainty"
    title = "Uncertainty weighting"
    summary = "A task that is hard to predict counts less; how much is learned on the way."
    equation = r"$w_t = e^{-s_t},\quad \min_s \sum_t\, (e^{-s_t} L_t + s_t)$"
    reference = "kendall2018"
    when_agree = "Nothing special: it looks at losses, not at gradients."
    when_conflict = "The task with the smaller loss prevails, whether or not it is the right one."
    doubt = (
        "A small loss need not mean little noise: a rare label has a small log loss, and gets a "
        "large weight for it. It is slow to leave its start and can overfit (Kirchdorfer et al. "
        "2024); Xin et al. (2022) found no method of this family beyond tuned fixed weights."
    )
    config_class = UncertaintyConfig

    def _start(self) -> None:
        config = cast("UncertaintyConfig", self.config)
        self._s = np.zeros(self.n_tasks)
        self._adam = Adam(self.n_tasks, config.learning_rate)

    def _weigh(self, losses: FloatArray, tasks: IntArray) -> FloatArray:
        s = self._s[tasks]
        self._adam.step(self._s, uncertainty_gradient(s, losses), tasks)
        np.clip(self._s, -_FURTHEST, _FURTHEST, out=self._s)
        weights: FloatArray = np.exp(-s)
        return weights
