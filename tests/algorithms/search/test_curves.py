"""Fewer labels are nested, hidden in training only, and cost quality; size costs parameters."""

import math

import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.data.split import SplitConfig
from algorithms.evaluation import RunSpec, run
from algorithms.evaluation.columns import Column
from algorithms.evaluation.repeats import summarise
from algorithms.messages import Message
from algorithms.models.catalog import MODELS
from algorithms.search import (
    CurveKind,
    CurveOutcome,
    CurveSpec,
    CurveValue,
    NoNetworkError,
    NoSizeError,
    Objective,
    curve,
    knee,
    label_curve,
    rehearse,
    size_curve,
    size_values,
)
from algorithms.search.curves import with_labels_hidden
from algorithms.tasks import Task, TaskKind

STARS = Task(
    name="stars", kind=TaskKind.RATING, label="stars", item_kind="product", relevant_from=4
)
RMSE = Column("stars", "rmse")


@pytest.fixture(scope="module")
def log() -> InteractionLog:
    """Return 80 users who rated most of 30 items; items differ in quality."""
    rng = np.random.default_rng(4)
    users, items = np.nonzero(rng.random((80, 30)) < 0.6)
    stars = 3 + rng.normal(size=30)[items] + 0.3 * rng.normal(size=len(items))
    return InteractionLog(
        name="small",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={"stars": np.clip(stars, 1, 5).astype(np.float32)},
        user_table=UserTable(IdMap(np.array([f"u{n}" for n in range(80)]))),
        item_table=ItemTable(
            ids=IdMap(np.array([f"i{n}" for n in range(30)])),
            titles=np.array([f"Item {n}" for n in range(30)]),
            kinds=("product",),
            kind_codes=np.zeros(30, dtype=np.int16),
            categories=np.array([""] * 30),
        ),
    )


@pytest.fixture
def spec() -> RunSpec:
    return RunSpec(model="bias", seed=0, tasks=(STARS,), split=SplitConfig())


def test_what_is_kept_at_a_smaller_share_is_kept_at_a_larger_one(log):
    def kept(share: float) -> set[int]:
        hidden = with_labels_hidden(log, STARS, share, np.random.default_rng(7))
        return set(np.flatnonzero(np.isfinite(hidden.label("stars"))))

    assert len(kept(0.1)) == round(0.1 * len(log))
    assert kept(0.1) < kept(0.5) < kept(1.0) == set(range(len(log)))
    assert len(kept(0.0)) == 1
    assert np.isfinite(log.label("stars")).all()  # the log itself is as it was


def test_fewer_labels_more_error_and_all_labels_are_the_plain_run(log, spec):
    few, many = label_curve(spec, log, RMSE, (0.02, 1.0), seeds=(1, 2, 3))
    assert few.quality.n == 3
    assert few.quality.low < few.quality.mean < few.quality.high
    assert few.quality.mean > many.quality.mean
    plain = [
        run(spec.model_copy(update={"seed": s}), log).metric("stars", "rmse") for s in (1, 2, 3)
    ]
    assert many.quality.mean == pytest.approx(np.mean([metric.value for metric in plain]))


def test_size_is_told_beside_quality(log, spec):
    sized = spec.model_copy(update={"model": "shared_factors", "config": {"n_epochs": 2}})
    fractions: list[float] = []
    small, large = size_curve(
        sized,
        log,
        RMSE,
        "n_factors",
        (2, 8),
        seeds=(1,),
        progress=lambda fraction, stage: fractions.append(fraction),
    )
    assert (small.x, large.x) == (2, 8)
    assert small.n_parameters < large.n_parameters
    assert small.fit_seconds > 0
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1)


def test_a_curve_is_json_and_its_runs_are_seeds_within_points(spec):
    asked = CurveSpec(
        kind=CurveKind.LABELS,
        base=spec,
        objective=Objective(task="stars"),
        values=(0.5, 1.0),
        seeds=(3, 4),
    )
    assert CurveSpec.model_validate_json(asked.model_dump_json()) == asked
    assert [(each.kept, each.seed) for each in asked.runs()] == [(0.5, 3), (0.5, 4), (1, 3), (1, 4)]


def test_points_come_as_their_runs_end(log, spec):
    asked = CurveSpec(
        kind=CurveKind.SIZE,
        base=spec,
        objective=Objective(task="stars"),
        parameter="item_damping",
        values=(1, 100),
        seeds=(1, 2),
    )
    runs = asked.runs()
    result = run(RunSpec(**dict(spec, seed=1, config=runs[2].config)), log)
    outcome = asked.outcome(2, result)
    assert outcome.quality == (result.metric("stars", "rmse").value,)
    (point,) = asked.points([outcome])
    assert (point.x, point.quality.n) == (100, 1)
    failed = CurveOutcome(1, message=Message("No {what}.", {"what": "memory"}))
    assert asked.points([failed, outcome]) == (point,)  # who failed says nothing of a point
    for each in (outcome, failed, CurveOutcome(0, (math.nan,), 1.0, (2.0,))):
        assert repr(CurveOutcome.from_json(each.to_json())) == repr(each)


def test_what_a_size_is(spec):
    assert size_values(MODELS["als"])[0] == "n_factors"
    assert size_values(MODELS["als"], text="8,2") == ("n_factors", (2, 8))
    name, values = size_values(MODELS["shared_bottom"], text="8:32")
    assert (name, values[0], values[-1]) == ("width", 8, 32)
    with pytest.raises(NoSizeError, match="item_damping"):
        size_values(MODELS["bias"])


def test_only_networks_shrink(log, spec):
    asked = CurveSpec(kind=CurveKind.SHRINK, base=spec, objective=Objective(task="stars"))
    with pytest.raises(NoNetworkError, match="is no network"):
        curve(asked, log)


def test_a_network_is_fitted_once_and_judged_on_validation_data(log, spec):
    pytest.importorskip("torch")
    base = spec.model_copy(update={"model": "shared_bottom", "config": {"n_epochs": 1}})
    asked = CurveSpec(
        kind=CurveKind.SHRINK, base=base, objective=Objective(task="stars"), seeds=(1,)
    )
    points = {each.way: each for each in curve(asked, log)}
    assert points["int8"].stored_bytes < points["float16"].stored_bytes
    assert points["float16"].stored_bytes < points["float32"].stored_bytes
    assert points["pruned75"].n_parameters < points["pruned50"].n_parameters
    rehearsed = rehearse(base.model_copy(update={"seed": 1}), log).metric("stars", "rmse")
    assert points["float32"].quality.mean == pytest.approx(rehearsed.value, abs=1e-6)
    assert points["float16"].quality.mean == pytest.approx(rehearsed.value, abs=1e-3)


def test_the_knee_is_the_smallest_that_is_near_the_best():
    def point(x, *values):
        return CurveValue(x, summarise(values), 1.0, x)

    up = [point(1, 0.1, 0.2), point(2, 0.49, 0.51), point(4, 0.48, 0.54), point(8, 0.47, 0.53)]
    assert knee(up, higher_is_better=True) == 1  # best 0.51, its standard error 0.03
    assert knee(up, higher_is_better=False) == 0
    assert knee(up[:1], higher_is_better=True) is None
    assert knee([point(1, 0.1), point(2, 0.2)], higher_is_better=True) is None  # one seed
