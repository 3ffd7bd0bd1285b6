"""Judging single predictions on held-out events: how close they are, and how often right.

Judged are the test events on which the task's label is observed. Ratings and quantities are
compared with predictions on the label's scale. For yes-or-no tasks a score that is no
probability is calibrated on validation first, and the threshold for *yes* is chosen there too
(``calibration.py``). Scores that only order are judged by their order. What a model could not
score is left out, counted, and said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import BoolArray, FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.evaluation.calibration import best_f1_threshold, platt_scaling
from algorithms.evaluation.intervals import bootstrap_totals, percentile_interval
from algorithms.evaluation.notes import (
    CALIBRATED,
    NO_THRESHOLD,
    ONLY_HAPPENED,
    ONLY_ORDER,
    THRESHOLD,
    UNSCORED,
)
from algorithms.evaluation.results import MetricResult
from algorithms.messages import Message
from algorithms.metrics import METRICS, EventMetric
from algorithms.metrics.inputs import MetricInputError
from algorithms.metrics.sums import ratio, root_of_ratio, sum_per_user
from algorithms.models.base import Output, Recommender
from algorithms.tasks import Task, TaskKind


class TaskInputError(MetricInputError):
    """Events of a task that a metric cannot judge."""

    template = "“{task}”: {metric} needs {expected}, found {found}."


_MEANS = (ratio, root_of_ratio)  # where a user's value counts by the user's denominator


@dataclass(frozen=True, eq=False)
class ScoredEvents:
    """Events of one task with what the model says of them.

    Parameters
    ----------
    users : (n,) user indices
    truth : (n,) labels
    scores : (n,) the model's numbers, finite
    n_unscored : events that the model could not score; they are not among the n
    """

    users: IntArray
    truth: FloatArray
    scores: FloatArray
    n_unscored: int


def score_events(model: Recommender, task: Task, part: InteractionLog) -> ScoredEvents:
    """Ask the model about every event of a part on which the task's label is observed."""
    events = task.part(part)
    scores = model.predict(task, events.users, events.items)
    known: BoolArray = np.isfinite(scores)
    return ScoredEvents(
        users=events.users[known].astype(np.int64),
        truth=events.label(task.label)[known].astype(np.float64),
        scores=scores[known],
        n_unscored=int((~known).sum()),
    )


def judge_events(
    task: Task,
    output: Output,
    validation: ScoredEvents,
    test: ScoredEvents,
    rng: np.random.Generator,
) -> tuple[list[MetricResult], list[Message]]:
    """Measure every event metric of the catalog that applies to the task.

    Parameters
    ----------
    task : what the events were scored for
    output : what the scores are
    validation : calibrates the scores and sets the threshold
    test : judges
    rng : draws the users of the bootstrap

    Returns
    -------
    results : in the order of the catalog
    notes : what a reader of the numbers must know

    Raises
    ------
    TaskInputError
        Where a label or a score is nothing that a metric can judge.
    """
    notes: list[Message] = []
    if test.n_unscored:
        notes.append(Message(UNSCORED, {"task": task.name, "n": test.n_unscored}))
    obstacle = _obstacle(task, output, validation, test)
    answers: Answers | None = None
    if obstacle is not None:
        notes.append(obstacle)
    elif task.kind is TaskKind.BINARY:
        answers = _read_answers(task, output, validation, test)
        notes += answers.notes if answers else [Message(NO_THRESHOLD, {"task": task.name})]

    users, rows = np.unique(test.users, return_inverse=True)
    metrics = [
        metric
        for metric in METRICS.values()
        if isinstance(metric, EventMetric) and task.kind in metric.kinds
    ]
    measured: list[tuple[EventMetric, FloatArray, FloatArray]] = []
    for metric in metrics:
        arguments = _arguments(metric, test, rows, answers)
        only_order = task.kind is not TaskKind.BINARY and metric.reads_order
        if (obstacle is not None and not only_order) or not len(users) or arguments is None:
            continue
        try:
            measured.append((metric, *_measure(metric, arguments, rows, len(users))))
        except MetricInputError as error:
            raise TaskInputError(task=task.name, **error.message.values) from error
    found = _with_intervals(task, measured, users, test, rng)
    return [
        found.get(metric.key) or _undefined(task, metric, users, test) for metric in metrics
    ], notes


def _measure(
    metric: EventMetric, arguments: Sequence[object], rows: IntArray, n_users: int
) -> tuple[FloatArray, FloatArray]:
    """Return the users' sums (m, c) and their own values (m,)."""
    sums = sum_per_user(metric.addends(*arguments), rows, n_users)
    if metric.overall_only:
        return sums, np.full(n_users, np.nan)
    if metric.per_user is not None:
        return sums, metric.per_user(*arguments, rows, n_users)
    return sums, metric.combine(sums)


@dataclass(frozen=True, eq=False)
class Answers:
    """Probabilities (n,) of the test events, the threshold for yes, and what to say of both."""

    probability: FloatArray
    threshold: float
    notes: tuple[Message, ...]


def _arguments(
    metric: EventMetric, test: ScoredEvents, rows: IntArray, answers: Answers | None
) -> tuple[FloatArray | IntArray | float, ...] | None:
    """Return what the metric's function is given; None where that is not to be had."""
    if metric.needs_users:
        return test.truth, test.scores, rows
    if not (metric.needs_threshold or metric.needs_probability):
        return test.truth, test.scores
    if answers is None:
        return None
    if metric.needs_threshold:
        return test.truth, answers.probability, answers.threshold
    return test.truth, answers.probability


def _read_answers(
    task: Task, output: Output, validation: ScoredEvents, test: ScoredEvents
) -> Answers | None:
    """Calibrate and choose the threshold on validation; None where that is impossible."""
    known, asked = validation.scores, test.scores
    notes = []
    if output is not Output.PROBABILITY:
        curve = platt_scaling(validation.truth, known)
        if curve is None:
            return None
        known, asked = curve(known), curve(asked)
        notes.append(Message(CALIBRATED, {"task": task.name}))
    threshold = best_f1_threshold(validation.truth, known)
    notes.append(Message(THRESHOLD, {"task": task.name, "threshold": threshold}))
    return Answers(asked, threshold, tuple(notes))


def _obstacle(
    task: Task, output: Output, validation: ScoredEvents, test: ScoredEvents
) -> Message | None:
    """Return why no event of the task can be judged, but for the order, if that is so."""
    if task.kind is not TaskKind.BINARY:
        if output is not Output.SCORE:
            return None
        return Message(ONLY_ORDER, {"task": task.name})
    if not len(test.truth) or (validation.truth == 0).any() or (test.truth == 0).any():
        return None
    return Message(ONLY_HAPPENED, {"task": task.name})


def _with_intervals(
    task: Task,
    measured: list[tuple[EventMetric, FloatArray, FloatArray]],
    users: IntArray,
    test: ScoredEvents,
    rng: np.random.Generator,
) -> dict[str, MetricResult]:
    """Bootstrap all metrics with the same resampled users."""
    if not measured:
        return {}
    totals = bootstrap_totals(np.concatenate([sums for _, sums, _ in measured], axis=1), rng)
    results = {}
    column = 0
    for metric, sums, own in measured:
        width = sums.shape[1]
        samples = metric.combine(totals[:, column : column + width])
        column += width
        low, high = percentile_interval(samples)
        if metric.overall_only:
            low = high = float("nan")
        results[metric.key] = MetricResult(
            task=task.name,
            metric=metric.key,
            k=None,
            value=float(metric.combine(sums.sum(axis=0))),
            n=len(test.truth),
            n_undefined=test.n_unscored,
            low=low,
            high=high,
            users=users,
            per_user=own,
            weights=sums[:, 1] if metric.combine in _MEANS else None,
        )
    return results


def _undefined(
    task: Task, metric: EventMetric, users: IntArray, test: ScoredEvents
) -> MetricResult:
    nan = float("nan")
    return MetricResult(
        task=task.name,
        metric=metric.key,
        k=None,
        value=nan,
        n=0,
        n_undefined=len(test.truth) + test.n_unscored,
        low=nan,
        high=nan,
        users=users,
        per_user=np.full(len(users), nan),
    )
