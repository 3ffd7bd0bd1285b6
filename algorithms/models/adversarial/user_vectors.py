r"""Vectors of users, shared by all tasks, and of items, for each task its own.

.. math:: s^t_{ui} = p_u^\top q^t_i + b^t_i

What a user clicked moves the same vector :math:`p_u` from which purchases are told: so the tasks
share. Both models that use it answer alike; they differ in how the vectors are learned.

Items that nobody chose in a task were in no comparison that they could win, and stay below others.
A user without any feedback gets NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.explanations import Contribution, EvidenceKind, Explanation, strongest_first
from algorithms.messages import Message
from algorithms.models.adversarial.base import PlayedRecommender, RoundsConfig
from algorithms.models.adversarial.rounds import Weights
from algorithms.tasks import Task

if TYPE_CHECKING:
    import torch

_SPREAD = 0.1  # of vectors at the start
_PAIRS_AT_ONCE = 2**14


class UserVectorsConfig(RoundsConfig):
    """Parameters of vectors of users and items."""

    n_factors: int = Field(32, ge=1, le=512, description="Length of the user and item vectors")
    batch_size: int = Field(1024, ge=1, le=65536, description="Choices in one step")
    learning_rate: float = Field(
        0.005, gt=0, le=1, description="Size of a step, as Adam understands it"
    )
    regularization: float = Field(
        0.03, ge=0, le=10, description="How strongly each comparison draws the vectors to zero"
    )


@dataclass(frozen=True, eq=False)
class Choices:
    """All choices of all tasks.

    Parameters
    ----------
    users, columns : (n,) who chose what
    tasks : (n,) position of the task
    keys : for each task (n_t,) ascending: user times the number of items, plus column
    n_columns : (T,) items of each task's kind
    """

    users: IntArray
    columns: IntArray
    tasks: IntArray
    keys: tuple[IntArray, ...]
    n_columns: IntArray

    def chosen(self, position: int, users: IntArray, columns: IntArray) -> FloatArray:
        """Return (n,) 1 where a user chose an item in a task, else 0."""
        keys = self.keys[position]
        asked = users * self.n_columns[position] + columns
        place = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
        found: FloatArray = (keys[place] == asked).astype(np.float64)
        return found


class UserVectorsRecommender(PlayedRecommender):
    """What both models on vectors have in common: all but how they learn."""

    explains_by = "factors"
    single_task_twin = "bpr"
    config_class = UserVectorsConfig

    config: UserVectorsConfig

    def _derive(self) -> None:
        super()._derive()
        parts = [self._feedback[task.name] for task in self.tasks]
        every = np.arange(self.log.n_users)
        users = [np.repeat(every, np.diff(part.offsets)) for part in parts]
        columns = [part.columns.astype(np.int64) for part in parts]
        self._choices = Choices(
            np.concatenate(users),
            np.concatenate(columns),
            np.repeat(np.arange(len(parts)), [len(part.columns) for part in parts]),
            tuple(
                of * part.n_columns + column
                for of, column, part in zip(users, columns, parts, strict=True)
            ),
            np.array([part.n_columns for part in parts]),
        )

    def _make_weights(self, rng: np.random.Generator) -> Weights:
        shape = (self.log.n_users, self.config.n_factors)
        weights = {"P": rng.normal(0.0, _SPREAD, shape).astype(np.float32)}
        for position, n in enumerate(self._choices.n_columns.tolist()):
            drawn = rng.normal(0.0, _SPREAD, (n, shape[1]))
            weights[f"Q{position}"] = drawn.astype(np.float32)
            weights[f"b{position}"] = np.zeros(n, dtype=np.float32)
        return weights

    # --- answers -------------------------------------------------------------------------

    def _block(self, weights: Weights, task: Task, users: IntArray) -> FloatArray:
        position = self._position(task)
        P, Q = (weights[name].astype(np.float64) for name in ("P", f"Q{position}"))
        scores: FloatArray = P[users] @ Q.T + weights[f"b{position}"]
        return scores

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        weights, position = self._played.weights, self._position(task)
        P, Q, b = (weights[name] for name in ("P", f"Q{position}", f"b{position}"))
        columns = self._columns[task.name][items]  # (n,)
        known = np.flatnonzero((columns >= 0) & self._has_feedback(task, users))
        scores = np.full(len(users), np.nan)
        for start in range(0, len(known), _PAIRS_AT_ONCE):
            mine = known[start : start + _PAIRS_AT_ONCE]
            p, q = P[users[mine]].astype(np.float64), Q[columns[mine]].astype(np.float64)
            scores[mine] = np.einsum("nk,nk->n", p, q) + b[columns[mine]]
        return scores

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        score = float(self._predict(task, np.array([user]), np.array([item]))[0])
        if np.isnan(score):
            return self._unknown(task, user, item)
        column = self._columns[task.name][item]
        bias = float(self._played.weights[f"b{self._position(task)}"][column])
        parts = [
            Contribution(score - bias, EvidenceKind.FACTORS, task=task.name),
            Contribution(bias, EvidenceKind.ITEM_BIAS, task=task.name),
        ]
        sentence = Message(
            "For “{task}” the match of this user's tastes, learned from all tasks, with this item "
            "counts {match:+.2f}, and what everybody thinks of the item {bias:+.2f}.",
            {"task": task.name, "match": score - bias, "bias": bias},
        )
        return Explanation(task.name, user, item, score, sentence, strongest_first(parts))


class Player:
    """Vectors that learn: one table of users, and of items and biases for each task."""

    def __init__(self, weights: Weights, learning_rate: float) -> None:
        import torch

        self._torch = torch
        self.w = {
            name: torch.from_numpy(array.copy()).requires_grad_() for name, array in weights.items()
        }
        self._adam = torch.optim.Adam(list(self.w.values()), lr=learning_rate, fused=True)

    def scores(
        self, position: int, users: IntArray, columns: IntArray
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (n,) the scores of pairs, and (n,) the squared length of what made them."""
        rows = self._torch.nn.functional.embedding
        at, of = self._torch.from_numpy(users), self._torch.from_numpy(columns)
        p, q = rows(at, self.w["P"]), rows(of, self.w[f"Q{position}"])
        b = self.w[f"b{position}"][of]
        return (p * q).sum(dim=1) + b, (p**2).sum(dim=1) + (q**2).sum(dim=1) + b**2

    def all_scores(self, position: int, users: IntArray) -> torch.Tensor:
        """Return (m, k) the scores of all items of a task for some users."""
        P = self.w["P"][self._torch.from_numpy(users)]
        return P @ self.w[f"Q{position}"].T + self.w[f"b{position}"]

    def step(self, loss: torch.Tensor) -> None:
        """Move against the loss."""
        self._adam.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self._adam.step()

    def copy(self) -> Weights:
        """Copy the weights."""
        return {name: value.detach().numpy().copy() for name, value in self.w.items()}
