r"""Logistic shared factors, trained by gradient steps whose losses a critic weighs.

.. math::
    P(y_{tui} = 1) = \sigma\Bigl(b_t + b_{tu} + b_{ti} + \sum_f v_{tf}\, p_{uf}\, q_{if}\Bigr)

The user's and the item's vector serve all tasks, :math:`v_t` says which factors a task uses. Steps
are Adagrad's: each number moves by :math:`\eta\, g / \sqrt{\sum g^2}`.

Reference: J. Duchi, E. Hazan, Y. Singer: Adaptive subgradient methods for online learning and
stochastic optimization, JMLR 12, 2011.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from algorithms.arrays import AnyArray, FloatArray, IntArray, sigmoid

_BATCH = 1024
_SMALL = 1e-8
_NAMES = ("P", "Q", "V", "users", "items", "means")


@dataclass(frozen=True, eq=False)
class Factors:
    """All that is learned.

    Parameters
    ----------
    P, Q : (n_users, d), (n_items, d) vectors
    V : (T, d) what each task makes of the factors
    users, items : (n_users, T), (n_items, T) offsets
    means : (1, T) level of each task, in log odds
    """

    P: FloatArray
    Q: FloatArray
    V: FloatArray
    users: FloatArray
    items: FloatArray
    means: FloatArray

    @classmethod
    def drawn(
        cls, n_users: int, n_items: int, rates: FloatArray, d: int, rng: np.random.Generator
    ) -> Self:
        """Return small random vectors, and the log odds of the tasks' rates (T,)."""
        T = len(rates)
        P, Q = (rng.normal(scale=0.3, size=(n, d)) for n in (n_users, n_items))
        means = np.log(rates / (1 - rates))[None]
        return cls(P, Q, np.ones((T, d)), np.zeros((n_users, T)), np.zeros((n_items, T)), means)

    def arrays(self) -> dict[str, AnyArray]:
        """Return all as arrays by name."""
        return {name: getattr(self, name) for name in _NAMES}

    def copy(self) -> Factors:
        """Return a copy that further steps leave alone."""
        return Factors(*(array.copy() for array in self.arrays().values()))

    def levels(self, users: IntArray, items: IntArray) -> FloatArray:
        """Return (n, T) the log odds of events."""
        match = (self.P[users] * self.Q[items]) @ self.V.T
        level: FloatArray = self.means + self.users[users] + self.items[items] + match
        return level


def losses(labels: FloatArray, chances: FloatArray) -> FloatArray:
    """Return (n, T) log losses; NaN where the label is not observed."""
    said = np.clip(np.where(labels > 0, chances, 1 - chances), 1e-12, 1)
    return np.where(np.isnan(labels), np.nan, -np.log(said))


class Trainer:
    """Takes Adagrad steps through the events in random order.

    Parameters
    ----------
    factors : is changed in place
    users, items : (n,)
    labels : (n, T) 0 or 1, NaN where not observed
    learning_rate : η
    regularization : pull of vectors and offsets to zero, at each event that touches them, and of
        V to one, where all tasks are alike
    """

    def __init__(
        self,
        factors: Factors,
        users: IntArray,
        items: IntArray,
        labels: FloatArray,
        learning_rate: float,
        regularization: float,
    ) -> None:
        self.factors = factors
        self._events = (users, items, labels)
        self._rate, self._pull = learning_rate, regularization
        self._squares = {name: np.zeros_like(a) for name, a in factors.arrays().items()}

    def epoch(self, weights: FloatArray, rng: np.random.Generator) -> None:
        """Go through all events once; ``weights`` (n, T) multiply their losses."""
        order = rng.permutation(len(self._events[0]))
        for start in range(0, len(order), _BATCH):
            self._step(order[start : start + _BATCH], weights)

    def _step(self, rows: IntArray, weights: FloatArray) -> None:
        all_users, all_items, all_labels = self._events
        users, items, labels = all_users[rows], all_items[rows], all_labels[rows]
        f, seen = self.factors, ~np.isnan(labels)
        P, Q = f.P[users], f.Q[items]
        wrong = np.where(seen, sigmoid(f.levels(users, items)) - np.nan_to_num(labels), 0.0)
        wrong *= weights[rows]  # (b, T)
        pulled = wrong @ f.V  # (b, d)
        self._move("P", f.P, users, pulled * Q + self._pull * P)
        self._move("Q", f.Q, items, pulled * P + self._pull * Q)
        self._move("users", f.users, users, wrong + self._pull * seen * f.users[users])
        self._move("items", f.items, items, wrong + self._pull * seen * f.items[items])
        everybody = np.zeros(1, dtype=np.int64)
        self._move("means", f.means, everybody, wrong.sum(axis=0, keepdims=True))
        tasks = np.arange(len(f.V))
        self._move("V", f.V, tasks, wrong.T @ (P * Q) + self._pull * (f.V - 1))

    def _move(self, name: str, table: FloatArray, rows: IntArray, gradients: FloatArray) -> None:
        """Sum the gradients (b, c) of each row, and move the rows."""
        touched, place = np.unique(rows, return_inverse=True)
        summed = np.zeros((len(touched), table.shape[1]))
        np.add.at(summed, place, gradients)
        squares = self._squares[name]
        squares[touched] += summed**2
        table[touched] -= self._rate * summed / (np.sqrt(squares[touched]) + _SMALL)
