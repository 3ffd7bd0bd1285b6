r"""Do the tasks pull the shared vectors the same way? The conflict between tasks while they learn.

Each task's part :math:`L_t` of the loss would move the shared vectors :math:`\theta` along its own
gradient. For two tasks the cosine

.. math::
    \cos(s, t) = \frac{\nabla_\theta L_s \cdot \nabla_\theta L_t}
                      {\|\nabla_\theta L_s\|\;\|\nabla_\theta L_t\|}

is 1 where both want the same step, 0 where they have nothing to do with each other, and negative
where what helps one harms the other. :math:`\theta` is what the two tasks share: the users'
vectors, and the items' too where both rank the same kind of items. With the score :math:`s_{ui}` of
a cell the gradient on a user is

.. math::
    \tfrac12 \nabla_{p_u} L_t = \sum_{e \in u} (c_e s_e - g_e)\, q_e
        + w_t v_t \sum_i s_{ui}\, q_i

whose last sum, over all items, is the user's row times the Gram matrix of the items. Of large
tables some five hundred users and as many items are looked at, evenly spread.

References
----------
T. Yu, S. Kumar, A. Gupta, S. Levine, K. Hausman, C. Finn: Gradient surgery for multi-task learning,
NeurIPS 2020 (conflicting gradients are those of negative cosine).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from algorithms.arrays import BoolArray, FloatArray, IntArray
from algorithms.models.factor_blocks import Blocks, item_grams, user_grams
from algorithms.models.factor_problem import FactorProblem
from algorithms.models.factor_solver import FactorRows, Side, item_side, user_side

_MOST_ROWS = 512  # of users, and of items


@dataclass(frozen=True, eq=False)
class _Half:
    """One side: its events, the rows looked at, and (n_groups, n_tasks) who has which zeros."""

    side: Side
    chosen: IntArray
    ranks: BoolArray


class Conflict:
    """Measures how alike the tasks' gradients on what they share are.

    Parameters
    ----------
    blocks : which columns are shared; with none there is nothing to measure
    """

    def __init__(self, problem: FactorProblem, blocks: Blocks) -> None:
        self._problem = problem
        self._blocks = blocks
        self._measurable = blocks.n_tasks > 1 and blocks.n_shared > 0
        if self._measurable:
            no_ridge = np.zeros(blocks.width)
            everywhere = np.ones((1, blocks.n_tasks), dtype=np.bool_)
            by_kind = np.arange(problem.n_kinds)[:, None] == problem.kinds  # (n_kinds, n_tasks)
            users, items = _some(problem.known_users), _some(problem.known_items)
            self._users = _Half(user_side(problem, no_ridge).only(users), users, everywhere)
            self._items = _Half(item_side(problem, no_ridge).only(items), items, by_kind)

    def cosines(self, rows: FactorRows) -> list[tuple[str, str, float]]:
        """Return both tasks' names and the cosine, for each ordered pair where it is defined."""
        if not self._measurable:
            return []
        from algorithms.models.factor_kernels import grams  # numba: only while fitting

        of_users = user_grams(self._problem, self._blocks, rows.users, grams)
        of_items = item_grams(self._problem, self._blocks, rows.items, grams)
        by_user = self._products(self._users, rows.users, rows.items, self._zeros(of_items))
        by_item = self._products(self._items, rows.items, rows.users, self._zeros(of_users))
        return list(self._pairs(by_user, by_item))

    def _pairs(self, by_user: FloatArray, by_item: FloatArray) -> Iterator[tuple[str, str, float]]:
        tasks, kinds = self._problem.tasks, self._problem.kinds
        for s, t in combinations(range(len(tasks)), 2):
            products = by_user + by_item if kinds[s] == kinds[t] else by_user  # (n_tasks, n_tasks)
            norms = products[s, s] * products[t, t]
            if norms > 0.0:
                cosine = float(np.clip(products[s, t] / np.sqrt(norms), -1.0, 1.0))
                yield tasks[s].name, tasks[t].name, cosine
                yield tasks[t].name, tasks[s].name, cosine

    def _zeros(self, grams: FloatArray) -> FloatArray:
        """Return (n_tasks, k + 2, n_shared) what a row (factors, bias, 1) gets from all zeros."""
        s, k = self._blocks.n_specific, self._blocks.n_factors
        own, bias, shared, one = np.r_[:s], s, np.r_[s + 1 : k + 1], k + 1
        weights = np.array([scale.zero for scale in self._problem.scales])  # (n_tasks,)
        zeros: FloatArray = grams[:, np.r_[own, one, shared, bias]][:, :, shared]
        return np.ascontiguousarray(weights[:, None, None] * zeros)

    def _products(
        self, half: _Half, mine: FloatArray, others: FloatArray, zeros: FloatArray
    ) -> FloatArray:
        """Return (n_tasks, n_tasks) inner products of the tasks' gradients on one side's rows."""
        from algorithms.models.block_kernels import gradient_products  # numba: only while fitting

        side = half.side
        products: FloatArray = gradient_products(
            half.chosen,
            side.offsets,
            side.others,
            side.tasks,
            side.curvature,
            side.pull,
            mine,
            others,
            side.groups,
            half.ranks,
            zeros,
            self._blocks.n_shared,
            self._blocks.n_specific,
        ).sum(axis=0)
        return products


def _some(known: BoolArray) -> IntArray:
    """Return at most ``_MOST_ROWS`` of the known rows, evenly spread."""
    rows = np.flatnonzero(known)
    return rows[:: max(1, -(-len(rows) // _MOST_ROWS))]
