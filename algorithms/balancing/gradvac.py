r"""Gradient vaccine (GradVac): tasks are bent towards the agreement that is usual between them.

PCGrad acts on obtuse angles only. GradVac remembers for each pair the usual cosine
:math:`\hat\phi_{ij}` (a moving average) and acts wherever the cosine :math:`\phi_{ij}` falls below:

.. math::
    g_i \leftarrow g_i + \frac{\lVert g_i \rVert \left( \hat\phi_{ij} \sqrt{1 - \phi_{ij}^2}
        - \phi_{ij} \sqrt{1 - \hat\phi_{ij}^2} \right)}
        {\lVert g_j \rVert \sqrt{1 - \hat\phi_{ij}^2}}\, g_j,
    \qquad
    \hat\phi_{ij} \leftarrow (1 - \beta)\, \hat\phi_{ij} + \beta\, \phi_{ij}

after which the cosine of both is :math:`\hat\phi_{ij}`. With :math:`\hat\phi = 0` it is PCGrad.

Reference: Wang, Tsvetkov, Firat & Cao (2021), wang2021.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.balancing.base import BalancerConfig, GradientBalancer
from algorithms.balancing.geometry import lengths, scaled

_HIGHEST = 0.99  # of a cosine that is aimed at: to reach 1 takes an endless amount of the other


def gradvac_weights(
    gram: FloatArray, goals: FloatArray, orders: Sequence[IntArray], beta: float
) -> tuple[FloatArray, FloatArray]:
    """Return (T,) the weights of the vaccinated sum, and (T, T) the usual cosines after the step.

    Parameters
    ----------
    gram : (T, T) inner products of the gradients
    goals : (T, T) the usual cosines before the step
    orders : for each task, in which order it meets the others
    beta : how fast the usual cosines follow
    """
    gram = scaled(gram)
    length = lengths(gram)
    parts = np.eye(len(gram))  # row i: gradient i as bent so far, in terms of all gradients
    usual = goals.copy()
    for i, order in enumerate(orders):
        for j in order:
            mine = np.sqrt(max(float(parts[i] @ gram @ parts[i]), 0.0))
            if j == i or mine == 0 or length[j] == 0:
                continue
            cosine = float(np.clip(parts[i] @ gram[:, j] / mine / length[j], -1, 1))
            goal = min(float(usual[i, j]), _HIGHEST)
            if cosine < goal:
                sine, sine_of_goal = np.sqrt(1 - cosine**2), np.sqrt(1 - goal**2)
                missing = (goal * sine - cosine * sine_of_goal) / sine_of_goal
                parts[i, j] += mine / length[j] * missing
            usual[i, j] += beta * (cosine - usual[i, j])
    return parts.sum(axis=0), usual


class GradVacConfig(BalancerConfig):
    """How fast the usual cosine of a pair follows."""

    beta: float = Field(
        0.01, gt=0, le=1, description="Share of the newest cosine in the moving average"
    )


class GradVac(GradientBalancer):
    """PCGrad with a memory of how well each pair of tasks usually agrees."""

    key = "gradvac"
    title = "Gradient vaccine (GradVac)"
    summary = "Two tasks that agree less than they usually do are bent towards each other."
    equation = (
        r"$g_i \leftarrow g_i + \frac{\|g_i\|\,(\hat\phi\sqrt{1-\phi^2} - \phi\sqrt{1-\hat\phi^2})}"
        r"{\|g_j\|\,\sqrt{1-\hat\phi^2}}\, g_j$ if $\phi < \hat\phi$"
    )
    reference = "wang2021"
    when_agree = (
        "It acts even here, if two tasks agree less than usual: both steps become more alike."
    )
    when_conflict = "As PCGrad at first; later less, for tasks that always conflict are left alone."
    doubt = (
        "The usual cosine is noisy in small batches, and bending lengthens the step, so part of a "
        "gain can be that of a larger learning rate (see Kurin et al. 2022, Xin et al. 2022)."
    )
    config_class = GradVacConfig

    def _start(self) -> None:
        self._usual = np.zeros((self.n_tasks, self.n_tasks))

    def _weigh(self, losses: FloatArray, gram: FloatArray, tasks: IntArray) -> FloatArray:
        config = cast("GradVacConfig", self.config)
        orders = [self.rng.permutation(len(tasks)) for _ in tasks]
        here = np.ix_(tasks, tasks)
        weights, self._usual[here] = gradvac_weights(gram, self._usual[here], orders, config.beta)
        return weights
