"""A look ahead at a world: what its log and its ceiling will be like, from a part of its users.

A whole world takes a second or more to simulate. The preview simulates the same parameters with
some 300 of its users, all of its items, so each number is that of the whole up to the chance of
who is among the 300; counts are scaled up. With many items fewer users are taken, so that the
answer comes as fast. Where people are the items, there are only as many as were sampled; so few
would be too easy to rank, and no ceiling is given.

The ceiling of a task is what the best recommender could reach in the lab's main metric. For lists,
a fifth of the events is held out at random, as the experiment does, and the items that a user has
not met in training are ranked by the truth: the probability of having been shown besides, times
that of being relevant once shown. For values, the truth's expectation is held against what was
observed, as the lab's oracle does (of an absolute error the median would leave a little less).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from algorithms.arrays import BoolArray, FloatArray
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
K = 10
NOTHING = (float("nan"), float("nan"))


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
    ceiling_error : its standard error, from how few users were simulated
    is_whole : whether all items of the task's kind were there
    """

    name: str
    label: str
    rate: float
    n_observed: int
    density: float
    metric: str
    ceiling: float
    ceiling_error: float
    is_whole: bool


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
    in_training = np.random.default_rng([spec.seed, 99]).random(len(log)) >= HELD_OUT
    known = log.users[in_training], log.items[in_training]
    besides = {
        kind: truth.shown_besides(kind, *known)
        for kind in {task.item_kind for task in spec.tasks if task.kind is TaskKind.BINARY}
    }
    tasks = tuple(
        _task(task, log, truth, besides.get(task.item_kind), in_training, spec)
        for task in spec.tasks
    )
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
    task: Task,
    log: InteractionLog,
    truth: Truth,
    besides: FloatArray | None,
    in_training: BoolArray,
    spec: WorldSpec,
) -> TaskPreview:
    values = log.label(task.label)
    observed = ~np.isnan(values)
    n_observed = int(observed.sum())
    relevant = values >= task.relevant_from  # NaN is not
    n_items = spec.n_items([kind.name for kind in spec.kinds].index(task.item_kind))
    is_whole = len(log.item_table.of_kind(task.item_kind)) == n_items
    if task.kind is not TaskKind.BINARY:
        metric = "rmse" if task.kind is TaskKind.RATING else "mae"
        ceiling, error = _least_error(task, log, truth)
    else:
        metric = "ndcg"
        ceiling, error = NOTHING
        if besides is not None and is_whole:
            ceiling, error = _best_ranking(task, log, truth, besides, in_training)
    return TaskPreview(
        name=task.name,
        label=task.label,
        rate=float(values[observed].mean()) if n_observed else float("nan"),
        n_observed=round(n_observed * spec.users.count / log.n_users),
        density=float(relevant.sum()) / (log.n_users * n_items),
        metric=metric,
        ceiling=ceiling,
        ceiling_error=error,
        is_whole=is_whole,
    )


def _best_ranking(
    task: Task, log: InteractionLog, truth: Truth, besides: FloatArray, in_training: BoolArray
) -> tuple[float, float]:
    """Return the mean NDCG@10 of the ranking by the truth, and its standard error."""
    items = log.item_table.of_kind(task.item_kind)  # (n_items,) indices into the table
    users = np.arange(log.n_users)
    relevant = truth.relevant(task.label, users[:, None], items, task.relevant_from)
    score = besides * relevant  # (n_users, n_items); 0 for what was met in training
    column = np.full(log.n_items, -1)
    column[items] = np.arange(len(items))
    hit = ~in_training & (column[log.items] >= 0)
    hit &= log.label(task.label) >= task.relevant_from  # NaN is not
    k = min(K, len(items))
    top = np.argpartition(-score, k - 1, axis=1)[:, :k]
    order = np.argsort(-np.take_along_axis(score, top, axis=1), axis=1)
    lists = np.take_along_axis(top, order, axis=1)
    row = log.users[hit]
    offsets = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(users)))])
    found = column[log.items[hit]][np.argsort(row, kind="stable")]
    values = ndcg_at_k(judge(lists, offsets, found), k)
    values = values[~np.isnan(values)]  # users with nothing to find
    if len(values) < 2:
        return NOTHING
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def _least_error(task: Task, log: InteractionLog, truth: Truth) -> tuple[float, float]:
    """Return how far the truth is from what was observed, by the task's metric, and its error."""
    values = log.label(task.label)
    seen = np.flatnonzero(~np.isnan(values))
    if len(seen) < 2:
        return NOTHING
    miss = values[seen] - truth.in_log(task.label, log.users[seen], log.items[seen])
    root = np.sqrt(len(seen))
    if task.kind is TaskKind.QUANTITY:
        return float(np.abs(miss).mean()), float(np.abs(miss).std() / root)
    rmse = float(np.sqrt(np.mean(miss**2)))
    return rmse, float((miss**2).std() / root / (2 * rmse)) if rmse else 0.0
