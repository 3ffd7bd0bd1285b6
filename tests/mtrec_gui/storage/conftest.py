"""A small log, experiment and result with all that is awkward: NaN, empty arrays, 中文, emoji."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from algorithms.data.log import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.data.split import SplitConfig, SplitMethod
from algorithms.evaluation.experiment import Experiment, ModelChoice
from algorithms.evaluation.results import Cost, MetricResult, RunResult
from algorithms.messages import Message
from algorithms.models.base import CurvePoint, ModelState, TopLists
from algorithms.rules.rule_set import BlendMethod, BoostBoughtCategory, DropBelow, Quota, RuleSet
from algorithms.tasks import Task, TaskKind
from mtrec_gui.storage import Project


def make_log(n: int = 50, n_users: int = 7, n_items: int = 5, seed: int = 0) -> InteractionLog:
    rng = np.random.default_rng(seed)
    return InteractionLog(
        name="Shop 商店 🛒",
        users=rng.integers(0, max(n_users, 1), n).astype(np.int32),
        items=rng.integers(0, max(n_items, 1), n).astype(np.int32),
        labels={
            "click": (rng.random(n) < 0.3).astype(np.float32),
            "rating": np.where(rng.random(n) < 0.5, rng.integers(1, 6, n), np.nan).astype(
                np.float32
            ),
        },
        user_table=UserTable(
            IdMap(np.array([f"u{index}" for index in range(n_users)], dtype=np.str_)),
            {"age": rng.integers(18, 80, n_users), "城市": np.array(["北京"] * n_users, np.str_)},
        ),
        item_table=ItemTable(
            ids=IdMap(np.array([f"i{index}" for index in range(n_items)], dtype=np.str_)),
            titles=np.array(["中文 🎧 \" ' ; --", "", "  ", "é", "x" * 300][:n_items], np.str_),
            kinds=("ad", "product", "person"),
            kind_codes=(np.arange(n_items) % 2).astype(np.int16),
            categories=np.array(["a", "", "b", "音乐", "c"][:n_items], dtype=np.str_),
            features={"price": np.where(np.arange(n_items) == 1, np.nan, 1 / 3)},
        ),
        timestamps=np.arange(n, dtype=np.int64) * 10**9,
        context={"position": rng.integers(0, 10, n).astype(np.int16)},
    )


def make_experiment() -> Experiment:
    return Experiment(
        tasks=(
            Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product"),
            Task(
                name="评分",
                kind=TaskKind.RATING,
                label="rating",
                item_kind="product",
                relevant_from=3.5,
                weight=0.1,
                parent="click",
                enabled=False,
            ),
        ),
        split=SplitConfig(method=SplitMethod.LEAVE_LAST_OUT, n_test=2),
        models=(
            ModelChoice(model="bias", config={"damping": 0.1}),
            ModelChoice(model="als", enabled=False),
        ),
        seeds=(1, 2, 2**40),
        rules=RuleSet(
            name="Ours",
            method=BlendMethod.SUM,
            powers={"click": 0.5},
            rules=(DropBelow(limit=0.3), BoostBoughtCategory(enabled=False), Quota(at_most=2)),
        ),
        k=7,
    )


def make_result(seed: int = 1, n_users: int = 6) -> RunResult:
    rng = np.random.default_rng(seed)
    users = np.arange(n_users, dtype=np.int64)
    per_user = np.where(users % 3 == 1, np.nan, rng.random(n_users))
    empty = np.empty(0, dtype=np.int64)
    items = rng.integers(0, 5, (n_users, 4))
    items[:, 3] = -1
    return RunResult(
        model="bias",
        config={"damping": 0.1, "nested": {"list": [1, None, True], "文": "🎧"}},
        seed=seed,
        tasks=("click", "评分"),
        metrics=(
            MetricResult("click", "ndcg", 10, 0.1 + seed, 4, 2, 0.05, 0.35, users, per_user),
            MetricResult("click", "auc", None, np.nan, 0, 6, np.nan, np.nan, empty, np.empty(0)),
            MetricResult(
                task="评分",
                metric="mae",
                k=None,
                value=-0.0,
                n=6,
                n_undefined=0,
                low=-1e-300,
                high=1e300,
                users=users,
                per_user=per_user + 1,
                weights=users / 7,
            ),
        ),
        lists={
            "click": TopLists(users, items, np.where(items < 0, np.nan, 0.5)),
            "评分": TopLists(empty, np.empty((0, 4), np.int64), np.empty((0, 4))),
        },
        curves=(CurvePoint(0, "click", "log_loss", np.nan), CurvePoint(1, "评分", "rmse", 1 / 3)),
        cost=Cost(1.25, 0.5, 12_345, 2**33),
        state=ModelState(
            {
                "user_factors": rng.standard_normal((n_users, 3)).astype(np.float32),
                "empty": np.empty((0, 3)),
                "names": np.array(["中", "🎧🎧"]),
                "flags": np.array([True, False]),
                "scalar": np.array(3.5),
                "by_column": np.asfortranarray(rng.random((4, 2))),
            },
            {"mean": 3.5, "limit": float("inf"), "tasks": ["click"], "none": None},
        ),
        notes=(Message("Calibrated on {n} events, loss {loss:.2f}.", {"n": 5, "loss": np.nan}),),
    )


def arrays_equal(left: object, right: object) -> bool:
    """Compare dataclasses of arrays deeply; NaN equals NaN, and types must agree."""
    if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):
        same_type = left.dtype == right.dtype or left.dtype.kind == right.dtype.kind == "U"
        return same_type and np.array_equal(left, right, equal_nan=left.dtype.kind == "f")
    if isinstance(left, float) and isinstance(right, float):
        return left == right or (np.isnan(left) and np.isnan(right))
    if dataclasses.is_dataclass(left) and type(left) is type(right):
        return all(
            arrays_equal(getattr(left, field.name), getattr(right, field.name))
            for field in dataclasses.fields(left)
        )
    if isinstance(left, dict) and isinstance(right, dict):
        return list(left) == list(right) and all(arrays_equal(left[k], right[k]) for k in left)
    if isinstance(left, list | tuple) and type(left) is type(right):
        return len(left) == len(right) and all(map(arrays_equal, left, right))
    return left == right


@pytest.fixture
def new_log() -> Callable[..., InteractionLog]:
    return make_log


@pytest.fixture
def new_result() -> Callable[..., RunResult]:
    return make_result


@pytest.fixture
def same() -> Callable[[object, object], bool]:
    return arrays_equal


@pytest.fixture
def experiment() -> Experiment:
    return make_experiment()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "My shop 100% 店.mtrec"


@pytest.fixture
def project(path: Path) -> Iterator[Project]:
    with Project.create(path, busy_seconds=0.1) as made:
        yield made


@pytest.fixture
def comparison(project: Project, experiment: Experiment) -> int:
    """A comparison in a project with a log."""
    return project.start_comparison(project.save_log(make_log()), experiment)
