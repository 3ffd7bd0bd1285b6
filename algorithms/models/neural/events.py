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

from algorithms.arrays import AnyArray, BoolArray, Float32Array, FloatArray, IntArray, group_rows
from algorithms.data.log import InteractionLog
from algorithms.tasks import Task, TaskKind

_MAX_CONTEXT_VALUES = 200
_GOLDEN = (1 + 5**0.5) / 2


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
    which it counts as relevant.

    **Without timestamps** nothing says what came before what. An event then knows all that its user
    chose in training, *but for one item*: its own, if that is among them, or a network would find
    the answer in the past; and another one if it is not, or it would find it in what is missing.
    Left out of the past of a *no* are the chosen items by turns, so that each is left out as often
    as by its own *yes*. All events of a user thus have pasts of the same length, without holes, and
    neither length nor content tells what came of an event. (How much a user chose in training is
    told, as by the user's id.) The order of the rows passes for the order of time, and an item
    chosen again stands once, where it was chosen last.

    Parameters
    ----------
    train : the training log
    tasks : what counts as chosen
    length : L, how many items are looked back at; 0 for networks that do not look back
    """

    def __init__(self, train: InteractionLog, tasks: Sequence[Task], length: int) -> None:
        self._length, self._n_items = length, train.n_items
        chosen = np.zeros(len(train), dtype=np.bool_)
        for task in tasks if length else ():
            values = train.label(task.label)
            chosen |= task.events(train) & (values >= task.relevant_from) & (values > 0)
        rows = np.flatnonzero(chosen)
        times = train.timestamps
        if times is None:
            latest_first = self._pairs(train.users[rows], train.items[rows])[::-1]
            rows = np.sort(rows[::-1][np.unique(latest_first, return_index=True)[1]])
        else:
            rows = rows[np.argsort(times[rows], kind="stable")]
        self._offsets, grouped = group_rows(train.users[rows], train.n_users)
        self._items = train.items[rows][grouped].astype(np.int64)
        self._times = None if times is None else times[rows][grouped]

    def at_end(self, users: IntArray) -> IntArray:
        """Return (n, L) the last items of each user, newest last."""
        return self._last(users, self._offsets[users + 1], self._length)

    def before(self, log: InteractionLog) -> IntArray:
        """Return (n, L) the items each event's user had chosen strictly before it.

        Without timestamps: all but one, see above.
        """
        users = log.users.astype(np.int64)
        if not self._length:
            return np.zeros((len(users), 0), dtype=np.int64)
        if self._times is None or log.timestamps is None:
            return self._all_but_one(users, log.items)
        ends = np.empty(len(users), dtype=np.int64)
        offsets, rows = group_rows(log.users, len(self._offsets) - 1)
        for user in np.flatnonzero(np.diff(offsets)).tolist():
            own = rows[offsets[user] : offsets[user + 1]]
            start, stop = self._offsets[user], self._offsets[user + 1]
            times = self._times[start:stop]
            ends[own] = start + np.searchsorted(times, log.timestamps[own], side="left")
        return self._last(users, ends, self._length)

    def _all_but_one(self, users: IntArray, items: AnyArray) -> IntArray:
        """Return (n, L) the last items of the users but the event's own, or another by turns."""
        ends = self._offsets[users + 1]
        one_more = self._last(users, ends, self._length + 1)
        left_out = self._places(users, items)
        other = np.flatnonzero(left_out < 0)
        left_out[other] = self._offsets[users[other]] + self._turns(users[other])
        column = left_out - (ends - self._length - 1)  # of ``one_more``; < 0: older than all
        column = np.clip(column, 0, self._length)  # also for who chose nothing
        kept = np.arange(self._length + 1) != column[:, None]
        past: IntArray = one_more[kept].reshape(len(users), self._length)
        return past

    def _places(self, users: IntArray, items: AnyArray) -> IntArray:
        """Return (n,) where in the list of all users' items an item stands, or -1."""
        if not len(self._items):
            return np.full(len(users), -1)
        owners = np.repeat(np.arange(len(self._offsets) - 1), np.diff(self._offsets))
        listed, wanted = self._pairs(owners, self._items), self._pairs(users, items)
        order = np.argsort(listed, kind="stable")
        found = order[np.minimum(np.searchsorted(listed[order], wanted), len(order) - 1)]
        return np.where(listed[found] == wanted, found, -1)

    def _turns(self, users: IntArray) -> IntArray:
        """Return (n,) which of its user's items each event leaves out, all equally often.

        Multiples of the golden ratio, without their whole part, fill the unit interval evenly
        however many they are (Weyl); users begin at different places.
        """
        offsets, rows = group_rows(users.astype(np.int32), len(self._offsets) - 1)
        nth = np.empty(len(users), dtype=np.int64)
        nth[rows] = np.arange(len(users)) - np.repeat(offsets[:-1], np.diff(offsets))
        size = np.diff(self._offsets)[users]
        turns: IntArray = ((users + nth) * _GOLDEN % 1.0 * size).astype(np.int64)
        return turns

    def _pairs(self, users: AnyArray, items: AnyArray) -> IntArray:
        """Return (n,) a number for each pair of user and item."""
        pairs: IntArray = users.astype(np.int64) * self._n_items + items
        return pairs

    def _last(self, users: IntArray, ends: IntArray, length: int) -> IntArray:
        """Return (n, length) the items before the given places of the users' lists."""
        places = ends[:, None] - np.arange(length, 0, -1)
        known = places >= self._offsets[users][:, None]
        if not len(self._items):
            return np.full(places.shape, -1)
        return np.where(known, self._items[np.maximum(places, 0)], -1)
