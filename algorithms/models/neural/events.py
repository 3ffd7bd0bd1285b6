"""The log as examples for a network: who met what, after which history, and what came of it.

An example is an event with a row of labels, one per task, and a mask that says which of them were
observed. **A missing label never enters a loss**: not as 0, not as an average. Labels of rating and
quantity tasks are standardised (mean 0, deviation 1 over training), so that no task shouts only
because its numbers are large.

A binary task of which training knows nothing but *yes* (purchases without the views before them)
gets as many *no* examples (``drawn``). They are guesses, the model says so, and its numbers are
then scores and no probabilities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from algorithms.arrays import BoolArray, Float32Array, FloatArray, IntArray, group_rows
from algorithms.data.log import InteractionLog
from algorithms.tasks import Task, TaskKind

_MAX_CONTEXT_VALUES = 200


@dataclass(frozen=True, slots=True)
class LabelScale:
    """How a task's label becomes a target: ``(label - mean) / spread``; binary ones stay.

    ``low`` and ``high`` are the ends of the label's scale in training; ``n`` labels were
    observed; ``is_drawn`` says that its *no* examples are guesses.
    """

    mean: float
    spread: float
    low: float
    high: float
    n: int
    is_drawn: bool = False


@dataclass(frozen=True, eq=False)
class Context:
    """What an event says of its circumstances, as codes of values that training met.

    Parameters
    ----------
    names : (C,) columns
    values : for each column the texts of its values; code j is values[j - 1], code 0 is any other
    offsets : (C,) first row of each column in the table of context effects
    n_rows : rows of that table
    """

    names: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    offsets: IntArray
    n_rows: int

    def codes(self, log: InteractionLog) -> IntArray:
        """Return (n, C) rows of the table of context effects; row ``offset`` is for unknown."""
        if not self.names:
            return np.zeros((len(log), 0), dtype=np.int64)
        columns = []
        for name, values, offset in zip(self.names, self.values, self.offsets, strict=True):
            known = np.array(sorted(values))
            column = log.context[name].astype(np.str_) if name in log.context else None
            if column is None or not len(known):
                columns.append(np.full(len(log), offset))
                continue
            place = np.minimum(np.searchsorted(known, column), len(known) - 1)
            columns.append(offset + np.where(known[place] == column, place + 1, 0))
        return np.stack(columns, axis=1).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Examples:
    """Events to learn from, or to be judged by.

    Parameters
    ----------
    users, items : (n,) indices
    labels : (n, T) targets, 0 where not observed
    mask : (n, T) whether the label is observed
    context : (n, C) rows of the table of context effects
    history : (n, L) items the user had chosen before, newest last, -1 where there are fewer
    counts : (n, T) how much each label counts; without it all count 1
    """

    users: IntArray
    items: IntArray
    labels: Float32Array
    mask: BoolArray
    context: IntArray
    history: IntArray
    counts: Float32Array | None = None

    def __len__(self) -> int:
        return len(self.users)

    def of_tasks(self, positions: Sequence[int]) -> Examples:
        """Return the examples of some tasks, with their labels only."""
        few = self.with_tasks(positions)
        return few.take(np.flatnonzero(few.mask.any(axis=1)))

    def with_tasks(self, positions: Sequence[int]) -> Examples:
        """Return all examples, with the labels of some tasks only."""
        columns = np.array(positions)
        counts = None if self.counts is None else self.counts[:, columns]
        return replace(
            self, labels=self.labels[:, columns], mask=self.mask[:, columns], counts=counts
        )

    def n_labels(self) -> FloatArray:
        """Return (T,) how many labels each task has, or what they count together."""
        counts = self.mask if self.counts is None else self.mask * self.counts
        n: FloatArray = counts.sum(axis=0, dtype=np.float64)
        return n

    def take(self, rows: IntArray) -> Examples:
        """Return some of the examples."""
        return Examples(
            self.users[rows],
            self.items[rows],
            self.labels[rows],
            self.mask[rows],
            self.context[rows],
            self.history[rows],
            None if self.counts is None else self.counts[rows],
        )


def label_scales(train: InteractionLog, tasks: Sequence[Task]) -> tuple[LabelScale, ...]:
    """Return each task's scale in training."""
    return tuple(_label_scale(train, task) for task in tasks)


def _label_scale(train: InteractionLog, task: Task) -> LabelScale:
    values = task.part(train).label(task.label).astype(np.float64)
    if not len(values):
        return LabelScale(0.0, 1.0, 0.0, 0.0, 0)
    if task.kind is TaskKind.BINARY:
        yes = (values > 0).astype(np.float64)
        low, high = float(yes.min()), float(yes.max())
        return LabelScale(0.0, 1.0, low, high, len(values), is_drawn=low == 1.0)
    mean, spread = float(values.mean()), float(values.std())
    return LabelScale(mean, spread or 1.0, float(values.min()), float(values.max()), len(values))


def find_context(train: InteractionLog) -> Context:
    """Return the context columns that tell something: two values at least, and not too many."""
    names, values, offsets, n_rows = [], [], [], 0
    for name, column in train.context.items():
        found = np.unique(column.astype(np.str_))
        if 2 <= len(found) <= _MAX_CONTEXT_VALUES:
            names.append(name)
            values.append(tuple(found.tolist()))
            offsets.append(n_rows)
            n_rows += len(found) + 1
    return Context(tuple(names), tuple(values), np.array(offsets, dtype=np.int64), n_rows)


def make_examples(
    part: InteractionLog,
    tasks: Sequence[Task],
    scales: Sequence[LabelScale],
    context: Context,
    histories: Histories,
    keep_unlabelled: bool = False,
) -> Examples:
    """Return the events of a part on which at least one task's label is observed, or all."""
    labels = np.zeros((len(part), len(tasks)), dtype=np.float32)
    mask = np.zeros((len(part), len(tasks)), dtype=np.bool_)
    for position, (task, scale) in enumerate(zip(tasks, scales, strict=True)):
        mine = task.events(part)
        values = part.label(task.label)[mine].astype(np.float64)
        if task.kind is TaskKind.BINARY:
            values = (values > 0).astype(np.float64)
        labels[mine, position] = (values - scale.mean) / scale.spread
        mask[:, position] = mine
    rows = np.flatnonzero(mask.any(axis=1) | keep_unlabelled)
    kept = part.select(rows)
    return Examples(
        users=kept.users.astype(np.int64),
        items=kept.items.astype(np.int64),
        labels=labels[rows],
        mask=mask[rows],
        context=context.codes(kept),
        history=histories.before(kept),
    )


class Histories:
    """What each user had chosen before an event: the items of the last events with a yes.

    Only training is looked at. Chosen is an item on which a task's label reached the value from
    which it counts as relevant. Without timestamps the order of the rows is the order of time.

    Parameters
    ----------
    train : the training log
    tasks : what counts as chosen
    length : L, how many items are looked back at; 0 for networks that do not look back
    """

    def __init__(self, train: InteractionLog, tasks: Sequence[Task], length: int) -> None:
        self._length = length
        chosen = np.zeros(len(train), dtype=np.bool_)
        for task in tasks if length else ():
            values = train.label(task.label)
            chosen |= task.events(train) & (values >= task.relevant_from) & (values > 0)
        rows = np.flatnonzero(chosen)
        times = train.timestamps
        order = np.argsort(times[rows], kind="stable") if times is not None else slice(None)
        rows = rows[order]
        self._offsets, grouped = group_rows(train.users[rows], train.n_users)
        self._items = train.items[rows][grouped].astype(np.int64)
        self._times = times[rows][grouped] if times is not None else rows[grouped]

    def at_end(self, users: IntArray) -> IntArray:
        """Return (n, L) the last items of each user, newest last."""
        return self._last(users, self._offsets[users + 1])

    def before(self, log: InteractionLog) -> IntArray:
        """Return (n, L) the items each event's user had chosen strictly before it.

        Without timestamps an event knows all that its user chose in training but its own item.
        """
        users = log.users.astype(np.int64)
        if not self._length:
            return np.zeros((len(users), 0), dtype=np.int64)
        if log.timestamps is None:
            history = self.at_end(users)
            return np.where(history == log.items[:, None], -1, history)
        ends = np.empty(len(users), dtype=np.int64)
        offsets, rows = group_rows(log.users, len(self._offsets) - 1)
        for user in np.flatnonzero(np.diff(offsets)).tolist():
            own = rows[offsets[user] : offsets[user + 1]]
            ends[own] = self._ends(user, log.timestamps[own])
        return self._last(users, ends)

    def _ends(self, user: int, times: IntArray) -> IntArray:
        start, stop = self._offsets[user], self._offsets[user + 1]
        ends: IntArray = start + np.searchsorted(self._times[start:stop], times, side="left")
        return ends

    def _last(self, users: IntArray, ends: IntArray) -> IntArray:
        """Return (n, L) the items before the given places of the users' lists."""
        places = ends[:, None] - np.arange(self._length, 0, -1)  # (n, L)
        known = places >= self._offsets[users][:, None]
        if not len(self._items):
            return np.full(places.shape, -1)
        return np.where(known, self._items[np.maximum(places, 0)], -1)
