"""Alternating least squares: hold one side still, solve the other, and change over.

With the items held still the loss is a separate quadratic in each user's row, and the other way
round. Every half-step takes a few conjugate-gradient steps from where the row stands, so the
whole objective never rises (Takács, Pilászy and Tikk 2011); the last step solves the users
exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray, IndexArray, IntArray, group_rows
from algorithms.models.factor_problem import FactorProblem

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
    """One side's half of the problem: its events grouped by row, its ridge, its group of zeros."""

    offsets: IntArray
    others: IndexArray
    tasks: IndexArray
    curvature: FloatArray
    pull: FloatArray
    groups: IndexArray
    ridge: FloatArray


def user_side(problem: FactorProblem, ridge: FloatArray) -> Side:
    """Return the users' half; ``ridge`` is (k + n_tasks,)."""
    events = problem.events
    return _side(problem, events.users, events.items, problem.user_groups, ridge)


def item_side(problem: FactorProblem, ridge: FloatArray) -> Side:
    """Return the items' half; ``ridge`` is (k + n_tasks,)."""
    events = problem.events
    return _side(problem, events.items, events.users, problem.item_groups, ridge)


def _side(
    problem: FactorProblem,
    rows: IndexArray,
    others: IndexArray,
    groups: IndexArray,
    ridge: FloatArray,
) -> Side:
    events = problem.events
    offsets, order = group_rows(rows, len(groups))
    return Side(
        offsets,
        others[order],
        events.tasks[order],
        events.curvature[order],
        events.pull[order],
        groups,
        ridge,
    )


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

    users, items = user_side(problem, ridge), item_side(problem, ridge)
    n_users, n_items, d = len(problem.known_users), len(problem.known_items), len(ridge)
    rows = FactorRows(np.zeros((n_users, d)), np.zeros((n_items, d)))
    drawn = rng.normal(0.0, _START / np.sqrt(n_factors), (len(rows.items), n_factors))
    rows.items[:, :n_factors] = np.where(problem.known_items[:, None], drawn, 0.0)
    if start is not None:
        old = problem.known_items & start.items[:, :n_factors].any(axis=1)  # (n_items,)
        rows.items[old] = start.items[old]
        rows.users[problem.known_users] = start.users[problem.known_users]
    events = problem.events

    def half(
        step: Callable[..., None], side: Side, zeros: tuple[FloatArray, FloatArray], *steps: int
    ) -> None:
        mine, others = (rows.users, rows.items) if side is users else (rows.items, rows.users)
        base, base_pull = zeros
        step(
            side.offsets,
            side.others,
            side.tasks,
            side.curvature,
            side.pull,
            others,
            side.groups,
            base,
            base_pull,
            side.ridge,
            n_factors,
            *steps,
            mine,
        )

    item_grams = kernels.grams(rows.items, items.groups, problem.n_kinds)
    for number in range(1, n_epochs + 1):
        half(kernels.descend, users, problem.user_zeros(item_grams), _CG_STEPS)
        user_grams = kernels.grams(rows.users, users.groups, 1)
        half(kernels.descend, items, problem.item_zeros(user_grams), _CG_STEPS)
        item_grams = kernels.grams(rows.items, items.groups, problem.n_kinds)
        scores = kernels.event_scores(
            events.users, events.items, events.tasks, rows.users, rows.items, n_factors
        )
        losses = problem.losses(user_grams, item_grams, scores)
        squares = (rows.users**2).sum(axis=0) + (rows.items**2).sum(axis=0)  # (d,)
        best = watch(Sweep(number, rows, losses, float(losses.sum() + ridge @ squares)))
        if best is not None:
            rows = best
            item_grams = kernels.grams(rows.items, items.groups, problem.n_kinds)
            break
    half(kernels.solve, users, problem.user_zeros(item_grams))
    return rows
