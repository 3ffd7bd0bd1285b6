r"""Two curves: how much a model needs of labels, and how much of size and time.

**Scarce data.** A task's labels are hidden in training but for a share; what other tasks know
stays. The labels that are left at 10 % are among those left at 30 %, so that a curve does not
wander with the draw. A model that shares should fall later than one that learns the task alone.

**Limited resources.** One parameter that makes a model larger, such as the number of factors, is
turned up. Quality rises, then stays; where it bends is the *knee*, and what lies beyond costs time
and memory for nothing.

These are experiments, not a search: every point is a real run, judged on test data, and nothing is
chosen by it. Points are means over seeds with the interval of Nadeau and Bengio (2003, see
``algorithms.evaluation.repeats``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.data.log import InteractionLog
from algorithms.data.split import Split
from algorithms.errors import ConfigError, MtrecError
from algorithms.evaluation.columns import Column
from algorithms.evaluation.experiment import RunSpec
from algorithms.evaluation.repeats import Repeats, overlap_of, summarise
from algorithms.evaluation.results import RunResult
from algorithms.evaluation.runner import run, split_of
from algorithms.models.base import Recommender
from algorithms.models.catalog import MODELS
from algorithms.progress import Progress, part_of, silent
from algorithms.search.space import Choice, Parameter, narrowed, parameter_of, searchable
from algorithms.tasks import Task

_SIZES = ("n_factors", "width", "dimension", "n_neighbours")  # what makes a model larger
_N_SIZES = 5
_STREAM = 5  # (seed, stream): which labels are hidden


class NoSizeError(MtrecError, ValueError):
    """A model without a parameter of which it is known that it makes the model larger."""

    template = (
        "{model} has no parameter of which it is known that it makes the model larger. "
        "Name the number that should be turned up; there are: {names}."
    )


@dataclass(frozen=True, slots=True)
class CurveValue:
    """One point of a curve.

    Parameters
    ----------
    x : share of the labels, or the parameter's value
    quality : over the seeds
    fit_seconds : mean over the seeds
    n_parameters : numbers learned, mean over the seeds
    """

    x: float
    quality: Repeats
    fit_seconds: float
    n_parameters: float


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
    progress : may raise to stop the work, also within a run

    Raises
    ------
    MtrecError
        Where a run cannot be done.
    """
    task = next(each for each in spec.tasks if each.name == column.task)
    points = []
    for place, share in enumerate(shares):
        results = []
        for number, seed in enumerate(seeds):
            done = (place * len(seeds) + number) / (len(shares) * len(seeds))
            step = part_of(progress, done, done + 1 / (len(shares) * len(seeds)))
            seeded = spec.model_copy(update={"seed": seed})
            split = split_of(seeded, log)
            rng = np.random.default_rng([seed, _STREAM])
            train = with_labels_hidden(split.train, task, share, rng)
            scarce = Split(train, split.validation, split.test)
            results.append(run(seeded, log, step, models, scarce))
        points.append(_point(share, results, column, spec))
    return tuple(points)


def size_curve(
    spec: RunSpec,
    log: InteractionLog,
    column: Column,
    parameter: str,
    values: Sequence[Choice],
    seeds: Sequence[int] = (1, 2, 3),
    progress: Progress = silent,
    models: Mapping[str, type[Recommender]] = MODELS,
) -> tuple[CurveValue, ...]:
    """Return quality, time and size against one parameter of the model (as ``label_curve``)."""
    points = []
    for place, value in enumerate(values):
        results = []
        for number, seed in enumerate(seeds):
            done = (place * len(seeds) + number) / (len(values) * len(seeds))
            step = part_of(progress, done, done + 1 / (len(values) * len(seeds)))
            config = {**spec.config, parameter: value}
            sized = spec.model_copy(update={"seed": seed, "config": config})
            results.append(run(sized, log, step, models))
        points.append(_point(float(value), results, column, spec))
    return tuple(points)


def size_values(
    model: type[Recommender], name: str | None = None, text: str | None = None
) -> tuple[str, tuple[float, ...]]:
    """Return the parameter of a size curve and its values, from small to large.

    Parameters
    ----------
    name : the parameter; by default what makes this model larger
    text : ``VALUE,VALUE,...`` or ``LOW:HIGH``; by default the range that a search would propose

    Raises
    ------
    NoSizeError, ConfigError
        Where the model has no such number, or the text gives none.
    """
    numbers = {key: each for key, each in searchable(model).items() if not each.choices}
    if name is None:
        name = next((key for key in _SIZES if key in numbers), None)
    if name is None:
        raise NoSizeError(model=model.title, names=", ".join(numbers) or "none")
    parameter = parameter_of(model, name)
    if name not in numbers:
        raise ConfigError(
            where=model.title, field=name, expected="a parameter that is a number", found="choices"
        )
    if text is not None:
        parameter = narrowed(parameter, text)
    values = [float(value) for value in parameter.choices or _steps(parameter)]
    values = sorted({round(value) if numbers[name].whole else value for value in values})
    for value in values:
        model.from_values({name: value})
    return name, tuple(values)


def _steps(parameter: Parameter) -> list[float]:
    return [float(parameter.value(n / (_N_SIZES - 1))) for n in range(_N_SIZES)]


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


def _point(x: float, results: list[RunResult], column: Column, spec: RunSpec) -> CurveValue:
    found = [result.metric(column.task, column.key) for result in results]
    values = [float("nan") if metric is None else metric.value for metric in found]
    return CurveValue(
        x=x,
        quality=summarise(values, overlap_of(spec.split)),
        fit_seconds=float(np.mean([result.cost.fit_seconds for result in results])),
        n_parameters=float(np.mean([result.cost.n_parameters for result in results])),
    )
