"""The loops under factors in blocks, compiled by numba and spread over all cores.

Rows are laid out as in ``factor_blocks``. As in ``factor_kernels`` each row is worked on alone and
its sums run in one fixed order, so the numbers are the same on one core and on many. Importing this
module imports numba, so it is imported only while fitting.
"""

from __future__ import annotations

import numba
import numpy as np

from algorithms.arrays import BoolArray, CodeArray, FloatArray, IndexArray, IntArray
from algorithms.models.cell_sums import compiled as _compiled


@_compiled()
def _score(mine: FloatArray, other: FloatArray, t: int, n_shared: int, n_specific: int) -> float:
    """Return the score of task t for a row of a user and one of an item; biases included."""
    total = 0.0
    for f in range(n_shared):
        total += mine[f] * other[f]
    first = n_shared + t * n_specific
    for f in range(first, first + n_specific):
        total += mine[f] * other[f]
    n_tasks = (len(mine) - n_shared) // (n_specific + 1)
    bias = len(mine) - n_tasks + t
    score: float = total + mine[bias] + other[bias]
    return score


@_compiled(parallel=True)
def block_scores(
    users: IndexArray,
    items: IndexArray,
    tasks: CodeArray,
    user_rows: FloatArray,
    item_rows: FloatArray,
    n_shared: int,
    n_specific: int,
) -> FloatArray:
    """Return (n,) the score of each event."""
    scores = np.empty(len(users))
    for e in numba.prange(len(users)):
        scores[e] = _score(user_rows[users[e]], item_rows[items[e]], tasks[e], n_shared, n_specific)
    return scores


@_compiled(parallel=True)
def gradient_products(
    chosen: IntArray,
    offsets: IntArray,
    columns: IndexArray,
    tasks: CodeArray,
    curvature: FloatArray,
    pull: FloatArray,
    rows: FloatArray,
    others: FloatArray,
    groups: IndexArray,
    ranks: BoolArray,
    zeros: FloatArray,
    n_shared: int,
    n_specific: int,
) -> FloatArray:
    """Return (m, n_tasks, n_tasks) inner products of the tasks' gradients on each chosen row.

    Parameters
    ----------
    chosen : (m,) rows to look at
    offsets : (n_rows + 1,) events of row r are ``offsets[r]`` to ``offsets[r + 1]``
    columns, tasks, curvature, pull : (n,) other side's row, task, c and g of each event
    rows, others : (n_rows, d), (n_others, d)
    groups : (n_rows,) of each row
    ranks : (n_groups, n_tasks) whether the zeros of a task are on rows of a group
    zeros : (n_tasks, k + 2, n_shared) what (own factors, bias, shared factors, 1) of a row gives
    """
    n_tasks = len(zeros)
    products = np.zeros((len(chosen), n_tasks, n_tasks))
    for number in numba.prange(len(chosen)):
        r = chosen[number]
        row = rows[r]
        pulls = np.zeros((n_tasks, n_shared))
        for t in range(n_tasks):
            if not ranks[groups[r], t]:
                continue
            seen = zeros[t]  # (k + 2, n_shared)
            own = n_shared + t * n_specific
            offset = row[len(row) - n_tasks + t]
            for f in range(n_shared):
                total = offset * seen[n_specific, f] + seen[n_specific + n_shared + 1, f]
                for a in range(n_specific):
                    total += row[own + a] * seen[a, f]
                for a in range(n_shared):
                    total += row[a] * seen[n_specific + 1 + a, f]
                pulls[t, f] = total
        for e in range(offsets[r], offsets[r + 1]):
            column, t = columns[e], tasks[e]
            first, bias = n_shared + t * n_specific, rows.shape[1] - n_tasks + t
            score = rows[r, bias] + others[column, bias]
            for f in range(n_shared):
                score += rows[r, f] * others[column, f]
            for f in range(first, first + n_specific):
                score += rows[r, f] * others[column, f]
            residual = curvature[e] * score - pull[e]
            for f in range(n_shared):
                pulls[t, f] += residual * others[column, f]
        for s in range(n_tasks):
            for t in range(n_tasks):
                total = 0.0
                for f in range(n_shared):
                    total += pulls[s, f] * pulls[t, f]
                products[number, s, t] = total
    return products


@_compiled(parallel=True)
def solve_blocks(
    offsets: IntArray,
    columns: IndexArray,
    tasks: CodeArray,
    curvature: FloatArray,
    pull: FloatArray,
    others: FloatArray,
    groups: IndexArray,
    base: FloatArray,
    base_pull: FloatArray,
    ridge: FloatArray,
    n_shared: int,
    n_specific: int,
    rows: FloatArray,
) -> None:
    """Solve A z = r of each row exactly, in place.

    No event and no zero touches the blocks of two tasks, so A is an arrow: a block for what each
    task has to itself, and the shared columns that touch them all. Each task's own unknowns are
    eliminated by Cholesky; what is left of all tasks adds up to a system for the shared ones.

    Parameters
    ----------
    offsets, columns, tasks, curvature, pull, others : as in ``gradient_products``
    groups : (n_rows,) which ``base`` (n_groups, n_tasks, w, w) and ``base_pull`` (n_groups,
        n_tasks, w); -1 skips. w = k + 1, in the order own block, bias, shared block
    ridge : (d,) the same for every row
    rows : (n_rows, d)
    """
    n_tasks, w, n_own = base.shape[1], base.shape[2], n_specific + 1
    first_bias = rows.shape[1] - n_tasks
    for r in numba.prange(len(rows)):
        group = groups[r]
        if group < 0:
            continue
        z = rows[r]
        A, y = base[group].copy(), base_pull[group].copy()
        x = np.empty(w)
        for e in range(offsets[r], offsets[r + 1]):
            other, t = others[columns[e]], tasks[e]
            first = n_shared + t * n_specific
            for f in range(n_specific):
                x[f] = other[first + f]
            x[n_specific] = 1.0
            for f in range(n_shared):
                x[n_own + f] = other[f]
            step = pull[e] - curvature[e] * other[first_bias + t]
            for a in range(w):
                y[t, a] += step * x[a]
                value = curvature[e] * x[a]
                for b in range(a + 1):
                    A[t, a, b] += value * x[b]
        S, shared = np.zeros((n_shared, n_shared)), np.zeros(n_shared)
        for f in range(n_shared):
            S[f, f] = ridge[f]
        for t in range(n_tasks):
            L, v = A[t], y[t]
            for f in range(n_specific):
                L[f, f] += ridge[n_shared + t * n_specific + f]
            L[n_specific, n_specific] += ridge[first_bias + t]
            for a in range(w):  # the first n_own columns of L; below them, what couples
                for b in range(min(a + 1, n_own)):
                    value = L[a, b]
                    for c in range(b):
                        value -= L[a, c] * L[b, c]
                    L[a, b] = np.sqrt(value) if a == b else value / L[b, b]
            for a in range(n_own):
                for c in range(a):
                    v[a] -= L[a, c] * v[c]
                v[a] /= L[a, a]
            for a in range(n_shared):
                for b in range(a + 1):
                    value = L[n_own + a, n_own + b]
                    for c in range(n_own):
                        value -= L[n_own + a, c] * L[n_own + b, c]
                    S[a, b] += value
                value = v[n_own + a]
                for c in range(n_own):
                    value -= L[n_own + a, c] * v[c]
                shared[a] += value
        for a in range(n_shared):  # S = L L'
            for b in range(a + 1):
                value = S[a, b]
                for c in range(b):
                    value -= S[a, c] * S[b, c]
                S[a, b] = np.sqrt(value) if a == b else value / S[b, b]
        for a in range(n_shared):
            for c in range(a):
                shared[a] -= S[a, c] * shared[c]
            shared[a] /= S[a, a]
        for a in range(n_shared - 1, -1, -1):
            shared[a] /= S[a, a]
            for c in range(a):
                shared[c] -= S[a, c] * shared[a]
        for f in range(n_shared):
            z[f] = shared[f]
        for t in range(n_tasks):
            L, v = A[t], y[t]
            for a in range(n_own - 1, -1, -1):
                for f in range(n_shared):
                    v[a] -= L[n_own + f, a] * shared[f]
                for c in range(a + 1, n_own):
                    v[a] -= L[c, a] * v[c]
                v[a] /= L[a, a]
            for f in range(n_specific):
                z[n_shared + t * n_specific + f] = v[f]
            z[first_bias + t] = v[n_specific]
