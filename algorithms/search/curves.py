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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from algorithms.data.log import InteractionLog
from algorithms.data.split import Split
from algorithms.errors import ConfigError, MtrecError
from algorithms.evaluation.columns import Column
from algorithms.evaluation.experiment import RunSpec, Seed
from algorithms.evaluation.repeats import Repeats, overlap_of, summarise
from algorithms.evaluation.results import RunResult
from algorithms.evaluation.runner import judge, run, split_of
from algorithms.models.base import CurvePoint, Recommender
from algorithms.models.catalog import MODELS, find_model
from algorithms.models.neural.recommender import NeuralRecommender
from algorithms.models.neural.shrinking import SHRINKINGS, shrink
from algorithms.progress import Progress, part_of, silent
from algorithms.search.rehearsal import rehearsal_split
from algorithms.search.space import Parameter, narrowed, parameter_of, searchable
from algorithms.search.spec import Objective, column_of
from algorithms.tasks import Task

_SIZES = ("n_factors", "width", "dimension", "n_neighbours")  # what makes a model larger
_N_SIZES = 5
_STREAM = 5  # (seed, stream): which labels are hidden
_QUALITY, _BYTES, _NUMBERS = "quality", "stored_bytes", "n_parameters"  # of a shrunk network


class NoSizeError(MtrecError, ValueError):
    """A model without a parameter of which it is known that it makes the model larger."""

    template = (
        "{model} has no parameter of which it is known that it makes the model larger. "
        "Name the number that should be turned up; there are: {names}."
    )


class NoNetworkError(MtrecError, ValueError):
    """A model that cannot be shrunk."""

    template = "{model} is no network: only networks can be made smaller once they are fitted."


class CurveKind(StrEnum):
    """What is turned up."""

    LABELS = "labels"
    SIZE = "size"
    SHRINK = "shrink"


class CurveRun(RunSpec):
    """One run of a curve and what is done in it. Any process can do it (``curve_run``)."""

    objective: Objective = Field(description="What is judged")
    kept: float = Field(1.0, gt=0, le=1, description="Share of the task's labels that stays")
    shrunk: tuple[str, ...] = Field((), description="How the fitted network is made smaller")


class CurveSpec(BaseModel):
    """A curve of one model: everything that it needs besides the log. Serialisable as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: CurveKind = Field(description="What is turned up")
    base: RunSpec = Field(description="The model; its seed is replaced by each of the seeds")
    objective: Objective = Field(description="What is judged, and whose labels are hidden")
    parameter: str = Field("", description="What is turned up for size")
    values: tuple[float, ...] = Field(
        (), description="Shares of labels, each above 0 and up to 1, or the parameter's values"
    )
    ways: tuple[str, ...] = Field(tuple(SHRINKINGS), description="How a network is made smaller")
    seeds: tuple[Seed, ...] = Field((1, 2, 3), min_length=1, description="One run per point each")

    def check(self, models: Mapping[str, type[Recommender]] = MODELS) -> None:
        """Find out at once what would otherwise fail in every run.

        Raises
        ------
        MtrecError
            Says what to change.
        """
        model = find_model(self.base.model, models)
        self.column(models)
        if self.kind is CurveKind.SHRINK and not issubclass(model, NeuralRecommender):
            raise NoNetworkError(model=model.title)
        for each in self.runs():
            model.from_values(each.config)

    def column(self, models: Mapping[str, type[Recommender]] = MODELS) -> Column:
        """Return the task and the metric that are judged."""
        return column_of(self.objective, self.base, models)

    def runs(self) -> tuple[CurveRun, ...]:
        """Return the runs, seeds within points; the points of shrinking come from one run each."""
        return tuple(
            self._run(place, seed) for place in range(self._n_places) for seed in self.seeds
        )

    @property
    def _n_places(self) -> int:
        return 1 if self.kind is CurveKind.SHRINK else len(self.values)

    def _run(self, place: int, seed: int) -> CurveRun:
        values = {**dict(self.base), "seed": seed, "objective": self.objective}
        match self.kind:
            case CurveKind.LABELS:
                values["kept"] = self.values[place]
            case CurveKind.SIZE:
                value = self.values[place]
                number = int(value) if value == int(value) else value
                values["config"] = {**self.base.config, self.parameter: number}
            case CurveKind.SHRINK:
                values["shrunk"] = self.ways
        return CurveRun.model_validate(values)

    def points(
        self,
        results: Mapping[int, RunResult],
        models: Mapping[str, type[Recommender]] = MODELS,
    ) -> tuple[CurveValue, ...]:
        """Return the points of which at least one run has ended.

        Parameters
        ----------
        results : by the run's place in ``runs()``
        """
        column = self.column(models)
        n_seeds, points = len(self.seeds), []
        for place in range(self._n_places):
            places = range(place * n_seeds, (place + 1) * n_seeds)
            found = [results[number] for number in places if number in results]
            if found and self.kind is CurveKind.SHRINK:
                points += [self._shrunk_point(step, found) for step in range(len(self.ways))]
            elif found:
                points.append(self._point(self.values[place], found, column))
        return tuple(points)

    def _point(self, x: float, results: Sequence[RunResult], column: Column) -> CurveValue:
        found = [result.metric(column.task, column.key) for result in results]
        values = [math.nan if metric is None else metric.value for metric in found]
        return CurveValue(
            x=x,
            quality=summarise(values, overlap_of(self.base.split)),
            fit_seconds=float(np.mean([result.cost.fit_seconds for result in results])),
            n_parameters=float(np.mean([result.cost.n_parameters for result in results])),
        )

    def _shrunk_point(self, step: int, results: Sequence[RunResult]) -> CurveValue:
        def values(measure: str) -> list[float]:
            return [
                point.value
                for result in results
                for point in result.curves
                if (point.step, point.measure) == (step, measure)
            ]

        stored_bytes = float(np.mean(values(_BYTES)))
        return CurveValue(
            x=stored_bytes,
            quality=summarise(values(_QUALITY), overlap_of(self.base.split)),
            fit_seconds=float(np.mean([result.cost.fit_seconds for result in results])),
            n_parameters=float(np.mean(values(_NUMBERS))),
            stored_bytes=stored_bytes,
            way=self.ways[step],
        )


@dataclass(frozen=True, slots=True)
class CurveValue:
    """One point of a curve.

    Parameters
    ----------
    x : share of the labels, the parameter's value, or the bytes that are stored
    quality : over the seeds
    fit_seconds : mean over the seeds
    n_parameters : numbers learned, mean over the seeds
    stored_bytes : of a shrunk network's weights, mean over the seeds; else NaN
    way : how the network was shrunk (key of ``SHRINKINGS``)
    """

    x: float
    quality: Repeats
    fit_seconds: float
    n_parameters: float
    stored_bytes: float = math.nan
    way: str = ""


def knee(points: Sequence[CurveValue], higher_is_better: bool) -> int | None:
    """Return the place of the smallest point that is within a standard error of the best mean.

    None where there is nothing to compare, or one seed only. All points of a seed share a split,
    whose chance they have in common: the standard error is rather too large, the knee too early.
    """
    means = np.array([point.quality.mean for point in points])
    if np.isfinite(means).sum() < 2:
        return None
    signed = means if higher_is_better else -means
    best = int(np.nanargmax(signed))
    error = points[best].quality.deviation / math.sqrt(points[best].quality.n)
    if not math.isfinite(error):
        return None
    near = [place for place in range(len(points)) if signed[place] >= signed[best] - error]
    return min(near, key=lambda place: points[place].x)


# --- doing it ----------------------------------------------------------------------------------


def curve(
    spec: CurveSpec,
    log: InteractionLog,
    progress: Progress = silent,
    models: Mapping[str, type[Recommender]] = MODELS,
) -> tuple[CurveValue, ...]:
    """Do all runs of a curve, one after the other, and return its points.

    Parameters
    ----------
    progress : may raise to stop the work, also within a run

    Raises
    ------
    MtrecError
        Where a run cannot be done.
    """
    spec.check(models)
    runs = spec.runs()
    results = {}
    for number, each in enumerate(runs):
        step = part_of(progress, number / len(runs), (number + 1) / len(runs))
        results[number] = curve_run(each, log, step, models)
    return spec.points(results, models)


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
            (_QUALITY, quality),
            (_BYTES, float(small.stored_bytes)),
            (_NUMBERS, float(small.model.n_parameters)),
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


# --- what can be asked -------------------------------------------------------------------------


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


def share_values(text: str) -> tuple[float, ...]:
    """Return the shares of labels that ``SHARE,SHARE,...`` says, from small to large.

    Raises
    ------
    ConfigError
        Where one is no share.
    """
    try:
        shares = sorted({float(part) for part in text.split(",")})
    except ValueError:
        shares = []
    if not shares or not all(0 < share <= 1 for share in shares):
        raise ConfigError(
            where="curve", field="values", expected="shares above 0 and up to 1", found=text
        )
    return tuple(shares)


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
