r"""A comparison seen across its tasks: who is on the front, and what of the ideal is reached.

Every model is a point with one coordinate per task: how far its main metric is on the way from the
floor to the best that is known,

.. math:: x_t = \frac{M_t - F_t}{C_t - F_t},

where :math:`C` is the ceiling where the truth is known and the best of the table elsewhere. On this
scale tasks with different units and directions can be set against each other: 0 is the floor, 1 the
best. The volume that the models dominate (``multitask.hypervolume``, reference point: the floor) is
then the share of the ideal that somebody reaches, and a model's own share is what would be missing
without it. Without a floor there is a front but no volume.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray, pareto_front
from algorithms.evaluation.multitask import (
    MOST_TASKS,
    Conflict,
    conflicts,
    hypervolume,
)
from algorithms.evaluation.table import Comparison
from algorithms.models.base import Bound


@dataclass(frozen=True, slots=True)
class AcrossTasks:
    """What no single column shows.

    Parameters
    ----------
    n_tasks : how many tasks were looked at
    front : rows that no other dominates
    beaten : for every other row that has a value in each task, the first that dominates it
    volume : share of the ideal that the models reach together; None without a floor, or with more
        tasks than can be cut up
    to_ceiling : whether the ideal is the ceiling, not the best of the table
    own : for each row of the front, how much of the volume only it reaches
    conflicts : for each row that measured it, how its tasks' gradients stood to each other; of the
        first seed
    """

    n_tasks: int
    front: tuple[int, ...]
    beaten: Mapping[int, int]
    volume: float | None
    to_ceiling: bool
    own: Mapping[int, float]
    conflicts: Mapping[int, tuple[Conflict, ...]]


def across_tasks(comparison: Comparison, columns: Sequence[int]) -> AcrossTasks | None:
    """Look at a comparison across tasks.

    Parameters
    ----------
    comparison : results side by side; only rows that compete count
    columns : positions of one column for each task

    Returns
    -------
    seen : None with fewer than two tasks or models that have a value in each
    """
    rows = [row for row in comparison.contest if _is_whole(comparison, row, columns)]
    if len(columns) < 2 or len(rows) < 2:
        return None
    values = np.array([[_upwards(comparison, row, place) for place in columns] for row in rows])
    on_front = pareto_front(values)
    beaten = {}
    for row, mine in zip(rows, values, strict=True):
        better = (values >= mine).all(axis=1) & (values > mine).any(axis=1)
        if better.any():
            beaten[row] = rows[int(np.argmax(better))]
    front = tuple(row for row, is_there in zip(rows, on_front, strict=True) if is_there)
    points, to_ceiling = _ways(comparison, columns, values[on_front])
    volume, own = None, {}
    if points is not None and len(columns) <= MOST_TASKS:
        zero = np.zeros(len(columns))
        volume = hypervolume(points, zero)
        own = {
            row: volume - hypervolume(np.delete(points, number, axis=0), zero)
            for number, row in enumerate(front)
        }
    measured = {
        number: found
        for number, row in enumerate(comparison.rows)
        if (found := conflicts(row.runs[0].curves))
    }
    return AcrossTasks(len(columns), front, beaten, volume, to_ceiling, own, measured)


def _is_whole(comparison: Comparison, row: int, columns: Sequence[int]) -> bool:
    cells = [comparison.cells[row][place] for place in columns]
    return all(cell is not None and np.isfinite(cell.value) for cell in cells)


def _upwards(comparison: Comparison, row: int, column: int) -> float:
    """Return a value turned so that higher is better."""
    cell = comparison.cells[row][column]
    value = float("nan") if cell is None else cell.value
    return value if comparison.columns[column].higher_is_better else -value


def _ways(
    comparison: Comparison, columns: Sequence[int], values: FloatArray
) -> tuple[FloatArray | None, bool]:
    """Return the points (n, t) between floor and ideal, and whether that is the ceiling."""
    bounds = [comparison.bounds(place) for place in columns]
    if any(Bound.FLOOR not in found for found in bounds):
        return None, False
    signs = np.array([1 if comparison.columns[p].higher_is_better else -1 for p in columns])
    floor = signs * np.array([found[Bound.FLOOR].value for found in bounds])
    to_ceiling = all(Bound.CEILING in found for found in bounds)
    if to_ceiling:
        ideal = signs * np.array([found[Bound.CEILING].value for found in bounds])
    else:
        ideal = values.max(axis=0)
    if (ideal <= floor).any():  # nobody is above the floor: there is no way to measure
        return None, to_ceiling
    return (values - floor) / (ideal - floor), to_ceiling
