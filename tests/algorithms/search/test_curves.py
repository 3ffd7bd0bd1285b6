"""Fewer labels are nested, hidden in training only, and cost quality; size costs parameters."""

import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.data.split import SplitConfig
from algorithms.evaluation import RunSpec, run
from algorithms.evaluation.columns import Column
from algorithms.search import label_curve, size_curve
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
