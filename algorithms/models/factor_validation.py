"""How well the sweeps of a factor model do on validation events, and when to stop.

Explicit tasks are watched by their RMSE. Binary tasks are watched by the AUC: how often a held-out
positive item scores above an item drawn at random among those that the user had not met. It is
cheap and smooth, which is what steering needs; the comparison itself ranks all items.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from algorithms.arrays import FloatArray, IndexArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.models.factor_problem import FactorProblem
from algorithms.models.factor_solver import FactorRows
from algorithms.tasks import Task, TaskKind

_MAX_EVENTS = 2000  # validation events a task is watched by
_N_RIVALS = 20  # random items that each held-out positive is compared with


@dataclass(frozen=True, eq=False)
class Watched:
    """The validation cells of one task: held-out events and, for binary tasks, their rivals.

    Parameters
    ----------
    position : of the task in the problem
    users, items : (n,) held-out events
    labels : (n,) their labels
    rivals : (n, r) items that the user had not met, -1 where the draw hit a met one; r is 0
        for explicit tasks
    """

    position: int
    users: IndexArray
    items: IndexArray
    labels: FloatArray
    rivals: IntArray


def watched_cells(
    train: InteractionLog,
    validation: InteractionLog,
    tasks: tuple[Task, ...],
    rng: np.random.Generator,
) -> list[Watched]:
    """Draw the cells by which each task is watched; a task without validation events has none."""
    watched = []
    met = np.unique(train.users.astype(np.int64) * train.n_items + train.items)
    for position, task in enumerate(tasks):
        mask = task.events(validation)
        if task.kind is TaskKind.BINARY:
            mask &= validation.label(task.label) > 0
        rows = np.flatnonzero(mask)
        if len(rows) > _MAX_EVENTS:
            rows = np.sort(rng.choice(rows, _MAX_EVENTS, replace=False))
        if not len(rows):
            continue
        users = validation.users[rows]
        rivals = np.empty((len(rows), 0), dtype=np.int64)
        if task.kind is TaskKind.BINARY:
            candidates = train.item_table.of_kind(task.item_kind).astype(np.int64)
            rivals = rng.choice(candidates, (len(rows), _N_RIVALS))
            cells = users[:, None].astype(np.int64) * train.n_items + rivals
            rivals[np.isin(cells, met)] = -1
        labels = validation.label(task.label)[rows].astype(np.float64)
        watched.append(Watched(position, users, validation.items[rows], labels, rivals))
    return watched


def measure(watched: Watched, problem: FactorProblem, rows: FactorRows) -> float:
    """Return the RMSE of an explicit task on its label's scale, the AUC of a binary one."""
    task, scale = problem.tasks[watched.position], problem.scales[watched.position]
    k = rows.users.shape[1] - len(problem.tasks)
    P, Q = rows.users[watched.users, :k], rows.items[:, :k]
    biases = rows.items[:, k + watched.position]
    scores = (P * Q[watched.items]).sum(axis=1) + biases[watched.items]  # (n,)
    if task.kind is TaskKind.BINARY:  # the user's bias is on both sides of the comparison
        rivals = np.einsum("nk,nrk->nr", P, Q[watched.rivals]) + biases[watched.rivals]
        wins = np.sign(scores[:, None] - rivals)[watched.rivals >= 0]
        return float((1.0 + wins.mean()) / 2.0) if len(wins) else float("nan")
    scores += rows.users[watched.users, k + watched.position]
    errors = scale.mean + scale.spread * scores - watched.labels
    return float(np.sqrt((errors**2).mean()))


@dataclass
class EarlyStop:
    """Keeps the best sweep, and says when ``patience`` sweeps have passed without a better one."""

    patience: int
    best: float = -np.inf
    since: int = 0
    kept: FactorRows | None = field(default=None, repr=False)

    def better_gone(self, quality: float, rows: FactorRows) -> bool:
        """Take note of a sweep; True where it is time to go back to the best one."""
        if quality > self.best:
            self.best, self.since = quality, 0
            self.kept = FactorRows(rows.users.copy(), rows.items.copy())
        else:
            self.since += 1
        return self.since >= self.patience
