"""A small log with every kind of task, and recommenders whose every number is known."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.evaluation import Cost, MetricResult, RunResult
from algorithms.explanations import Explanation
from algorithms.messages import Message
from algorithms.models.base import Family, ModelConfig, ModelState, Output, Recommender
from algorithms.models.catalog import MODELS
from algorithms.progress import Progress, Stage
from algorithms.rules.rule_set import RuleSet
from algorithms.tasks import Task, TaskKind

N_USERS, N_PRODUCTS, N_ADS = 40, 20, 10

_CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product")
_RATING = Task(
    name="rating", kind=TaskKind.RATING, label="rating", item_kind="product", relevant_from=4
)
_MINUTES = Task(
    name="minutes", kind=TaskKind.QUANTITY, label="minutes", item_kind="product", relevant_from=5
)
_AD_CLICK = Task(name="ad click", kind=TaskKind.BINARY, label="ad_click", item_kind="ad")


def _make_log(
    users: Sequence[int],
    items: Sequence[int],
    labels: Mapping[str, Sequence[float]],
    n_users: int,
    n_products: int,
    n_ads: int = 0,
) -> InteractionLog:
    """Build a log whose first items are products and whose last are ads."""
    n_items = n_products + n_ads
    kinds = ("product", "ad") if n_ads else ("product",)
    return InteractionLog(
        name="small",
        users=np.asarray(users, dtype=np.int32),
        items=np.asarray(items, dtype=np.int32),
        labels={name: np.asarray(column, dtype=np.float32) for name, column in labels.items()},
        user_table=UserTable(IdMap(np.array([f"u{n}" for n in range(n_users)]))),
        item_table=ItemTable(
            ids=IdMap(np.array([f"i{n}" for n in range(n_items)])),
            titles=np.array([f"Item {n}" for n in range(n_items)]),
            kinds=kinds,
            kind_codes=(np.arange(n_items) >= n_products).astype(np.int16),
            categories=np.array([f"c{n % 3}" for n in range(n_items)]),
        ),
    )


@pytest.fixture
def log() -> InteractionLog:
    """Return 40 users who met most of 30 items; labels follow from one taste."""
    rng = np.random.default_rng(0)
    taste = rng.normal(size=(N_USERS, N_PRODUCTS + N_ADS))
    users, items = np.nonzero(rng.random(taste.shape) < 0.6)
    order = rng.permutation(len(users))
    users, items = users[order], items[order]
    liking = taste[users, items] + 0.5 * rng.normal(size=len(users))
    product = items < N_PRODUCTS
    nan = np.nan
    return _make_log(
        users,
        items,
        {
            "click": np.where(product, liking > 0.3, nan),
            "rating": np.where(product, np.clip(np.round(3 + liking), 1, 5), nan),
            "minutes": np.where(product, np.maximum(0, 3 + 3 * liking), nan),
            "ad_click": np.where(product, nan, liking > 0.8),
            "seen": np.where(product, 1.0, nan),
        },
        N_USERS,
        N_PRODUCTS,
        N_ADS,
    )


class KnownConfig(ModelConfig):
    """What distinguishes one known model from another."""

    noise: float = Field(0.0, ge=0, description="How much the scores are disturbed")


class Known(Recommender):
    """A recommender that says for each pair what ``truth`` says, disturbed by noise.

    It remembers what it was given, so that tests can look.
    """

    key = "known"
    title = "Known"
    family = Family.BASELINE
    summary = "Says what it was told."
    equation = "$s = t$"
    reference = "none"
    config_class = KnownConfig
    config: KnownConfig

    truth: FloatArray = np.random.default_rng(0).normal(size=(N_USERS, N_PRODUCTS + N_ADS))
    seen: list[tuple[InteractionLog, InteractionLog | None, tuple[Task, ...], float]] = []  # noqa: RUF012

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        progress(0.5, Stage.FIT)
        self.seen.append((train, validation, tuple(tasks), float(rng.random())))
        shape = self.truth.shape
        self._scores = self.truth + self.config.noise * rng.normal(size=shape)
        progress(1.0, Stage.FIT)

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        raw = self._scores[users, items]
        if task.kind is TaskKind.RATING:
            return np.clip(3 + raw, 1, 5)
        return np.maximum(0, 3 + 3 * raw) if task.kind is TaskKind.QUANTITY else raw

    def _state(self) -> ModelState:
        return ModelState({"scores": self._scores}, {})

    def _restore(self, state: ModelState) -> None:
        self._scores = state.arrays["scores"]

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        score = float(self._predict(task, np.array([user]), np.array([item]))[0])
        return Explanation(task.name, user, item, score, Message("So it is."))


class Alone(Known):
    """The single-task twin of ``Together``."""

    key = "alone"
    title = "Alone"


class Together(Known):
    """A multi-task model."""

    key = "together"
    title = "Together"
    is_multitask = True
    single_task_twin = "alone"


class RuledConfig(ModelConfig):
    """A configuration with rules."""

    rules: RuleSet = Field(RuleSet(), description="Rules")


class Ruled(Known):
    """A model that follows rules."""

    key = "ruled"
    title = "Ruled"
    is_multitask = True
    config_class = RuledConfig

    def _fit(self, *arguments: Any) -> None:
        self._scores = self.truth


class StarsOnly(Known):
    """A model of ratings alone, which cannot score the first three items."""

    key = "stars"
    title = "Stars only"
    serves = frozenset({TaskKind.RATING})

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        return np.where(items < 3, np.nan, super()._predict(task, users, items))


class OnlyOrders(Known):
    """A model whose numbers only order, whatever the task."""

    key = "orders"
    title = "Only orders"

    def output(self, task: Task) -> Output:
        """Say that it is a score."""
        return Output.SCORE


class Sure(Known):
    """A model that gives probabilities."""

    key = "sure"
    title = "Sure"

    def output(self, task: Task) -> Output:
        """Say that it is a probability."""
        return Output.PROBABILITY

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        return 1 / (1 + np.exp(-self._scores[users, items]))


FAKES = (Known, Alone, Together, Ruled, StarsOnly, OnlyOrders, Sure)


@pytest.fixture(autouse=True)
def known_models(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Put the known models into the catalog; return what they will have seen."""
    for fake in FAKES:
        monkeypatch.setitem(MODELS, fake.key, fake)
    monkeypatch.setattr(Known, "seen", [])
    return Known.seen


def _make_result(
    model: str = "known",
    seed: int = 1,
    metrics: Sequence[MetricResult] = (),
    config: Mapping[str, Any] | None = None,
    seconds: float = 1.0,
) -> RunResult:
    """Make a run's result from its metrics."""
    return RunResult(
        model=model,
        config={"noise": 0.0} if config is None else config,
        seed=seed,
        tasks=tuple(dict.fromkeys(metric.task for metric in metrics)),
        metrics=tuple(metrics),
        lists={},
        curves=(),
        cost=Cost(seconds, 2 * seconds, 10, int(1000 * seconds)),
        state=ModelState({}, {}),
    )


def _make_metric(
    task: str,
    metric: str,
    per_user: Sequence[float],
    k: int | None = None,
    **changes: Any,
) -> MetricResult:
    """Make a metric's result from the users' values, averaged over the users."""
    values = np.asarray(per_user, dtype=np.float64)
    defined = values[np.isfinite(values)]
    mean = float(defined.mean()) if len(defined) else float("nan")
    result = MetricResult(
        task=task,
        metric=metric,
        k=k,
        value=mean,
        n=len(defined),
        n_undefined=len(values) - len(defined),
        low=mean - 0.1,
        high=mean + 0.1,
        users=np.arange(len(values)),
        per_user=values,
    )
    return dataclasses.replace(result, **changes)


@pytest.fixture
def tasks() -> dict[str, Task]:
    """Return a task of each kind on products, and one on ads, by name."""
    return {task.name: task for task in (_CLICK, _RATING, _MINUTES, _AD_CLICK)}


@pytest.fixture
def make_log() -> Callable[..., InteractionLog]:
    """Return ``_make_log``."""
    return _make_log


@pytest.fixture
def make_result() -> Callable[..., RunResult]:
    """Return ``_make_result``."""
    return _make_result


@pytest.fixture
def make_metric() -> Callable[..., MetricResult]:
    """Return ``_make_metric``."""
    return _make_metric
