"""Which columns of a row a task sees: the block that all share, its own block, and its bias.

A row of a user or an item is (shared | block of task 1 | ... | block of task T | biases), so a
task's score of a cell is the product of the shared blocks, plus that of its own blocks, plus two
biases. With no columns of their own this is the layout of shared factors; with no shared ones it
is T models side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray, IndexArray, IntArray
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

    def factors(self, t: int) -> IntArray | slice:
        """Return the columns of all factors that the task sees, shared ones first."""
        if not self.n_specific:
            return slice(0, self.n_shared)  # a view where an index would copy
        return np.concatenate([np.arange(self.n_shared), self.own(t)])

    def seen(self, t: int) -> IntArray:
        """Return (n_factors + 1,) what the task sees: its own block, its bias, the shared block."""
        return np.concatenate([self.own(t), [self.bias(t)], np.arange(self.n_shared)])

    def view(self, rows: FloatArray, t: int) -> FloatArray:
        """Return (n, n_factors + 1) what the task sees of rows (n, d): factors, then its bias."""
        seen = np.column_stack([rows[:, self.factors(t)], rows[:, self.bias(t)]])
        return np.ascontiguousarray(seen)  # the layout for which the loops are compiled


Grams = Callable[[FloatArray, IndexArray, int], FloatArray]  # see numpy_grams


def user_grams(
    problem: FactorProblem, blocks: Blocks, users: FloatArray, grams: Grams
) -> FloatArray:
    """Return (n_tasks, k + 2, k + 2) the Gram matrix of (what a task sees, 1) over known users.

    Tasks without zeros have no use for theirs: it is zero.

    Parameters
    ----------
    users : (n_users, d)
    grams : ``numpy_grams``, or the compiled one
    """
    found = np.zeros((blocks.n_tasks, blocks.n_factors + 2, blocks.n_factors + 2))
    for t, scale in enumerate(problem.scales):
        if scale.zero:
            seen = np.ascontiguousarray(users[:, blocks.seen(t)])
            found[t] = grams(seen, problem.user_groups, 1)[0]
    return found


def item_grams(
    problem: FactorProblem, blocks: Blocks, items: FloatArray, grams: Grams
) -> FloatArray:
    """Return the same over the known items that each task ranks; ``items`` is (n_items, d)."""
    found = np.zeros((blocks.n_tasks, blocks.n_factors + 2, blocks.n_factors + 2))
    for t, scale in enumerate(problem.scales):
        if scale.zero:
            seen = np.ascontiguousarray(items[:, blocks.seen(t)])
            ranked = np.where(problem.item_groups == problem.kinds[t], 0, -1).astype(np.int32)
            found[t] = grams(seen, ranked, 1)[0]
    return found


def zeros_of(
    problem: FactorProblem, blocks: Blocks, grams: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return what all zeros of each task add to A (n_tasks, w, w) and to r (n_tasks, w) of a row.

    That is the sum of w x x' and of -w b x with x = (own block, 1, shared block), where b is the
    other side's bias; w = k + 1, and the columns are those of ``Blocks.seen``.

    Parameters
    ----------
    grams : (n_tasks, k + 2, k + 2) of the other side
    """
    bias, one = blocks.n_specific, blocks.n_factors + 1
    x = np.r_[:bias, one, bias + 1 : one]
    weights = np.array([scale.zero for scale in problem.scales])  # (n_tasks,)
    base = weights[:, None, None] * grams[:, x][:, :, x]
    return np.ascontiguousarray(base), -weights[:, None] * grams[:, bias, x]
