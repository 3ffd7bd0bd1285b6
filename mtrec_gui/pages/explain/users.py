"""What is known of a user: what the training data has of them, and what was held out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from algorithms.arrays import BoolArray, IntArray
from algorithms.data import InteractionLog
from algorithms.evaluation.ranking import RelevantItems
from algorithms.models.base import Recommender
from algorithms.models.rule_blend import RuleBlend
from algorithms.tasks import Task, TaskKind

_CATEGORIES = 3


def of_user(log: InteractionLog, user: int) -> InteractionLog:
    """Return the events of one user."""
    return log.select(log.users == user)


def known_events(task: Task, mine: InteractionLog) -> BoolArray:
    """Return (n,) which events of a user tell of a task: of a yes-or-no task the successes."""
    if task.kind is TaskKind.BINARY:
        return successes(task, mine)
    return task.events(mine)


def successes(task: Task, mine: InteractionLog) -> BoolArray:
    """Return (n,) which events of a user are relevant for a task."""
    relevant: BoolArray = task.events(mine) & (mine.label(task.label) >= task.relevant_from)
    return relevant


def favourite_categories(tasks: Sequence[Task], mine: InteractionLog) -> tuple[str, ...]:
    """Return the categories with most items that a user had a success with, most first."""
    liked = np.zeros(len(mine), dtype=np.bool_)
    for task in tasks:
        liked |= successes(task, mine)
    of_items = mine.item_table.categories[np.unique(mine.items[liked])]
    names, counts = np.unique(of_items[of_items != ""], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return tuple(str(names[place]) for place in order[:_CATEGORIES])


def n_known(model: Recommender, task: Task | None, mine: InteractionLog) -> int | None:
    """Return how many events of a user a model learned from; None where it looks at none.

    Parameters
    ----------
    model : a fitted model
    task : whose list it is; None for the page of all kinds
    mine : the user's events in training
    """
    if model.explains_by == "counts":
        return None
    if model.explains_by in ("biases", "features"):  # what did not succeed counts as well
        return sum(int(each.events(mine).sum()) for each in _sources(model, task))
    return sum(int(known_events(each, mine).sum()) for each in _sources(model, task))


def _sources(model: Recommender, task: Task | None) -> Sequence[Task]:
    """Return the tasks whose events decide a list."""
    if isinstance(model, RuleBlend):
        powers = model.config.rules.powers
        if task is None:
            return [each for each in model.tasks if powers.get(each.name, 1.0) > 0]
        if task.kind is not TaskKind.BINARY:  # ranked by its own model, without a blend
            return (task,)
        return [
            each
            for each in model.tasks
            if each == task or (each.item_kind == task.item_kind and powers.get(each.name, 0.0) > 0)
        ]
    return model.tasks if model.is_multitask or task is None else (task,)


def relevant_of(relevant: RelevantItems, user: int) -> IntArray:
    """Return the held-out relevant items of one user."""
    place = int(np.searchsorted(relevant.users, user))
    if place == len(relevant.users) or relevant.users[place] != user:
        return np.empty(0, dtype=np.int64)
    return relevant.items[relevant.offsets[place] : relevant.offsets[place + 1]]


def with_relevant(relevant: RelevantItems) -> IntArray:
    """Return the users with a held-out relevant item, ascending."""
    return relevant.users[np.diff(relevant.offsets) > 0]
