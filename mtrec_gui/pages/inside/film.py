"""The notes of a training as a film: what stands at a step, and curves over all steps (Qt-free)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.balancing.record import TrainingRecord
from algorithms.explanations import Lines
from algorithms.messages import Message
from algorithms.models.neural.exhibits import smooth


class Quantity(StrEnum):
    """What can be followed over the steps."""

    AGREEMENT = "agreement"
    LOSS = "loss"
    WEIGHT = "weight"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class PairOfTasks:
    """Two tasks and the cosine of their gradients."""

    one: str
    other: str
    cosine: float


@dataclass(frozen=True, eq=False)
class Moment:
    """What was noted of one step.

    Parameters
    ----------
    step, epoch : which it was; the epoch from 1
    last_step : the last that was noted
    values : (T, 3) loss, weight and length of gradient of each task
    cosines : (T, T)
    use : by name (n_rows, n_columns) what else was noted
    worst, best : the pairs that agree least and most; None where no cosine is known
    """

    step: int
    last_step: int
    epoch: int
    values: FloatArray
    cosines: FloatArray
    use: Mapping[str, FloatArray]
    worst: PairOfTasks | None
    best: PairOfTasks | None


def moment(record: TrainingRecord, place: int) -> Moment:
    """Return the note at a place, from 0."""
    cosines = record.cosines[place]
    pairs = [
        PairOfTasks(record.tasks[a], record.tasks[b], float(cosines[a, b]))
        for a, b in combinations(range(len(record.tasks)), 2)
        if np.isfinite(cosines[a, b])
    ]
    pairs.sort(key=lambda pair: pair.cosine)
    return Moment(
        step=int(record.steps[place]),
        last_step=int(record.steps[-1]),
        epoch=int(record.epochs[place]) + 1,
        values=np.stack(
            [record.losses[place], record.weights[place], record.norms[place]], axis=1
        ).astype(np.float64),
        cosines=cosines.astype(np.float64),
        use={name: as_fields(values[place]) for name, values in record.use.items()},
        worst=pairs[0] if pairs else None,
        best=pairs[-1] if pairs else None,
    )


def as_fields(values: FloatArray) -> FloatArray:
    """Return noted numbers of any shape as (n_rows, n_columns); the last axis is the columns."""
    values = np.asarray(values, dtype=np.float64)
    return values.reshape(-1, values.shape[-1] if values.ndim else 1)


def scales(record: TrainingRecord) -> tuple[float, float, float]:
    """Return the values that fill the columns loss, weight and length over the whole film.

    A few first steps may have losses and gradients far beyond the rest, in whose scale nothing
    else could be seen: what 2 % of the numbers go beyond is the end of the scale.
    """
    found = []
    for values in (record.losses, record.weights, record.norms):
        known = np.abs(values[np.isfinite(values)])
        found.append(float(np.quantile(known, 0.98)) if len(known) else 0.0)
    loss, weight, length = (each if each > 0 else 1.0 for each in found)
    return loss, weight, length


def curve(record: TrainingRecord, quantity: Quantity) -> Lines:
    """Return a quantity over all noted steps, smoothed."""
    tasks = record.tasks
    if quantity is Quantity.AGREEMENT:
        series = {
            f"{tasks[a]} · {tasks[b]}": smooth(record.cosines[:, a, b])
            for a, b in combinations(range(len(tasks)), 2)
        }
    else:
        columns = {
            Quantity.LOSS: record.losses,
            Quantity.WEIGHT: record.weights,
            Quantity.LENGTH: record.norms,
        }[quantity]
        series = {name: smooth(columns[:, t]) for t, name in enumerate(tasks)}
    return Lines(
        key=quantity.value,
        title=Message(""),
        sentence=Message(""),
        x_label=Message("step"),
        y_label=Message(_LABELS[quantity]),
        x=record.steps.astype(np.float64),
        series=series,
        reference={"": 0.0} if quantity is Quantity.AGREEMENT else None,
    )


_LABELS = {
    Quantity.AGREEMENT: "cosine",
    Quantity.LOSS: "loss",
    Quantity.WEIGHT: "weight",
    Quantity.LENGTH: "length of gradient",
}


def nearest(record: TrainingRecord, step: float) -> int:
    """Return the place of the note that is nearest to a step."""
    return int(np.abs(record.steps - step).argmin())
