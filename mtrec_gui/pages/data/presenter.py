"""What Data shows: counts, densities, label charts, and one of three tables (Qt-free)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from mtrec_gui.pages.data.tables import DataColumn, TableName, all_tables
from mtrec_gui.plots.labels import LabelChart, chart_label
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from algorithms.data import InteractionLog
    from algorithms.evaluation import Experiment
    from algorithms.tasks import Task
    from mtrec_gui.storage import Project


@dataclass(frozen=True, slots=True)
class TaskDensity:
    """How much of what could be known for a task is known.

    Parameters
    ----------
    task, position : its name and its place, which decides its colour
    n_pairs : distinct (user, item) pairs with the label observed
    share : of all pairs of a user and an item of the task's kind; NaN where there are none
    """

    task: str
    position: int
    n_pairs: int
    share: float


@dataclass(frozen=True, slots=True)
class LabelState:
    """One label: ``position`` is the place of the first task that predicts it, if one does."""

    name: str
    position: int | None
    chart: LabelChart


@dataclass(frozen=True, slots=True)
class DataState:
    """The data in numbers.

    Parameters
    ----------
    name : what the data is called
    n_users, n_events : counts
    kinds : each kind of items and how many there are
    densities : for each task that is switched on
    labels : in the order of the data
    """

    name: str
    n_users: int
    n_events: int
    kinds: tuple[tuple[str, int], ...]
    densities: tuple[TaskDensity, ...]
    labels: tuple[LabelState, ...]


class DataView(Protocol):
    """What the presenter asks of the view."""

    def show_empty(self) -> None:
        """Show that no project is open."""

    def show_state(self, state: DataState) -> None:
        """Show the figures and the charts."""

    def show_table(self, table: TableName, columns: Sequence[DataColumn]) -> None:
        """Show a table."""


class DataPresenter:
    """Describes the open project's data beside the window, and hands it to the view."""

    def __init__(self, workspace: Workspace, view: DataView) -> None:
        self._workspace = workspace
        self._view = view
        self._table = TableName.INTERACTIONS
        self._tables: dict[TableName, tuple[DataColumn, ...]] = {}
        self._asked: tuple[Task, ...] | None = None
        self._request = 0

    def start(self) -> None:
        """Follow the workspace, and show what is open already."""
        self._workspace.opened.connect(self._project_opened)
        self._workspace.experiment_changed.connect(self._experiment_changed)
        self._project_opened(self._workspace.project)

    def table_chosen(self, table: TableName) -> None:
        """A person wants to see another table."""
        self._table = table
        if self._tables:
            self._view.show_table(table, self._tables[table])

    def _project_opened(self, _: Project | None) -> None:
        self._request += 1
        self._tables = {}
        if not self._workspace.is_open:
            self._view.show_empty()
            return
        request, log = self._request, self._workspace.log

        def made(tables: dict[TableName, tuple[DataColumn, ...]]) -> None:
            if request == self._request:
                self._tables = tables
                self._view.show_table(self._table, tables[self._table])

        self._workspace.runner.run(
            lambda progress: all_tables(log), made, self._workspace.failed.emit
        )
        self._describe(log, self._workspace.experiment.tasks)

    def _experiment_changed(self, experiment: Experiment) -> None:
        if experiment.tasks != self._asked:
            self._describe(self._workspace.log, experiment.tasks)

    def _describe(self, log: InteractionLog, tasks: tuple[Task, ...]) -> None:
        self._asked = tasks

        def described(state: DataState) -> None:
            if self._asked is tasks and self._workspace.is_open and self._workspace.log is log:
                self._view.show_state(state)

        self._workspace.runner.run(
            lambda progress: describe(log, tasks), described, self._workspace.failed.emit
        )


def describe(log: InteractionLog, tasks: Sequence[Task]) -> DataState:
    """Count what a log holds."""
    of_label = {task.label: place for place, task in reversed(list(enumerate(tasks)))}
    table = log.item_table
    kinds = np.bincount(table.kind_codes, minlength=len(table.kinds))
    return DataState(
        name=log.name,
        n_users=log.n_users,
        n_events=len(log),
        kinds=tuple((kind, int(n)) for kind, n in zip(table.kinds, kinds, strict=True) if n),
        densities=tuple(
            task_density(log, task, place)
            for place, task in enumerate(tasks)
            if task.enabled and task.label in log.labels
        ),
        labels=tuple(
            LabelState(name, of_label.get(name), chart_label(values))
            for name, values in log.labels.items()
        ),
    )


def task_density(log: InteractionLog, task: Task, position: int) -> TaskDensity:
    """Count the distinct pairs on which a task's label is observed."""
    observed = task.events(log)
    pairs = log.users[observed].astype(np.int64) * log.n_items + log.items[observed]
    n_pairs = len(np.unique(pairs))
    possible = log.n_users * len(log.item_table.of_kind(task.item_kind))
    return TaskDensity(task.name, position, n_pairs, n_pairs / possible if possible else np.nan)
