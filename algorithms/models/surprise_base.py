r"""What the models from the library Surprise have in common.

A rating model knows one task, so each task gets a model of its own. Its number
:math:`\hat r_{ui}` is kept within the ratings seen in training; the ranking uses the number before
it is limited, so that items beyond the end of the scale keep their order.

A subclass learns from the ratings of one task (``_learn``), says its number for pairs
(``_estimate``) and what that number is made of (``_reasons``). The walk over the tasks, the limits,
the stored state and the frame of the explanation stand here, once.

References
----------
N. Hug: Surprise, Journal of Open Source Software 5(52), 2020.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, fields
from importlib import import_module
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np

from algorithms.arrays import AnyArray, FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.errors import FitError
from algorithms.explanations import Contribution, Explanation, strongest_first
from algorithms.messages import Message
from algorithms.models.base import Family, ModelState, Recommender
from algorithms.models.bias import limited
from algorithms.models.surprise_ratings import Ratings, last_ratings
from algorithms.progress import Progress, Stage, part_of
from algorithms.tasks import Task, TaskKind


@dataclass(frozen=True, eq=False)
class Learned:
    """What is learned for one task; a subclass adds its arrays."""

    mean: FloatArray  # (1,) mean of all ratings
    limits: FloatArray  # (2,) lowest and highest rating in training


LearnedT = TypeVar("LearnedT", bound=Learned)


class SurpriseModel(Recommender, Generic[LearnedT]):
    """A single-task rating model, fitted once per task."""

    family = Family.LIBRARY
    serves = frozenset({TaskKind.RATING})
    learned_class: ClassVar[type[Any]] = Learned

    @abstractmethod
    def _learn(self, ratings: Ratings, common: Learned, seed: int) -> LearnedT:
        """Learn one task; ``common`` holds the mean and the limits."""

    @abstractmethod
    def _estimate(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        """Return (n,) the number of each pair before it is limited; ``task`` has ratings."""

    @abstractmethod
    def _reasons(self, task: Task, user: int, item: int) -> tuple[Message, list[Contribution]]:
        """Return a sentence, and contributions that add up to the number before it is limited."""

    def _estimate_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        """Return (m, k) the numbers of k items for m users, before they are limited."""
        pairs = self._estimate(task, np.repeat(users, len(items)), np.tile(items, len(users)))
        return pairs.reshape(len(users), len(items))

    def _rated(self, task: Task) -> Ratings:
        """Return the ratings that the task was learned from; the training log keeps them."""
        if task.name not in self._ratings:
            self._ratings[task.name] = last_ratings(task.part(self.log), task.label)
        return self._ratings[task.name]

    def prepare(self) -> None:
        """Load the library."""
        import_module("surprise")

    # --- for Recommender -----------------------------------------------------------------

    def _take(self, train: InteractionLog, tasks: Sequence[Task]) -> None:
        super()._take(train, tasks)
        self._ratings: dict[str, Ratings] = {}  # made when they are asked for

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        self._learned: dict[str, LearnedT] = {}  # tasks without ratings have no entry
        for position, task in enumerate(tasks):
            part = part_of(progress, position / len(tasks), (position + 1) / len(tasks))
            seed = int(rng.integers(2**31))
            events = task.part(train)
            if not len(events):
                continue
            ratings = last_ratings(events, task.label, part)
            common = Learned(
                mean=np.array([ratings.global_mean]),
                limits=np.array([ratings.values.min(), ratings.values.max()]),
            )
            self._learned[task.name] = self._learn(ratings, common, seed)
        progress(1.0, Stage.FIT)

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        if task.name not in self._learned:
            return np.full(len(users), np.nan)
        low, high = self._learned[task.name].limits
        return np.clip(self._estimate(task, users, items), low, high)

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        if task.name not in self._learned:
            return np.full((len(users), len(items)), np.nan)
        return self._estimate_block(task, users, items)

    def _state(self) -> ModelState:
        arrays: dict[str, AnyArray] = {}
        for position, task in enumerate(self.tasks):
            if task.name in self._learned:
                of = self._learned[task.name]
                arrays |= {
                    f"task{position}.{each.name}": getattr(of, each.name) for each in fields(of)
                }
        return ModelState(arrays)

    def _restore(self, state: ModelState) -> None:
        self._learned = {
            task.name: self.learned_class(
                **{
                    each.name: state.arrays[f"task{position}.{each.name}"]
                    for each in fields(self.learned_class)
                }
            )
            for position, task in enumerate(self.tasks)
            if f"task{position}.mean" in state.arrays
        }

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        score = float(self._predict(task, np.array([user]), np.array([item]))[0])
        if np.isnan(score):
            sentence = Message("Nothing is known of this item for “{task}”.", {"task": task.name})
            return Explanation(task.name, user, item, score, sentence)
        total = float(self._estimate(task, np.array([user]), np.array([item]))[0])
        sentence, parts = self._reasons(task, user, item)
        parts = parts + limited(task.name, total, score)
        return Explanation(task.name, user, item, score, sentence, strongest_first(parts))

    def _whole_numbers_only(self) -> tuple[Message, ...]:
        """Return the note of a model whose code in the library knows whole ratings only."""
        cut = [
            task.name
            for task in self.tasks
            if task.name in self._learned and (self._rated(task).values % 1 != 0).any()
        ]
        if not cut:
            return ()
        return (
            Message(
                "{model} in the library counts with whole numbers: a rating of 3.5 enters its "
                "averages as 3, so that “{tasks}” is predicted too low.",
                {"model": self.title, "tasks": ", ".join(cut)},
            ),
        )

    def _check_finite(self, *learned: AnyArray, remedy: str) -> None:
        """Raise ``FitError`` where what was learned ran away."""
        if not all(np.isfinite(each).all() for each in learned):
            raise FitError(
                model=self.title,
                reason="the steps were too large and the numbers ran away",
                remedy=remedy,
            )
