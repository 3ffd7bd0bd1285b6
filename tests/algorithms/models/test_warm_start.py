"""A fit from an earlier solution arrives where a fit from nothing does, and sooner."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.arrays import FloatArray
from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.models.base import ModelState
from algorithms.models.factor_blocks import Blocks
from algorithms.models.factor_start import earlier_rows
from algorithms.models.popularity import Popularity
from algorithms.models.shared_factors import SeparateFactors, SharedFactors, SharedFactorsConfig
from algorithms.tasks import Task, TaskKind

N_USERS, N_ITEMS, K = 80, 60, 4
CONFIG = SharedFactorsConfig(n_factors=K, n_epochs=40)
CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="thing")
STARS = Task(name="stars", kind=TaskKind.RATING, label="stars", item_kind="thing")
TASKS = (CLICK, STARS)
HEAVY = (CLICK.model_copy(update={"weight": 3.0}), STARS)


def make_log(seed: int = 0) -> InteractionLog:
    rng = np.random.default_rng(seed)
    n = 2500
    users, items = rng.integers(0, N_USERS, n), rng.integers(0, N_ITEMS, n)
    taste = rng.normal(size=(N_USERS, 3)) @ rng.normal(size=(3, N_ITEMS))
    liking = taste[users, items] + rng.normal(scale=0.5, size=n)
    return InteractionLog(
        name="planted",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={
            "click": (liking > 0.5).astype(np.float32),
            "stars": np.clip(np.round(3 + liking), 1, 5).astype(np.float32),
        },
        user_table=UserTable(IdMap(np.arange(N_USERS).astype(np.str_))),
        item_table=ItemTable(
            IdMap(np.arange(N_ITEMS).astype(np.str_)),
            np.arange(N_ITEMS).astype(np.str_),
            ("thing",),
            np.zeros(N_ITEMS, dtype=np.int16),
            np.full(N_ITEMS, ""),
        ),
    )


LOG = make_log()


def fit(
    tasks: Sequence[Task],
    start: ModelState | None = None,
    model: type[SharedFactors] = SharedFactors,
    config: SharedFactorsConfig = CONFIG,
) -> SharedFactors:
    return model(config).fit(LOG, tasks, rng=np.random.default_rng(1), start=start)


def scores(model: SharedFactors, task: Task) -> FloatArray:
    return model.score_block(task, np.arange(N_USERS), np.arange(N_ITEMS))


def last_loss(model: SharedFactors, task: Task) -> float:
    return [p.value for p in model.curves if (p.task, p.measure) == (task.name, "training loss")][
        -1
    ]


def n_sweeps(model: SharedFactors) -> int:
    return max(point.step for point in model.curves)


def test_a_changed_weight_goes_on_from_the_old_solution() -> None:
    old = fit(TASKS)
    cold, warm = fit(HEAVY), fit(HEAVY, old.state())
    assert n_sweeps(warm) < n_sweeps(cold) / 3
    for task in HEAVY:
        assert last_loss(warm, task) == pytest.approx(last_loss(cold, task), rel=0.02)
    assert last_loss(cold, CLICK) < last_loss(old, CLICK)  # the weight does something
    assert last_loss(warm, CLICK) < last_loss(old, CLICK)
    assert warm.notes() == ()


def test_nothing_changed_changes_nothing() -> None:
    old = fit(TASKS)
    again = fit(TASKS, old.state())
    assert n_sweeps(again) <= 3
    for task in TASKS:
        assert np.corrcoef(scores(old, task).ravel(), scores(again, task).ravel())[0, 1] > 0.999


def test_a_start_may_come_from_a_restored_model() -> None:
    state = fit(TASKS).state()
    restored = SharedFactors(CONFIG).restore(LOG, TASKS, state)
    assert_array_equal(
        scores(fit(HEAVY, restored.state()), CLICK), scores(fit(HEAVY, state), CLICK)
    )


def test_separate_factors_find_their_tasks_by_name() -> None:
    old = fit(TASKS, model=SeparateFactors)
    turned = fit(TASKS[::-1], old.state(), SeparateFactors)
    for task in TASKS:
        steps = [point.step for point in turned.curves if point.task == task.name]
        assert max(steps) <= 3  # found its own solution, not the other task's
    assert turned.notes() == ()


def test_a_further_task_leaves_the_start_of_the_others() -> None:
    old = fit([CLICK])
    rows = earlier_rows(old.state(), TASKS, N_USERS, N_ITEMS, Blocks(K, 0, len(TASKS)))
    assert rows is not None
    assert_allclose(rows.items[:, :K], old.state().arrays["0.item_factors"])
    assert_allclose(rows.items[:, K], old.state().arrays["0.item_biases"][:, 0])
    assert not rows.items[:, K + 1].any()
    assert n_sweeps(fit(TASKS, old.state())) < n_sweeps(fit(TASKS))


@pytest.mark.parametrize(
    "start",
    [
        fit(TASKS, config=SharedFactorsConfig(n_factors=K + 1, n_epochs=1)).state(),
        fit([STARS.model_copy(update={"name": "other"})]).state(),
        ModelState({}, {}),
        ModelState({}, {"tasks": [["click", "stars"]]}),
    ],
    ids=["other size", "other tasks", "empty", "no arrays"],
)
def test_a_start_that_does_not_fit_is_passed_over_and_noted(start: ModelState) -> None:
    warm, cold = fit(TASKS, start), fit(TASKS)
    assert_array_equal(scores(warm, CLICK), scores(cold, CLICK))
    (note,) = warm.notes()
    assert "click" in str(note)
    assert "stars" in str(note)
    assert cold.notes() == ()


def test_validation_still_keeps_the_best_sweep() -> None:
    held_out = np.random.default_rng(2).random(len(LOG)) < 0.2
    train, validation = LOG.select(~held_out), LOG.select(held_out)
    rng = np.random.default_rng
    old = SharedFactors(CONFIG).fit(train, TASKS, rng=rng(1), validation=validation)
    warm = SharedFactors(CONFIG).fit(
        train, HEAVY, rng=rng(1), validation=validation, start=old.state()
    )
    assert n_sweeps(warm) <= n_sweeps(old)
    assert ("stars", "validation RMSE") in {(p.task, p.measure) for p in warm.curves}


def test_a_model_that_has_no_use_for_a_start_passes_it_over() -> None:
    start = fit(TASKS).state()
    warm, cold = (
        Popularity().fit(LOG, [CLICK], rng=np.random.default_rng(1), start=each)
        for each in (start, None)
    )
    assert_array_equal(
        warm.predict(CLICK, np.zeros(N_ITEMS, int), np.arange(N_ITEMS)),
        cold.predict(CLICK, np.zeros(N_ITEMS, int), np.arange(N_ITEMS)),
    )
