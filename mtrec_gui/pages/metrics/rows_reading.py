"""From a number to its users, and from a user to what was judged (Qt-free; in the background)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.evaluation import MetricResult
from algorithms.evaluation.calibration import best_f1_threshold, platt_scaling
from algorithms.evaluation.pointwise import ScoredEvents, score_events
from algorithms.evaluation.ranking import relevant_items
from algorithms.metrics import Direction, EventMetric, find_metric
from algorithms.metrics.inputs import MetricInputError
from algorithms.metrics.lab import (
    AnswerRows,
    RankedList,
    UserLists,
    ValueRows,
    Workbench,
    evaluate,
    first_example,
    workable,
)
from algorithms.models.base import Output
from algorithms.tasks import Task, TaskKind
from mtrec_gui.pages.metrics.rows_state import (
    Averaging,
    JudgedEvent,
    Listed,
    NumberRows,
    RunOfNumber,
    UserOfNumber,
)

MOST_ROWS = 40  # at the workbench: a person changes no more

if TYPE_CHECKING:
    from algorithms.data import InteractionLog
    from algorithms.data.split import Split
    from algorithms.models.base import Recommender
    from mtrec_gui.asked import NumberAsked
    from mtrec_gui.restored import RestoredModels
    from mtrec_gui.storage import Project


def read_number(
    project: Project, log: InteractionLog, asked: NumberAsked, run: int | None
) -> NumberRows:
    """Read the users behind a number.

    Parameters
    ----------
    project, log : the open project and its data
    asked : which number
    run : id of one of its runs; None for the first
    """
    metric = find_metric(asked.metric)
    stored = {each.id: each for each in project.runs(asked.comparison)}
    runs = tuple(RunOfNumber(each, stored[each].seed) for each in asked.runs if each in stored)
    chosen = next((each for each in runs if each.id == run), runs[0])
    measured = project.load_result(chosen.id).metrics
    result = next((m for m in measured if m.task == asked.task and m.metric == asked.metric), None)
    if result is None:
        nobody = np.empty(0, dtype=np.int64)
        ids = log.user_table.ids.ids[nobody]
        return NumberRows(asked, metric, runs, chosen, None, Averaging.MEAN, nobody, ids)
    order = np.argsort(result.per_user, kind="stable")
    order = order[np.isfinite(result.per_user[order])]
    if metric.card.direction is Direction.LOWER:
        order = order[::-1]
    ids = log.user_table.ids.ids[result.users[order]]
    return NumberRows(asked, metric, runs, chosen, result, averaging(result), order, ids)


def averaging(result: MetricResult) -> Averaging:
    """Return how a number comes from the users' values: what is claimed is computed first."""
    known = np.isfinite(result.per_user)
    values = result.per_user[known]
    weights = np.ones(len(values)) if result.weights is None else result.weights[known]
    total = float(weights.sum())
    if not total or not np.isfinite(result.value):
        return Averaging.TOGETHER
    if np.isclose(weights @ values / total, result.value, rtol=1e-6):
        return Averaging.MEAN if result.weights is None else Averaging.WEIGHTED
    if np.isclose(np.sqrt(weights @ values**2 / total), result.value, rtol=1e-6):
        return Averaging.ROOT
    return Averaging.TOGETHER


def read_user(
    project: Project,
    log: InteractionLog,
    restored: RestoredModels,
    number: NumberRows,
    position: int,
) -> UserOfNumber:
    """Read what one user's value comes from.

    Parameters
    ----------
    project, log : the open project and its data
    restored : where the model and the split come from
    number : what is on the page
    position : of the user in the order from worst to best
    """
    result, asked = number.result, number.asked
    if result is None:
        raise ValueError("a number that was not measured has no users")
    row = int(number.order[position])
    user = int(result.users[row])
    summary = next(each for each in project.comparisons() if each.id == asked.comparison)
    experiment = summary.experiment
    task = next(each for each in experiment.tasks if each.name == asked.task)
    split = restored.split(project, log, experiment, number.run.seed)
    who = (user, str(number.ids[position]), float(result.per_user[row]))
    titles = log.item_table.titles
    if result.k is not None:
        lists = project.load_result(number.run.id).lists[asked.task]
        items = lists.items[int(np.searchsorted(lists.users, user)), : result.k]
        relevant = relevant_items(task, split)
        place = int(np.searchsorted(relevant.users, user))
        mine = relevant.items[relevant.offsets[place] : relevant.offsets[place + 1]]
        places = tuple(
            Listed(n, str(titles[item]), bool(np.isin(item, mine)))
            for n, item in enumerate(items.tolist(), start=1)
            if item >= 0
        )
        missed = tuple(str(titles[item]) for item in mine[~np.isin(mine, items)].tolist())
        found = UserOfNumber(*who, places=places, missed=missed)
        return worked_out(asked.metric, found, result.k)
    stored = next(each for each in project.runs(asked.comparison) if each.id == number.run.id)
    model = restored.model(project, log, experiment, stored)
    part = task.part(split.test.select(split.test.users == user))
    reads_answers = isinstance(number.metric, EventMetric) and (
        number.metric.needs_threshold or number.metric.needs_probability
    )
    scored = score_events(model, task, part)
    said, threshold = scored.scores, None
    if task.kind is TaskKind.BINARY and reads_answers:
        said, threshold = _answers(model, task, split, scored)
    known = np.isfinite(model.predict(task, part.users, part.items))
    found = UserOfNumber(
        *who,
        events=tuple(
            JudgedEvent(str(titles[item]), truth, value)
            for item, truth, value in zip(
                part.items[known].tolist(), scored.truth.tolist(), said.tolist(), strict=True
            )
        ),
        threshold=threshold,
    )
    return worked_out(asked.metric, found, None)


def worked_out(metric: str, found: UserOfNumber, k: int | None) -> UserOfNumber:
    """Put a user's rows into the equation, where the workbench gives the very number measured."""
    if metric not in workable() or isinstance(first_example(metric), UserLists):
        return found  # beyond accuracy one looks at more than a user's own list
    example: Workbench
    try:
        if k is not None:
            example = RankedList(
                names=_distinct([each.title for each in found.places]),
                relevance=tuple(float(each.is_hit) for each in found.places),
                k=k,
                unlisted=(1.0,) * len(found.missed),
            )
        elif isinstance(first_example(metric), ValueRows):
            example = ValueRows(
                tuple(each.truth for each in found.events),
                tuple(each.said for each in found.events),
                _distinct([each.title for each in found.events]),
            )
        else:
            example = AnswerRows(
                tuple(int(each.truth) for each in found.events),
                tuple(each.said for each in found.events),
                0.5 if found.threshold is None else found.threshold,
                _distinct([each.title for each in found.events]),
            )
        worked = evaluate(metric, example)
    except MetricInputError:  # a list shorter than k, say: it has no place in the workbench
        return found
    if not np.isclose(worked.value, found.value, atol=1e-6, rtol=1e-6):
        return found
    return replace(found, worked=worked, example=example if len(example) <= MOST_ROWS else None)


def _distinct(titles: list[str]) -> tuple[str, ...]:
    """Tell items of one title apart by their place."""
    seen = Counter(titles)
    return tuple(
        title if seen[title] == 1 else f"{title} ({place})"
        for place, title in enumerate(titles, start=1)
    )


def _answers(
    model: Recommender, task: Task, split: Split, scored: ScoredEvents
) -> tuple[FloatArray, float | None]:
    """Return probabilities and the threshold, found on validation as for the run itself."""
    validation = score_events(model, task, split.validation)
    known, said = validation.scores, scored.scores
    if model.output(task) is not Output.PROBABILITY:
        curve = platt_scaling(validation.truth, known)
        if curve is None:
            return said, None
        known, said = curve(known), curve(said)
    return said, best_f1_threshold(validation.truth, known)
