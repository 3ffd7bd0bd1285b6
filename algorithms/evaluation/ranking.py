"""Judging ranked lists on held-out relevant items, among all items the user had not met.

For each test user the model ranks **all** items of the task's kind except those that the user
met in training or in validation: the former it learned from, by the latter it was steered, and
neither is news to the user. Relevant are the items of the user's test events whose label reaches
the task's ``relevant_from``, if they are candidates. No candidates are sampled: with sampled
ones the figures are higher, and can even order models differently (Krichene and Rendle, 2020, On
sampled metrics for item recommendation, KDD).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.split import Split
from algorithms.evaluation.intervals import bootstrap_totals, percentile_interval
from algorithms.evaluation.notes import MET_BEFORE, NO_LIST
from algorithms.evaluation.results import MetricResult
from algorithms.messages import Message
from algorithms.metrics import METRICS, Level
from algorithms.metrics.ranking import judge
from algorithms.metrics.shown import ShownLists, Surroundings
from algorithms.metrics.sums import ratio
from algorithms.models.base import Recommender, TopLists
from algorithms.progress import Progress, Stage
from algorithms.tasks import Task

_BLOCK = 1024  # users ranked at a time


@dataclass(frozen=True, eq=False)
class RelevantItems:
    """What each judged user should have been shown.

    Parameters
    ----------
    users : (m,) user indices, ascending
    offsets : (m + 1,) user u's items are ``items[offsets[u]:offsets[u + 1]]``
    items : (r,) item indices
    n_met_before : relevant test items left out because the user had met them before
    gains : (r,) what each item is worth to graded metrics: 1 for a just relevant item, and one
        more for each unit of the label above ``relevant_from``; None where all are worth the same
    n_candidates : (m,) how many items could have been listed; None where nobody counted
    """

    users: IntArray
    offsets: IntArray
    items: IntArray
    n_met_before: int
    gains: FloatArray | None = None
    n_candidates: IntArray | None = None


def relevant_items(task: Task, split: Split) -> RelevantItems:
    """Collect the relevant test items of every user with a test event."""
    width = split.test.n_items
    users = np.unique(split.test.users).astype(np.int64)
    part = task.part(split.test)
    label = part.label(task.label)
    chosen = label >= task.relevant_from
    wanted, row = np.unique(
        part.users[chosen].astype(np.int64) * width + part.items[chosen], return_inverse=True
    )
    worth = np.ones(len(wanted))  # of several events the best counts
    np.maximum.at(worth, row, 1.0 + label[chosen] - task.relevant_from)
    met = np.concatenate(
        [
            part.users.astype(np.int64) * width + part.items
            for part in (split.train, split.validation)
        ]
    )
    unmet = ~np.isin(wanted, met)
    new = wanted[unmet]
    counts = np.bincount(np.searchsorted(users, new // width), minlength=len(users))
    return RelevantItems(
        users=users,
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        items=new % width,
        n_met_before=len(wanted) - len(new),
        gains=worth[unmet],
        n_candidates=_n_candidates(task, split, met, users),
    )


def _n_candidates(task: Task, split: Split, met: IntArray, users: IntArray) -> IntArray:
    """Return (m,) how many items of the task's kind each user had not met, from pairs met."""
    width = split.test.n_items
    kind = split.test.item_table.of_kind(task.item_kind)
    of_kind = np.zeros(width, dtype=np.bool_)
    of_kind[kind] = True
    pairs = np.sort(met[of_kind[met % width]])
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    n_met = np.bincount(pairs // width, minlength=split.test.n_users)
    return len(kind) - n_met[users]


def rank_unmet(
    model: Recommender, task: Task, split: Split, users: IntArray, n: int, progress: Progress
) -> TopLists:
    """Rank for users (m,) all items of the task's kind met neither in training nor validation.

    The model leaves out what was met in training; lists are asked for longer by as many places
    as validation items may take, and these are then struck out.
    """
    log = split.validation
    kind = log.item_table.of_kind(task.item_kind)
    of_kind = np.isin(log.items, kind)
    width = log.n_items
    steered = np.unique(log.users[of_kind].astype(np.int64) * width + log.items[of_kind])
    n_steered = np.bincount(steered // width, minlength=log.n_users)[users]  # (m,)
    items = np.full((len(users), n), -1, dtype=np.int64)
    scores = np.full((len(users), n), np.nan)
    order = np.argsort(n_steered, kind="stable")  # users alike share a block: little is wasted
    for start in range(0, len(users), _BLOCK):
        rows = order[start : start + _BLOCK]
        extra = int(n_steered[rows].max())
        lists = model.recommend_many(task, users[rows], n + extra)
        struck = np.isin(users[rows, None] * width + lists.items, steered) & (lists.items >= 0)
        kept = np.argsort(struck, axis=1, kind="stable")[:, :n]  # the rest moves up, in order
        gone = np.take_along_axis(struck, kept, axis=1)
        items[rows] = np.where(gone, -1, np.take_along_axis(lists.items, kept, axis=1))
        scores[rows] = np.where(gone, np.nan, np.take_along_axis(lists.scores, kept, axis=1))
        progress((start + len(rows)) / len(users), Stage.RANK)
    return TopLists(users, items, scores)


def judge_lists(
    lists: TopLists,
    task: Task,
    relevant: RelevantItems,
    k: int,
    rng: np.random.Generator,
    surroundings: Surroundings | None = None,
) -> tuple[list[MetricResult], list[Message]]:
    """Measure every metric of lists in the catalog at k.

    Parameters
    ----------
    lists : of the users in ``relevant``, in their order, at least k wide
    task : what they were ranked for
    relevant : what should have been found
    k : how many places are judged
    rng : draws the users of the bootstrap
    surroundings : of the same users; without them nothing beyond accuracy is measured

    Returns
    -------
    results : in the order of the catalog. A metric of all lists together has no values of users
        and no interval: resampled users repeat lists, which reach fewer items by themselves.
    notes : what a reader of the numbers must know
    """
    judged = judge(
        lists.items[:, :k],
        relevant.offsets,
        relevant.items,
        relevant.gains,
        relevant.n_candidates,
    )
    metrics = [
        metric for metric in METRICS.values() if metric.level.of_lists and task.kind in metric.kinds
    ]
    values: dict[str, FloatArray] = {}  # each (m,), or () of all lists together
    for metric in metrics:
        if metric.level is Level.RANKING:
            values[metric.key] = metric.function(judged, k)
        elif surroundings is not None:
            shown = ShownLists(lists.items[:, :k], judged, surroundings)
            values[metric.key] = metric.function(shown, k)
    own = {key: each for key, each in values.items() if each.ndim}
    intervals = _intervals(own, rng)
    results = []
    for key, each in values.items():
        per_user = own.get(key, np.full(len(lists.users), np.nan))
        n = int(np.isfinite(per_user).sum()) if key in own else len(lists.users)
        value, low, high = intervals.get(key, (float(each.mean()), np.nan, np.nan))
        results.append(
            MetricResult(
                task=task.name,
                metric=key,
                k=k,
                value=value,
                n=n,
                n_undefined=len(per_user) - n,
                low=low,
                high=high,
                users=lists.users,
                per_user=per_user,
            )
        )
    return results, _notes(lists, task, relevant)


def _intervals(
    own: dict[str, FloatArray], rng: np.random.Generator
) -> dict[str, tuple[float, float, float]]:
    """Return mean, low and high of users' values, all with the same resampled users."""
    sums = np.concatenate(
        [np.stack([np.nan_to_num(each), np.isfinite(each)], axis=1) for each in own.values()],
        axis=1,
    )
    totals = bootstrap_totals(sums, rng)
    found = {}
    for number, key in enumerate(own):
        columns = slice(2 * number, 2 * number + 2)
        mean = float(ratio(sums[:, columns].sum(axis=0)))
        found[key] = (mean, *percentile_interval(ratio(totals[:, columns])))
    return found


def _notes(lists: TopLists, task: Task, relevant: RelevantItems) -> list[Message]:
    notes = []
    n_empty = int((lists.items[:, 0] < 0).sum())
    if n_empty:
        notes.append(Message(NO_LIST, {"task": task.name, "n": n_empty}))
    if relevant.n_met_before:
        notes.append(Message(MET_BEFORE, {"task": task.name, "n": relevant.n_met_before}))
    return notes
