"""Columns of a comparison: one task, one metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from algorithms.metrics import METRICS, Direction, Metric, find_metric
from algorithms.tasks import Task, TaskKind

_MAIN = {TaskKind.BINARY: "ndcg", TaskKind.RATING: "rmse", TaskKind.QUANTITY: "mae"}


@dataclass(frozen=True, slots=True)
class Column:
    """A task and a metric, at a k where the metric judges lists."""

    task: str
    metric: str
    k: int | None = None

    @property
    def key(self) -> str:
        """The metric's name with its k, such as ``ndcg@10``."""
        return self.metric if self.k is None else f"{self.metric}@{self.k}"

    @property
    def title(self) -> str:
        """What a person reads, such as NDCG@10."""
        return find_metric(self.metric).shown(self.k)

    @property
    def higher_is_better(self) -> bool:
        """Which way is better."""
        return find_metric(self.metric).card.direction is Direction.HIGHER


def default_columns(tasks: Sequence[Task], k: int = 10) -> tuple[Column, ...]:
    """Return the main metric of each enabled task.

    A binary task is there to fill lists: NDCG. A rating task is there to tell the stars: RMSE.
    A quantity has a few huge values, which RMSE would be all about: MAE.
    """
    return tuple(_column(task, find_metric(_MAIN[task.kind]), k) for task in tasks if task.enabled)


def all_columns(tasks: Sequence[Task], k: int = 10) -> tuple[Column, ...]:
    """Return every metric that applies to each enabled task, in the order of the catalog."""
    return tuple(
        _column(task, metric, k)
        for task in tasks
        if task.enabled
        for metric in METRICS.values()
        if task.kind in metric.kinds
    )


def _column(task: Task, metric: Metric, k: int) -> Column:
    return Column(task.name, metric.key, k if metric.level.of_lists else None)
