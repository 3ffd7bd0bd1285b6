"""The evaluation linter on the events themselves: what a split lets through (see ``linter``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from algorithms.arrays import AnyArray, FloatArray, IndexArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.data.split import Split
from algorithms.evaluation.linter import LintFinding, Rule, Words, finding
from algorithms.tasks import Task

_SAME_SHARE = 0.99  # of the users or items whose feature is an aggregate, before it is called one
_FEW = 0.01  # of the test users: fewer with a short list do not move a mean

IN_TRAINING = Words(
    "{n:,} of {n_all:,} test events are in training too.",
    "A model can remember what it should foresee; its numbers say nothing of new events.",
    "Merge repeated events when importing, and divide again.",
)
IN_VALIDATION = Words(
    "{n:,} of {n_all:,} test events are in validation too.",
    "When to stop and where to say yes are decided on validation: with test events in it, the "
    "model is tuned on the test.",
    "Merge repeated events when importing, and divide so that each lies in exactly one part.",
)
ALL_TIMES = Words(
    "“{feature}” is {aggregate} over all events, those of the test included.",
    "The feature was computed when the test had already happened: it tells models about the "
    "future.",
    "Compute the feature from training events only, or ignore the column when importing.",
)
TOO_LONG = Words(
    "“{task}”: for {n:,} of {n_all:,} test users fewer than k = {k} candidates are left, "
    "{least} at the least.",
    "Their lists hold every candidate: recall is 1 whatever the model does, and only precision's "
    "denominator still grows.",
    "Choose a smaller k.",
)


def lint_split(split: Split, tasks: Sequence[Task], k: int) -> tuple[LintFinding, ...]:
    """Look for events in two parts, features of the future, and lists longer than the candidates.

    Parameters
    ----------
    split : as the runs met it; a person may have made it elsewhere
    tasks : those that are judged; others may be among them, and are left alone
    k : length of the judged lists
    """
    asked = [task for task in tasks if task.enabled and task.label in split.test.labels]
    return (
        *_overlaps(split),
        *_future_features(split, asked),
        *_long_lists(split, asked, k),
    )


# --- events in two parts -------------------------------------------------------------------------


def _overlaps(split: Split) -> Iterator[LintFinding]:
    for part, rule, words in (
        (split.train, Rule.OVERLAP, IN_TRAINING),
        (split.validation, Rule.TUNED_ON_TEST, IN_VALIDATION),
    ):
        n = n_shared(part, split.test)
        if n:
            yield finding(rule, words, n=n, n_all=len(split.test))


def n_shared(part: InteractionLog, test: InteractionLog) -> int:
    """Return how many test events another part has too.

    The same event is the same user, item and time. Without times it is the same in every column
    that the log has: what nothing tells apart can be remembered.
    """
    n_items = max(test.n_items, 1)
    pairs = [each.users.astype(np.int64) * n_items + each.items for each in (part, test)]
    here, there = (np.isin(pairs[0], pairs[1]), np.isin(pairs[1], pairs[0]))
    if not there.any():  # as most often: no need to look further
        return 0
    columns = [_event_columns(part, pairs[0], here), _event_columns(test, pairs[1], there)]
    codes = np.zeros(int(here.sum() + there.sum()), dtype=np.int64)
    for one, other in zip(*columns, strict=True):
        _, values = np.unique(np.concatenate([one, other]), return_inverse=True)
        _, codes = np.unique(codes * (values.max() + 1) + values, return_inverse=True)
    n_here = int(here.sum())
    return int(np.isin(codes[n_here:], codes[:n_here]).sum())


def _event_columns(log: InteractionLog, pairs: IntArray, chosen: AnyArray) -> list[AnyArray]:
    if log.timestamps is not None:
        return [pairs[chosen], log.timestamps[chosen]]
    columns = {**log.labels, **log.context}
    return [pairs[chosen], *(columns[name][chosen] for name in sorted(columns))]


# --- features of the future ----------------------------------------------------------------------


def _future_features(split: Split, tasks: Sequence[Task]) -> Iterator[LintFinding]:
    """Compare numeric features with counts, sums and means over all events, and over training."""
    parts = (split.train, split.validation, split.test)
    labels = list(dict.fromkeys(task.label for task in tasks))
    for names, table, n in (
        ("users", split.train.user_table, split.train.n_users),
        ("items", split.train.item_table, split.train.n_items),
    ):
        numbers = {
            name: column.astype(np.float64)
            for name, column in table.features.items()
            if column.dtype.kind in "fiub" and len(np.unique(column)) > 2
        }
        if not numbers:
            continue
        rows = [getattr(part, names) for part in parts]
        for aggregate, whole, taught in _aggregates(parts, rows, n, labels):
            for name, column in numbers.items():
                if _is(column, whole) and not _is(column, taught):
                    yield finding(Rule.FUTURE, ALL_TIMES, feature=name, aggregate=aggregate)


def _aggregates(
    parts: Sequence[InteractionLog], rows: Sequence[IndexArray], n: int, labels: Sequence[str]
) -> Iterator[tuple[str, FloatArray, FloatArray]]:
    """Yield a name, and (n,) its value over all events and over training alone."""
    counts = [np.bincount(part, minlength=n).astype(np.float64) for part in rows]
    yield "the number of events", np.sum(counts, axis=0), counts[0]
    for label in labels:
        values = [part.label(label).astype(np.float64) for part in parts]
        seen = [np.isfinite(column) for column in values]
        n_seen, sums = zip(
            *(
                _count(row[ok], column[ok], n)
                for row, ok, column in zip(rows, seen, values, strict=True)
            ),
            strict=True,
        )
        total: FloatArray = np.sum(sums, axis=0)
        n_total: FloatArray = np.sum(n_seen, axis=0)
        yield f"the number of “{label}”", n_total, n_seen[0]
        yield f"the sum of “{label}”", total, sums[0]
        with np.errstate(invalid="ignore", divide="ignore"):  # nothing seen: no mean
            yield f"the mean of “{label}”", total / n_total, sums[0] / n_seen[0]


def _count(rows: IndexArray, values: FloatArray, n: int) -> tuple[FloatArray, FloatArray]:
    """Return (n,) how many values each row has, and their sum."""
    return (
        np.bincount(rows, minlength=n).astype(np.float64),
        np.bincount(rows, values, minlength=n).astype(np.float64),
    )


def _is(column: FloatArray, aggregate: FloatArray) -> bool:
    """Return whether a feature is an aggregate, as far as both are there and something varies."""
    there = np.isfinite(column) & np.isfinite(aggregate)
    if there.sum() < 10 or len(np.unique(aggregate[there])) < 3:
        return False
    same = np.isclose(column[there], aggregate[there], rtol=1e-4, atol=1e-6)
    return bool(same.mean() >= _SAME_SHARE)


# --- lists longer than the candidates ------------------------------------------------------------


def _long_lists(split: Split, tasks: Sequence[Task], k: int) -> Iterator[LintFinding]:
    judged = np.unique(split.test.users)
    left_of: dict[str, IntArray] = {}
    for task in tasks:
        if task.item_kind not in left_of:
            left_of[task.item_kind] = _candidates(split, task)
        left = left_of[task.item_kind][judged]
        short = left < k
        if short.mean() >= _FEW:
            yield finding(
                Rule.K_TOO_LARGE,
                TOO_LONG,
                task=task.name,
                n=int(short.sum()),
                n_all=len(judged),
                k=k,
                least=int(left.min()),
            )


def _candidates(split: Split, task: Task) -> IntArray:
    """Return (n_users,) how many items of the task's kind a user has not met before the test."""
    is_kind = np.zeros(split.train.n_items, dtype=np.bool_)
    is_kind[split.train.item_table.of_kind(task.item_kind)] = True
    users = np.concatenate([split.train.users, split.validation.users]).astype(np.int64)
    items = np.concatenate([split.train.items, split.validation.items])
    of_kind = is_kind[items]
    pairs = np.unique(users[of_kind] * split.train.n_items + items[of_kind])
    n_met = np.bincount(pairs // split.train.n_items, minlength=split.train.n_users)
    return np.asarray(is_kind.sum() - n_met, dtype=np.int64)
