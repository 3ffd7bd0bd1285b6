r"""GradNorm: tasks that lag behind pull harder, tasks that run ahead pull less.

The pull of a task is the length of its weighted gradient, :math:`n_t = w_t \lVert g_t \rVert`. It
is compared with a target: the mean pull, more for a task whose loss has fallen less since the
start,

.. math::
    r_t = \frac{L_t / L_t^{(0)}}{\frac1T \sum_s L_s / L_s^{(0)}}, \qquad
    \text{target}_t = \bar n \, r_t^{\alpha}

and the weights take gradient steps on :math:`\sum_t \lvert n_t - \text{target}_t \rvert` with the
target held fixed; then they are scaled to sum T again. With :math:`\alpha = 0` all tasks pull
alike.

The publication looks at the last shared layer; here it is whatever shared part the gradients are
of.

Reference: Chen, Badrinarayanan, Lee & Rabinovich (2018), chen2018.
"""

from __future__ import annotations

from typing import cast

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.balancing.adam import Adam
from algorithms.balancing.base import BalancerConfig, GradientBalancer, Heads
from algorithms.balancing.geometry import lengths

_SMALLEST = 1e-3  # weight: no task is dropped
_RANGE = (1e-6, 1e6)  # of a relative loss: a loss that was zero at the start has none


def gradnorm_targets(norms: FloatArray, relative_losses: FloatArray, alpha: float) -> FloatArray:
    """Return (T,) how long each task's weighted gradient should be.

    Parameters
    ----------
    norms : (T,) lengths of the weighted gradients
    relative_losses : (T,) each loss in parts of its first
    alpha : how strongly a task that lags is helped

    >>> gradnorm_targets(np.array([1.0, 3.0]), np.array([0.8, 0.5]), 1.5).round(6).tolist()
    [2.730832, 1.34932]
    """
    rates = relative_losses / relative_losses.mean()
    targets: FloatArray = norms.mean() * rates**alpha
    return targets


class GradNormConfig(BalancerConfig):
    """How strongly and how fast the tasks' pull is made even."""

    alpha: float = Field(
        1.5, ge=0, le=5, description="How much harder a task pulls that lags behind; 0: all alike"
    )
    learning_rate: float = Field(
        0.025, gt=0, le=1, description="How far the weight of a task moves in a step"
    )


class GradNorm(GradientBalancer):
    """Weights that make the tasks' pull even, and help those that lag."""

    key = "gradnorm"
    title = "Gradient normalisation (GradNorm)"
    summary = "Weights are learned so that all tasks pull alike, and those that lag pull harder."
    equation = r"$\min_w \sum_t |\,w_t \|g_t\| - \bar n\, r_t^{\alpha}\,|,\quad \sum_t w_t = T$"
    reference = "chen2018"
    when_agree = "Angles do not matter to it: only the lengths of the gradients are made even."
    when_conflict = "The same; both sides of the conflict come to pull about equally hard."
    doubt = (
        "A lagging task may be noisy rather than neglected, and then gets ever more weight. It "
        "adds two parameters; Xin et al. (2022) found no method of this family beyond tuned "
        "fixed weights."
    )
    config_class = GradNormConfig
    heads = Heads.WEIGHTED

    def _start(self) -> None:
        config = cast("GradNormConfig", self.config)
        self._weights = np.ones(self.n_tasks)
        self._first = np.full(self.n_tasks, np.nan)  # the first loss of each task
        self._adam = Adam(self.n_tasks, config.learning_rate)

    def _weigh(self, losses: FloatArray, gram: FloatArray, tasks: IntArray) -> FloatArray:
        config = cast("GradNormConfig", self.config)
        now = self._weights[tasks]
        first = self._first[tasks] = np.where(
            np.isnan(self._first[tasks]), losses, self._first[tasks]
        )
        relative = np.ones(len(tasks))
        with np.errstate(over="ignore"):  # clipped next
            np.divide(losses, first, out=relative, where=first > 0)
        length = lengths(gram)
        norms = now * length
        targets = gradnorm_targets(norms, np.clip(relative, *_RANGE), config.alpha)
        self._adam.step(self._weights, np.sign(norms - targets) * length, tasks)
        moved = np.maximum(self._weights[tasks], _SMALLEST)
        self._weights[tasks] = moved * now.sum() / moved.sum()
        return now
