r"""Three curves: how much a model needs of labels, of size and time, and of bytes.

**Scarce data.** A task's labels are hidden in training but for a share; what other tasks know
stays. The labels that are left at 10 % are among those left at 30 %, so that a curve does not
wander with the draw. A model that shares should fall later than one that learns the task alone.

**Limited resources.** One parameter that makes a model larger, such as the number of factors, is
turned up. Quality rises, then stays; where it bends is the *knee*, and what lies beyond costs time
and memory for nothing. The knee is found by the rule of one standard error (Breiman and others
1984, *Classification and regression trees*): the smallest size that is no further from the best
mean than one standard error of it. A network that is fitted already can be made smaller as well:
fewer bits for each number, fewer units (``algorithms.models.neural.shrinking``).

The first two are experiments, not a search: every point is a real run, judged on test data, and
nothing is chosen by it. A smaller copy of a fitted network is there to be chosen, so the third is a
rehearsal, judged on validation data. Points are means over seeds with the interval of Nadeau and
Bengio (2003, see ``algorithms.evaluation.repeats``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from algorithms.data.log import InteractionLog
from algorithms.data.split import Split
from algorithms.evaluation.columns import Column
from algorithms.evaluation.experiment import RunSpec
from algorithms.evaluation.results import RunResult
from algorithms.evaluation.runner import judge, run, split_of
from algorithms.models.base import CurvePoint, Recommender
from algorithms.models.catalog import MODELS, find_model
from algorithms.models.neural.recommender import NeuralRecommender
from algorithms.models.neural.shrinking import SHRINKINGS, shrink
from algorithms.progress import Progress, part_of, silent
from algorithms.search.curve_spec import (
    BYTES,
    NUMBERS,
    QUALITY,
    CurveKind,
    CurveOutcome,
    CurveRun,
    CurveSpec,
    CurveValue,
    NoNetworkError,
)
from algorithms.search.rehearsal import rehearsal_split
from algorithms.search.spec import Objective, column_of
from algorithms.tasks import Task

_STREAM = 5  # (seed, stream): which labels are hidden


def curve(
    spec: CurveSpec,
    log: InteractionLog,
    progress: Progress = silent,
    models: Mapping[str, type[Recommender]] = MODELS,
    ended: Callable[[CurveOutcome], None] | None = None,
) -> tuple[CurveValue, ...]:
    """Do all runs of a curve, one after the other, and return its points.

    Parameters
    ----------
    progress : may raise to stop the work, also within a run
    ended : told what a run says as soon as it ended

    Raises
    ------
    MtrecError
        Where a run cannot be done.
    """
    spec.check(models)
    runs = spec.runs()
    outcomes = []
    for number, each in enumerate(runs):
        step = part_of(progress, number / len(runs), (number + 1) / len(runs))
        outcomes.append(spec.outcome(number, curve_run(each, log, step, models), models))
        if ended is not None:
            ended(outcomes[-1])
    return spec.points(outcomes)


def curve_run(
    spec: CurveRun,
    log: InteractionLog,
    progress: Progress = silent,
    models: Mapping[str, type[Recommender]] = MODELS,
) -> RunResult:
    """Do one run of a curve.

    Where a network is shrunk, the result's ``curves`` hold quality, bytes and numbers of each way
    in place of how it learned.
    """
    plain = RunSpec.model_validate({name: getattr(spec, name) for name in RunSpec.model_fields})
    if spec.shrunk:
        return _shrunk_run(spec, plain, log, progress, models)
    split = split_of(plain, log)
    if spec.kept < 1:
        task = next(each for each in spec.tasks if each.name == spec.objective.task)
        rng = np.random.default_rng([spec.seed, _STREAM])
        train = with_labels_hidden(split.train, task, spec.kept, rng)
        split = Split(train, split.validation, split.test)
    return run(plain, log, progress, models, split)


def _shrunk_run(
    spec: CurveRun,
    plain: RunSpec,
    log: InteractionLog,
    progress: Progress,
    models: Mapping[str, type[Recommender]],
) -> RunResult:
    """Fit once, judge every way on validation data."""
    column = column_of(spec.objective, plain, models)
    split = rehearsal_split(plain, log)
    result = run(plain, split.train, part_of(progress, 0.0, 0.7), models, split)
    model = find_model(spec.model, models).from_values(result.config)
    if not isinstance(model, NeuralRecommender):
        raise NoNetworkError(model=model.title)
    tasks = [task for task in spec.tasks if task.name in result.tasks]
    model.restore(split.train, tasks, result.state)
    judged = [task for task in model.tasks if task.name == column.task]
    points = []
    for step, way in enumerate(spec.shrunk):
        start, share = 0.7 + 0.3 * step / len(spec.shrunk), 0.3 / len(spec.shrunk)
        small = shrink(model, SHRINKINGS[way])
        metrics = judge(small.model, split, plain, part_of(progress, start, start + share), judged)
        quality = next((each.value for each in metrics if each.key == column.key), math.nan)
        for measure, value in (
            (QUALITY, quality),
            (BYTES, float(small.stored_bytes)),
            (NUMBERS, float(small.model.n_parameters)),
        ):
            points.append(CurvePoint(step, column.task, measure, value))
    return replace(result, curves=tuple(points))


def label_curve(
    spec: RunSpec,
    log: InteractionLog,
    column: Column,
    shares: Sequence[float] = (0.1, 0.3, 1.0),
    seeds: Sequence[int] = (1, 2, 3),
    progress: Progress = silent,
    models: Mapping[str, type[Recommender]] = MODELS,
) -> tuple[CurveValue, ...]:
    """Return the quality of a task against the share of its training labels that are kept.

    Parameters
    ----------
    spec : the model; its seed is replaced by each of ``seeds``
    column : the task whose labels are hidden, and the metric
    shares : each above 0 and up to 1
    """
    asked = CurveSpec(
        kind=CurveKind.LABELS,
        base=spec,
        objective=Objective(task=column.task, metric=column.key),
        values=tuple(shares),
        seeds=tuple(seeds),
    )
    return curve(asked, log, progress, models)


def size_curve(
    spec: RunSpec,
    log: InteractionLog,
    column: Column,
    parameter: str,
    values: Sequence[float],
    seeds: Sequence[int] = (1, 2, 3),
    progress: Progress = silent,
    models: Mapping[str, type[Recommender]] = MODELS,
) -> tuple[CurveValue, ...]:
    """Return quality, time and size against one parameter of the model (as ``label_curve``)."""
    asked = CurveSpec(
        kind=CurveKind.SIZE,
        base=spec,
        objective=Objective(task=column.task, metric=column.key),
        parameter=parameter,
        values=tuple(values),
        seeds=tuple(seeds),
    )
    return curve(asked, log, progress, models)


def with_labels_hidden(
    train: InteractionLog, task: Task, share: float, rng: np.random.Generator
) -> InteractionLog:
    """Return the log with only a share of a task's labels observed; at least one stays.

    With generators of the same seed, what is kept at a smaller share is kept at a larger one.
    """
    rows = np.flatnonzero(task.events(train))
    hidden = rng.permutation(rows)[max(1, round(share * len(rows))) :]
    labels = train.label(task.label).copy()
    labels[hidden] = np.nan
    return train.with_labels(**{task.label: labels})
