"""The loops under shared factors, compiled by numba and spread over all cores.

Each row (a user, or an item) is solved on its own, from data that no other row writes, and the
sums within a row run in one fixed order: the numbers are the same on one core and on many.
Importing this module imports numba, so it is imported only while fitting.
"""

from __future__ import annotations

import numba
import numpy as np

from algorithms.arrays import CodeArray, Float32Array, FloatArray, IndexArray, IntArray
from algorithms.models.cell_sums import (
    add_gram,
    add_rows,
    add_squares,
    compiled,
    padded,
    products,
)


@compiled()
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


@compiled()
def regroup(
    keys: IndexArray,
    others: IndexArray,
    tasks: CodeArray,
    values: Float32Array,
    n_groups: int,
) -> tuple[IntArray, IndexArray, CodeArray, Float32Array]:
    """Return offsets (n_groups + 1,) and the columns (n,) grouped by key, in their order."""
    offsets = np.zeros(n_groups + 1, dtype=np.int64)
    for e in range(len(keys)):
        offsets[keys[e] + 1] += 1
    for g in range(n_groups):
        offsets[g + 1] += offsets[g]
    place = offsets[:-1].copy()
    new_others, new_tasks, new_values = (
        np.empty_like(others),
        np.empty_like(tasks),
        np.empty_like(values),
    )
    for e in range(len(keys)):
        at = place[keys[e]]
        place[keys[e]] += 1
        new_others[at], new_tasks[at], new_values[at] = others[e], tasks[e], values[e]
    return offsets, new_others, new_tasks, new_values


@compiled(parallel=True)
def event_losses(
    offsets: IntArray,
    items: IndexArray,
    tasks: CodeArray,
    values: Float32Array,
    effects: FloatArray,
    user_rows: FloatArray,
    item_rows: FloatArray,
    n_factors: int,
) -> FloatArray:
    """Return (n_users, n_tasks) the sum of c s² - 2 g s over each user's events of a task.

    s = p_u . q_i + b_u + b_i; rows are (factors, a bias per task), the rest as in ``descend``.
    """
    n_tasks = len(effects)
    losses = np.zeros((len(user_rows), n_tasks))
    for u in numba.prange(len(user_rows)):
        previous, dot = -1, 0.0
        for e in range(offsets[u], offsets[u + 1]):
            i, t = items[e], tasks[e]
            if i != previous:  # tasks on the same cell share the dot product
                dot = 0.0
                for f in range(n_factors):
                    dot += user_rows[u, f] * item_rows[i, f]
                previous = i
            c = effects[t, 0] + effects[t, 1] * values[e]
            g = effects[t, 2] + effects[t, 3] * values[e]
            score = dot + user_rows[u, n_factors + t] + item_rows[i, n_factors + t]
            losses[u, t] += (c * score - 2.0 * g) * score
    return losses


@compiled(parallel=True)
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


@compiled()
def _gather(
    first: int,
    last: int,
    columns: IndexArray,
    tasks: CodeArray,
    values: Float32Array,
    effects: FloatArray,
    biases: FloatArray,
) -> tuple[IntArray, FloatArray, FloatArray, FloatArray]:
    """Bring a row's events to its m cells: columns (m,), c and g - c b, and c of each task.

    ``biases`` (n_others, n_tasks) are b. Returns cells (m,), curvature (m,) and push (m,) summed
    over the tasks of a cell, and the same by task, (2, n_tasks, m); all padded with zeros.
    """
    n_cells = 0
    for e in range(first, last):
        n_cells += e == first or columns[e] != columns[e - 1]
    width = (n_cells + 3) // 4 * 4
    cells = np.zeros(width, dtype=np.int64)
    total, push = np.zeros(width), np.zeros(width)
    by_task = np.zeros((2, len(effects), width))
    m = -1
    for e in range(first, last):
        if e == first or columns[e] != columns[e - 1]:
            m += 1
            cells[m] = columns[e]
        t = tasks[e]
        c = effects[t, 0] + effects[t, 1] * values[e]
        step = effects[t, 2] + effects[t, 3] * values[e] - c * biases[columns[e], t]
        total[m] += c
        push[m] += step
        by_task[0, t, m] += c
        by_task[1, t, m] += step
    return cells, total, push, by_task


@compiled()
def _widened(base: FloatArray, n_factors: int, width: int) -> FloatArray:
    """Return base (n, d, d) with zeros between the factors and the biases."""
    n, d, gap = len(base), base.shape[1], width - n_factors
    wide = np.zeros((n, d + gap, d + gap))
    for g in range(n):
        for a in range(d):
            for b in range(d):
                wide[g, a + gap * (a >= n_factors), b + gap * (b >= n_factors)] = base[g, a, b]
    return wide


@compiled(parallel=True)
def descend(
    offsets: IntArray,
    columns: IndexArray,
    tasks: CodeArray,
    values: Float32Array,
    effects: FloatArray,
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
    values, effects : (n,) value of each event, and (n_tasks, 4) what it does: its c is
        ``effects[t, 0] + effects[t, 1] * value``, and its g the same with 2 and 3
    others : (n_others, d) rows of the other side, d = n_factors + n_tasks
    groups : (n_rows,) which ``base`` (n_groups, d, d) and ``base_pull`` (n_groups, d); -1 skips
    ridge : (d,) the same for every row
    rows : (n_rows, d) start and result
    """
    n_tasks = len(effects)
    Q, biases = padded(others, n_factors), others[:, n_factors:].copy()
    width = Q.shape[1]
    d = width + n_tasks
    wide_base = _widened(base, n_factors, width)
    for r in numba.prange(len(rows)):
        if groups[r] < 0:
            continue
        A = wide_base[groups[r]]
        cells, total, push, by_task = _gather(
            offsets[r], offsets[r + 1], columns, tasks, values, effects, biases
        )
        n_cells = len(cells)
        z, residual, diagonal = np.zeros(d), np.zeros(d), np.ones(d)
        for a in range(rows.shape[1]):
            at = a if a < n_factors else a - n_factors + width
            z[at], diagonal[at] = rows[r, a], ridge[a]
            residual[at] = base_pull[groups[r], a]
        for t in range(n_tasks):
            for c in range(n_cells):
                diagonal[width + t] += by_task[0, t, c]
                residual[width + t] += by_task[1, t, c]
        scale = diagonal.copy()  # Jacobi preconditioner: the diagonal of A
        for a in range(d):
            scale[a] += A[a, a]
        add_squares(cells, total, Q, scale)
        add_rows(cells, push, Q, residual)
        image, dots = np.empty(d), np.empty(n_cells)
        _multiply(A, diagonal, cells, total, by_task[0], Q, z, dots, push, image)
        direction = np.empty(d)
        power = 0.0
        for a in range(d):
            residual[a] -= image[a]
            direction[a] = residual[a] / scale[a]
            power += residual[a] * direction[a]
        for _ in range(n_steps):
            if power <= 1e-20:
                break
            _multiply(A, diagonal, cells, total, by_task[0], Q, direction, dots, push, image)
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
        for a in range(rows.shape[1]):
            rows[r, a] = z[a if a < n_factors else a - n_factors + width]


@compiled()
def _multiply(
    A: FloatArray,
    diagonal: FloatArray,
    cells: IntArray,
    total: FloatArray,
    by_task: FloatArray,
    Q: FloatArray,
    v: FloatArray,
    dots: FloatArray,
    push: FloatArray,
    out: FloatArray,
) -> None:
    """Set ``out`` to the product of a row's matrix with ``v``; ``dots``, ``push`` are work space.

    The diagonal holds the ridge and, at the biases, the sums of c.
    """
    width = Q.shape[1]
    for a in range(len(v)):
        out[a] = diagonal[a] * v[a]
    for a in range(len(v)):
        for b in range(len(v)):
            out[b] += A[a, b] * v[a]
    products(cells, Q, v, dots)
    for c in range(len(cells)):
        push[c] = total[c] * dots[c]
    for t in range(len(by_task)):
        share = 0.0
        for c in range(len(cells)):
            share += by_task[t, c] * dots[c]
            push[c] += by_task[t, c] * v[width + t]
        out[width + t] += share
    add_rows(cells, push, Q, out)


@compiled(parallel=True)
def solve(
    offsets: IntArray,
    columns: IndexArray,
    tasks: CodeArray,
    values: Float32Array,
    effects: FloatArray,
    others: FloatArray,
    groups: IndexArray,
    base: FloatArray,
    base_pull: FloatArray,
    ridge: FloatArray,
    n_factors: int,
    rows: FloatArray,
) -> None:
    """Solve A z = r of each row exactly, by Cholesky; arguments as in ``descend``."""
    d, n_tasks = rows.shape[1], len(effects)
    Q, biases = padded(others, n_factors), others[:, n_factors:].copy()
    for r in numba.prange(len(rows)):
        if groups[r] < 0:
            continue
        cells, total, push, by_task = _gather(
            offsets[r], offsets[r + 1], columns, tasks, values, effects, biases
        )
        z, A = rows[r], base[groups[r]].copy()
        sums = np.zeros(Q.shape[1])
        add_rows(cells, push, Q, sums)
        add_gram(cells, total, Q, n_factors, A)
        for a in range(d):
            z[a] = base_pull[groups[r], a] + (sums[a] if a < n_factors else 0.0)
            A[a, a] += ridge[a]
        for t in range(n_tasks):
            sums[:] = 0.0
            add_rows(cells, by_task[0, t], Q, sums)
            bias = n_factors + t
            for f in range(n_factors):
                A[bias, f] += sums[f]
            for c in range(len(cells)):
                A[bias, bias] += by_task[0, t, c]
                z[bias] += by_task[1, t, c]
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
