"""Alternating least squares: hold one side still, solve the other, and change over.

With the items held still the loss is a separate quadratic in each user's row, and the other way
round. Every half-step takes a few conjugate-gradient steps from where the row stands, so the
whole objective never rises (Takács, Pilászy and Tikk 2011); the last step solves the users
exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from algorithms.arrays import CodeArray, Float32Array, FloatArray, IndexArray, IntArray
from algorithms.models.factor_problem import FactorProblem, curvature, pull

_CG_STEPS = 3  # as implicit and cmfrec do; more buys nothing after the first sweeps
_START = 0.1  # length of the random item vectors at the start


@dataclass(frozen=True, eq=False)
class FactorRows:
    """What was learned: for each user and item its factors, then a bias per task.

    Parameters
    ----------
    users, items : (n_users, k + n_tasks), (n_items, k + n_tasks); zero where never met
    """

    users: FloatArray
    items: FloatArray


@dataclass(frozen=True, eq=False)
class Sweep:
    """Where the descent stands after a sweep.

    Parameters
    ----------
    number : 1 for the first sweep
    rows : the rows as they are, to be copied by who wants to keep them
    losses : (n_tasks,) weighted sums of squared errors
    objective : their sum and the ridge terms: what the sweeps minimise
    """

    number: int
    rows: FactorRows
    losses: FloatArray
    objective: float


@dataclass(frozen=True, eq=False)
class Side:
    """One side's half of the problem: its events grouped by row, its ridge, its group of zeros.

    ``effects`` says what the values do (see ``Events``).
    """

    offsets: IntArray
    others: IndexArray
    tasks: CodeArray
    values: Float32Array
    effects: FloatArray
    groups: IndexArray
    ridge: FloatArray

    @cached_property
    def curvature(self) -> FloatArray:
        """(n,) c of each event."""
        return curvature(self.effects, self.tasks, self.values)

    @cached_property
    def pull(self) -> FloatArray:
        """(n,) g of each event."""
        return pull(self.effects, self.tasks, self.values)

    def only(self, rows: IntArray) -> Side:
        """Return the side with the events of some rows (m,), ascending; the others have none."""
        counts = np.zeros(len(self.groups), dtype=np.int64)
        counts[rows] = self.offsets[rows + 1] - self.offsets[rows]
        offsets = np.concatenate([[0], np.cumsum(counts)])
        mine = np.repeat(self.offsets[rows] - offsets[rows], counts[rows]) + np.arange(offsets[-1])
        return replace(
            self,
            offsets=offsets,
            others=self.others[mine],
            tasks=self.tasks[mine],
            values=self.values[mine],
        )


def user_side(problem: FactorProblem, ridge: FloatArray) -> Side:
    """Return the users' half; ``ridge`` is (k + n_tasks,)."""
    events = problem.events
    rows = np.arange(len(problem.known_users) + 1, dtype=np.int32)
    offsets = np.searchsorted(events.users, rows)
    return Side(
        offsets,
        events.items,
        events.tasks,
        events.values,
        events.effects,
        problem.user_groups,
        ridge,
    )


def item_side(problem: FactorProblem, ridge: FloatArray) -> Side:
    """Return the items' half; ``ridge`` is (k + n_tasks,)."""
    from algorithms.models.factor_kernels import regroup  # numba: only while fitting

    events = problem.events
    grouped = regroup(
        events.items, events.users, events.tasks, events.values, len(problem.known_items)
    )
    return Side(*grouped, events.effects, problem.item_groups, ridge)


def alternate(
    problem: FactorProblem,
    ridge: FloatArray,
    n_factors: int,
    n_epochs: int,
    rng: np.random.Generator,
    watch: Callable[[Sweep], FactorRows | None],
    start: FactorRows | None = None,
) -> FactorRows:
    """Minimise the objective and return the rows.

    Parameters
    ----------
    ridge : (d,) of every row, d = n_factors + n_tasks
    n_epochs : sweeps over both sides
    watch : called after every sweep; returns None to go on, or the rows to end with
    start : rows of an earlier solution; items that it does not know start at random
    """
    from algorithms.models import factor_kernels as kernels  # numba: only while fitting
    from algorithms.models.cell_sums import threads_for

    users, items = user_side(problem, ridge), item_side(problem, ridge)
    n_users, n_items, d = len(problem.known_users), len(problem.known_items), len(ridge)
    rows = FactorRows(np.zeros((n_users, d)), np.zeros((n_items, d)))
    drawn = rng.normal(0.0, _START / np.sqrt(n_factors), (len(rows.items), n_factors))
    rows.items[:, :n_factors] = np.where(problem.known_items[:, None], drawn, 0.0)
    if start is not None:
        old = problem.known_items & start.items[:, :n_factors].any(axis=1)  # (n_items,)
        rows.items[old] = start.items[old]
        rows.users[problem.known_users] = start.users[problem.known_users]

    def half(
        step: Callable[..., None], side: Side, zeros: tuple[FloatArray, FloatArray], *steps: int
    ) -> None:
        mine, others = (rows.users, rows.items) if side is users else (rows.items, rows.users)
        base, base_pull = zeros
        step(
            side.offsets,
            side.others,
            side.tasks,
            side.values,
            side.effects,
            others,
            side.groups,
            base,
            base_pull,
            side.ridge,
            n_factors,
            *steps,
            mine,
        )

    with threads_for(len(problem.events.users) * n_factors):
        item_grams = kernels.grams(rows.items, items.groups, problem.n_kinds)
        for number in range(1, n_epochs + 1):
            half(kernels.descend, users, problem.user_zeros(item_grams), _CG_STEPS)
            user_grams = kernels.grams(rows.users, users.groups, 1)
            half(kernels.descend, items, problem.item_zeros(user_grams), _CG_STEPS)
            item_grams = kernels.grams(rows.items, items.groups, problem.n_kinds)
            of_events = kernels.event_losses(
                users.offsets,
                users.others,
                users.tasks,
                users.values,
                users.effects,
                rows.users,
                rows.items,
                n_factors,
            )
            losses = problem.losses(user_grams, item_grams, of_events.sum(axis=0))
            squares = (rows.users**2).sum(axis=0) + (rows.items**2).sum(axis=0)  # (d,)
            best = watch(Sweep(number, rows, losses, float(losses.sum() + ridge @ squares)))
            if best is not None:
                rows = best
                item_grams = kernels.grams(rows.items, items.groups, problem.n_kinds)
                break
        half(kernels.solve, users, problem.user_zeros(item_grams))
    return rows
