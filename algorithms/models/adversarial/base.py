"""What the players have in common: when they learn, what is kept of it, and what is shown."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module

import numpy as np
from pydantic import Field

from algorithms.arrays import AnyArray, BoolArray, FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.explanations import Exhibit
from algorithms.messages import Message
from algorithms.models.adversarial.exhibits import game_exhibits
from algorithms.models.adversarial.rounds import HeldOut, Played, Weights, held_out
from algorithms.models.base import Family, ModelConfig, ModelState
from algorithms.models.extras import require_extra
from algorithms.models.implicit_feedback import FeedbackRecommender, feedback
from algorithms.models.neural.weights import from_safetensors, to_safetensors
from algorithms.models.one_event import one_event
from algorithms.progress import Progress, Stage
from algorithms.tasks import Task, TaskKind

_MEASURE = "measure."


class RoundsConfig(ModelConfig):
    """How long is played, and how fast is learned."""

    n_epochs: int = Field(100, ge=1, le=2000, description="Rounds at most")
    patience: int = Field(
        10, ge=1, le=500, description="Rounds without gain on validation before it ends"
    )
    batch_size: int = Field(128, ge=1, le=65536, description="Users (or choices) in one step")
    learning_rate: float = Field(
        0.002, gt=0, le=1, description="Size of a step, as Adam understands it"
    )


class PlayedRecommender(FeedbackRecommender):
    """A recommender of binary tasks that learns in rounds; all tasks share something.

    A subclass implements ``_make_weights``, ``_learn`` and ``_block``.
    """

    family = Family.ADVERSARIAL
    serves = frozenset({TaskKind.BINARY})
    is_multitask = True
    extra = "deep"

    config: RoundsConfig

    @abstractmethod
    def _make_weights(self, rng: np.random.Generator) -> Weights:
        """Draw the weights of the player that answers."""

    @abstractmethod
    def _learn(
        self,
        weights: Weights,
        held: Sequence[HeldOut],
        rng: np.random.Generator,
        progress: Progress,
    ) -> Played:
        """Play from the weights at the start; there is feedback in one task at least."""

    @abstractmethod
    def _block(self, weights: Weights, task: Task, users: IntArray) -> FloatArray:
        """Return (m, k) the scores of all k items of the task's kind for m users."""

    def prepare(self) -> None:
        """Load PyTorch, and learn from one event, so that it loads what it loads at first use."""
        require_extra(type(self))
        for name in ("torch", "safetensors.numpy"):
            import_module(name)
        log, task = one_event()
        values = {**self.config.model_dump(), "n_epochs": 1}
        model = type(self)(type(self.config).model_validate(values))
        model.fit(log, [task], rng=np.random.default_rng(0), validation=log)

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        require_extra(type(self))
        self._derive()
        progress(0.0, Stage.FIT)
        self._played = Played(self._make_weights(rng))
        if any(len(self._feedback[task.name].columns) for task in tasks):
            held = [] if validation is None else self._held_out(validation)
            with _one_thread():
                self._played = self._learn(self._played.weights, held, rng, progress)
            self.curves += self._played.curves
        progress(1.0, Stage.FIT)

    def _held_out(self, validation: InteractionLog) -> list[HeldOut]:
        found = []
        for task in self.tasks:
            columns = self._columns[task.name].astype(np.int64)
            choices = feedback(validation, task, self._columns[task.name])
            found.append(held_out(task, choices, self.met, columns))
        return found

    def _gains(self, weights: Weights, held: Sequence[HeldOut]) -> list[tuple[Task, float]]:
        """Return each task's held-out gain."""
        return [
            (each.task, each.gain(self._block(weights, each.task, each.users)))
            for each in held
            if len(each.rows)
        ]

    def _has_feedback(self, task: Task, users: IntArray) -> BoolArray:
        """Return (m,) whether a user did anything in any task: all tasks are learned together."""
        found = np.zeros(len(users), dtype=np.bool_)
        for cells in self._feedback.values():
            found |= cells.offsets[users + 1] > cells.offsets[users]
        return found

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        columns = self._columns[task.name][items]  # (k,)
        known = np.flatnonzero(columns >= 0)
        scores = np.full((len(users), len(items)), np.nan)
        scores[:, known] = self._block(self._played.weights, task, users)[:, columns[known]]
        scores[~self._has_feedback(task, users)] = np.nan
        return scores

    # --- what was learned ----------------------------------------------------------------

    def _state(self) -> ModelState:
        played = self._played
        arrays: dict[str, AnyArray] = {"weights": to_safetensors(played.weights)}
        arrays |= {f"{_MEASURE}{name}": values for name, values in played.measures.items()}
        notes = [[note.template, dict(note.values)] for note in played.notes]
        return ModelState(arrays, {"notes": notes})

    def _restore(self, state: ModelState) -> None:
        self._derive()
        measures = {
            name.removeprefix(_MEASURE): np.asarray(values)
            for name, values in state.arrays.items()
            if name.startswith(_MEASURE)
        }
        notes = tuple(Message(template, values) for template, values in state.values["notes"])
        weights = from_safetensors(state.arrays["weights"])
        self._played = Played(weights, measures, notes=notes)

    @property
    def n_parameters(self) -> int:
        """How many weights the player that answers learned."""
        return sum(array.size for array in self._played.weights.values())

    def notes(self) -> tuple[Message, ...]:
        """Say whether learning had to stop."""
        return self._played.notes

    def exhibits(self) -> tuple[Exhibit, ...]:
        """Show how the rounds went."""
        return game_exhibits(self._played.measures)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let PyTorch work in one thread: the same sums in the same order."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
