"""Recommendation tasks: what is asked of the recommender, and whether the data can answer."""

from algorithms.tasks.checks import TaskProblem, check_tasks
from algorithms.tasks.task import Task, TaskKind

__all__ = ["Task", "TaskKind", "TaskProblem", "check_tasks"]
