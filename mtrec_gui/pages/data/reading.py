"""From a log to what the page shows; all of it is done in the background (Qt-free)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.arrays import AnyArray
from algorithms.data.filters import Condition, apply
from algorithms.description import (
    activity_over_time,
    degree_distribution,
    density,
    funnels,
    heat_map,
    label_pairs,
    long_tail,
    summarise,
)
from algorithms.description.counting import tally
from algorithms.description.social import PERSON
from mtrec_gui.pages.data.state import (
    ColumnState,
    DataState,
    Pictures,
    TaskDensity,
    TaskName,
)
from mtrec_gui.pages.data.tables import ColumnRole, DataColumn, Tables, all_tables
from mtrec_gui.plots.labels import chart_label

if TYPE_CHECKING:
    from algorithms.data import InteractionLog
    from algorithms.tasks import Task


@dataclass(frozen=True, eq=False)
class Part:
    """The events that satisfy the conditions, and their tables.

    Parameters
    ----------
    log : with the tables of all users and items, met or not
    is_whole : whether there are no conditions
    n_in_all : events of the whole data
    """

    log: InteractionLog
    tables: Tables
    is_whole: bool
    n_in_all: int


def part_of_log(log: InteractionLog, conditions: Sequence[Condition]) -> Part:
    """Keep what satisfies all conditions.

    Raises
    ------
    FilterError
        Where a condition cannot be decided.
    """
    if not conditions:
        return Part(log, all_tables(log), True, len(log))
    kept = log.select(apply(log, conditions))
    return Part(kept, all_tables(kept, met_only=True), False, len(log))


def describe(part: Part, tasks: Sequence[Task]) -> DataState:
    """Count what there is."""
    log = part.log
    table = log.item_table
    codes = table.kind_codes
    n_users = log.n_users
    if not part.is_whole:
        codes = codes[tally(log.items, log.n_items) > 0]
        n_users = int(np.count_nonzero(tally(log.users, log.n_users)))
    kinds = np.bincount(codes, minlength=len(table.kinds))
    return DataState(
        name=log.name,
        n_users=n_users,
        n_events=len(log),
        n_events_in_all=part.n_in_all,
        kinds=tuple((kind, int(n)) for kind, n in zip(table.kinds, kinds, strict=True) if n),
        densities=_densities(log, tasks),
    )


def _densities(log: InteractionLog, tasks: Sequence[Task]) -> tuple[TaskDensity, ...]:
    made = []
    for place, task in enumerate(tasks):
        if task.enabled and task.label in log.labels:
            found = density(log, task)
            made.append(TaskDensity(task.name, place, found.n_pairs, found.share))
    return tuple(made)


def summarise_columns(
    columns: Sequence[DataColumn], tasks: Sequence[Task]
) -> tuple[ColumnState, ...]:
    """Summarise the columns of a table; a label has the colour of the first task it belongs to."""
    of_label = label_positions(tasks)
    made = []
    for column in columns:
        is_label = column.role in (ColumnRole.LABEL, ColumnRole.MEAN)
        is_chart = column.role is ColumnRole.LABEL
        made.append(
            ColumnState(
                column.role,
                column.name,
                of_label.get(column.name) if is_label else None,
                column.values.dtype.kind == "M",
                None if is_chart else summarise(*_names_of_ids(column)),
                chart_label(column.values) if is_chart else None,
            )
        )
    return tuple(made)


def _names_of_ids(column: DataColumn) -> tuple[AnyArray, AnyArray | None]:
    """Return values and lookup; ids are names even where they are written as numbers."""
    is_id = column.role in (ColumnRole.USER_ID, ColumnRole.ITEM_ID)
    if is_id and column.lookup is None:
        return np.arange(len(column.values)), column.values
    return column.values, column.lookup


def label_positions(tasks: Sequence[Task]) -> Mapping[str, int]:
    """Return for each label the place of the first task that predicts it."""
    return {task.label: place for place, task in reversed(list(enumerate(tasks)))}


def make_pictures(log: InteractionLog, tasks: Sequence[Task]) -> Pictures:
    """Compute all pictures."""
    of_label = label_positions(tasks)
    relevant = {label: tasks[place].relevant_from for label, place in of_label.items()}
    social = next(
        (
            task
            for task in tasks
            if task.enabled and task.item_kind == PERSON and task.label in log.labels
        ),
        None,
    )
    return Pictures(
        n_events=len(log),
        tasks=tuple(TaskName(task.name, place) for place, task in enumerate(tasks)),
        densities=_densities(log, tasks),
        items=long_tail(log.items),
        users=long_tail(log.users),
        heat=heat_map(log),
        pairs=label_pairs(log, relevant) if len(log.labels) > 1 else None,
        label_positions=tuple(of_label.get(name) for name in log.labels),
        funnels=funnels(log, tasks),
        activity=activity_over_time(log),
        degrees=(
            degree_distribution(log)
            if social is None
            else degree_distribution(log, social.label, social.relevant_from)
        ),
    )
