"""What ALS, BPR and LMF share: a vector for every user and every item, fitted once per task."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import AnyArray, FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.explanations import Contribution, EvidenceKind, Explanation, strongest_first
from algorithms.messages import Message
from algorithms.models.base import ModelState
from algorithms.models.implicit_feedback import Feedback, FeedbackRecommender, each_with_progress
from algorithms.progress import Progress, Stage
from algorithms.tasks import Task

LEARNED = ("P", "Q", "b_u", "b_i")


@dataclass(frozen=True, eq=False)
class Vectors:
    """What is learned for one task; a score is b_u + b_i + P Qᵀ.

    Parameters
    ----------
    P : (n_users, n_factors)
    Q : (n_items of the kind, n_factors)
    b_u : (n_users,) where the model has it
    b_i : (n_items of the kind,) where the model has it; NaN for items that it never saw
    """

    P: FloatArray
    Q: FloatArray
    b_u: FloatArray | None = None
    b_i: FloatArray | None = None

    def arrays(self) -> dict[str, FloatArray]:
        """Return what there is, by name."""
        found = {name: getattr(self, name) for name in LEARNED}
        return {name: array for name, array in found.items() if array is not None}


class ImplicitFactors(FeedbackRecommender):
    """Vectors of users and items, learned from feedback by a library."""

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        self._derive()
        self._vectors: dict[str, Vectors] = {}
        for task, part in each_with_progress(tasks, progress):
            seed = int(rng.integers(2**31))
            self._vectors[task.name] = self._learn(self._feedback[task.name], seed, part)
        progress(1.0, Stage.FIT)

    @abstractmethod
    def _learn(self, cells: Feedback, seed: int, progress: Progress) -> Vectors:
        """Return the vectors of a task; there may be no cells at all."""

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        of = self._vectors[task.name]
        columns = self._columns[task.name][items]  # (n,)
        known = np.maximum(columns, 0)
        if not len(of.Q):
            return np.full(len(users), np.nan)
        scores = np.einsum("nk,nk->n", of.P[users], of.Q[known])  # (n,)
        if of.b_i is not None:
            scores += of.b_i[known]
        if of.b_u is not None:
            scores += of.b_u[users]
        return np.where((columns >= 0) & self._has_feedback(task, users), scores, np.nan)

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        of = self._vectors[task.name]
        columns = self._columns[task.name][items]  # (k,)
        known = np.maximum(columns, 0)
        if not len(of.Q):
            return np.full((len(users), len(items)), np.nan)
        scores: FloatArray = of.P[users] @ of.Q[known].T  # (m, k)
        if of.b_i is not None:
            scores += of.b_i[known]
        if of.b_u is not None:
            scores += of.b_u[users][:, None]
        scores[:, columns < 0] = np.nan
        scores[~self._has_feedback(task, users)] = np.nan
        return scores

    def _state(self) -> ModelState:
        arrays: dict[str, AnyArray] = {}
        for position, task in enumerate(self.tasks):
            learned = self._vectors[task.name].arrays()
            arrays |= {f"task{position}.{name}": array for name, array in learned.items()}
        return ModelState(arrays)

    def _restore(self, state: ModelState) -> None:
        self._derive()
        self._vectors = {
            task.name: Vectors(
                **{
                    name: state.arrays[f"task{position}.{name}"]
                    for name in LEARNED
                    if f"task{position}.{name}" in state.arrays
                }
            )
            for position, task in enumerate(self.tasks)
        }

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        score = float(self._predict(task, np.array([user]), np.array([item]))[0])
        if np.isnan(score):
            return self._unknown(task, user, item)
        of, column = self._vectors[task.name], self._columns[task.name][item]
        match = float(of.P[user] @ of.Q[column])
        parts = [Contribution(match, EvidenceKind.FACTORS, task=task.name)]
        if of.b_i is not None:
            bias = float(of.b_i[column])
            parts.append(Contribution(bias, EvidenceKind.ITEM_BIAS, task=task.name))
        if of.b_u is not None:
            bias = float(of.b_u[user])
            parts.append(Contribution(bias, EvidenceKind.USER_BIAS, task=task.name))
        sentence = Message(
            "For “{task}” the match of this user's tastes with this item counts {match:+.2f}, and "
            "what everybody thinks of the item {bias:+.2f}.",
            {"task": task.name, "match": match, "bias": score - match - self._of_user(of, user)},
        )
        return Explanation(task.name, user, item, score, sentence, strongest_first(parts))

    @staticmethod
    def _of_user(of: Vectors, user: int) -> float:
        return 0.0 if of.b_u is None else float(of.b_u[user])
