"""One run: split the log, fit one model, judge it on what it has not seen.

The same protocol for every model, so that numbers can be compared: the seed draws the split,
the same one for all models; training data is learned from; validation data may steer the fit,
calibrates scores and sets thresholds; test data only judges. See ``docs/protocol.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np

from algorithms.data.log import InteractionLog
from algorithms.data.split import Split, make_split
from algorithms.errors import NoTasksError, TaskError
from algorithms.evaluation.experiment import RunSpec
from algorithms.evaluation.memory import peak_bytes
from algorithms.evaluation.pointwise import judge_events, score_events
from algorithms.evaluation.ranking import judge_lists, rank_unmet, relevant_items
from algorithms.evaluation.results import Cost, MetricResult, RunResult
from algorithms.evaluation.split_facts import describe_split
from algorithms.evaluation.surroundings import surroundings_of
from algorithms.messages import Message
from algorithms.models.base import Recommender, TopLists
from algorithms.models.catalog import MODELS, find_model
from algorithms.models.extras import require_extra
from algorithms.progress import Progress, Stage, part_of, silent
from algorithms.tasks import Task, check_tasks

_MIN_LIST = 10  # lists are kept at least this long, to be looked at

# What is drawn with (seed, stream): every model of one seed meets the same split, and the
# bootstrap resamples the same users.
_SPLIT, _MODEL, _BOOTSTRAP = 0, 1, 2


class UnlearnableTaskError(TaskError):
    """A task of which the training part holds nothing."""

    template = (
        "“{task}” has no event in the training part of the split. "
        "Use more data, or keep less for validation and test."
    )


def run(
    spec: RunSpec,
    log: InteractionLog,
    progress: Progress = silent,
    models: Mapping[str, type[Recommender]] = MODELS,
    split: Split | None = None,
) -> RunResult:
    """Fit one model once and judge it.

    Parameters
    ----------
    spec : the model, its configuration, the tasks, the split, the rules, the seed
    log : the whole log
    progress : told how far the run is; may raise to stop it
    models : by key; an application may know more than the catalog
    split : of the log, where it is not the one that ``split_of`` makes: a search judges on
        validation data, and gives a log that the test data was taken out of

    Raises
    ------
    UnknownModelError, ConfigError, NoTasksError, TaskError, SplitError, FitError
        Where the run cannot be done as asked; the sentence says what to change.
    """
    model_class = find_model(spec.model, models)
    require_extra(model_class)
    model = model_class.from_values(_config_values(model_class, spec))
    tasks = _possible_tasks(model_class, spec.tasks, log)

    progress(0.0, Stage.SPLIT)
    split = split or split_of(spec, log)
    for task in tasks:
        if not task.events(split.train).any():
            raise UnlearnableTaskError(task=task.name)

    model.prepare()
    started = perf_counter()
    model.fit(
        split.train,
        tasks,
        rng=model_rng(spec.seed),
        validation=split.validation,
        progress=part_of(progress, 0.02, 0.7),
    )
    fitted = perf_counter()
    judged = _judge(model, split, spec, part_of(progress, 0.7, 1.0))
    state = model.state()
    return RunResult(
        model=spec.model,
        config=model.config.model_dump(mode="json"),
        seed=spec.seed,
        tasks=tuple(task.name for task in model.tasks),
        metrics=tuple(judged.metrics),
        lists=judged.lists,
        curves=tuple(model.curves),
        cost=Cost(
            fit_seconds=fitted - started,
            predict_seconds=judged.predict_seconds,
            n_parameters=model.n_parameters,
            peak_bytes=peak_bytes(),
            bytes_stored=state.n_bytes,
        ),
        state=state,
        notes=(*model.notes(), *judged.notes, *_split_notes(split)),
    )


def judge(
    model: Recommender,
    split: Split,
    spec: RunSpec,
    progress: Progress = silent,
    tasks: Sequence[Task] | None = None,
) -> tuple[MetricResult, ...]:
    """Judge a fitted model on a split's test part, as ``run`` does.

    Parameters
    ----------
    tasks : those of the model that are judged; by default all
    """
    return tuple(_judge(model, split, spec, progress, tasks).metrics)


def split_of(spec: RunSpec, log: InteractionLog) -> Split:
    """Return the split that ``run`` makes for a spec, to restore or to explain a fitted model."""
    rng = np.random.default_rng([spec.seed, _SPLIT])
    return make_split(log, spec.split, rng, fold=spec.seed)


def model_rng(seed: int) -> np.random.Generator:
    """Return what ``run`` fits a model with, to fit it once more in the same way."""
    return np.random.default_rng([seed, _MODEL])


def _split_notes(split: Split) -> tuple[Message, ...]:
    cold = describe_split(split).cold
    return () if cold is None else (cold,)


@dataclass
class _Judgement:
    """What judging gathers, task by task."""

    metrics: list[MetricResult] = field(default_factory=list)
    lists: dict[str, TopLists] = field(default_factory=dict)
    notes: list[Message] = field(default_factory=list)
    predict_seconds: float = 0.0


def _judge(
    model: Recommender,
    split: Split,
    spec: RunSpec,
    progress: Progress,
    tasks: Sequence[Task] | None = None,
) -> _Judgement:
    judgement = _Judgement()
    tasks = model.tasks if tasks is None else tasks
    n_tasks = len(tasks)
    for number, task in enumerate(tasks):
        step = part_of(progress, number / n_tasks, (number + 1) / n_tasks)
        relevant = relevant_items(task, split)

        started = perf_counter()
        step(0.0, Stage.PREDICT)
        validation = score_events(model, task, split.validation)
        test = score_events(model, task, split.test)
        length = max(spec.k, _MIN_LIST)
        ranking = part_of(step, 0.1, 0.8)
        lists = rank_unmet(model, task, split, relevant.users, length, ranking)
        judgement.predict_seconds += perf_counter() - started

        step(0.8, Stage.MEASURE)
        # a fresh stream for each task: the same users are drawn whichever tasks a model serves
        of_events, event_notes = judge_events(
            task, model.output(task), validation, test, _bootstrap_rng(spec)
        )
        around = surroundings_of(task, split, relevant.users)
        of_lists, list_notes = judge_lists(
            lists, task, relevant, spec.k, _bootstrap_rng(spec), around
        )
        judgement.metrics += of_events + of_lists
        judgement.lists[task.name] = lists
        judgement.notes += event_notes + list_notes
        step(1.0, Stage.MEASURE)
    return judgement


def _bootstrap_rng(spec: RunSpec) -> np.random.Generator:
    return np.random.default_rng([spec.seed, _BOOTSTRAP])


def _config_values(model_class: type[Recommender], spec: RunSpec) -> dict[str, Any]:
    """Return the configuration, with the experiment's rules where the model follows rules."""
    values = dict(spec.config)
    if "rules" in model_class.config_class.model_fields:
        values.setdefault("rules", spec.rules.model_dump(mode="json"))
    return values


def _possible_tasks(
    model_class: type[Recommender], tasks: Sequence[Task], log: InteractionLog
) -> list[Task]:
    served = model_class.served_tasks(tasks)
    if not served:
        kinds = ", ".join(sorted(kind.value for kind in model_class.serves))
        raise NoTasksError(model=model_class.title, served=kinds)
    names = {task.name for task in served}
    for problem in check_tasks(tasks, log):
        if problem.fatal and problem.task in names:
            raise TaskError(detail=str(problem.message))
    return served
