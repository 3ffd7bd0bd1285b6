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
from algorithms.models.factor_blocks import Blocks
from algorithms.models.factor_solver import FactorRows
from algorithms.tasks import Task

NAMES = "tasks"  # key of a state's values: for each block the names of its tasks


def names_of(blocks: Sequence[Sequence[Task]]) -> list[list[str]]:
    """Return what a state keeps of its blocks, to be found again by ``earlier_rows``."""
    return [[task.name for task in tasks] for tasks in blocks]


def earlier_rows(
    state: ModelState, tasks: Sequence[Task], n_users: int, n_items: int, layout: Blocks
) -> FactorRows | None:
    """Return the rows (n, d) of an earlier solution, or None if none fits.

    They are those of the block that has most of the tasks; what belongs to tasks that it lacks is
    zero.

    Parameters
    ----------
    tasks, layout : the tasks of the block to be fitted, and their columns
    """
    wanted = [task.name for task in tasks]
    best, common = -1, 0
    for number, known in enumerate(state.values.get(NAMES, [])):
        found = len(set(wanted) & set(known))
        if found > common:
            best, common = number, found
    if best < 0:
        return None
    known = list(state.values[NAMES][best])
    old = Blocks(layout.n_shared, layout.n_specific, len(known))
    sides = []
    for side, n in (("user", n_users), ("item", n_items)):
        nothing: FloatArray = np.empty((0, 0))
        parts = [
            state.arrays.get(f"{best}.{side}_{part}", nothing) for part in ("factors", "biases")
        ]
        if any(part.ndim != 2 or len(part) != n for part in parts):
            return None
        theirs = np.column_stack(parts)
        if theirs.shape[1] != old.width:
            return None
        rows: FloatArray = np.zeros((n, layout.width))
        rows[:, : layout.n_shared] = theirs[:, : layout.n_shared]
        for t, name in enumerate(wanted):
            if name in known:
                there = known.index(name)
                rows[:, layout.own(t)] = theirs[:, old.own(there)]
                rows[:, layout.bias(t)] = theirs[:, old.bias(there)]
        sides.append(rows)
    return FactorRows(*sides)
