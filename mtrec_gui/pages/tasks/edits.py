"""Edits of an experiment's tasks that keep all that names a task true (Qt-free)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from algorithms.evaluation import Experiment
from algorithms.rules import rename_task
from algorithms.tasks import Task


def change_task(experiment: Experiment, position: int, **changes: Any) -> Experiment:
    """Return the experiment with some fields of one task changed.

    A new name is also taken over by the tasks that follow this one, and by the powers and rules
    that name it.

    Raises
    ------
    pydantic.ValidationError
        Where a task does not allow the value.
    """
    before = experiment.tasks[position]
    after = Task.model_validate({**before.model_dump(), **changes})
    tasks = list(experiment.tasks)
    tasks[position] = after
    changed = experiment.model_copy(update={"tasks": tuple(tasks)})
    return changed if after.name == before.name else _renamed(changed, before.name, after.name)


def add_task(experiment: Experiment, task: Task) -> Experiment:
    """Return the experiment with one task more, at the end so that no colour changes."""
    return experiment.model_copy(update={"tasks": (*experiment.tasks, task)})


def remove_task(experiment: Experiment, position: int) -> Experiment:
    """Return the experiment without one task.

    Tasks that followed it follow none, and its power goes; a rule that names it stays, and says
    itself that it is skipped.
    """
    name = experiment.tasks[position].name
    tasks = tuple(
        task.model_copy(update={"parent": None}) if task.parent == name else task
        for place, task in enumerate(experiment.tasks)
        if place != position
    )
    powers = {task: power for task, power in experiment.rules.powers.items() if task != name}
    rules = experiment.rules.model_copy(update={"powers": powers})
    return experiment.model_copy(update={"tasks": tasks, "rules": rules})


def free_task_name(tasks: Sequence[Task], wanted: str) -> str:
    """Return a name that no task has yet: the wanted one, or it with a number."""
    taken = {task.name for task in tasks}
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted} {number}"
    return name


def _renamed(experiment: Experiment, old: str, new: str) -> Experiment:
    tasks = tuple(
        task.model_copy(update={"parent": new}) if task.parent == old else task
        for task in experiment.tasks
    )
    return experiment.model_copy(
        update={"tasks": tasks, "rules": rename_task(experiment.rules, old, new)}
    )
