"""Alternating least squares for rows in blocks: hold one side still, solve the other, change over.

As in ``factor_solver``, but each half-step solves every row exactly: the system of a row is an
arrow (see ``block_kernels.solve_blocks``), which costs little more than a few conjugate-gradient
steps. So the objective never rises, and the last step solves the users for explanations.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from algorithms.arrays import BoolArray, FloatArray
from algorithms.models.factor_blocks import Blocks, item_grams, user_grams, zeros_of
from algorithms.models.factor_problem import FactorProblem
from algorithms.models.factor_solver import FactorRows, Side, Sweep, item_side, user_side

_START = 0.1  # length of the random item vectors at the start, as in factor_solver


def alternate_blocks(
    problem: FactorProblem,
    ridge: FloatArray,
    blocks: Blocks,
    n_epochs: int,
    rng: np.random.Generator,
    watch: Callable[[Sweep], FactorRows | None],
    start: FactorRows | None = None,
) -> FactorRows:
    """Minimise the objective and return the rows.

    Parameters
    ----------
    ridge : (d,) of every row
    n_epochs : sweeps over both sides
    watch : called after every sweep; returns None to go on, or the rows to end with
    start : rows of an earlier solution; items that it does not know start at random
    """
    from algorithms.models.block_kernels import block_scores  # numba: only while fitting
    from algorithms.models.factor_kernels import grams

    users, items = user_side(problem, ridge), item_side(problem, ridge)
    rows = _start(problem, blocks, rng, start)
    everywhere = np.ones((1, blocks.n_tasks), dtype=np.bool_)
    by_kind = np.arange(problem.n_kinds)[:, None] == problem.kinds  # (n_kinds, n_tasks)
    events = problem.events
    of_items = item_grams(problem, blocks, rows.items, grams)
    for number in range(1, n_epochs + 1):
        solve_side(problem, blocks, users, everywhere, of_items, rows.items, rows.users)
        of_users = user_grams(problem, blocks, rows.users, grams)
        solve_side(problem, blocks, items, by_kind, of_users, rows.users, rows.items)
        of_items = item_grams(problem, blocks, rows.items, grams)
        scores = block_scores(
            events.users,
            events.items,
            events.tasks,
            rows.users,
            rows.items,
            blocks.n_shared,
            blocks.n_specific,
        )
        losses = _losses(problem, blocks, of_users, of_items, scores)
        squares = (rows.users**2).sum(axis=0) + (rows.items**2).sum(axis=0)  # (d,)
        best = watch(Sweep(number, rows, losses, float(losses.sum() + ridge @ squares)))
        if best is not None:
            rows = best
            of_items = item_grams(problem, blocks, rows.items, grams)
            break
    solve_side(problem, blocks, users, everywhere, of_items, rows.items, rows.users)
    return rows


def solve_side(
    problem: FactorProblem,
    blocks: Blocks,
    side: Side,
    ranks: BoolArray,
    grams: FloatArray,
    others: FloatArray,
    rows: FloatArray,
) -> None:
    """Solve the rows (n, d) of one side in place.

    Parameters
    ----------
    ranks : (n_groups, n_tasks) whether the zeros of a task are on rows of a group
    grams : (n_tasks, k + 2, k + 2) of the other side
    others : (n_others, d) the other side
    """
    from algorithms.models.block_kernels import solve_blocks  # numba: only while fitting

    base, base_pull = zeros_of(problem, blocks, grams)
    solve_blocks(
        side.offsets,
        side.others,
        side.tasks,
        side.curvature,
        side.pull,
        others,
        side.groups,
        ranks[:, :, None, None] * base,
        ranks[:, :, None] * base_pull,
        side.ridge,
        blocks.n_shared,
        blocks.n_specific,
        rows,
    )


def _start(
    problem: FactorProblem, blocks: Blocks, rng: np.random.Generator, start: FactorRows | None
) -> FactorRows:
    """Return zeros for users, and small random factors for known items where tasks rank them."""
    n_users, n_items = len(problem.known_users), len(problem.known_items)
    rows = FactorRows(np.zeros((n_users, blocks.width)), np.zeros((n_items, blocks.width)))
    n_drawn = blocks.width - blocks.n_tasks
    drawn = rng.normal(0.0, _START / np.sqrt(blocks.n_factors), (n_items, n_drawn))
    rows.items[:, :n_drawn] = np.where(problem.known_items[:, None], drawn, 0.0)
    if start is not None:
        old = problem.known_items & start.items[:, :n_drawn].any(axis=1)  # (n_items,)
        rows.items[old] = start.items[old]
        rows.users[problem.known_users] = start.users[problem.known_users]
    for t, kind in enumerate(problem.kinds):
        rows.items[np.ix_(problem.item_kinds != kind, blocks.own(t))] = 0.0
    return rows


def _losses(
    problem: FactorProblem,
    blocks: Blocks,
    of_users: FloatArray,
    of_items: FloatArray,
    scores: FloatArray,
) -> FloatArray:
    """Return (n_tasks,) each task's weighted sum of squared errors (see ``FactorProblem.losses``).

    Parameters
    ----------
    of_users, of_items : (n_tasks, k + 2, k + 2) Gram matrices of both sides
    scores : (n,) the model's score of each event
    """
    events = problem.events
    addends = (events.curvature * scores - 2.0 * events.pull) * scores
    losses = np.bincount(events.tasks, addends, blocks.n_tasks) + problem.constants
    bias, one = blocks.n_specific, blocks.n_factors + 1
    factors = np.r_[:bias, bias + 1 : one]
    u, i = np.r_[factors, one, bias], np.r_[factors, bias, one]
    for t, scale in enumerate(problem.scales):
        if scale.zero:  # s = (p, 1, b_u) . (q, b_i, 1), so the sum of s² is a product of Grams
            total = (of_users[t][np.ix_(u, u)] * of_items[t][np.ix_(i, i)]).sum()
            losses[t] += scale.zero * float(total)
    return losses
