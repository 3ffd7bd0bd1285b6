"""Feedback: what people did, as a table of users and items, and what its models share.

A click, a purchase or an hour of reading says that somebody did something, and silence says little:
this is *implicit* feedback. For one task it is a table with a row per user and a column per item of
the task's kind, in which :math:`x_{ui}` is 0 almost everywhere. In a binary task x is the number
of relevant events, in a quantity task the sum of the relevant amounts, in units of their average,
so that minutes and hours give the same model.

Every model of this kind is fitted once per task, only orders the items, and cannot say anything to
a user whose row is empty.

References
----------
Y. Hu, Y. Koren, C. Volinsky: Collaborative filtering for implicit feedback datasets, ICDM 2008.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from algorithms.arrays import (
    BoolArray,
    Float32Array,
    FloatArray,
    IndexArray,
    IntArray,
    group_rows,
)
from algorithms.data.log import InteractionLog
from algorithms.explanations import Contribution, EvidenceKind, Explanation, strongest_first
from algorithms.messages import Message
from algorithms.models.base import Output, Recommender
from algorithms.progress import Progress, part_of
from algorithms.tasks import Task, TaskKind

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_BLOCK = 256  # users scored at a time where pairs are asked for


@dataclass(frozen=True, eq=False)
class Feedback:
    """The positive cells of the user-item table of one task, grouped by user (CSR).

    Parameters
    ----------
    offsets : (n_users + 1,)
    columns : (n_cells,) position among the items of the task's kind
    amounts : (n_cells,) number of relevant events, or sum of their values
    unit : amount that counts as x = 1
    n_columns : number of items of the task's kind
    """

    offsets: IntArray
    columns: IntArray
    amounts: FloatArray
    unit: float
    n_columns: int

    @property
    def x(self) -> FloatArray:
        """Return (n_cells,) the feedback of each cell."""
        return self.amounts / self.unit

    def confidences(self, alpha: float) -> Float32Array:
        """Return (n_cells,) 1 + alpha x, in the precision in which the library computes."""
        return (1.0 + alpha * self.x).astype(np.float32)

    def table(self, values: FloatArray | Float32Array) -> csr_matrix:
        """Return the table with these values (n_cells,), as the library takes it."""
        from scipy.sparse import csr_matrix

        shape = (len(self.offsets) - 1, self.n_columns)
        return csr_matrix((values, self.columns, self.offsets), shape=shape)

    def of(self, user: int) -> slice:
        """Return where the cells of a user stand."""
        return slice(self.offsets[user], self.offsets[user + 1])

    def cells_of(self, users: IntArray) -> tuple[IntArray, IntArray]:
        """Return the position in ``users`` and the cell, of every cell of these users, in order."""
        starts, counts = self.offsets[users], np.diff(self.offsets)[users]  # (m,)
        rows = np.repeat(np.arange(len(users)), counts)  # (n,)
        before = np.repeat(np.cumsum(counts) - counts, counts)
        return rows, np.arange(len(rows)) - before + np.repeat(starts, counts)

    def met(self) -> BoolArray:
        """Return (n_columns,) whether anybody gave feedback on an item."""
        return np.bincount(self.columns, minlength=self.n_columns) > 0


def feedback(log: InteractionLog, task: Task, columns: IndexArray) -> Feedback:
    """Return the positive cells of a task; ``columns`` (n_items,) numbers the items of its kind."""
    events = task.part(log)
    values = events.label(task.label).astype(np.float64)  # (n_events,)
    relevant = (values >= task.relevant_from) & (values > 0)
    n_columns = int((columns >= 0).sum())
    cells = events.users[relevant] * np.int64(n_columns) + columns[events.items[relevant]]
    found, cell_of = np.unique(cells, return_inverse=True)
    counts = task.kind is TaskKind.BINARY
    weights = np.ones(len(cells)) if counts else values[relevant]
    unit = 1.0 if counts or not len(cells) else float(weights.mean())
    width = max(n_columns, 1)
    offsets, _ = group_rows((found // width).astype(np.int32), log.n_users)
    amounts: FloatArray = np.bincount(cell_of, weights, len(found)).astype(np.float64)
    return Feedback(offsets, found % width, amounts, unit, n_columns)


class FeedbackRecommender(Recommender):
    """What the models of implicit feedback share: the tables, and sentences on the past."""

    serves = frozenset({TaskKind.BINARY, TaskKind.QUANTITY})

    def output(self, task: Task) -> Output:
        """Return what the number is: it only orders, also for quantities."""
        return Output.SCORE

    def _derive(self) -> None:
        """Derive from the log what fitting, answering and explaining all need."""
        self._columns: dict[str, IndexArray] = {}  # (n_items,) -1 for items of other kinds
        self._feedback: dict[str, Feedback] = {}
        for task in self.tasks:
            mine = self.log.item_table.of_kind(task.item_kind)
            columns = np.full(self.log.n_items, -1, dtype=np.int32)
            columns[mine] = np.arange(len(mine), dtype=np.int32)
            self._columns[task.name] = columns
            self._feedback[task.name] = feedback(self.log, task, columns)

    def _with_past(self, task: Task, log: InteractionLog) -> Self:
        """Return this model as it answers where users did what a log says, all else the same."""
        other = copy(self)
        before = self._feedback[task.name]
        now = replace(feedback(log, task, self._columns[task.name]), unit=before.unit)
        other._feedback = {**self._feedback, task.name: now}
        return other

    def _has_feedback(self, task: Task, users: IntArray) -> BoolArray:
        offsets = self._feedback[task.name].offsets
        return offsets[users + 1] > offsets[users]

    def _pairs_of_blocks(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        """Return (n,) numbers of pairs from the blocks of all items that a few users need."""
        found, row_of = np.unique(users, return_inverse=True)
        columns, column_of = np.unique(items, return_inverse=True)
        order = np.argsort(row_of, kind="stable")
        numbers = np.empty(len(users))
        for start in range(0, len(found), _BLOCK):
            first, last = np.searchsorted(row_of[order], (start, start + _BLOCK))
            pairs = order[first:last]
            block = self._score_block(task, found[start : start + _BLOCK], columns)
            numbers[pairs] = block[row_of[pairs] - start, column_of[pairs]]
        return numbers

    def _unknown(self, task: Task, user: int, item: int) -> Explanation:
        """Say that there is no score."""
        sentence = Message(
            "Nothing can be said: this user did nothing yet for “{task}”, or it does not rank "
            "such items.",
            {"task": task.name},
        )
        return Explanation(task.name, user, item, np.nan, sentence)

    def _because_of_past(
        self, task: Task, user: int, item: int, score: float, amounts: FloatArray
    ) -> Explanation:
        """Explain a score by what each of the user's cells (n_past,) adds to it."""
        cells = self._feedback[task.name]
        mine = cells.of(user)
        items = self.log.item_table.of_kind(task.item_kind)[cells.columns[mine]]
        parts = [
            Contribution(
                float(amount), EvidenceKind.INTERACTION, task.name, int(past_item), float(value)
            )
            for amount, past_item, value in zip(amounts, items, cells.amounts[mine], strict=True)
        ]
        best = max(parts, key=lambda part: part.amount)
        sentence = self._because(task, best, len(parts))
        return Explanation(task.name, user, item, score, sentence, strongest_first(parts))

    def _because(self, task: Task, best: Contribution, n_past: int) -> Message:
        """Say which past item speaks most for this one, if any does."""
        if best.item is None or best.amount <= 0:
            return Message(
                "None of the {n_past} items of this user's past in “{task}” speaks for it.",
                {"n_past": n_past, "task": task.name},
            )
        return Message(
            "Mostly because of “{because}”, one of the {n_past} items of this user's past in "
            "“{task}”.",
            {
                "because": str(self.log.item_table.titles[best.item]),
                "n_past": n_past,
                "task": task.name,
            },
        )


def each_with_progress(
    tasks: Sequence[Task], progress: Progress
) -> Iterator[tuple[Task, Progress]]:
    """Walk over tasks that take the same share of the time each."""
    for position, task in enumerate(tasks):
        yield task, part_of(progress, position / len(tasks), (position + 1) / len(tasks))
