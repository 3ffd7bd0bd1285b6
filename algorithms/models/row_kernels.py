"""The loops under factor weights and feature factors, compiled by numba and spread over all cores.

As in ``factor_kernels`` each row is solved on its own and its sums run in one fixed order, so the
numbers are the same on one core and on many. Importing this module imports numba.
"""

from __future__ import annotations

import numba
import numpy as np

from algorithms.arrays import CodeArray, FloatArray, IndexArray, IntArray
from algorithms.models.cell_sums import compiled as _compiled


@_compiled(parallel=True)
def solve_rows(
    offsets: IntArray,
    columns: IndexArray,
    tasks: CodeArray,
    curvature: FloatArray,
    pull: FloatArray,
    others: FloatArray,
    weights: FloatArray,
    groups: IndexArray,
    base: FloatArray,
    base_pull: FloatArray,
    ridge: FloatArray,
    prior: FloatArray,
    rows: FloatArray,
) -> None:
    """Solve A z = r of each row exactly, by Cholesky.

    A = base + diag(ridge) + sum over events of c x x' and r = base_pull + ridge * prior + sum of
    (g - c b) x, where x = (weights of the task * factors of the other side, 1 at the task's bias)
    and b is the other side's bias.

    Parameters
    ----------
    offsets : (n_rows + 1,) events of row r are ``offsets[r]`` to ``offsets[r + 1]``
    columns, tasks : (n,) row of the other side, and task
    curvature, pull : (n,) c and g of each event
    others : (n_others, d) rows of the other side, d = n_factors + n_tasks
    weights : (n_tasks, n_factors)
    groups : (n_rows,) which ``base`` (n_groups, d, d) and ``base_pull`` (n_groups, d); -1 skips
    ridge : (d,) the same for every row
    prior : (n_rows, d) what each row is drawn to
    rows : (n_rows, d) the result
    """
    n_factors = weights.shape[1]
    d = rows.shape[1]
    for r in numba.prange(len(rows)):
        group = groups[r]
        if group < 0:
            continue
        z = rows[r]
        x = np.empty(n_factors)
        A = base[group].copy()
        for a in range(d):
            z[a] = base_pull[group, a] + ridge[a] * prior[r, a]
            A[a, a] += ridge[a]
        for e in range(offsets[r], offsets[r + 1]):
            column, task = columns[e], tasks[e]
            bias = n_factors + task
            c = curvature[e]
            step = pull[e] - c * others[column, bias]
            for a in range(n_factors):
                x[a] = weights[task, a] * others[column, a]
            for a in range(n_factors):
                z[a] += step * x[a]
                value = c * x[a]
                A[bias, a] += value
                for b in range(a + 1):
                    A[a, b] += value * x[b]
            z[bias] += step
            A[bias, bias] += c
        for a in range(d):  # A = L L', L in the lower triangle
            for b in range(a + 1):
                value = A[a, b]
                for f in range(b):
                    value -= A[a, f] * A[b, f]
                if a == b:
                    A[a, a] = np.sqrt(value)
                else:
                    A[a, b] = value / A[b, b]
        for a in range(d):
            for f in range(a):
                z[a] -= A[a, f] * z[f]
            z[a] /= A[a, a]
        for a in range(d - 1, -1, -1):
            z[a] /= A[a, a]
            for f in range(a):
                z[f] -= A[a, f] * z[a]


@_compiled(parallel=True)
def moments(
    users: IndexArray,
    items: IndexArray,
    tasks: CodeArray,
    curvature: FloatArray,
    pull: FloatArray,
    user_rows: FloatArray,
    item_rows: FloatArray,
    n_factors: int,
    M: FloatArray,
    r: FloatArray,
    offset: FloatArray,
) -> None:
    """Add the events of each task to its quadratic a'Ma - 2 r'a + offset in the weights a.

    With z = p * q (factor by factor) and b = b_u + b_i, an event adds c z z' to M, (g - c b) z to
    r and c b² - 2 g b to the offset.

    Parameters
    ----------
    users, items, tasks, curvature, pull : (n,) the events
    user_rows, item_rows : (n_users, d), (n_items, d)
    M, r, offset : (n_tasks, k, k), (n_tasks, k), (n_tasks,) where it is added
    """
    for t in numba.prange(len(offset)):
        z = np.empty(n_factors)
        column = n_factors + t
        for e in range(len(tasks)):
            if tasks[e] != t:
                continue
            u, i, c = users[e], items[e], curvature[e]
            b = user_rows[u, column] + item_rows[i, column]
            step = pull[e] - c * b
            for f in range(n_factors):
                z[f] = user_rows[u, f] * item_rows[i, f]
            for f in range(n_factors):
                r[t, f] += step * z[f]
                value = c * z[f]
                for g in range(f + 1):
                    M[t, f, g] += value * z[g]
            offset[t] += (c * b - 2.0 * pull[e]) * b
        for f in range(n_factors):
            for g in range(f):
                M[t, g, f] = M[t, f, g]
