r"""One model, many tasks: how does one say that it is better? Gain, front, volume, conflict.

**Gain.** Per task, with :math:`s_t = 1` where higher is better and :math:`-1` where lower is, the
gain over the single-task model in percent, and its mean over :math:`T` tasks:

.. math::

    g_t = 100\, s_t\, \frac{M_t - B_t}{|B_t|}, \qquad \Delta_m = \frac{1}{T}\sum_t g_t

Here **higher is better** (Maninis, Radosavovic, Kokkinos, 2019, CVPR). Others print the mean *drop*
:math:`-\Delta_m`, where lower is better (Navon and others, 2022, Nash-MTL, ICML; Liu and others,
2023, FAMO, NeurIPS). The number is the same, the sign is not: look before you compare.

**Front.** A mean lets one task pay for another. Without it: a model *dominates* another where it is
at least as good in every task and better in one. Who is dominated by nobody is on the *Pareto
front*; to choose among those is a matter of taste, not of measurement.

**Volume.** How much of the space of possible values is as good as or worse than something on the
front, above a reference point :math:`r` that everyone should beat:

.. math:: HV = \lambda\Big(\bigcup_i \prod_t [r_t, v_{it}]\Big)

(Zitzler and Thiele, 1999, IEEE Trans. Evolutionary Computation 3(4)). It grows whenever a model
that is not dominated is added. It depends on the reference point and on the units: name both.

**Conflict.** Tasks that pull shared parameters in opposite directions have gradients with a
negative cosine (Yu and others, 2020, Gradient surgery for multi-task learning, NeurIPS). Models
that measure it write it into their learning curves; here it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import BoolArray, FloatArray, pareto_front
from algorithms.errors import MtrecError
from algorithms.models.base import CurvePoint

COSINE = "gradient cosine with "  # how a learning curve names it, before the other task
MOST_TASKS = 6  # beyond, the exact volume takes too long


class TaskCountError(MtrecError, ValueError):
    """A volume over more tasks than can be cut up exactly, or over none."""

    template = (
        "The hypervolume: expected 1 to {most} tasks, found {n}. Choose the tasks that matter most."
    )


def gains(
    values: FloatArray, alone: FloatArray, higher_is_better: BoolArray | Sequence[bool]
) -> FloatArray:
    """Return the gain in percent of each task, higher is better.

    Parameters
    ----------
    values, alone : (..., t) the multi-task model's value and the single-task model's
    higher_is_better : (t,)

    Returns
    -------
    percent : (..., t) NaN where the single-task value is 0 or either is undefined

    Examples
    --------
    >>> gains(np.array([0.6, 0.9]), np.array([0.5, 1.0]), [True, False]).round(6).tolist()
    [20.0, 10.0]
    """
    values, alone = np.asarray(values, dtype=np.float64), np.asarray(alone, dtype=np.float64)
    sign = np.where(higher_is_better, 100.0, -100.0)
    percent = np.full(np.broadcast(values, alone).shape, np.nan)
    np.divide(sign * (values - alone), np.abs(alone), out=percent, where=np.abs(alone) > 0)
    return percent


@dataclass(frozen=True, slots=True)
class DeltaM:
    """The mean gain, as either half of the literature prints it.

    Parameters
    ----------
    gain : higher is better; NaN where one of the tasks has no gain
    n_tasks : over how many
    """

    gain: float
    n_tasks: int

    @property
    def drop(self) -> float:
        """The other convention: lower is better."""
        return -self.gain


def delta_m(percent: FloatArray) -> DeltaM:
    """Return Δm of the gains (t,) of all tasks."""
    return DeltaM(float(np.mean(percent)) if len(percent) else float("nan"), len(percent))


def dominates(one: FloatArray, other: FloatArray) -> bool:
    """Return whether ``one`` (t,) is nowhere worse than ``other`` (t,) and somewhere better.

    Higher is better: turn the sign of errors before. Whoever lacks a value neither dominates nor
    is dominated.
    """
    return bool(np.all(one >= other) and np.any(one > other))


def hypervolume(values: FloatArray, reference: FloatArray) -> float:
    """Return the volume that a set of models dominates above a reference point, exactly.

    The space is cut into slabs along the last task; in each the models that reach it span a volume
    of one dimension less. With n models and t tasks this takes up to n^(t-1) steps: fine for tables
    of models, not for thousands of points.

    Parameters
    ----------
    values : (n, t) higher is better; a row with a NaN, or nowhere above the reference, adds nothing
    reference : (t,) the values that everyone should beat, such as those of the floor

    Raises
    ------
    TaskCountError
        With no task or with more than six.
    """
    n_tasks = len(reference)
    if not 1 <= n_tasks <= MOST_TASKS:
        raise TaskCountError(n=n_tasks, most=MOST_TASKS)
    above = np.asarray(values, dtype=np.float64) - reference
    above = above[(above > 0).all(axis=1)]  # NaN is not above
    return _volume(above[pareto_front(above)])


def _volume(points: FloatArray) -> float:
    """Return the volume between 0 and points (n, t)."""
    if not len(points):
        return 0.0
    if points.shape[1] == 1:
        return float(points.max())
    points = points[np.argsort(-points[:, -1], kind="stable")]
    heights = np.append(points[:, -1], 0.0)
    total = 0.0
    for n in range(1, len(points) + 1):
        thickness = heights[n - 1] - heights[n]
        if thickness > 0:
            slab = points[:n, :-1]
            total += thickness * _volume(slab[pareto_front(slab)])
    return float(total)


@dataclass(frozen=True, slots=True)
class Conflict:
    """How the gradients of two tasks stood to each other while a model learned.

    Parameters
    ----------
    task, other : names, in the order of the curve
    n_steps : how often it was measured
    mean, last : cosine, -1 to 1
    negative_share : share of the measurements with a negative cosine
    """

    task: str
    other: str
    n_steps: int
    mean: float
    last: float
    negative_share: float


def conflicts(curves: Iterable[CurvePoint]) -> tuple[Conflict, ...]:
    """Read the gradient cosines of a run's learning curves; each pair of tasks once.

    Models write each pair under both tasks; the first met counts. Empty for a model that does not
    measure it, or learned one task.
    """
    found: dict[tuple[str, str], list[CurvePoint]] = {}
    for point in curves:
        other = point.measure.removeprefix(COSINE)
        if other == point.measure or not np.isfinite(point.value):
            continue
        if (other, point.task) not in found:
            found.setdefault((point.task, other), []).append(point)
    summaries = []
    for (task, other), points in found.items():
        points.sort(key=lambda point: point.step)
        cosines = np.array([point.value for point in points])
        summaries.append(
            Conflict(
                task,
                other,
                len(cosines),
                float(cosines.mean()),
                float(cosines[-1]),
                float((cosines < 0).mean()),
            )
        )
    return tuple(summaries)
