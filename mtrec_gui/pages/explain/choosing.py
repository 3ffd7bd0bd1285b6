"""What the page shows before anybody chose: the task, the models and the user that tell most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from algorithms.arrays import IntArray
from algorithms.evaluation.ranking import RelevantItems
from algorithms.metrics.ranking import judge
from algorithms.models.base import Family, TopLists
from algorithms.tasks import Task
from mtrec_gui.model_shelf import differing_values, find_model
from mtrec_gui.pages.explain.state import LENGTH, Move, RunChoice

if TYPE_CHECKING:
    from mtrec_gui.storage import StoredRun

_LISTS = 3  # how many models stand side by side at first
_ALONE = ("als", "svd")  # stand in for a single-task twin that was not run


def telling_task(tasks: Sequence[Task]) -> Task:
    """Return the task to begin with: one that follows another, since it has least data."""
    return next((task for task in tasks if task.parent is not None), tasks[0])


def telling_runs(runs: Sequence[RunChoice], task: Task) -> tuple[int, ...]:
    """Return the runs to begin with, by id.

    These are the model that shares most, the same without sharing, and the rules; where one of
    them is missing the others of the catalog stand in, the last first.
    """
    serving = [run for run in runs if find_model(run.model).served_tasks([task])]
    by_model = {run.model: run for run in reversed(serving)}
    wanted: list[str] = []
    for key in by_model:
        model = find_model(key)
        if model.is_multitask and model.family is not Family.RULES:
            twins = (model.single_task_twin, *_ALONE)
            wanted += [key, *[twin for twin in twins if twin in by_model][:1]]
    wanted += [key for key in by_model if find_model(key).family is Family.RULES]
    wanted += list(by_model)
    keys = list(dict.fromkeys(key for key in wanted if key))[:_LISTS]
    return tuple(by_model[key].id for key in keys)


def run_choices(runs: Sequence[StoredRun]) -> tuple[RunChoice, ...]:
    """Return what can be chosen; runs of one model are told apart by their settings."""
    models = [run.model for run in runs]
    return tuple(
        RunChoice(
            run.id,
            run.model,
            find_model(run.model).title,
            _settings(run.model, run.config) if models.count(run.model) > 1 else "",
        )
        for run in runs
    )


def _settings(model: str, config: Mapping[str, Any]) -> str:
    """Write the settings that differ from the model's own."""
    differing = differing_values(find_model(model), config)
    return ", ".join(f"{name} {value}" for name, value in differing.items())


def telling_user(lists: Sequence[TopLists], relevant: RelevantItems) -> int:
    """Return the user on whose held-out items the models differ most.

    Parameters
    ----------
    lists : of each model, for the users of ``relevant`` in their order
    relevant : what should have been found
    """
    n_relevant = np.diff(relevant.offsets)
    if not len(relevant.users):
        return 0
    if not lists or not n_relevant.any():
        return int(relevant.users[np.argmax(n_relevant > 0)])
    hits = np.stack(
        [
            judge(each.items[:, :LENGTH], relevant.offsets, relevant.items).hits.sum(axis=1)
            for each in lists
        ]
    )  # (n_models, m)
    spread = hits.max(axis=0) - hits.min(axis=0)
    return int(relevant.users[np.lexsort((n_relevant, hits[0], spread))[-1]])


def moved_user(
    user: int, move: Move, among: IntArray, n_users: int, rng: np.random.Generator
) -> int:
    """Return the user before or after one, or any other.

    Parameters
    ----------
    among : (m,) users worth looking at, ascending; where there are none, all are
    """
    users = among if len(among) else np.arange(n_users)
    if move is Move.RANDOM:
        others = users[users != user]
        return int(rng.choice(others)) if len(others) else user
    if move is Move.NEXT:
        return int(users[np.searchsorted(users, user, side="right") % len(users)])
    if move is Move.PREVIOUS:
        return int(users[np.searchsorted(users, user, side="left") - 1])
    return user
