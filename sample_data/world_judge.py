"""The judge of policies on a simulated log: what is true in its world.

The engine plans without it and shows its figures beside its own; on real data there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.errors import FitError
from algorithms.policies.judge import Judge
from algorithms.tasks import Task
from sample_data.oracle import world_behind

if TYPE_CHECKING:
    from sample_data.truth import Truth


class WorldJudge:
    """Tells what is true of the world behind a log."""

    def __init__(self, truth: Truth) -> None:
        self._truth = truth

    def knows(self, task: Task) -> bool:
        """Return whether the world was simulated with the task's label on its kind."""
        kinds = {label.name: label.item_kind for label in self._truth.spec.labels}
        return kinds.get(task.label) == task.item_kind

    def relevant(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        """Return (m, k) the probability that an item, once shown, becomes relevant to a user."""
        return self._truth.relevant(task.label, users[:, None], items, at_least=task.relevant_from)

    def shown_besides(self, kind: str, known: InteractionLog) -> FloatArray:
        """Return (n_users, n_items of the kind) the probability of having been shown besides."""
        return np.asarray(self._truth.shown_besides(kind, known.users, known.items))


def world_judge(log: InteractionLog) -> Judge | None:
    """Return who knows the truth of a log; None for real data and for worlds made otherwise."""
    if not log.origin:
        return None
    try:
        return WorldJudge(world_behind(log))
    except FitError:  # another version's world, or other tables: its truth is not known
        return None
