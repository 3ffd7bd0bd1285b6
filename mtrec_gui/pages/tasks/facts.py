"""What the data says about a task (Qt-free)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.data import InteractionLog
from algorithms.tasks import Task
from mtrec_gui.plots.labels import LabelChart, chart_label


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """Counts of the events of one task.

    Parameters
    ----------
    n_events : events on items of its kind with its label observed
    n_relevant : distinct (user, item) pairs with the label at ``relevant_from`` or above
    n_users : users with at least one such pair
    chart : the observed values; its mean is the share of ones where it is binary
    """

    n_events: int
    n_relevant: int
    n_users: int
    chart: LabelChart


FactsKey = tuple[str, str, float]


def facts_key(task: Task) -> FactsKey:
    """Return what the facts depend on."""
    return (task.label, task.item_kind, task.relevant_from)


def task_facts(log: InteractionLog, task: Task) -> TaskFacts | None:
    """Count; None where the data has no such label."""
    if task.label not in log.labels:
        return None
    events = task.events(log)
    values = log.label(task.label)[events]
    relevant = values >= task.relevant_from
    users = log.users[events][relevant]
    pairs = users.astype(np.int64) * log.n_items + log.items[events][relevant]
    return TaskFacts(
        n_events=len(values),
        n_relevant=len(np.unique(pairs)),
        n_users=len(np.unique(users)),
        chart=chart_label(values, task.relevant_from),
    )
