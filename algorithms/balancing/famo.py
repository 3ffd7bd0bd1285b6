r"""FAMO: all losses shall shrink by the same share, without looking at any gradient.

The tasks' weights :math:`z = \mathrm{softmax}(\xi)` act on the logarithms of the losses, so that
a task counts :math:`z_t / L_t`:

.. math::
    w_t = \frac{z_t / L_t}{\sum_s z_s / L_s}

After the step the losses of the same batch are looked at again. A task whose loss shrank by a
larger share, :math:`\delta_t = \log L_t - \log L_t^{\text{after}}`, gets less weight in the next
step:

.. math::
    \xi \leftarrow \xi - \beta \left( J^\top \delta + \gamma\, \xi \right), \qquad
    J = \partial z / \partial \xi = \mathrm{diag}(z) - z z^\top

(with Adam, as in the authors' program). It costs a second look at the losses instead of a
gradient per task. The losses must be positive, with 0 as the best there can be.

Reference: Liu, Feng, Stone & Liu (2023), liu2023.
"""

from __future__ import annotations

from typing import cast

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.balancing.adam import Adam
from algorithms.balancing.base import BalancerConfig, LossBalancer

_SMALLEST = 1e-8  # loss: of less there is no logarithm worth having


def famo_weights(logits: FloatArray, losses: FloatArray) -> FloatArray:
    """Return (T,) weights of sum 1 from logits (T,) and losses (T,).

    >>> famo_weights(np.zeros(2), np.array([1.0, 3.0])).tolist()
    [0.75, 0.25]
    """
    losses = np.maximum(losses, _SMALLEST)
    shares = _softmax(logits) * (losses.min() / losses)
    weights: FloatArray = shares / shares.sum()
    return weights


def famo_gradient(logits: FloatArray, before: FloatArray, after: FloatArray) -> FloatArray:
    """Return (T,) the change of the logits that a step calls for, from losses (T,) around it."""
    improved = np.log(np.maximum(before, _SMALLEST)) - np.log(np.maximum(after, _SMALLEST))
    z = _softmax(logits)
    gradient: FloatArray = z * (improved - z @ improved)
    return gradient


def _softmax(logits: FloatArray) -> FloatArray:
    powers = np.exp(logits - logits.max())
    shares: FloatArray = powers / powers.sum()
    return shares


class FamoConfig(BalancerConfig):
    """How fast the weights follow, and how strongly they return to equal."""

    learning_rate: float = Field(
        0.025, gt=0, le=1, description="How far the logit of a task moves in a step"
    )
    decay: float = Field(
        0.001, ge=0, le=1, description="Pull of the logits back to zero, that is to equal weights"
    )


class Famo(LossBalancer):
    """Weights that make all losses shrink by the same share."""

    key = "famo"
    title = "Fast adaptive optimisation (FAMO)"
    summary = "All losses shall shrink by the same share; who improved less counts more next."
    equation = r"$w_t \propto z_t / L_t,\quad z = \mathrm{softmax}(\xi)$"
    reference = "liu2023"
    when_agree = "All losses shrink alike, so the weights stay near 1 / loss."
    when_conflict = "The task that shrinks least gains weight until it keeps pace."
    doubt = (
        "What a batch loses in one step is noisy, and the same-batch look flatters tasks that are "
        "learned by heart. At equal logits it is uncertainty weighting at its optimum, 1 / loss, "
        "and much of the gain may be that."
    )
    config_class = FamoConfig
    needs_losses_after = True

    def _start(self) -> None:
        config = cast("FamoConfig", self.config)
        self._logits = np.zeros(self.n_tasks)
        self._before = np.full(self.n_tasks, np.nan)
        self._adam = Adam(self.n_tasks, config.learning_rate)

    def _weigh(self, losses: FloatArray, tasks: IntArray) -> FloatArray:
        self._before[:] = np.nan
        self._before[tasks] = losses
        return famo_weights(self._logits[tasks], losses)

    def stepped(self, losses_after: FloatArray) -> None:
        """Compare the losses (T,) after the step with those before, where both are known."""
        config = cast("FamoConfig", self.config)
        tasks = np.flatnonzero(np.isfinite(self._before) & np.isfinite(losses_after))
        if len(tasks):
            logits = self._logits[tasks]
            change = famo_gradient(logits, self._before[tasks], losses_after[tasks])
            self._adam.step(self._logits, change + config.decay * logits, tasks)
        self._before[:] = np.nan
