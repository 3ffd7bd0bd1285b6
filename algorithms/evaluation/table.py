"""The values of a comparison: cells, rows, gains, and what they say in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from algorithms.evaluation.columns import Column
from algorithms.evaluation.gains import PairedGains, Verdict
from algorithms.evaluation.results import Cost, RunResult
from algorithms.messages import Message, MessageValue
from algorithms.models.base import Bound


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of the table.

    Parameters
    ----------
    value : mean over the seeds, NaN where undefined
    low, high : mean over the seeds of the bounds of the 95 % interval, so that it is the
        uncertainty of one run, not the smaller one of the mean
    spread : standard deviation over the seeds, NaN with fewer than two
    n, n_undefined : of the first seed
    is_best : whether no other row is better; never where there is nothing to beat
    """

    value: float
    low: float
    high: float
    spread: float
    n: int
    n_undefined: int
    is_best: bool


@dataclass(frozen=True, eq=False)
class Row:
    """One model with one configuration.

    Parameters
    ----------
    model : key in the model catalog
    title : what a person calls it, with what distinguishes it from other rows of the model
    differences : values of the configuration that are not the default
    runs : its results, one per seed
    cost : mean over the seeds; the highest peak
    bound : which line it draws, where it is a reference for the others
    """

    model: str
    title: str
    differences: Mapping[str, Any]
    runs: tuple[RunResult, ...]
    cost: Cost
    bound: Bound | None = None

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds it was run with."""
        return tuple(run.seed for run in self.runs)


@dataclass(frozen=True, eq=False)
class TwinGains:
    """A multi-task model against its single-task twin.

    Parameters
    ----------
    row, twin : positions in ``Comparison.rows``
    gains : task by task and on average, in percent, higher is better
    """

    row: int
    twin: int
    gains: PairedGains

    @property
    def negative_transfer(self) -> tuple[str, ...]:
        """Names of the tasks that are surely worse than alone."""
        return tuple(self.gains.of(Verdict.WORSE))


@dataclass(frozen=True, eq=False)
class Comparison:
    """Everything that the table and the gain chart show.

    Parameters
    ----------
    columns : tasks and metrics
    rows : models, in the order in which they were given, references last
    cells : one per row and column, None where the model does not serve the task
    twins : one per model that has a single-task twin among the rows
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    cells: tuple[tuple[Cell | None, ...], ...]
    twins: tuple[TwinGains, ...]

    @property
    def contest(self) -> tuple[int, ...]:
        """Positions of the rows that compete; the others are references."""
        return tuple(number for number, row in enumerate(self.rows) if row.bound is None)

    def bounds(self, column: int) -> dict[Bound, Cell]:
        """Return the ceiling and the floor of a column, as far as they were measured.

        Of several rows that draw the same line the first counts.
        """
        found: dict[Bound, Cell] = {}
        for row, cells in zip(self.rows, self.cells, strict=True):
            cell = cells[column]
            if row.bound is not None and cell is not None and math.isfinite(cell.value):
                found.setdefault(row.bound, cell)
        return found

    def way(self, row: int, column: int) -> float:
        """Return how far a value is on the way from the floor (0) to the ceiling (1).

        It may lie outside by chance; NaN where one of the three is missing or the two are equal.
        """
        cell, bounds = self.cells[row][column], self.bounds(column)
        if cell is None or len(bounds) < 2:
            return math.nan
        floor, ceiling = bounds[Bound.FLOOR].value, bounds[Bound.CEILING].value
        return math.nan if floor == ceiling else (cell.value - floor) / (ceiling - floor)

    def sentences(self) -> list[Message]:
        """Say in words which tasks gained and which lost against the single-task twin."""
        return [sentence for twin in self.twins for sentence in self._sentences(twin)]

    def _sentences(self, against: TwinGains) -> list[Message]:
        names: dict[str, MessageValue] = {
            "model": self.rows[against.row].title,
            "twin": self.rows[against.twin].title,
        }
        said = []
        for verdict, text in _TEXTS.items():
            tasks = [
                f"{entry.column.task} ({entry.column.title} {entry.gain.percent:+.1f} %)"
                for entry in against.gains.tasks
                if entry.gain.verdict is verdict
            ]
            if tasks:
                said.append(Message(text, {**names, "tasks": ", ".join(tasks)}))
        mean = against.gains.mean
        if mean is not None and len(against.gains.tasks) > 1 and math.isfinite(mean.percent):
            values = {
                "mean": mean.percent,
                "low": mean.low,
                "high": mean.high,
                "drop": -mean.percent,
            }
            said.append(Message(_MEAN, {**names, **values, "n": len(against.gains.tasks)}))
        return said


_TEXTS = {
    Verdict.BETTER: "{model} is better than {twin} at {tasks}.",
    Verdict.WORSE: "{model} is worse than {twin} at {tasks}: negative transfer.",
    Verdict.PRACTICALLY_EQUAL: "{model} and {twin} are practically equal at {tasks}.",
    Verdict.CANNOT_TELL: "Between {model} and {twin} these users cannot tell at {tasks}.",
}
_MEAN = (
    "Over {n} tasks the mean gain of {model} over {twin} is {mean:+.1f} % "
    "(95 % interval {low:+.1f} to {high:+.1f}; higher is better). Others write it as a mean drop "
    "of {drop:+.1f} %, lower is better."
)
