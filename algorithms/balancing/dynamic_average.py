r"""Dynamic weight average (DWA): a task whose loss falls slowly counts more.

After each epoch the loss of a task is compared with that of the epoch before:

.. math::
    r_t = \frac{L_t^{(n-1)}}{L_t^{(n-2)}}, \qquad
    w_t = T\, \frac{e^{r_t / \tau}}{\sum_{s} e^{r_s / \tau}}

A large temperature :math:`\tau` makes the weights alike. In the first two epochs all count 1.

Reference: Liu, Johns & Davison (2019), liu2019.
"""

from __future__ import annotations

from typing import cast

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.balancing.base import BalancerConfig, LossBalancer


def average_weights(ratios: FloatArray, temperature: float = 2.0) -> FloatArray:
    """Return (T,) weights that sum to T, from the ratios (T,) of each loss to the one before.

    >>> average_weights(np.array([0.9, 1.1])).round(6).tolist()
    [0.950042, 1.049958]
    """
    powers = np.exp((ratios - ratios.max()) / temperature)
    weights: FloatArray = len(ratios) * powers / powers.sum()
    return weights


class DynamicAverageConfig(BalancerConfig):
    """How strongly the weights follow the pace of the tasks."""

    temperature: float = Field(
        2.0, gt=0, le=100, description="The larger, the more alike the weights of the tasks"
    )


class DynamicAverage(LossBalancer):
    """Weights from how fast each loss fell in the last epoch."""

    key = "dwa"
    title = "Dynamic weight average (DWA)"
    summary = "A task whose loss fell little in the last epoch counts more in the next."
    equation = r"$w_t = T\, e^{r_t/\tau} / \sum_s e^{r_s/\tau},\quad r_t = L_t^{n-1}/L_t^{n-2}$"
    reference = "liu2019"
    when_agree = "Losses fall together, so the weights stay near 1."
    when_conflict = "A task that is held back by the others gets somewhat more weight."
    doubt = (
        "Loss ratios lie near 1, so with the usual temperature the weights hardly leave 1: it is "
        "close to equal weights. A task that has converged looks like one that is held back."
    )
    config_class = DynamicAverageConfig

    def _start(self) -> None:
        self._last = np.full(self.n_tasks, np.nan)  # mean loss of the last epoch that had one
        self._weights = np.ones(self.n_tasks)

    def epoch_ended(self, mean_losses: FloatArray) -> None:
        """Compare each mean loss (T,) with the one before; without one the ratio is 1."""
        config = cast("DynamicAverageConfig", self.config)
        ratios = np.ones(self.n_tasks)
        known = np.isfinite(mean_losses) & (self._last > 0)
        np.divide(mean_losses, self._last, out=ratios, where=known)
        self._weights = average_weights(ratios, config.temperature)
        self._last = np.where(np.isfinite(mean_losses), mean_losses, self._last)

    def _weigh(self, losses: FloatArray, tasks: IntArray) -> FloatArray:
        return self._weights[tasks]
