"""The loops under shared factors, compiled by numba and spread over all cores.

Each row (a user, or an item) is solved on its own, from data that no other row writes, and the
sums within a row run in one fixed order: the numbers are the same on one core and on many.
Importing this module imports numba, so it is imported only while fitting.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np

from algorithms.arrays import FloatArray, IndexArray, IntArray

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

_SUM_IN_LANES = {"reassoc", "contract", "nsz"}  # lets one row's dot product use vector units


def _compiled(**options: Any) -> Callable[[FunctionT], FunctionT]:
    """Compile a function; keep the result on disk where some folder can be written.

    numba looks for a folder when it decorates and raises where it finds none; then each
    process compiles anew (about ten seconds) and all else stays the same.
    """

    def decorate(function: FunctionT) -> FunctionT:
        try:
            kernel = numba.njit(cache=True, nogil=True, fastmath=_SUM_IN_LANES, **options)(function)
        except RuntimeError:
            kernel = numba.njit(nogil=True, fastmath=_SUM_IN_LANES, **options)(function)
        compiled: FunctionT = kernel
        return compiled

    return decorate


@_compiled()
def grams(rows: FloatArray, groups: IndexArray, n_groups: int) -> FloatArray:
    """Return (n_groups, d + 1, d + 1) the Gram matrix of (row, 1) over each group's rows.

    Parameters
    ----------
    rows : (n, d)
    groups : (n,) group of each row, -1 for none
    """
    n, d = rows.shape
    totals = np.zeros((n_groups, d + 1, d + 1))
    for r in range(n):
        if groups[r] < 0:
            continue
        total = totals[groups[r]]
        row = rows[r]
        for a in range(d):
            value = row[a]
            for b in range(a + 1):
                total[a, b] += value * row[b]
        for b in range(d):
            total[d, b] += row[b]
        total[d, d] += 1.0
    for group in range(n_groups):
        for a in range(d + 1):
            for b in range(a):
                totals[group, b, a] = totals[group, a, b]
    return totals


@_compiled(parallel=True)
def event_scores(
    users: IndexArray,
    items: IndexArray,
    tasks: IndexArray,
    user_rows: FloatArray,
    item_rows: FloatArray,
    n_factors: int,
) -> FloatArray:
    """Return (n,) p_u . q_i + b_u + b_i of each event; rows are (factors, a bias per task)."""
    scores = np.empty(len(users))
    for e in numba.prange(len(users)):
        u, i, column = users[e], items[e], n_factors + tasks[e]
        total = 0.0
        for f in range(n_factors):
            total += user_rows[u, f] * item_rows[i, f]
        scores[e] = total + user_rows[u, column] + item_rows[i, column]
    return scores


@_compiled(parallel=True)
def held_out_ranks(
    users: IndexArray,
    offsets: IntArray,
    items: IndexArray,
    met_offsets: IntArray,
    met_items: IndexArray,
    candidates: IndexArray,
    user_rows: FloatArray,
    item_rows: FloatArray,
    n_factors: int,
    bias: int,
) -> IntArray:
    """Return (n,) the rank of each held-out item, from 0, among all items the user had not met.

    Parameters
    ----------
    users : (m,) whose held-out ``items`` are ``offsets[r]`` to ``offsets[r + 1]``
    met_offsets, met_items : (n_users + 1,), (n_met,) what each user met in training
    candidates : items of the kind
    bias : column of the task's bias
    """
    ranks = np.zeros(len(items), dtype=np.int64)
    for r in numba.prange(len(users)):
        p = user_rows[users[r]]
        scores = np.full(len(item_rows), -np.inf)
        for item in candidates:
            total = item_rows[item, bias]
            for f in range(n_factors):
                total += p[f] * item_rows[item, f]
            scores[item] = total
        mine = scores[items[offsets[r] : offsets[r + 1]]]
        for m in range(met_offsets[users[r]], met_offsets[users[r] + 1]):
            scores[met_items[m]] = -np.inf
        for number in range(len(mine)):
            above = 0
            for item in candidates:
                above += scores[item] > mine[number]
            ranks[offsets[r] + number] = above
    return ranks


@_compiled()
def _add_events(
    first: int,
    last: int,
    columns: IndexArray,
    tasks: IndexArray,
    curvature: FloatArray,
    others: FloatArray,
    n_factors: int,
    v: FloatArray,
    out: FloatArray,
) -> None:
    """Add to ``out`` the product of a row's event part, sum of c x x', with ``v``."""
    e = first
    while e < last:
        column = columns[e]
        dot = 0.0
        for f in range(n_factors):
            dot += others[column, f] * v[f]
        weight = 0.0
        while e < last and columns[e] == column:  # tasks on the same cell share the dot product
            bias = n_factors + tasks[e]
            step = curvature[e] * (dot + v[bias])
            out[bias] += step
            weight += step
            e += 1
        for f in range(n_factors):
            out[f] += weight * others[column, f]


@_compiled(parallel=True)
def descend(
    offsets: IntArray,
    columns: IndexArray,
    tasks: IndexArray,
    curvature: FloatArray,
    pull: FloatArray,
    others: FloatArray,
    groups: IndexArray,
    base: FloatArray,
    base_pull: FloatArray,
    ridge: FloatArray,
    n_factors: int,
    n_steps: int,
    rows: FloatArray,
) -> None:
    """Improve each row z in place by conjugate-gradient steps on A z = r.

    A = base + diag(ridge) + sum over events of c x x' and r = base_pull + sum (g - c b) x, where
    x = (factors of the other side, 1 at the task's bias) and b is the other side's bias.

    Parameters
    ----------
    offsets : (n_rows + 1,) events of row r are ``offsets[r]`` to ``offsets[r + 1]``
    columns, tasks : (n,) row of the other side and task, sorted by column within a row
    curvature, pull : (n,) c and g of each event
    others : (n_others, d) rows of the other side, d = n_factors + n_tasks
    groups : (n_rows,) which ``base`` (n_groups, d, d) and ``base_pull`` (n_groups, d); -1 skips
    ridge : (d,) the same for every row
    rows : (n_rows, d) start and result
    """
    d = rows.shape[1]
    for r in numba.prange(len(rows)):
        group = groups[r]
        if group < 0:
            continue
        first, last = offsets[r], offsets[r + 1]
        z = rows[r]
        residual = np.empty(d)
        scale = np.empty(d)  # Jacobi preconditioner: the diagonal of A
        image = np.empty(d)
        for a in range(d):
            residual[a] = base_pull[group, a] - ridge[a] * z[a]
            scale[a] = base[group, a, a] + ridge[a]
        for a in range(d):
            for b in range(d):
                residual[b] -= base[group, a, b] * z[a]
        for a in range(d):
            image[a] = 0.0
        _add_events(first, last, columns, tasks, curvature, others, n_factors, z, image)
        for a in range(d):
            residual[a] -= image[a]
        e = first
        while e < last:
            column = columns[e]
            weight, total = 0.0, 0.0
            while e < last and columns[e] == column:
                bias = n_factors + tasks[e]
                step = pull[e] - curvature[e] * others[column, bias]
                residual[bias] += step
                scale[bias] += curvature[e]
                weight += step
                total += curvature[e]
                e += 1
            for f in range(n_factors):
                q = others[column, f]
                residual[f] += weight * q
                scale[f] += total * q * q
        direction = residual / scale
        power = 0.0
        for a in range(d):
            power += residual[a] * direction[a]
        for _ in range(n_steps):
            if power <= 1e-20:
                break
            for a in range(d):
                image[a] = ridge[a] * direction[a]
            for a in range(d):
                for b in range(d):
                    image[b] += base[group, a, b] * direction[a]
            _add_events(first, last, columns, tasks, curvature, others, n_factors, direction, image)
            bend = 0.0
            for a in range(d):
                bend += direction[a] * image[a]
            length = power / bend
            before = power
            power = 0.0
            for a in range(d):
                z[a] += length * direction[a]
                residual[a] -= length * image[a]
                power += residual[a] * residual[a] / scale[a]
            turn = power / before
            for a in range(d):
                direction[a] = residual[a] / scale[a] + turn * direction[a]


@_compiled(parallel=True)
def solve(
    offsets: IntArray,
    columns: IndexArray,
    tasks: IndexArray,
    curvature: FloatArray,
    pull: FloatArray,
    others: FloatArray,
    groups: IndexArray,
    base: FloatArray,
    base_pull: FloatArray,
    ridge: FloatArray,
    n_factors: int,
    rows: FloatArray,
) -> None:
    """Solve A z = r of each row exactly, by Cholesky; arguments as in ``descend``."""
    d = rows.shape[1]
    for r in numba.prange(len(rows)):
        group = groups[r]
        if group < 0:
            continue
        z = rows[r]
        A = base[group].copy()
        for a in range(d):
            z[a] = base_pull[group, a]
            A[a, a] += ridge[a]
        e = offsets[r]
        while e < offsets[r + 1]:
            column = columns[e]
            weight, total = 0.0, 0.0
            while e < offsets[r + 1] and columns[e] == column:
                bias = n_factors + tasks[e]
                step = pull[e] - curvature[e] * others[column, bias]
                z[bias] += step
                A[bias, bias] += curvature[e]
                for f in range(n_factors):
                    A[bias, f] += curvature[e] * others[column, f]
                weight += step
                total += curvature[e]
                e += 1
            for a in range(n_factors):
                z[a] += weight * others[column, a]
                value = total * others[column, a]
                for b in range(a + 1):
                    A[a, b] += value * others[column, b]
        for a in range(d):  # A = L L', L in the lower triangle
            for b in range(a + 1):
                value = A[a, b]
                for c in range(b):
                    value -= A[a, c] * A[b, c]
                if a == b:
                    A[a, a] = np.sqrt(value)
                else:
                    A[a, b] = value / A[b, b]
        for a in range(d):
            for c in range(a):
                z[a] -= A[a, c] * z[c]
            z[a] /= A[a, a]
        for a in range(d - 1, -1, -1):
            z[a] /= A[a, a]
            for c in range(a):
                z[c] -= A[a, c] * z[a]
