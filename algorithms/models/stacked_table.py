"""The tables of several tasks side by side: a row per user, a column per task and item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray, IndexArray, IntArray, group_rows
from algorithms.data.log import InteractionLog
from algorithms.models.implicit_feedback import feedback
from algorithms.tasks import Task


@dataclass(frozen=True, eq=False)
class StackedTable:
    """The positive cells of all tasks' tables side by side, grouped by user (CSR).

    Parameters
    ----------
    offsets : (n_users + 1,)
    columns : (n_cells,) column in the wide table
    tasks : (n_cells,) position of the task
    items : (n_cells,) item
    amounts : (n_cells,) number of relevant events, or sum of their values
    confidences : (n_cells,) c of the equation
    column_of : (n_tasks, n_items) column of an item in a task, -1 where the task does not rank it
    """

    offsets: IntArray
    columns: IntArray
    tasks: IntArray
    items: IntArray
    amounts: FloatArray
    confidences: FloatArray
    column_of: IntArray

    @property
    def n_columns(self) -> int:
        """Width of the table."""
        return int(self.column_of.max(initial=-1)) + 1


def stack(log: InteractionLog, tasks: Sequence[Task], alpha: float) -> StackedTable:
    """Put the tables of the tasks side by side."""
    mean_weight = float(np.mean([task.weight for task in tasks]))
    column_of = np.full((len(tasks), log.n_items), -1, dtype=np.int64)
    users, columns, positions, items, amounts, confidences = ([] for _ in range(6))
    n_columns = 0
    for t, task in enumerate(tasks):
        mine = log.item_table.of_kind(task.item_kind)  # (n_ranked,)
        local: IndexArray = np.full(log.n_items, -1, dtype=np.int32)
        local[mine] = np.arange(len(mine), dtype=np.int32)
        cells = feedback(log, task, local)
        column_of[t, mine] = n_columns + np.arange(len(mine))
        users.append(np.repeat(np.arange(log.n_users), np.diff(cells.offsets)))
        columns.append(n_columns + cells.columns)
        positions.append(np.full(len(cells.columns), t))
        items.append(mine[cells.columns])
        amounts.append(cells.amounts)
        confidences.append(cells.confidences(alpha * task.weight / mean_weight))
        n_columns += len(mine)
    # The tasks' columns ascend, so a stable sort by user leaves each row sorted by column.
    offsets, order = group_rows(np.concatenate(users).astype(np.int32), log.n_users)
    return StackedTable(
        offsets,
        np.concatenate(columns)[order].astype(np.int64),
        np.concatenate(positions)[order],
        np.concatenate(items)[order].astype(np.int64),
        np.concatenate(amounts)[order],
        np.concatenate(confidences)[order].astype(np.float64),
        column_of,
    )
