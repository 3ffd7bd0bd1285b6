"""What every balancer is: how much each task counts in the next step of the shared weights.

A network that serves T tasks has T losses, and their gradients on the shared weights may pull
apart. A balancer answers each step with T weights; the shared weights then move against the
weighted sum of the gradients. Nearly every published method has this form, for what it does
depends on nothing but the losses, the Gram matrix of the gradients and a small memory.

A trainer calls, in this order::

    balancer.start(task_weights, rng)
    for each epoch:
        for each batch:
            weights = balancer.weights(losses, gram)  # gram only if balancer.needs_gradients
            ...one step...
            balancer.stepped(losses_after)  # only if balancer.needs_losses_after
        balancer.epoch_ended(mean_losses)

What belongs to one task alone (its head) is trained by the loss of that task, with the same
weight or with weight 1: ``heads`` says which.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import StrEnum
from typing import ClassVar

import numpy as np
from pydantic import BaseModel, ConfigDict

from algorithms.arrays import FloatArray, IntArray
from algorithms.errors import MtrecError


class GradientsNeededError(MtrecError, ValueError):
    """A balancer that looks at gradients, asked without them."""

    template = (
        "{balancer} looks at the tasks' gradients, but was given none. Pass their Gram matrix."
    )


class Heads(StrEnum):
    """With which weight the parts that belong to one task alone are trained."""

    WEIGHTED = "weighted"  # the same as on the shared weights: the whole loss is weighted
    OWN = "own"  # weight 1: only the shared weights are bargained over


class BalancerConfig(BaseModel):
    """Base of all balancer configurations: frozen, and strict about unknown names."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Balancer(ABC):
    """A way to balance tasks; a subclass of ``LossBalancer`` or ``GradientBalancer``."""

    key: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]  # one sentence that a student understands
    equation: ClassVar[str]  # in matplotlib's mathtext
    reference: ClassVar[str]  # key in docs/references.bib
    when_agree: ClassVar[str]  # what it does when the gradients agree
    when_conflict: ClassVar[str]  # what it does when they conflict
    doubt: ClassVar[str]  # what the literature, or common sense, doubts
    config_class: ClassVar[type[BalancerConfig]] = BalancerConfig
    heads: ClassVar[Heads]
    needs_gradients: ClassVar[bool]
    needs_losses_after: ClassVar[bool] = False  # the losses of the same batch after the step

    def __init__(self, config: BalancerConfig | None = None) -> None:
        self.config: BalancerConfig = config if config is not None else self.config_class()
        self.task_weights: FloatArray = np.ones(0)
        self.rng = np.random.default_rng(0)

    @property
    def n_tasks(self) -> int:
        """How many tasks are balanced."""
        return len(self.task_weights)

    def start(self, task_weights: FloatArray, rng: np.random.Generator) -> None:
        """Begin a training; what an earlier one left in memory is forgotten.

        Parameters
        ----------
        task_weights : (T,) what a person gave each task; only ``manual`` reads them
        rng : the only source of chance
        """
        self.task_weights = np.array(task_weights, dtype=np.float64)
        self.rng = rng
        self._start()

    @abstractmethod
    def weights(self, losses: FloatArray, gram: FloatArray | None = None) -> FloatArray:
        """Return (T,) what each task counts in the next step.

        Parameters
        ----------
        losses : (T,) of the batch, NaN for a task that has no label in it: it gets weight 0 and
            leaves the memory of the others alone
        gram : (T, T) inner products of the tasks' gradients on the shared weights; a task whose
            gradient is not finite gets weight 0

        Raises
        ------
        GradientsNeededError
            Where ``needs_gradients`` and there is no ``gram``.
        """

    def stepped(self, losses_after: FloatArray) -> None:  # noqa: B027 - most do not look back
        """Learn from the losses (T,) of the same batch after the step, NaN without label."""

    def epoch_ended(self, mean_losses: FloatArray) -> None:  # noqa: B027 - most do not look back
        """Learn from the mean losses (T,) of an epoch, NaN for a task without any label."""

    def _start(self) -> None:  # noqa: B027 - most have no memory
        """Make the memory for ``self.n_tasks`` tasks."""


class LossBalancer(Balancer):
    """A balancer that looks at losses, or at nothing: as cheap as no balancer."""

    heads = Heads.WEIGHTED
    needs_gradients = False

    def weights(self, losses: FloatArray, gram: FloatArray | None = None) -> FloatArray:
        """Return (T,) what each task counts in the next step; ``gram`` is not looked at."""
        losses = np.asarray(losses, dtype=np.float64)
        tasks = np.flatnonzero(np.isfinite(losses))
        result = np.zeros(len(losses))
        if len(tasks):
            result[tasks] = self._weigh(losses[tasks], tasks)
        return result

    @abstractmethod
    def _weigh(self, losses: FloatArray, tasks: IntArray) -> FloatArray:
        """Return (n,) the weights of the ``tasks`` (n,) that have a loss (n,) in this batch."""


class GradientBalancer(Balancer):
    """A balancer that looks at gradients: one backward pass for each task and step."""

    heads = Heads.OWN
    needs_gradients = True

    def weights(self, losses: FloatArray, gram: FloatArray | None = None) -> FloatArray:
        """Return (T,) what each task counts in the next step, see ``Balancer.weights``."""
        if gram is None:
            raise GradientsNeededError(balancer=self.title)
        losses = np.asarray(losses, dtype=np.float64)
        gram = np.asarray(gram, dtype=np.float64)
        tasks = np.flatnonzero(np.isfinite(losses) & np.isfinite(np.diagonal(gram)))
        result = np.zeros(len(losses))
        if len(tasks):
            result[tasks] = self._weigh(losses[tasks], gram[np.ix_(tasks, tasks)], tasks)
        return result

    @abstractmethod
    def _weigh(self, losses: FloatArray, gram: FloatArray, tasks: IntArray) -> FloatArray:
        """Return (n,) the weights of the ``tasks`` (n,) that have a loss and a gradient."""
