"""How well the sweeps of a factor model do on validation events, and when to stop.

Explicit tasks are watched by their RMSE, binary tasks by the NDCG@10 of the held-out positive
items among all items of the kind that the user had not met: the measures by which models are
compared later, here on validation events and for some hundred users, which is enough to steer.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from algorithms.arrays import FloatArray, IndexArray, group_rows
from algorithms.data.log import InteractionLog
from algorithms.models.factor_problem import FactorProblem
from algorithms.models.factor_solver import FactorRows
from algorithms.tasks import Task, TaskKind

_MAX_USERS = 300  # users a binary task is watched by
_K = 10  # length of their lists
_TINY = 1e-6  # stands for an NDCG or RMSE of 0 where its logarithm is taken


@dataclass(frozen=True, eq=False)
class Watched:
    """The validation events by which one task is watched.

    Parameters
    ----------
    position : of the task in the problem
    users, items : (n,) held-out events, grouped by user
    labels : (n,) their labels
    """

    position: int
    users: IndexArray
    items: IndexArray
    labels: FloatArray


class Watch:
    """Measures the rows of a factor model on validation events.

    Parameters
    ----------
    train, validation : logs over the same users and items
    tasks : the problem's tasks; one without validation events is not watched
    rng : draws the users of binary tasks where there are many
    """

    def __init__(
        self,
        train: InteractionLog,
        validation: InteractionLog,
        tasks: tuple[Task, ...],
        rng: np.random.Generator,
    ) -> None:
        self._met_offsets, order = group_rows(train.users, train.n_users)
        self._met_items = train.items[order]
        self._table = train.item_table
        self._watched = [_watched(validation, n, task, rng) for n, task in enumerate(tasks)]

    def measure(self, problem: FactorProblem, rows: FactorRows) -> list[tuple[Task, str, float]]:
        """Return task, name and value of each measure that is defined."""
        measures = []
        for watched in self._watched:
            task = problem.tasks[watched.position]
            if not len(watched.users):
                continue
            if task.kind is TaskKind.BINARY:
                measures.append((task, "validation NDCG@10", self._ndcg(watched, problem, rows)))
            else:
                measures.append((task, "validation RMSE", _rmse(watched, problem, rows)))
        return measures

    def _ndcg(self, watched: Watched, problem: FactorProblem, rows: FactorRows) -> float:
        """Return the mean over users of DCG / ideal DCG; a user's bias changes no list."""
        from algorithms.models.factor_kernels import held_out_ranks

        task = problem.tasks[watched.position]
        n_factors = rows.users.shape[1] - len(problem.tasks)
        users, starts, counts = np.unique(watched.users, return_index=True, return_counts=True)
        ranks = held_out_ranks(
            users,
            np.append(starts, len(watched.users)),
            watched.items,
            self._met_offsets,
            self._met_items,
            self._table.of_kind(task.item_kind),
            rows.users,
            rows.items,
            n_factors,
            n_factors + watched.position,
        )
        gains = np.where(ranks < _K, 1.0 / np.log2(ranks + 2.0), 0.0)  # (n,)
        dcg = np.add.reduceat(gains, starts)  # (n_users,)
        ideal = np.cumsum(1.0 / np.log2(np.arange(_K) + 2.0))[np.minimum(counts, _K) - 1]
        return float((dcg / ideal).mean())


def _watched(
    validation: InteractionLog, position: int, task: Task, rng: np.random.Generator
) -> Watched:
    mask = task.events(validation)
    if task.kind is TaskKind.BINARY:
        mask &= validation.label(task.label) > 0
        users = np.unique(validation.users[mask])
        if len(users) > _MAX_USERS:
            mask &= np.isin(validation.users, rng.choice(users, _MAX_USERS, replace=False))
    rows = np.flatnonzero(mask)
    rows = rows[np.argsort(validation.users[rows], kind="stable")]
    return Watched(
        position,
        validation.users[rows],
        validation.items[rows],
        validation.label(task.label)[rows].astype(np.float64),
    )


def _rmse(watched: Watched, problem: FactorProblem, rows: FactorRows) -> float:
    scale = problem.scales[watched.position]
    k = rows.users.shape[1] - len(problem.tasks)
    P, Q = rows.users[watched.users], rows.items[watched.items]  # (n, d)
    column = k + watched.position
    scores = (P[:, :k] * Q[:, :k]).sum(axis=1) + P[:, column] + Q[:, column]  # (n,)
    errors = np.clip(scale.mean + scale.spread * scores, scale.low, scale.high) - watched.labels
    return float(np.sqrt((errors**2).mean()))


@dataclass
class EarlyStop:
    """Keeps the best sweep, and says when ``patience`` sweeps have passed without a better one.

    The quality of a sweep is the sum over tasks of their weight times the logarithm of NDCG, or
    of 1 / RMSE: so one per cent counts the same in every task.
    """

    patience: int
    best: float = -np.inf
    since: int = 0
    kept: FactorRows | None = field(default=None, repr=False)

    def better_gone(self, measures: list[tuple[Task, str, float]], rows: FactorRows) -> bool:
        """Take note of a sweep; True where it is time to go back to the best one."""
        quality = 0.0
        for task, _, value in measures:
            sign = 1.0 if task.kind is TaskKind.BINARY else -1.0
            quality += sign * task.weight * float(np.log(max(value, _TINY)))
        if quality > self.best:
            self.best, self.since = quality, 0
            self.kept = FactorRows(rows.users.copy(), rows.items.copy())
        else:
            self.since += 1
        return self.since >= self.patience
