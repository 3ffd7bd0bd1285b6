"""Which columns of a row a task sees: the block that all share, its own block, and its bias.

A row of a user or an item is (shared | block of task 1 | ... | block of task T | biases), so a
task's score of a cell is the product of the shared blocks, plus that of its own blocks, plus two
biases. With no columns of their own this is the layout of shared factors; with no shared ones it
is T models side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.models.factor_problem import FactorProblem


@dataclass(frozen=True, slots=True)
class Blocks:
    """The columns of a row: ``n_shared``, then ``n_specific`` for each task, then the biases."""

    n_shared: int
    n_specific: int
    n_tasks: int

    @property
    def n_factors(self) -> int:
        """Number of factors that a task sees."""
        return self.n_shared + self.n_specific

    @property
    def width(self) -> int:
        """Number of columns of a row, d."""
        return self.n_shared + self.n_tasks * (self.n_specific + 1)

    def own(self, t: int) -> IntArray:
        """Return (n_specific,) the columns of the task's own block."""
        first = self.n_shared + t * self.n_specific
        return np.arange(first, first + self.n_specific)

    def bias(self, t: int) -> int:
        """Return the column of the task's bias."""
        return self.width - self.n_tasks + t

    def seen(self, t: int) -> IntArray:
        """Return (n_factors + 1,) what the task sees: its own block, its bias, the shared block."""
        return np.concatenate([self.own(t), [self.bias(t)], np.arange(self.n_shared)])

    def view(self, rows: FloatArray, t: int) -> FloatArray:
        """Return (n, n_factors + 1) what the task sees of rows (n, d): factors, then its bias."""
        return np.ascontiguousarray(rows[:, np.r_[: self.n_shared, self.own(t), self.bias(t)]])


def task_grams(
    problem: FactorProblem, blocks: Blocks, users: FloatArray, items: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return two (n_tasks, w + 1, w + 1) Gram matrices of (what a task sees, 1); w = k + 1.

    The first is over the known users, the second over the known items that the task ranks; both
    are zero for tasks without zeros, which have no use for them.

    Parameters
    ----------
    users, items : (n_users, d), (n_items, d)
    """
    from algorithms.models.factor_kernels import grams  # numba: only while fitting

    w = blocks.n_factors + 1
    of_users, of_items = np.zeros((2, blocks.n_tasks, w + 1, w + 1))
    for t, scale in enumerate(problem.scales):
        if scale.zero:
            ranked = np.where(problem.item_groups == problem.kinds[t], 0, -1).astype(np.int32)
            seen = blocks.seen(t)
            of_users[t] = grams(np.ascontiguousarray(users[:, seen]), problem.user_groups, 1)[0]
            of_items[t] = grams(np.ascontiguousarray(items[:, seen]), ranked, 1)[0]
    return of_users, of_items
