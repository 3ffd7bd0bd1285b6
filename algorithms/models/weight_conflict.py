r"""The conflict between tasks on the vectors they share, where each weighs the factors by itself.

As in ``factor_conflict``, the cosine between two tasks' gradients on what they share, with the
gradient of task t on a user's vector

.. math::
    \tfrac12 \nabla_{p_u} L_t = a_t \circ \Bigl(\sum_{e \in u} (c_e s_e - g_e)\, q_e
        + w_t v_t \sum_i s_{tui}\, q_i\Bigr)

and likewise on an item's. NumPy alone; of large tables some five hundred users and as many items
are looked at, evenly spread.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from algorithms.arrays import BoolArray, FloatArray, IndexArray, IntArray
from algorithms.models.factor_problem import FactorProblem, numpy_grams
from algorithms.models.weight_solver import WeightedRows

_MOST_ROWS = 512  # of users, and of items


@dataclass(frozen=True, eq=False)
class _Half:
    """The rows (n,) of one side that are looked at, and for each task the events on them.

    Parameters
    ----------
    chosen : (n,) rows
    events, places, others : by task, event numbers, position in ``chosen``, row of the other side
    """

    chosen: IntArray
    events: list[IntArray]
    places: list[IntArray]
    others: list[IndexArray]


class WeightConflict:
    """Measures how alike the tasks' gradients on the shared vectors are."""

    def __init__(self, problem: FactorProblem) -> None:
        of = problem.events
        self._problem = problem
        self._users = _half(problem, problem.known_users, of.users, of.items)
        self._items = _half(problem, problem.known_items, of.items, of.users)

    def cosines(self, rows: WeightedRows) -> list[tuple[str, str, float]]:
        """Return both tasks' names and the cosine, for each ordered pair where it is defined."""
        tasks, kinds = self._problem.tasks, self._problem.kinds
        if len(tasks) < 2:
            return []
        by_user, by_item = self.gradients(rows)
        found = []
        for s, t in combinations(range(len(tasks)), 2):
            first, second = by_user[s].ravel(), by_user[t].ravel()
            if kinds[s] == kinds[t]:
                first = np.r_[first, by_item[s].ravel()]
                second = np.r_[second, by_item[t].ravel()]
            norms = float(np.linalg.norm(first) * np.linalg.norm(second))
            if norms > 0.0:
                cosine = float(np.clip(first @ second / norms, -1.0, 1.0))
                found.append((tasks[s].name, tasks[t].name, cosine))
                found.append((tasks[t].name, tasks[s].name, cosine))
        return found

    def gradients(self, rows: WeightedRows) -> tuple[FloatArray, FloatArray]:
        """Return half the gradients (n_tasks, n, k) on the users and on the items looked at."""
        problem = self._problem
        of_items = numpy_grams(rows.items, problem.item_groups, problem.n_kinds)
        of_users = numpy_grams(rows.users, problem.user_groups, 1)[0]
        item_kinds = problem.item_kinds[self._items.chosen]
        by_user, by_item = [], []
        for t, kind in enumerate(problem.kinds):
            everybody = np.ones(len(self._users.chosen), dtype=np.bool_)
            by_user.append(
                self._gradient(
                    self._users, rows.users, rows.items, rows.weights, t, of_items[kind], everybody
                )
            )
            by_item.append(
                self._gradient(
                    self._items,
                    rows.items,
                    rows.users,
                    rows.weights,
                    t,
                    of_users,
                    item_kinds == kind,
                )
            )
        return np.array(by_user), np.array(by_item)

    def _gradient(
        self,
        half: _Half,
        mine: FloatArray,
        others: FloatArray,
        weights: FloatArray,
        t: int,
        gram: FloatArray,
        has_zeros: BoolArray,
    ) -> FloatArray:
        """Return (n, k) half the gradient of task t on one side's rows."""
        k, a = weights.shape[1], weights[t]
        mine = mine[half.chosen]  # (n, d)
        places, e = half.places[t], half.events[t]
        of, events = others[half.others[t]], self._problem.events  # (n_events, d)
        scores = ((mine[places, :k] * of[:, :k]) @ a) + mine[places, k + t] + of[:, k + t]
        steps = events.curvature[e] * scores - events.pull[e]  # (n_events,)
        gradient: FloatArray = np.zeros((len(mine), k))
        np.add.at(gradient, places, steps[:, None] * of[:, :k])
        zero = self._problem.scales[t].zero
        if zero:  # the sum over all others of s q, from their Gram matrix
            sums = (mine[:, :k] * a) @ gram[:k, :k] + gram[k + t, :k]
            sums += mine[:, k + t, None] * gram[-1, :k]
            gradient += zero * has_zeros[:, None] * sums
        gradient *= a
        return gradient


def _half(problem: FactorProblem, known: BoolArray, mine: IndexArray, others: IndexArray) -> _Half:
    rows = np.flatnonzero(known)
    chosen = rows[:: max(1, -(-len(rows) // _MOST_ROWS))]  # evenly spread
    of_chosen = np.isin(mine, chosen)
    events = [
        np.flatnonzero(of_chosen & (problem.events.tasks == t)) for t in range(len(problem.tasks))
    ]
    places = [np.searchsorted(chosen, mine[e]) for e in events]
    return _Half(chosen, events, places, [others[e] for e in events])
