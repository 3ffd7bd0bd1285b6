"""What every recommender of the lab is.

A recommender is fitted on the training log for a list of tasks, and then answers for any user
and item of the log's tables: a prediction per task, a ranked list, an explanation. The base
class checks, masks and ranks; a subclass computes. Heavy libraries are imported inside ``_fit``
only: a fitted model is a handful of arrays, and can be restored, asked and explained with NumPy
alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from algorithms.arrays import (
    AnyArray,
    BoolArray,
    FloatArray,
    IntArray,
    group_rows,
    top_n,
)
from algorithms.balancing.record import TrainingRecord
from algorithms.data.log import InteractionLog, LogShapeError
from algorithms.errors import (
    ConfigError,
    NoTasksError,
    NotFittedError,
    UnknownItemError,
    UnknownTaskError,
    UnknownUserError,
    UnservedTaskError,
)
from algorithms.explanations import Exhibit, Explanation
from algorithms.messages import Message
from algorithms.progress import Progress, silent
from algorithms.tasks import Task, TaskKind

ConfigT = TypeVar("ConfigT", bound=BaseModel)


class ModelConfig(BaseModel):
    """Base of all model configurations: frozen, and strict about unknown names."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Family(StrEnum):
    """How the catalog is arranged."""

    BASELINE = "baseline"
    LIBRARY = "library"
    SHARED_FACTORS = "shared_factors"
    RULES = "rules"
    NEURAL = "neural"
    ADVERSARIAL = "adversarial"
    PROMPTED = "prompted"
    POLICY = "policy"
    REFERENCE = "reference"  # floor and ceiling: to read the others by, not to compete


class Bound(StrEnum):
    """Between which lines the others are read."""

    CEILING = "ceiling"  # nobody can be better, but for chance
    FLOOR = "floor"  # who learned anything is better


class Output(StrEnum):
    """What a model's number for a task is."""

    SCORE = "score"  # only orders
    PREDICTION = "prediction"  # on the label's scale
    PROBABILITY = "probability"


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One point of a learning curve: ``value`` of ``measure`` for ``task`` after ``step``."""

    step: int
    task: str
    measure: str
    value: float


@dataclass(frozen=True, slots=True)
class ModelState:
    """A fitted model as arrays and JSON values; no objects, no pickle."""

    arrays: Mapping[str, AnyArray]
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def n_bytes(self) -> int:
        """How many bytes the arrays have."""
        return sum(array.nbytes for array in self.arrays.values())


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A ranked list: ``items`` (n,) best first and their ``scores`` (n,)."""

    items: IntArray
    scores: FloatArray


@dataclass(frozen=True, slots=True)
class TopLists:
    """Ranked lists of many users.

    Parameters
    ----------
    users : (m,) user indices
    items : (m, n) item indices, best first, -1 where a list is shorter
    scores : (m, n) NaN where a list is shorter
    """

    users: IntArray
    items: IntArray
    scores: FloatArray


class Recommender(ABC):
    """A recommender of one or several tasks.

    A subclass declares itself with class attributes, and implements ``_fit``, ``_predict``,
    ``_state``, ``_restore`` and ``_explain``; ``_score_block`` where it knows a faster way.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    family: ClassVar[Family]
    summary: ClassVar[str]  # one sentence that a student understands
    equation: ClassVar[str]  # in matplotlib's mathtext
    reference: ClassVar[str]  # key in docs/references.bib
    config_class: ClassVar[type[ModelConfig]] = ModelConfig
    serves: ClassVar[frozenset[TaskKind]] = frozenset(TaskKind)
    is_multitask: ClassVar[bool] = False  # do tasks share parameters or scores?
    single_task_twin: ClassVar[str | None] = None  # key of the model its gain is measured against
    explains_by: ClassVar[str] = ""  # counts | biases | interactions | factors | rules | truth
    bound: ClassVar[Bound | None] = None  # which line it draws, where its family is REFERENCE
    extra: ClassVar[str | None] = None  # the optional installation it needs, such as "deep"
    ranks_apart: ClassVar[bool] = False  # are lists ordered by another number than ``predict``?
    needs_truth: ClassVar[bool] = False  # does it need a log whose world is known (its origin)?

    def __init__(self, config: ModelConfig | None = None) -> None:
        self.config: ModelConfig = config if config is not None else self.config_class()
        self.curves: list[CurvePoint] = []
        self._start: ModelState | None = None  # during a fit: where it starts from
        self._tasks: dict[str, Task] = {}
        self._log: InteractionLog | None = None

    # --- for subclasses ------------------------------------------------------------------

    @abstractmethod
    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        """Learn from ``train``; ``validation`` may only steer."""

    @abstractmethod
    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        """Return (n,) a number for each pair; NaN where the model cannot tell."""

    @abstractmethod
    def _state(self) -> ModelState:
        """Return all that was learned."""

    @abstractmethod
    def _restore(self, state: ModelState) -> None:
        """Take back what ``_state`` returned; ``self._tasks`` and ``self._log`` are set."""

    @abstractmethod
    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        """Say why; the score is that of ``_predict``."""

    def output(self, task: Task) -> Output:
        """Say what the numbers for a task are; scores by default for all but rating tasks."""
        return Output.SCORE if task.kind is TaskKind.BINARY else Output.PREDICTION

    def prepare(self) -> None:  # noqa: B027 - most models have nothing to load
        """Load libraries and compiled loops, so that the first fit is timed like any other.

        By default nothing; who imports within ``_fit`` does it here as well.
        """

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        """Return (m, k) the numbers by which k items are ranked for m users."""
        pairs = self._predict(task, np.repeat(users, len(items)), np.tile(items, len(users)))
        return pairs.reshape(len(users), len(items))

    # --- for everybody -------------------------------------------------------------------

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Self:
        """Make an unfitted model from the JSON form of its configuration.

        Raises
        ------
        ConfigError
            Where a name is unknown or a value is out of range.
        """
        return cls(parse_config(cls.config_class, values, cls.title))

    @classmethod
    def served_tasks(cls, tasks: Sequence[Task]) -> list[Task]:
        """Return the enabled tasks of the kinds that this model serves."""
        return [task for task in tasks if task.enabled and task.kind in cls.serves]

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks it was fitted for."""
        return tuple(self._tasks.values())

    @property
    def log(self) -> InteractionLog:
        """The training log it was fitted on."""
        if self._log is None:
            raise NotFittedError(model=self.title)
        return self._log

    def fit(
        self,
        train: InteractionLog,
        tasks: Sequence[Task],
        *,
        rng: np.random.Generator,
        validation: InteractionLog | None = None,
        progress: Progress = silent,
        start: ModelState | None = None,
    ) -> Self:
        """Learn the tasks from the training log.

        Parameters
        ----------
        validation : may steer the fit: when to stop
        start : an earlier solution of the same model, such as one with other task weights, from
            which a model that learns step by step goes on; ``notes`` tells where it did not fit,
            and models that have no use for one pass it over

        Raises
        ------
        NoTasksError, UnservedTaskError
            Where there is nothing to learn, or a task is of a kind the model does not serve.
        """
        served = ", ".join(sorted(kind.value for kind in self.serves))
        if not tasks:
            raise NoTasksError(model=self.title, served=served)
        for task in tasks:
            if task.kind not in self.serves:
                raise UnservedTaskError(
                    model=self.title, kind=task.kind.value, task=task.name, served=served
                )
        self.curves = []
        self._take(train, tasks)
        self._start = start
        try:
            self._fit(train, validation, tuple(tasks), rng, progress)
        except BaseException:
            self._log = None  # half fitted is not fitted
            raise
        finally:
            self._start = None
        return self

    def predict(self, task: Task | str, users: AnyArray, items: AnyArray) -> FloatArray:
        """Return (n,) a number for each pair of a user (n,) and an item (n,).

        NaN stands where the model cannot tell, and for items of another kind than the task's.
        What the number is, ``output(task)`` says; predictions and probabilities stay on the
        label's scale.
        """
        known = self._known(task)
        users = np.asarray(users, dtype=np.int64)
        items = np.asarray(items, dtype=np.int64)
        if users.shape != items.shape:
            raise LogShapeError(
                column="items", expected=f"{users.size} values", found=f"{items.size}"
            )
        self._check_users(users)
        self._check_items(items)
        if not len(users):
            return np.empty(0)
        of_kind = self._of_kind(known, items)
        if not of_kind.any():
            return np.full(len(users), np.nan)
        return np.where(of_kind, self._predict(known, users, items), np.nan)

    def score_block(self, task: Task | str, users: AnyArray, items: AnyArray) -> FloatArray:
        """Return (m, k) the numbers by which k items are ranked for m users.

        They are those of ``predict``, but a model may let them go beyond the label's scale: two
        items that both deserve more than five stars keep their order. A model that ``ranks_apart``
        weighs in something else as well, such as how likely the user is to meet the item.
        """
        known = self._known(task)
        users = np.asarray(users, dtype=np.int64)
        items = np.asarray(items, dtype=np.int64)
        self._check_users(users)
        self._check_items(items)
        if not len(users) or not len(items):
            return np.empty((len(users), len(items)))
        of_kind = self._of_kind(known, items)
        if not of_kind.any():
            return np.full((len(users), len(items)), np.nan)
        return np.where(of_kind, self._score_block(known, users, items), np.nan)

    def recommend(self, task: Task | str, user: int, n: int = 10) -> Recommendation:
        """Rank the items of the task's kind that the user had not met in training."""
        lists = self.recommend_many(task, np.array([user]), n)
        filled = lists.items[0] >= 0
        return Recommendation(lists.items[0][filled], lists.scores[0][filled])

    def recommend_many(
        self, task: Task | str, users: AnyArray, n: int = 10, block: int = 1024
    ) -> TopLists:
        """Rank for many users at once; lists are padded with -1.

        Parameters
        ----------
        users : (m,) user indices
        n : length of the lists
        block : how many users are scored at a time
        """
        known = self._known(task)
        users = np.asarray(users, dtype=np.int64)
        self._check_users(users)
        candidates = self.log.item_table.of_kind(known.item_kind).astype(np.int64)
        items = np.full((len(users), n), -1, dtype=np.int64)
        scores = np.full((len(users), n), np.nan)
        for start in range(0, len(users), block):
            part = users[start : start + block]
            values = self.score_block(known, part, candidates)  # (b, n_candidates)
            self._mask_met(values, part, candidates)
            columns = top_n(values, n)  # (b, n)
            found = columns >= 0
            rows = np.broadcast_to(np.arange(len(part))[:, None], columns.shape)
            items[start : start + block][found] = candidates[columns[found]]
            scores[start : start + block][found] = values[rows[found], columns[found]]
        return TopLists(users, items, scores)

    def explain(self, task: Task | str, user: int, item: int) -> Explanation:
        """Say why the model gives this item its score for this user."""
        known = self._known(task)
        self._check_users(np.array([user]))
        self._check_items(np.array([item]))
        table = self.log.item_table
        if table.kind_of(item) != known.item_kind:
            sentence = Message(
                "“{task}” ranks items of kind {kind}; this one is of kind {found}.",
                {"task": known.name, "kind": known.item_kind, "found": table.kind_of(item)},
            )
            return Explanation(known.name, int(user), int(item), np.nan, sentence)
        return self._explain(known, int(user), int(item))

    def met(self, user: int) -> IntArray:
        """Return the items that a user met in training, whatever came of it."""
        self._check_users(np.array([user]))
        return self._met_items[self._met_offsets[user] : self._met_offsets[user + 1]]

    def state(self) -> ModelState:
        """Return the fitted parameters as arrays and JSON values."""
        if self._log is None:
            raise NotFittedError(model=self.title)
        return self._state()

    def restore(self, train: InteractionLog, tasks: Sequence[Task], state: ModelState) -> Self:
        """Take back fitted parameters; ``train`` and ``tasks`` are those of the fit."""
        self._take(train, tasks)
        self._restore(state)
        return self

    def exhibits(self) -> tuple[Exhibit, ...]:
        """Show the inside of the fitted model; by default nothing beyond its explanations."""
        return ()

    def training_record(self) -> TrainingRecord | None:
        """Return how the tasks pulled at what they share while it learned, where it was noted."""
        return None

    def lacks(self) -> Message | None:
        """Say what a person must still enter before it can be fitted; by default nothing."""
        return None

    def sends(self) -> Message | None:
        """Say what leaves this machine when it is fitted; by default nothing does."""
        return None

    def notes(self) -> tuple[Message, ...]:
        """Say what a reader of its numbers must know of the fit; by default nothing."""
        return ()

    @property
    def n_parameters(self) -> int:
        """How many numbers were learned."""
        return sum(
            int(array.size) for array in self.state().arrays.values() if array.dtype.kind == "f"
        )

    # --- checks --------------------------------------------------------------------------

    def _take(self, train: InteractionLog, tasks: Sequence[Task]) -> None:
        self._log = train
        self._tasks = {task.name: task for task in tasks}
        self._met_offsets, rows = group_rows(train.users, train.n_users)
        self._met_items: IntArray = train.items[rows].astype(np.int64)

    def _mask_met(self, values: FloatArray, users: IntArray, candidates: IntArray) -> None:
        """Set to NaN what each user met in training."""
        starts, stops = self._met_offsets[users], self._met_offsets[users + 1]
        rows = np.repeat(np.arange(len(users)), stops - starts)
        items = np.concatenate([self._met_items[a:b] for a, b in zip(starts, stops, strict=True)])
        columns_of = np.full(self.log.n_items, -1)  # (n_items,) -1 for no candidate
        columns_of[candidates] = np.arange(len(candidates))
        columns = columns_of[items]
        mine = columns >= 0
        values[rows[mine], columns[mine]] = np.nan

    def _known(self, task: Task | str) -> Task:
        if self._log is None:
            raise NotFittedError(model=self.title)
        name = task if isinstance(task, str) else task.name
        try:
            return self._tasks[name]
        except KeyError:
            raise UnknownTaskError(task=name, tasks=", ".join(self._tasks)) from None

    def _position(self, task: Task) -> int:
        """Return the place of a task among those it was fitted for."""
        return list(self._tasks).index(task.name)

    def _of_kind(self, task: Task, items: IntArray) -> BoolArray:
        """Return (n,) whether each item is of the task's kind."""
        table = self.log.item_table
        if task.item_kind not in table.kinds:
            return np.zeros(len(items), dtype=np.bool_)
        of_kind: BoolArray = table.kind_codes[items] == table.kinds.index(task.item_kind)
        return of_kind

    def _check_users(self, users: AnyArray) -> None:
        n_users = self.log.n_users
        if len(users) and not (users.min() >= 0 and users.max() < n_users):
            wrong = users[(users < 0) | (users >= n_users)][0]
            raise UnknownUserError(user=f"index {wrong}", n_users=n_users)

    def _check_items(self, items: AnyArray) -> None:
        n_items = self.log.n_items
        if len(items) and not (items.min() >= 0 and items.max() < n_items):
            wrong = items[(items < 0) | (items >= n_items)][0]
            raise UnknownItemError(item=f"index {wrong}", n_items=n_items)


def parse_config(config_class: type[ConfigT], values: Mapping[str, Any], where: str) -> ConfigT:
    """Validate what a person or a file gave; the first problem becomes a ``ConfigError``."""
    try:
        return config_class.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(
            where=where,
            field=".".join(str(part) for part in first["loc"]),
            expected=first["msg"],
            found=repr(first["input"]),
        ) from None
