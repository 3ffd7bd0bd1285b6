"""What a curve is asked for, what its runs say, and the points and the knee that follow from it.

See ``algorithms.search.curves`` for what the three curves mean and how their runs are done.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from algorithms.errors import MtrecError
from algorithms.evaluation.columns import Column
from algorithms.evaluation.experiment import RunSpec, Seed
from algorithms.evaluation.repeats import Repeats, overlap_of, summarise
from algorithms.evaluation.results import RunResult
from algorithms.messages import Message
from algorithms.models.base import Recommender
from algorithms.models.catalog import MODELS, find_model
from algorithms.models.neural.recommender import NeuralRecommender
from algorithms.models.neural.shrinking import SHRINKINGS
from algorithms.search.result import number_from_json, number_to_json
from algorithms.search.spec import Objective, column_of

QUALITY, BYTES, NUMBERS = "quality", "stored_bytes", "n_parameters"
"""Measures of a shrunk network, as the ``curves`` of a run's result name them."""


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

    def outcome(
        self, number: int, result: RunResult, models: Mapping[str, type[Recommender]] = MODELS
    ) -> CurveOutcome:
        """Return what a run says of its points.

        Parameters
        ----------
        number : the run's place in ``runs()``
        """
        column, cost = self.column(models), result.cost
        if self.kind is not CurveKind.SHRINK:
            metric = result.metric(column.task, column.key)
            value = math.nan if metric is None else metric.value
            return CurveOutcome(number, (value,), cost.fit_seconds, (float(cost.n_parameters),))
        found = {(point.step, point.measure): point.value for point in result.curves}
        quality, n_parameters, stored_bytes = (
            tuple(found.get((step, measure), math.nan) for step in range(len(self.ways)))
            for measure in (QUALITY, NUMBERS, BYTES)
        )
        return CurveOutcome(number, quality, cost.fit_seconds, n_parameters, stored_bytes)

    def points(self, outcomes: Iterable[CurveOutcome]) -> tuple[CurveValue, ...]:
        """Return the points of which at least one run has told something."""
        n_seeds = len(self.seeds)
        by_place: dict[int, list[CurveOutcome]] = {}
        for each in sorted(outcomes, key=lambda each: each.number):  # whichever ended first
            if each.message is None:
                by_place.setdefault(each.number // n_seeds, []).append(each)
        points = []
        for place, found in sorted(by_place.items()):
            steps = range(len(self.ways)) if self.kind is CurveKind.SHRINK else range(1)
            points += [self._point(place, step, found) for step in steps]
        return tuple(points)

    def _point(self, place: int, step: int, found: Sequence[CurveOutcome]) -> CurveValue:
        is_shrunk = self.kind is CurveKind.SHRINK
        stored = float(np.mean([each.stored_bytes[step] for each in found])) if is_shrunk else None
        qualities = [each.quality[step] for each in found]
        return CurveValue(
            x=self.values[place] if stored is None else stored,
            quality=summarise(qualities, overlap_of(self.base.split)),
            fit_seconds=float(np.mean([each.fit_seconds for each in found])),
            n_parameters=float(np.mean([each.n_parameters[step] for each in found])),
            stored_bytes=math.nan if stored is None else stored,
            way=self.ways[step] if is_shrunk else "",
        )


@dataclass(frozen=True, slots=True)
class CurveOutcome:
    """What one run of a curve says; one number for each of its points.

    Parameters
    ----------
    number : place in the runs of the curve
    quality : as measured, NaN where undefined
    fit_seconds : what the fit took
    n_parameters : numbers learned
    stored_bytes : of a shrunk network's weights; else nothing
    message : why the run failed, if it did; then nothing else is said
    """

    number: int
    quality: tuple[float, ...] = ()
    fit_seconds: float = math.nan
    n_parameters: tuple[float, ...] = ()
    stored_bytes: tuple[float, ...] = ()
    message: Message | None = None

    def to_json(self) -> dict[str, Any]:
        """Return JSON values; what is no finite number becomes null (see ``from_json``)."""
        return {
            "number": self.number,
            "quality": [number_to_json(value) for value in self.quality],
            "fit_seconds": number_to_json(self.fit_seconds),
            "n_parameters": [number_to_json(value) for value in self.n_parameters],
            "stored_bytes": [number_to_json(value) for value in self.stored_bytes],
            "message": None
            if self.message is None
            else [self.message.template, dict(self.message.values)],
        }

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> CurveOutcome:
        """Rebuild an outcome from what ``to_json`` returned."""
        message = entry["message"]
        return cls(
            number=int(entry["number"]),
            quality=tuple(number_from_json(value) for value in entry["quality"]),
            fit_seconds=number_from_json(entry["fit_seconds"]),
            n_parameters=tuple(number_from_json(value) for value in entry["n_parameters"]),
            stored_bytes=tuple(number_from_json(value) for value in entry["stored_bytes"]),
            message=None if message is None else Message(message[0], message[1]),
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
