"""A look ahead at a world: what its log and its ceiling will be like, from a part of its users.

A whole world takes a second or more to simulate. The preview simulates the same parameters with
some 300 of its users, all of its items, so each number is that of the whole up to the chance of
who is among the 300; counts are scaled up. With many items fewer users are taken, so that the
answer comes as fast. Where people are the items, there are only as many as were sampled: they are
easier to find among so few, so ``n_candidates`` says among how many.

The ceiling of a task is what the best recommender could reach in the lab's main metric. For lists,
events are divided at random as the experiment does, and the items that a user has not met in
training are ranked by the truth,

    P(held out and relevant | not in training) = h s r / (1 - (1 - h) s),

s the probability of having been shown, r that of being relevant once shown, h the share that is
held out. For values, the truth's expectation is held against what was observed, as the lab's oracle
does (of an absolute error the median would leave a little less than the mean).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.data.log import InteractionLog
from algorithms.metrics.ranking import judge, ndcg_at_k
from algorithms.tasks import Task, TaskKind
from sample_data.simulator import simulate
from sample_data.spec import WorldSpec
from sample_data.truth import Truth

N_USERS = 300
MOST_PAIRS = 300_000  # users times items
FEWEST_USERS = 30
HELD_OUT = 0.2  # share of the events, as in the default experiment
N_DIVISIONS = 3  # of the same events: more lists to average over
K = 10


@dataclass(frozen=True, slots=True)
class TaskPreview:
    """What a task will be like.

    Parameters
    ----------
    name : of the task
    label : its column
    rate : mean of the label where it is observed; the share of ones of a binary label
    n_observed : events with the label, in the whole world
    density : share of all pairs of user and item (of the task's kind) with a relevant label
    metric : the metric of the ceiling: ndcg, rmse or mae
    ceiling : the best possible value; NaN where the part of the world has too little to tell
    n_candidates : items of the task's kind in the part that was simulated
    n_items : ... and in the whole world
    """

    name: str
    label: str
    rate: float
    n_observed: int
    density: float
    metric: str
    ceiling: float
    n_candidates: int
    n_items: int


@dataclass(frozen=True, eq=False)
class Preview:
    """What a world will be like.

    Parameters
    ----------
    n_users, n_items : of the whole world
    n_interactions : rows of its log, estimated
    n_sampled : users that were simulated for this preview
    tasks : in the order of the world
    labels : names of the labels
    asked : (n_labels, n_labels) correlations of the tastes behind the labels, as asked for
    measured : the same as measured over the sampled users
    """

    n_users: int
    n_items: int
    n_interactions: int
    n_sampled: int
    tasks: tuple[TaskPreview, ...]
    labels: tuple[str, ...]
    asked: FloatArray
    measured: FloatArray


def preview(spec: WorldSpec) -> Preview:
    """Look ahead at a world."""
    with _linear_algebra().limit(limits=1):  # so small a product is over before threads have met
        return _preview(spec)


@cache
def _linear_algebra() -> Any:
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()


def _preview(spec: WorldSpec) -> Preview:
    n_users = spec.users.count
    n_items = sum(spec.n_items(code) for code in range(len(spec.kinds)))
    n_sampled = min(n_users, N_USERS, max(FEWEST_USERS, MOST_PAIRS // n_items))
    part = spec.model_copy(update={"users": spec.users.model_copy(update={"count": n_sampled})})
    simulation = simulate(part)
    log, truth = simulation.log, simulation.truth
    scale = n_users / n_sampled
    shown = {kind: truth.shown(kind) for kind in {task.item_kind for task in spec.tasks}}
    tasks = tuple(_task(task, log, truth, shown[task.item_kind], spec) for task in spec.tasks)
    return Preview(
        n_users=n_users,
        n_items=n_items,
        n_interactions=round(len(log) * scale),
        n_sampled=n_sampled,
        tasks=tasks,
        labels=tuple(label.name for label in spec.labels),
        asked=spec.taste_correlations(),
        measured=np.corrcoef(truth.users.taste.reshape(len(spec.labels), -1)).reshape(
            len(spec.labels), -1
        ),
    )


def _task(
    task: Task, log: InteractionLog, truth: Truth, shown: FloatArray, spec: WorldSpec
) -> TaskPreview:
    values = log.label(task.label)
    observed = ~np.isnan(values)
    n_observed = int(observed.sum())
    relevant = values >= task.relevant_from  # NaN is not
    if task.kind is TaskKind.BINARY:
        metric = "ndcg"
        ceiling = _best_ranking(task, log, truth, shown, np.random.default_rng([spec.seed, 99]))
    else:
        metric = "rmse" if task.kind is TaskKind.RATING else "mae"
        ceiling = _least_error(task, log, truth)
    n_items = spec.n_items([kind.name for kind in spec.kinds].index(task.item_kind))
    return TaskPreview(
        name=task.name,
        label=task.label,
        rate=float(values[observed].mean()) if n_observed else float("nan"),
        n_observed=round(n_observed * spec.users.count / log.n_users),
        density=float(relevant.sum()) / (log.n_users * n_items),
        metric=metric,
        ceiling=ceiling,
        n_candidates=shown.shape[1],
        n_items=n_items,
    )


def _best_ranking(
    task: Task,
    log: InteractionLog,
    truth: Truth,
    shown: FloatArray,
    rng: np.random.Generator,
) -> float:
    """Return the mean NDCG@10 of the ranking by the truth."""
    items = log.item_table.of_kind(task.item_kind)  # (n_items,) indices into the table
    users = np.arange(log.n_users)
    relevant = truth.relevant(task.label, users[:, None], items, task.relevant_from)
    score = shown * relevant / (1 - (1 - HELD_OUT) * shown)  # (n_users, n_items)
    column = np.full(log.n_items, -1)
    column[items] = np.arange(len(items))
    of_kind = column[log.items] >= 0
    row, place = log.users[of_kind], column[log.items[of_kind]]
    wanted = log.label(task.label)[of_kind] >= task.relevant_from
    k = min(K, len(items))
    values = []
    for _ in range(N_DIVISIONS):
        held_out = rng.random(len(row)) < HELD_OUT
        rest = score.copy()
        rest[row[~held_out], place[~held_out]] = -np.inf
        top = np.argpartition(-rest, k - 1, axis=1)[:, :k]
        order = np.argsort(-np.take_along_axis(rest, top, axis=1), axis=1)
        lists = np.take_along_axis(top, order, axis=1)
        hit = held_out & wanted
        by_user = np.argsort(row[hit], kind="stable")
        offsets = np.concatenate([[0], np.cumsum(np.bincount(row[hit], minlength=len(users)))])
        values.append(ndcg_at_k(judge(lists, offsets, place[hit][by_user]), k))
    pooled = np.concatenate(values)
    pooled = pooled[~np.isnan(pooled)]  # users with nothing to find
    return float(pooled.mean()) if len(pooled) else float("nan")


def _least_error(task: Task, log: InteractionLog, truth: Truth) -> float:
    """Return how far the truth's expectation is from what was observed, by the task's metric."""
    values = log.label(task.label)
    seen = np.flatnonzero(~np.isnan(values))
    if not len(seen):
        return float("nan")
    expected = truth.in_log(task.label, log.users[seen], log.items[seen])
    error = values[seen] - expected
    if task.kind is TaskKind.RATING:
        return float(np.sqrt(np.mean(error**2)))
    return float(np.mean(np.abs(error)))
