"""Can this data answer this task? If not, why, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.data.log import InteractionLog
from algorithms.messages import Message
from algorithms.tasks.task import Task, TaskKind


@dataclass(frozen=True, slots=True)
class TaskProblem:
    """Something to know about a task: ``fatal`` where it cannot be learned at all."""

    task: str
    message: Message
    fatal: bool


def check_tasks(tasks: Sequence[Task], log: InteractionLog) -> list[TaskProblem]:
    """Return what stands in the way of each enabled task, fatal problems first per task."""
    problems: list[TaskProblem] = []
    enabled = [task for task in tasks if task.enabled]
    names = [task.name for task in enabled]
    for position, task in enumerate(enabled):
        if task.name in names[:position]:
            problems.append(
                _fatal(task, "Two tasks are called “{task}”. Give one of them another name.")
            )
            continue
        problems += _check_label(task, log) or _check_values(task, log)
        problems += _check_parent(task, enabled)
    return problems


def _fatal(task: Task, template: str, **values: str | int | float) -> TaskProblem:
    return TaskProblem(task.name, Message(template, {"task": task.name, **values}), fatal=True)


def _remark(task: Task, template: str, **values: str | int | float) -> TaskProblem:
    return TaskProblem(task.name, Message(template, {"task": task.name, **values}), fatal=False)


def _check_label(task: Task, log: InteractionLog) -> list[TaskProblem]:
    if task.label not in log.labels:
        return [
            _fatal(
                task,
                "“{task}” needs the label “{label}”; the data has {labels}. Choose one of these.",
                label=task.label,
                labels=", ".join(log.labels) or "no labels",
            )
        ]
    if task.item_kind not in log.item_table.kinds:
        return [
            _fatal(
                task,
                "“{task}” ranks items of kind “{kind}”; the data has {kinds}. Choose one of these.",
                kind=task.item_kind,
                kinds=", ".join(log.item_table.kinds),
            )
        ]
    if not task.events(log).any():
        return [
            _fatal(
                task,
                "“{label}” is never observed on items of kind “{kind}”, so “{task}” has nothing "
                "to learn from. Choose another label or item kind.",
                label=task.label,
                kind=task.item_kind,
            )
        ]
    return []


def _check_values(task: Task, log: InteractionLog) -> list[TaskProblem]:
    values = log.label(task.label)[task.events(log)]
    low, high = float(values.min()), float(values.max())
    if task.kind is TaskKind.BINARY and not np.isin(values, (0.0, 1.0)).all():
        return [
            _fatal(
                task,
                "“{task}” is binary, but “{label}” has values from {low:g} to {high:g}, not 0 "
                "and 1. Make it a rating or a quantity, or choose another label.",
                label=task.label,
                low=low,
                high=high,
            )
        ]
    if task.kind is TaskKind.QUANTITY and low < 0:
        return [
            _fatal(
                task,
                "“{task}” is a quantity, but “{label}” goes down to {low:g}. Quantities are "
                "zero or more; make it a rating or choose another label.",
                label=task.label,
                low=low,
            )
        ]
    if not (values >= task.relevant_from).any():
        return [
            _fatal(
                task,
                "No item is relevant for “{task}”: relevant is from {limit:g} up, the highest "
                "“{label}” is {high:g}. Lower the limit.",
                label=task.label,
                limit=task.relevant_from,
                high=high,
            )
        ]
    if low == high:
        if task.kind is TaskKind.BINARY:  # only positives: ranking can still be judged
            return [
                _remark(
                    task,
                    "“{label}” is 1 wherever it is observed: the data records only what happened. "
                    "Lists can be judged; accuracy and AUC cannot.",
                    label=task.label,
                )
            ]
        return [
            _fatal(
                task,
                "“{label}” is {low:g} in all {n} events, so there is nothing to predict. "
                "Choose another label.",
                label=task.label,
                low=low,
                n=len(values),
            )
        ]
    return []


def _check_parent(task: Task, tasks: Sequence[Task]) -> list[TaskProblem]:
    if task.parent is None:
        return []
    by_name = {other.name: other for other in tasks}
    if task.parent not in by_name:
        return [
            _fatal(
                task,
                "“{task}” needs “{parent}” to happen first, but no such task is switched on. "
                "Switch it on or clear the parent.",
                parent=task.parent,
            )
        ]
    seen = {task.name}
    parent: str | None = task.parent
    while parent is not None and parent in by_name:
        if parent == task.name:
            return [_fatal(task, "“{task}” is its own ancestor. Clear one of the parents.")]
        if parent in seen:  # a circle further up: its own members say so
            break
        seen.add(parent)
        parent = by_name[parent].parent
    if by_name[task.parent].item_kind != task.item_kind:
        return [
            _fatal(
                task,
                "“{task}” ranks items of kind “{kind}”, its parent “{parent}” another kind. "
                "A funnel stays on one kind.",
                kind=task.item_kind,
                parent=task.parent,
            )
        ]
    return []
