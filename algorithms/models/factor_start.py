"""Where a factor model starts from when an earlier solution is at hand.

A changed task weight moves the solution a little, not to the other end of the space: whoever goes
on from the old factors needs a few sweeps where a random start needs many. Tasks are found by their
names, so that one more task or one fewer leaves the rest of the start useful; tables or vectors of
another size do not fit, and then nothing is taken.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.models.base import ModelState
from algorithms.models.factor_solver import FactorRows
from algorithms.tasks import Task

NAMES = "tasks"  # key of a state's values: for each block the names of its tasks


def names_of(blocks: Sequence[Sequence[Task]]) -> list[list[str]]:
    """Return what a state keeps of its blocks, to be found again by ``earlier_rows``."""
    return [[task.name for task in tasks] for tasks in blocks]


def earlier_rows(
    state: ModelState, tasks: Sequence[Task], n_users: int, n_items: int, n_factors: int
) -> FactorRows | None:
    """Return the rows (n, n_factors + n_tasks) of an earlier solution, or None if none fits.

    They are those of the block that has most of the tasks; the biases of tasks that it lacks are
    zero.

    Parameters
    ----------
    tasks : the tasks of the block to be fitted
    """
    wanted = [task.name for task in tasks]
    best, names = -1, set[str]()
    for number, known in enumerate(state.values.get(NAMES, [])):
        common = set(wanted) & set(known)
        if len(common) > len(names):
            best, names = number, common
    if best < 0:
        return None
    known = list(state.values[NAMES][best])
    sides = []
    for side, n in (("user", n_users), ("item", n_items)):
        factors = state.arrays.get(f"{best}.{side}_factors")
        biases = state.arrays.get(f"{best}.{side}_biases")
        if factors is None or biases is None:
            return None
        if factors.shape != (n, n_factors) or biases.shape != (n, len(known)):
            return None
        rows: FloatArray = np.zeros((n, n_factors + len(tasks)))
        rows[:, :n_factors] = factors
        for t, name in enumerate(wanted):
            if name in names:
                rows[:, n_factors + t] = biases[:, known.index(name)]
        sides.append(rows)
    return FactorRows(*sides)
