r"""Alternating least squares over users, items and the tasks' weights.

The score :math:`s_{tui} = b_{tu} + b_{ti} + \sum_k a_{tk}\,p_{uk}\,q_{ik}` is linear in the users
where items and weights are held still, in the items where users and weights are, and in the weights
where users and items are: three least-squares problems in turn, each solved exactly, so the
objective never rises. Seen from a user, an event of task t has the direction
:math:`(a_t \circ q_i, 1_t)`; seen from a task it has the direction :math:`p_u \circ q_i`.

The loss of a task is a small quadratic in its weights, :math:`a^\top M_t a - 2 r_t^\top a`. The
average weight of each factor over the tasks of an item kind must stay 1 (with
:math:`\rho_t` the share of the task in the squared errors), which a multiplier :math:`\mu` sees to:

.. math::
    a_t = (M_t + \lambda_t I)^{-1} (r_t + \lambda_t 1 - \rho_t\,\mu), \qquad
    \sum_t \rho_t\, a_t = 1
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.models.factor_problem import FactorProblem, numpy_grams
from algorithms.models.factor_solver import Side, item_side, user_side

_START = 0.1  # length of the random item vectors at the start


@dataclass(frozen=True, eq=False)
class WeightedRows:
    """What was learned: rows of (factors, a bias per task), and each task's weights.

    Parameters
    ----------
    users, items : (n_users, k + n_tasks), (n_items, k + n_tasks); zero where never met
    weights : (n_tasks, k)
    """

    users: FloatArray
    items: FloatArray
    weights: FloatArray

    def copy(self) -> WeightedRows:
        """Return a copy that further sweeps leave alone."""
        return WeightedRows(self.users.copy(), self.items.copy(), self.weights.copy())


@dataclass(frozen=True, eq=False)
class WeightedSweep:
    """Where the descent stands after a sweep; ``losses`` (n_tasks,) are part of ``objective``."""

    number: int
    rows: WeightedRows
    losses: FloatArray
    objective: float


def start_rows(problem: FactorProblem, n_factors: int, rng: np.random.Generator) -> WeightedRows:
    """Return where the sweeps begin: short random item vectors, and all weights 1."""
    n_users, n_items, n_tasks = (
        len(problem.known_users),
        len(problem.known_items),
        len(problem.tasks),
    )
    rows = WeightedRows(
        np.zeros((n_users, n_factors + n_tasks)),
        np.zeros((n_items, n_factors + n_tasks)),
        np.ones((n_tasks, n_factors)),
    )
    drawn = rng.normal(0.0, _START / np.sqrt(n_factors), (n_items, n_factors))
    rows.items[:, :n_factors] = np.where(problem.known_items[:, None], drawn, 0.0)
    return rows


def zeros_of(
    problem: FactorProblem, grams: FloatArray, weights: FloatArray, of_kind: IntArray, n_groups: int
) -> tuple[FloatArray, FloatArray]:
    """Return what all zeros add to A (n_groups, d, d) and to r (n_groups, d) of a group's rows.

    Parameters
    ----------
    grams : (n, d + 1, d + 1) Gram matrices of (row, 1) of the other side
    weights : (n_tasks, k)
    of_kind : (n_tasks, 2) group of the rows, and Gram matrix, of each task
    """
    k, d = weights.shape[1], grams.shape[1] - 1
    A, r = np.zeros((n_groups, d, d)), np.zeros((n_groups, d))
    for t, scale in enumerate(problem.scales):
        if scale.zero:
            group, gram = of_kind[t, 0], grams[of_kind[t, 1]]
            at, of = np.r_[:k, k + t], np.r_[:k, d]
            x = np.r_[weights[t], 1.0]
            A[group][np.ix_(at, at)] += scale.zero * np.outer(x, x) * gram[np.ix_(of, of)]
            r[group, at] -= scale.zero * x * gram[k + t, of]
    return A, r


def user_zeros(
    problem: FactorProblem, items: FloatArray, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return what all zeros add to A (1, d, d) and to r (1, d) of every user."""
    grams = numpy_grams(items, problem.item_groups, problem.n_kinds)
    of_kind = np.column_stack([np.zeros_like(problem.kinds), problem.kinds])
    return zeros_of(problem, grams, weights, of_kind, 1)


def item_zeros(
    problem: FactorProblem, users: FloatArray, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return what all zeros add to A (n_kinds, d, d) and to r (n_kinds, d) of a kind's items."""
    grams = numpy_grams(users, problem.user_groups, 1)
    of_kind = np.column_stack([problem.kinds, np.zeros_like(problem.kinds)])
    return zeros_of(problem, grams, weights, of_kind, problem.n_kinds)


def solve_side(
    side: Side,
    others: FloatArray,
    weights: FloatArray,
    zeros: tuple[FloatArray, FloatArray],
    prior: FloatArray,
    rows: FloatArray,
) -> None:
    """Solve every row of a side exactly, drawn to ``prior`` (n_rows, d)."""
    from algorithms.models import row_kernels as kernels  # numba: only while fitting

    kernels.solve_rows(
        side.offsets,
        side.others,
        side.tasks,
        side.curvature,
        side.pull,
        others,
        weights,
        side.groups,
        *zeros,
        side.ridge,
        prior,
        rows,
    )


@dataclass(frozen=True, eq=False)
class Quadratics:
    """Each task's loss a'Ma - 2 r'a + offset as a function of its weights a.

    Parameters
    ----------
    M, r, offset : (n_tasks, k, k), (n_tasks, k), (n_tasks,)
    """

    M: FloatArray
    r: FloatArray
    offset: FloatArray

    def losses(self, weights: FloatArray) -> FloatArray:
        """Return (n_tasks,) the weighted sums of squared errors at ``weights`` (n_tasks, k)."""
        bent = np.einsum("tk,tkl,tl->t", weights, self.M, weights)
        losses: FloatArray = bent - 2.0 * (self.r * weights).sum(axis=1) + self.offset
        return losses


def quadratics(problem: FactorProblem, users: FloatArray, items: FloatArray) -> Quadratics:
    """Return each task's loss as a function of its weights, at rows (n, k + n_tasks)."""
    from algorithms.models import row_kernels as kernels

    events, n_tasks = problem.events, len(problem.tasks)
    k = users.shape[1] - n_tasks
    M, r = np.zeros((n_tasks, k, k)), np.zeros((n_tasks, k))
    offset = problem.constants.copy()
    kernels.moments(
        events.users,
        events.items,
        events.tasks,
        events.curvature,
        events.pull,
        users,
        items,
        k,
        M,
        r,
        offset,
    )
    U = numpy_grams(users, problem.user_groups, 1)[0]  # of (factors, biases, 1)
    grams = numpy_grams(items, problem.item_groups, problem.n_kinds)
    for t, scale in enumerate(problem.scales):
        if scale.zero:  # the sum over all cells of (a'z + b_u + b_i)², by Gram matrices
            I, b = grams[problem.kinds[t]], k + t  # noqa: E741 - items, as U is users
            M[t] += scale.zero * U[:k, :k] * I[:k, :k]
            r[t] -= scale.zero * (U[:k, b] * I[:k, -1] + U[:k, -1] * I[:k, b])
            squares = U[b, b] * I[-1, -1] + 2 * U[b, -1] * I[b, -1] + U[-1, -1] * I[b, b]
            offset[t] += scale.zero * squares
    return Quadratics(M, r, offset)


def solve_weights(problem: FactorProblem, of: Quadratics, ridge: FloatArray) -> FloatArray:
    """Return (n_tasks, k) the best weights whose averages over an item kind are 1.

    Parameters
    ----------
    of : the tasks' losses
    ridge : (n_tasks,) how strongly each task's weights are drawn to 1
    """
    n_tasks, k = of.r.shape
    weights, shares = np.ones((n_tasks, k)), problem.weights()
    for kind in np.unique(problem.kinds):
        mine = np.flatnonzero(problem.kinds == kind)
        if len(mine) < 2:
            continue  # a task alone on its items: their vectors say it all
        rho = shares[mine] / shares[mine].sum()
        inverses = np.linalg.inv(of.M[mine] + ridge[mine, None, None] * np.eye(k))  # (m, k, k)
        free = np.einsum("mkl,ml->mk", inverses, of.r[mine] + ridge[mine, None])
        # sum of rho * (free - rho * inverse @ mu) = 1
        excess = rho @ free - 1.0
        mu = np.linalg.solve(np.einsum("m,mkl->kl", rho**2, inverses), excess)
        weights[mine] = free - rho[:, None] * (inverses @ mu)
    return weights


def alternate_weighted(
    problem: FactorProblem,
    ridge: FloatArray,
    weight_ridge: FloatArray,
    rows: WeightedRows,
    n_epochs: int,
    watch: Callable[[WeightedSweep], WeightedRows | None],
) -> WeightedRows:
    """Minimise the objective and return the rows.

    Parameters
    ----------
    ridge : (d,) of every row, d = n_factors + n_tasks
    weight_ridge : (n_tasks,) how strongly each task's weights are drawn to 1
    rows : where to begin; changed in place
    n_epochs : sweeps over users, items and weights
    watch : called after every sweep; returns None to go on, or the rows to end with
    """
    users, items = user_side(problem, ridge), item_side(problem, ridge)
    to_users, to_items = np.zeros_like(rows.users), np.zeros_like(rows.items)
    for number in range(1, n_epochs + 1):
        a = rows.weights
        solve_side(users, rows.items, a, user_zeros(problem, rows.items, a), to_users, rows.users)
        solve_side(items, rows.users, a, item_zeros(problem, rows.users, a), to_items, rows.items)
        losses = quadratics(problem, rows.users, rows.items)
        a[:] = solve_weights(problem, losses, weight_ridge)
        values = losses.losses(a)
        squares = (rows.users**2).sum(axis=0) + (rows.items**2).sum(axis=0)  # (d,)
        drawn = weight_ridge @ ((a - 1.0) ** 2).sum(axis=1)
        objective = float(values.sum() + ridge @ squares + drawn)
        best = watch(WeightedSweep(number, rows, values, objective))
        if best is not None:
            rows = best
            break
    zeros = user_zeros(problem, rows.items, rows.weights)
    solve_side(users, rows.items, rows.weights, zeros, to_users, rows.users)
    return rows
