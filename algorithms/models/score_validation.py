"""How well a model does on validation events half-way through its fit, and when to stop.

The model is asked as it stands: where its numbers only order, by the NDCG@10 of held-out relevant
items among all items of the kind that the user had not met; where they are on the label's scale, by
their RMSE. Some hundred users are enough to steer. NumPy alone, for models of any form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np

from algorithms.arrays import FloatArray, IntArray, group_rows
from algorithms.data.log import InteractionLog
from algorithms.models.base import CurvePoint, Output
from algorithms.tasks import Task

KeptT = TypeVar("KeptT")
Scorer = Callable[[Task, IntArray, IntArray], FloatArray]

_MAX_USERS = 300  # users that a ranking is watched by
_K = 10  # length of their lists
_TINY = 1e-6  # stands for an NDCG or RMSE of 0 where its logarithm is taken
NDCG, RMSE = "validation NDCG@10", "validation RMSE"


@dataclass(frozen=True, eq=False)
class _HeldOut:
    """The validation events (n,) by which a task is watched, grouped by user."""

    task: Task
    ranks: bool
    users: IntArray
    items: IntArray
    labels: FloatArray


class ScoreWatch:
    """Measures a model on validation events.

    Parameters
    ----------
    train, validation : logs over the same users and items; without validation nothing is measured
    tasks : what is learned; one without validation events is not watched
    output : what the model's numbers for a task are
    rng : draws the users of a ranking where there are many
    """

    def __init__(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: tuple[Task, ...],
        output: Callable[[Task], Output],
        rng: np.random.Generator,
    ) -> None:
        self._offsets, order = group_rows(train.users, train.n_users)
        self._met = train.items[order].astype(np.int64)
        self._table = train.item_table
        self._held_out: list[_HeldOut] = []
        if validation is not None:
            parts = [_held_out(validation, t, output(t) is Output.SCORE, rng) for t in tasks]
            self._held_out = [part for part in parts if len(part.users)]

    def measure(
        self, step: int, score_block: Scorer, predict: Scorer
    ) -> tuple[list[CurvePoint], float]:
        """Return a point for each measure, and the quality of the step (None watched: NaN).

        The quality is the sum over tasks of their weight times the logarithm of NDCG, or of
        1 / RMSE: so one per cent counts the same in every task.

        Parameters
        ----------
        step : number of the sweep
        score_block : gives (m, k) scores of k items for m users in a task
        predict : gives (n,) predictions of pairs in a task
        """
        points, quality = [], 0.0
        for part in self._held_out:
            if part.ranks:
                name, value, sign = NDCG, self._ndcg(part, score_block), 1.0
            else:
                errors = predict(part.task, part.users, part.items) - part.labels
                name, value, sign = RMSE, float(np.sqrt(np.mean(errors**2))), -1.0
            if not np.isnan(value):
                points.append(CurvePoint(step, part.task.name, name, value))
                quality += sign * part.task.weight * float(np.log(max(value, _TINY)))
        return points, quality if points else np.nan

    def _ndcg(self, part: _HeldOut, score_block: Scorer) -> float:
        """Return the mean over users of DCG / ideal DCG."""
        candidates = self._table.of_kind(part.task.item_kind).astype(np.int64)
        users, starts, counts = np.unique(part.users, return_index=True, return_counts=True)
        scores = score_block(part.task, users, candidates)  # (m, n_candidates)
        scores = np.where(np.isnan(scores), -np.inf, scores)
        column_of = np.full(len(self._table.kind_codes), -1)
        column_of[candidates] = np.arange(len(candidates))
        ideal = np.cumsum(1.0 / np.log2(np.arange(_K) + 2.0))[np.minimum(counts, _K) - 1]
        total = 0.0
        for row, user in enumerate(users):
            mine = scores[row, column_of[part.items[starts[row] : starts[row] + counts[row]]]]
            met = column_of[self._met[self._offsets[user] : self._offsets[user + 1]]]
            scores[row, met[met >= 0]] = -np.inf
            ranks = (scores[row] > mine[:, None]).sum(axis=1)  # from 0
            found = (ranks < _K) & (mine > -np.inf)
            total += float((1.0 / np.log2(ranks[found] + 2.0)).sum()) / ideal[row]
        return total / len(users)


def _held_out(
    validation: InteractionLog, task: Task, ranks: bool, rng: np.random.Generator
) -> _HeldOut:
    mask = task.events(validation)
    if ranks:
        labels = validation.label(task.label)
        mask &= (labels >= task.relevant_from) & (labels > 0)
        users = np.unique(validation.users[mask])
        if len(users) > _MAX_USERS:
            mask &= np.isin(validation.users, rng.choice(users, _MAX_USERS, replace=False))
    rows = np.flatnonzero(mask)
    rows = rows[np.argsort(validation.users[rows], kind="stable")]
    return _HeldOut(
        task,
        ranks,
        validation.users[rows].astype(np.int64),
        validation.items[rows].astype(np.int64),
        validation.label(task.label)[rows].astype(np.float64),
    )


@dataclass
class BestSweep(Generic[KeptT]):
    """Keeps what the best sweep learned; says when ``patience`` sweeps have brought nothing better.

    Where nothing is watched (quality NaN) it keeps nothing and never stops.
    """

    patience: int
    quality: float = -np.inf
    since: int = 0
    kept: KeptT | None = field(default=None, repr=False)

    def stops(self, quality: float, copy: Callable[[], KeptT]) -> bool:
        """Take note of a sweep; ``copy`` gives what it learned, if that is to be kept."""
        if np.isnan(quality):
            return False
        if quality > self.quality:
            self.quality, self.since, self.kept = quality, 0, copy()
        else:
            self.since += 1
        return self.since >= self.patience
