r"""Alternating least squares where rows are drawn to what their features say.

With :math:`z` a row (factors, then a bias per task) and :math:`x` its features, the own part of the
row is :math:`z - x V`, so the ridge on own parts draws each row to :math:`x V` instead of zero.
Held still, V makes this the least-squares problem of shared factors with another target of the
ridge; held still, the rows make V a ridge regression of all rows on their features,

.. math:: V = (X^\top X + \kappa I)^{-1} X^\top Z

Users, items and both regressions are solved exactly in turn, so the objective never rises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from algorithms.arrays import BoolArray, FloatArray
from algorithms.models.factor_problem import FactorProblem
from algorithms.models.factor_solver import item_side, user_side
from algorithms.models.weight_solver import item_zeros, quadratics, solve_side, user_zeros

_START = 0.1  # length of the random item vectors at the start


@dataclass(frozen=True, eq=False)
class FeatureRows:
    """What was learned: rows of (factors, a bias per task), and such a row for each feature.

    Parameters
    ----------
    users, items : (n_users, d), (n_items, d), features included; of who was never met they are
        what the features say
    of_user_features, of_item_features : (n_features, d) V of each side
    """

    users: FloatArray
    items: FloatArray
    of_user_features: FloatArray
    of_item_features: FloatArray

    def copy(self) -> FeatureRows:
        """Return a copy that further sweeps leave alone."""
        return FeatureRows(
            self.users.copy(),
            self.items.copy(),
            self.of_user_features.copy(),
            self.of_item_features.copy(),
        )


@dataclass(frozen=True, eq=False)
class FeatureSweep:
    """Where the descent stands after a sweep; ``losses`` (n_tasks,) are part of ``objective``."""

    number: int
    rows: FeatureRows
    losses: FloatArray
    objective: float


@dataclass(frozen=True, eq=False)
class Regression:
    """Ridge regression of a side's known rows on their features.

    Parameters
    ----------
    X : (n_rows, n_features) of all rows
    known : (n_rows,) rows that training met
    kappa : ridge on V, in rows
    """

    X: FloatArray
    known: BoolArray
    kappa: float

    def fit(self, rows: FloatArray) -> FloatArray:
        """Return V (n_features, d) that says best what ``rows`` (n_rows, d) are."""
        X = self.X[self.known]
        gram = X.T @ X + self.kappa * np.eye(X.shape[1])
        return np.linalg.solve(gram, X.T @ rows[self.known]).astype(np.float64, copy=False)

    def penalty(self, rows: FloatArray, V: FloatArray) -> FloatArray:
        """Return (d,) the squares of own parts plus kappa times those of V, for the ridge."""
        own = (rows - self.X @ V)[self.known]
        squares: FloatArray = (own**2).sum(axis=0) + self.kappa * (V**2).sum(axis=0)
        return squares


def start_rows(
    problem: FactorProblem,
    n_factors: int,
    n_user_features: int,
    n_item_features: int,
    rng: np.random.Generator,
) -> FeatureRows:
    """Return where the sweeps begin: short random item vectors, and nothing known of features."""
    d = n_factors + len(problem.tasks)
    n_users, n_items = len(problem.known_users), len(problem.known_items)
    items = np.zeros((n_items, d))
    drawn = rng.normal(0.0, _START / np.sqrt(n_factors), (n_items, n_factors))
    items[:, :n_factors] = np.where(problem.known_items[:, None], drawn, 0.0)
    return FeatureRows(
        np.zeros((n_users, d)),
        items,
        np.zeros((n_user_features, d)),
        np.zeros((n_item_features, d)),
    )


def alternate_featured(
    problem: FactorProblem,
    ridge: FloatArray,
    of_users: Regression,
    of_items: Regression,
    rows: FeatureRows,
    n_epochs: int,
    watch: Callable[[FeatureSweep], FeatureRows | None],
) -> FeatureRows:
    """Minimise the objective and return the rows.

    Parameters
    ----------
    ridge : (d,) on the own part of every row, d = n_factors + n_tasks
    of_users, of_items : the regressions of both sides
    rows : where to begin; changed in place
    n_epochs : sweeps over users, items and features
    watch : called after every sweep; returns None to go on, or the rows to end with
    """
    users, items = user_side(problem, ridge), item_side(problem, ridge)
    ones = np.ones((len(problem.tasks), rows.users.shape[1] - len(problem.tasks)))

    def solve_users(rows: FeatureRows) -> None:
        prior = of_users.X @ rows.of_user_features
        rows.users[~of_users.known] = prior[~of_users.known]
        zeros = user_zeros(problem, rows.items, ones)
        solve_side(users, rows.items, ones, zeros, prior, rows.users)

    def solve_items(rows: FeatureRows) -> None:
        prior = of_items.X @ rows.of_item_features
        rows.items[~of_items.known] = prior[~of_items.known]
        zeros = item_zeros(problem, rows.users, ones)
        solve_side(items, rows.users, ones, zeros, prior, rows.items)

    for number in range(1, n_epochs + 1):
        solve_users(rows)
        rows.of_user_features[:] = of_users.fit(rows.users)
        solve_items(rows)
        rows.of_item_features[:] = of_items.fit(rows.items)
        losses = quadratics(problem, rows.users, rows.items).losses(ones)
        penalty = of_users.penalty(rows.users, rows.of_user_features)
        penalty = penalty + of_items.penalty(rows.items, rows.of_item_features)
        best = watch(FeatureSweep(number, rows, losses, float(losses.sum() + ridge @ penalty)))
        if best is not None:
            rows = best
            break
    rows = replace(rows, items=rows.items.copy())
    prior = of_items.X @ rows.of_item_features
    rows.items[~of_items.known] = prior[~of_items.known]
    solve_users(rows)
    return rows
