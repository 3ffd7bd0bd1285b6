"""What shared factors minimise, laid out as arrays: events, task weights, ridges, zeros.

Every task is brought to the same form, so that one least-squares solver serves all kinds. With s
the model's score of a cell, an event of task t adds ``c s² - 2 g s`` to the loss: an explicit
event has c = w_t and g = w_t y; a binary one that happened x times has c = w_t x and
g = w_t (x + v_t). The zeros add ``w_t v_t s²`` for *every* cell of a binary task; that sum over
millions of cells needs only the Gram matrix of each side (Hu, Koren and Volinsky 2008, section
4). Up to a constant, both together are the weighted squared errors.

A row of a user or an item holds its factors and then one bias for each task: (k + n_tasks,).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from algorithms.arrays import (
    BoolArray,
    CodeArray,
    Float32Array,
    FloatArray,
    IndexArray,
    IntArray,
)
from algorithms.data.log import InteractionLog
from algorithms.tasks import Task, TaskKind


def numpy_grams(rows: FloatArray, groups: IndexArray, n_groups: int) -> FloatArray:
    """Return (n_groups, d + 1, d + 1) the Gram matrix of (row, 1) over each group's rows.

    Parameters
    ----------
    rows : (n, d)
    groups : (n,) group of each row, -1 for none
    """
    extended = np.column_stack([rows, np.ones(len(rows))])
    parts = (extended[groups == group] for group in range(n_groups))
    return np.array([part.T @ part for part in parts])


@dataclass(frozen=True, slots=True)
class TaskScale:
    """How a label becomes a target, ``y = (label - mean) / spread``, and what its errors weigh.

    Binary tasks keep 0 and 1: mean 0, spread 1. ``weight`` is w_t, of an event; ``zero`` is the
    weight of a zero, w_t v_t, and 0 for explicit tasks. Predictions stay between ``low`` and
    ``high``, the label's scale in training; scores of binary tasks are free.
    """

    mean: float
    spread: float
    weight: float
    zero: float
    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True, eq=False)
class Events:
    """The events that pull on the factors, of all tasks, sorted by user, item and task.

    Parameters
    ----------
    users, items : (n,) indices
    tasks : (n,) position of the task
    values : (n,) label of an explicit event, number of times of a binary one
    effects : (n_tasks, 4) by which a value x becomes c = e_0 + e_1 x and g = e_2 + e_3 x, the c
        and g of the module's equation: four numbers for a task instead of two for each event
    """

    users: IndexArray
    items: IndexArray
    tasks: CodeArray
    values: Float32Array
    effects: FloatArray

    @cached_property
    def curvature(self) -> FloatArray:
        """(n,) c of each event."""
        return curvature(self.effects, self.tasks, self.values)

    @cached_property
    def pull(self) -> FloatArray:
        """(n,) g of each event."""
        return pull(self.effects, self.tasks, self.values)


def curvature(effects: FloatArray, tasks: CodeArray, values: Float32Array) -> FloatArray:
    """Return (n,) c of each event (see ``Events``)."""
    c: FloatArray = effects[tasks, 0] + effects[tasks, 1] * values
    return c


def pull(effects: FloatArray, tasks: CodeArray, values: Float32Array) -> FloatArray:
    """Return (n,) g of each event (see ``Events``)."""
    g: FloatArray = effects[tasks, 2] + effects[tasks, 3] * values
    return g


@dataclass(frozen=True, eq=False)
class FactorProblem:
    """One joint least-squares problem over users and items.

    Parameters
    ----------
    tasks, scales : (n_tasks) the tasks, and how their labels become targets
    events : what happened
    known_users, known_items : (n_users,), (n_items,) met in training by one of the tasks; only
        cells of known users and known items count as zeros
    kinds : (n_tasks,) code of each task's item kind
    item_kinds : (n_items,) code of each item's kind
    constants : (n_tasks,) what completes the squares of each task
    moments : (n_tasks, 2) sum of c and of c² over the task's events
    """

    tasks: tuple[Task, ...]
    scales: tuple[TaskScale, ...]
    events: Events
    known_users: BoolArray
    known_items: BoolArray
    kinds: IntArray
    item_kinds: IntArray
    constants: FloatArray
    moments: FloatArray

    @property
    def n_kinds(self) -> int:
        """Number of item kinds."""
        return int(self.item_kinds.max(initial=0)) + 1

    @property
    def user_groups(self) -> IndexArray:
        """(n_users,) 0 for known users, -1 for others: rows that have the same zeros."""
        return np.where(self.known_users, 0, -1).astype(np.int32)

    @property
    def item_groups(self) -> IndexArray:
        """(n_items,) kind of known items, -1 for others: rows that have the same zeros."""
        return np.where(self.known_items, self.item_kinds, -1).astype(np.int32)

    def weights(self) -> FloatArray:
        """Return (n_tasks,) the total weight of each task's squared errors."""
        totals = self.moments[:, 0].copy()
        n_users = np.count_nonzero(self.known_users)
        for t, scale in enumerate(self.scales):
            n_items = np.count_nonzero(self.item_groups == self.kinds[t])
            totals[t] += scale.zero * n_users * n_items
        return np.maximum(totals, np.finfo(np.float64).tiny)

    def noise(self) -> float:
        """Return the root of the events per user plus that of the events per item.

        Events count by their squared weight. This is about the largest singular value that noise
        alone would have in these cells (Candès and Plan 2010).
        """
        energy = float(self.moments[:, 1].sum())
        n_users, n_items = int(self.known_users.sum()), int(self.known_items.sum())
        return math.sqrt(energy / max(n_users, 1)) + math.sqrt(energy / max(n_items, 1))

    def user_zeros(self, item_grams: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return what all zeros add to A (1, d, d) and to r (1, d) of every user.

        Parameters
        ----------
        item_grams : (n_kinds, d + 1, d + 1) Gram matrices of (row, 1) over each kind's known items
        """
        d = item_grams.shape[1] - 1
        A, r = np.zeros((1, d, d)), np.zeros((1, d))
        for t, scale in enumerate(self.scales):
            if scale.zero:
                self._add_zeros(A[0], r[0], item_grams[self.kinds[t]], t)
        return A, r

    def item_zeros(self, user_grams: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return what all zeros add to A (n_kinds, d, d) and r (n_kinds, d) of a kind's items.

        Parameters
        ----------
        user_grams : (1, d + 1, d + 1) Gram matrix of (row, 1) over the known users
        """
        d = user_grams.shape[1] - 1
        A, r = np.zeros((self.n_kinds, d, d)), np.zeros((self.n_kinds, d))
        for t, scale in enumerate(self.scales):
            if scale.zero:
                self._add_zeros(A[self.kinds[t]], r[self.kinds[t]], user_grams[0], t)
        return A, r

    def _add_zeros(self, A: FloatArray, r: FloatArray, gram: FloatArray, t: int) -> None:
        """Add the sum of w x x' to A and of -w b x to r, with x = (factors, 1 at the bias)."""
        bias = self._bias(gram, t)
        at, of = np.r_[: self._k(gram), bias], np.r_[: self._k(gram), len(gram) - 1]
        A[np.ix_(at, at)] += self.scales[t].zero * gram[np.ix_(of, of)]
        r[at] -= self.scales[t].zero * gram[bias, of]

    def _k(self, gram: FloatArray) -> int:
        return len(gram) - 1 - len(self.tasks)

    def _bias(self, gram: FloatArray, t: int) -> int:
        return self._k(gram) + t

    def losses(
        self, user_grams: FloatArray, item_grams: FloatArray, of_events: FloatArray
    ) -> FloatArray:
        """Return (n_tasks,) each task's weighted sum of squared errors.

        Parameters
        ----------
        user_grams, item_grams : as in ``item_zeros`` and ``user_zeros``
        of_events : (n_tasks,) sum of c s² - 2 g s over the task's events
        """
        losses: FloatArray = of_events + self.constants
        of_users = user_grams[0]
        for t, scale in enumerate(self.scales):
            if scale.zero:  # s = (p, 1, b_u) . (q, b_i, 1), so the sum of s² is a product of Grams
                of_items = item_grams[self.kinds[t]]
                k, bias, one = self._k(of_users), self._bias(of_users, t), len(of_users) - 1
                u, i = np.r_[:k, one, bias], np.r_[:k, bias, one]
                total = (of_users[np.ix_(u, u)] * of_items[np.ix_(i, i)]).sum()
                losses[t] += scale.zero * float(total)
        return losses


def pose(
    train: InteractionLog, tasks: Sequence[Task], *, zero_weight: float, balance: float
) -> FactorProblem:
    """Bring a log and its tasks to the form of the module's equation.

    Parameters
    ----------
    zero_weight : what all zeros of a binary task weigh together, in multiples of its events
    balance : 0 lets every event count the same, 1 every task
    """
    known_users = np.zeros(train.n_users, dtype=np.bool_)
    known_items = np.zeros(train.n_items, dtype=np.bool_)
    for task in tasks:
        observed = task.events(train)
        known_users[train.users[observed]] = True
        known_items[train.items[observed]] = True
    cells, places, values = _cells(train, tasks)
    scales, effects, constants, moments = [], [], [], []
    weights = _task_weights(tasks, [len(of_task) for of_task in values], balance)
    for task, weight, x in zip(tasks, weights.tolist(), values, strict=True):
        n_cells = int(known_users.sum()) * int((known_items & _of_kind(train, task)).sum())
        scale = _scale(task, x, weight, zero_weight / max(n_cells, 1))
        scales.append(scale)
        total, squares = float(x.sum(dtype=np.float64)), float(x.astype(np.float64) @ x)
        if task.kind is TaskKind.BINARY:
            effects.append((0.0, weight, scale.zero, weight))
            constants.append(weight * total + scale.zero * len(x))
            moments.append((weight * total, weight**2 * squares))
        else:
            slope = weight / scale.spread
            effects.append((weight, 0.0, -slope * scale.mean if len(x) else 0.0, slope))
            target = (x.astype(np.float64) - scale.mean) / scale.spread
            constants.append(weight * float(target @ target))
            moments.append((weight * len(x), weight**2 * len(x)))
    return FactorProblem(
        tasks=tuple(tasks),
        scales=tuple(scales),
        events=_by_cell(cells, places, values, train.n_items, np.array(effects)),
        known_users=known_users,
        known_items=known_items,
        kinds=np.array([_kind(train, task) for task in tasks], dtype=np.int64),
        item_kinds=train.item_table.kind_codes.astype(np.int64),
        constants=np.array(constants),
        moments=np.array(moments),
    )


def _cells(
    train: InteractionLog, tasks: Sequence[Task]
) -> tuple[IntArray, list[IndexArray], list[Float32Array]]:
    """Return the cells u n_items + i of the log, ascending, and what pulls in each task.

    That are all events of an explicit task, and each positive cell of a binary one once, with the
    number of times; of each the place of its cell (ascending) and its value.
    """
    rows: IntArray = train.users * np.int64(train.n_items)  # (n,)
    rows += train.items
    order = None if (rows[1:] >= rows[:-1]).all() else _as_index(np.argsort(rows, kind="stable"))
    if order is not None:
        rows = rows[order]
    fresh = _fresh(rows)
    cells = rows[fresh]
    place_of = np.cumsum(fresh, dtype=np.int32) - np.int32(1)  # (n,)
    del rows, fresh
    places, values = [], []
    for task in tasks:
        labels = train.label(task.label)
        pulls = task.events(train)
        if task.kind is TaskKind.BINARY:
            pulls &= labels > 0
        if order is not None:
            pulls, labels = pulls[order], labels[order]
        mine = place_of[pulls]
        if task.kind is TaskKind.BINARY:
            fresh = _fresh(mine)
            starts = _as_index(np.flatnonzero(fresh))
            places.append(mine[fresh])
            values.append(np.diff(starts, append=np.int32(len(mine))).astype(np.float32))
            del starts
        else:
            places.append(mine)
            values.append(labels[pulls])
    return cells, places, values


def _as_index(numbers: IntArray) -> IndexArray:
    return numbers.astype(np.int32)  # at once, so that only half the bytes stay


def _fresh(numbers: IntArray | IndexArray) -> BoolArray:
    """Return (n,) True where a number differs from the one before it."""
    fresh = np.ones(len(numbers), dtype=np.bool_)
    np.not_equal(numbers[1:], numbers[:-1], out=fresh[1:])
    return fresh


def _by_cell(
    cells: IntArray,
    places: list[IndexArray],
    values: list[Float32Array],
    n_items: int,
    effects: FloatArray,
) -> Events:
    """Merge the tasks' events, each sorted by cell; ``places`` and ``values`` are emptied.

    Every event goes to where its cell starts, behind the events of earlier tasks: no sorting.
    """
    counts = np.zeros(len(cells), dtype=np.int32)
    for mine in places:
        np.add.at(counts, mine, np.int32(1))
    free = np.cumsum(counts, dtype=np.int32)
    free -= counts  # (n_cells,) next place of each cell
    tasks = np.empty(sum(map(len, places)), dtype=np.int16)
    merged = np.empty(len(tasks), dtype=np.float32)
    for t in range(len(effects)):
        mine, of_task = places.pop(0), values.pop(0)
        at = free[mine]
        repeated = np.flatnonzero(mine[1:] == mine[:-1]) + 1
        if len(repeated):  # explicit events of a user on the same item stand one behind the other
            numbers = np.arange(len(mine), dtype=np.int32)
            first = numbers.copy()
            first[repeated] = 0
            at += numbers - np.maximum.accumulate(first)
        tasks[at], merged[at] = t, of_task
        free[mine] = at + 1  # where a cell is repeated, its last event counts
    del free
    users = np.repeat((cells // n_items).astype(np.int32), counts)
    items = np.repeat((cells % n_items).astype(np.int32), counts)
    return Events(users, items, tasks, merged, effects)


def shares_left(problem: FactorProblem, user: int, log: InteractionLog) -> FloatArray:
    """Return (n,) how much of each of a user's events a log has, 0 to 1.

    Of a binary event it is the share of the times that it happened; an explicit one is there or
    not, and counts where it comes several times as often as it is there.
    """
    of = problem.events
    first, last = np.searchsorted(of.users, [user, user + 1])
    left = np.zeros(last - first)
    for t, task in enumerate(problem.tasks):
        mine = np.flatnonzero(of.tasks[first:last] == t)
        rows = np.flatnonzero(task.events(log) & (log.users == user))
        if task.kind is TaskKind.BINARY:
            rows = rows[log.label(task.label)[rows] > 0]
        times = np.bincount(log.items[rows], minlength=log.n_items)[of.items[first:last][mine]]
        items = of.items[first:last][mine]
        if task.kind is TaskKind.BINARY:
            before = of.values[first:last][mine].astype(np.float64)
        else:
            before = np.bincount(items, minlength=log.n_items)[items].astype(np.float64)
        left[mine] = np.minimum(times / before, 1.0)
    return left


def _of_kind(log: InteractionLog, task: Task) -> BoolArray:
    """Return (n_items,) True for the items of the task's kind."""
    ranked = np.zeros(log.n_items, dtype=np.bool_)
    ranked[log.item_table.of_kind(task.item_kind)] = True
    return ranked


def _kind(log: InteractionLog, task: Task) -> int:
    kinds = log.item_table.kinds
    return kinds.index(task.item_kind) if task.item_kind in kinds else -1


def _task_weights(tasks: Sequence[Task], counts: Sequence[int], balance: float) -> FloatArray:
    """Return (n_tasks,) the task's own weight, times events to the power of -balance; mean 1."""
    own = np.array([task.weight for task in tasks])
    weights: FloatArray = own * np.maximum(counts, 1.0) ** -balance
    weights /= weights.mean()
    return weights


def _scale(task: Task, values: Float32Array, weight: float, share: float) -> TaskScale:
    """Return the scale of a task; ``share`` is one cell's part of what the zeros weigh."""
    if task.kind is TaskKind.BINARY:
        return TaskScale(0.0, 1.0, weight, weight * share * float(values.sum(dtype=np.float64)))
    if not len(values):  # nothing observed: no prediction
        return TaskScale(math.nan, 1.0, weight, 0.0)
    spread = float(values.std(dtype=np.float64))
    return TaskScale(
        mean=float(values.mean(dtype=np.float64)),
        spread=spread if spread > 0 else 1.0,
        weight=weight,
        zero=0.0,
        low=float(values.min()),
        high=float(values.max()),
    )
