"""Who knows the truth: real life never does, a simulated world may.

A policy plans with a model that it learned. Where the log was simulated, whoever made the world
can say what the policy really earns; the engine does not know the worlds, so the application hands
in who judges. What a judge says is shown, and never learned from.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.tasks import Task


class Judge(Protocol):
    """Tells what is true of a log's world."""

    def knows(self, task: Task) -> bool:
        """Return whether the world tells of the task's label."""

    def relevant(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        """Return (m, k) the probability that an item, once shown, becomes relevant to a user."""

    def shown_besides(self, kind: str, known: InteractionLog) -> FloatArray:
        """Return (n_users, n_items of the kind) the probability of having been shown besides."""


JudgeMaker = Callable[[InteractionLog], Judge | None]


def nobody(log: InteractionLog) -> Judge | None:
    """Know no truth, as in real life."""
    return None
