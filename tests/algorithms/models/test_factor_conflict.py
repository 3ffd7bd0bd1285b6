"""The conflict between tasks: by hand, by brute force over all cells, and its ends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algorithms.arrays import FloatArray
from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.models.factor_blocks import Blocks
from algorithms.models.factor_conflict import Conflict
from algorithms.models.factor_problem import FactorProblem, pose
from algorithms.models.factor_solver import FactorRows
from algorithms.models.shared_factors import SeparateFactors, SharedFactors
from algorithms.tasks import Task, TaskKind


def task(name: str, kind: TaskKind = TaskKind.BINARY, of: str = "product", **more: object) -> Task:
    return Task.model_validate(
        {"name": name, "kind": kind, "label": name.split()[0], "item_kind": of, **more}
    )


CLICK, BUY, AD = task("click"), task("buy", weight=2.0), task("click ad", of="ad")
STARS = task("stars", TaskKind.RATING)
TASKS = (CLICK, BUY, STARS, AD)


def make_log(
    users: Sequence[int], items: Sequence[int], kinds: Sequence[int], **labels: Sequence[float]
) -> InteractionLog:
    names = np.arange(len(kinds)).astype(np.str_)
    return InteractionLog(
        name="small",
        users=np.array(users, dtype=np.int32),
        items=np.array(items, dtype=np.int32),
        labels={name: np.array(column, dtype=np.float32) for name, column in labels.items()},
        user_table=UserTable(IdMap(np.arange(max(users) + 1).astype(np.str_))),
        item_table=ItemTable(
            IdMap(names),
            names,
            ("product", "ad"),
            np.array(kinds, dtype=np.int16),
            np.full(len(kinds), ""),
        ),
    )


def random_log(seed: int = 0) -> InteractionLog:
    rng = np.random.default_rng(seed)
    kinds = np.arange(15) % 3 == 2
    users, items = rng.integers(0, 20, 200), rng.integers(0, 14, 200)  # the last is never shown
    ad = kinds[items]
    return make_log(
        users.tolist(),
        items.tolist(),
        kinds.astype(int).tolist(),
        click=(rng.random(200) < 0.4).tolist(),
        buy=np.where(ad, np.nan, rng.random(200) < 0.2).tolist(),
        stars=np.where(ad, np.nan, rng.integers(1, 6, 200)).tolist(),
    )


def cosines(problem: FactorProblem, blocks: Blocks, rows: FactorRows) -> dict[str, float]:
    found = Conflict(problem, blocks).cosines(rows)
    assert {(a, b): c for a, b, c in found} == {(b, a): c for a, b, c in found}
    return {f"{a}, {b}": cosine for a, b, cosine in found}


@pytest.mark.parametrize(("n_shared", "n_specific"), [(3, 0), (2, 2), (1, 3)])
def test_it_is_the_gradient_summed_over_every_cell(n_shared: int, n_specific: int) -> None:
    log = random_log()
    problem = pose(log, TASKS, zero_weight=5.0, balance=0.3)
    blocks = Blocks(n_shared, n_specific, len(TASKS))
    rng = np.random.default_rng(1)
    rows = FactorRows(*(rng.normal(size=(n, blocks.width)) for n in (log.n_users, log.n_items)))
    of_users, of_items = brute_force(problem, blocks, rows)
    found = cosines(problem, blocks, rows)
    assert len(found) == 12
    for s, first in enumerate(TASKS):
        for t, second in enumerate(TASKS):
            if s == t:
                continue
            a, b = of_users[s].ravel(), of_users[t].ravel()
            if first.item_kind == second.item_kind:
                a, b = np.r_[a, of_items[s].ravel()], np.r_[b, of_items[t].ravel()]
            cosine = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
            assert_allclose(found[f"{first.name}, {second.name}"], cosine, rtol=1e-9)


def brute_force(
    problem: FactorProblem, blocks: Blocks, rows: FactorRows
) -> tuple[list[FloatArray], list[FloatArray]]:
    """Return each task's gradient on the shared columns of all users and of all items."""
    m, events = blocks.n_shared, problem.events
    all_users, all_items = [], []
    for t, scale in enumerate(problem.scales):
        seen = blocks.seen(t)
        own = np.r_[seen[: blocks.n_specific], :m]
        bias = blocks.bias(t)
        s = rows.users[:, own] @ rows.items[:, own].T  # (n_users, n_items)
        s += rows.users[:, [bias]] + rows.items[:, bias]
        cells = np.outer(
            problem.known_users, problem.known_items & (problem.item_kinds == problem.kinds[t])
        )
        residuals = scale.zero * cells * s
        mine = events.tasks == t
        u, i = events.users[mine], events.items[mine]
        np.add.at(residuals, (u, i), events.curvature[mine] * s[u, i] - events.pull[mine])
        all_users.append(residuals @ rows.items[:, :m])
        all_items.append(residuals.T @ rows.users[:, :m])
    return all_users, all_items


def test_by_hand() -> None:
    """Labels 1 and 3 are the targets -1 and 1; with users at zero a gradient is -sum of y q.

    Items are (1, 0) and (0, 1). So "a" has the gradient (1, -1) on user 0 and none on user 1, "b"
    (-1, 1) on user 0, and "c" (-1, 0) on user 0 and (1, 0) on user 1.
    """
    nan = np.nan
    log = make_log([0, 0, 1], [0, 1, 0], [0, 0], a=[1, 3, nan], b=[3, 1, nan], c=[3, nan, 1])
    tasks = [task(name, TaskKind.RATING) for name in "abc"]
    problem = pose(log, tasks, zero_weight=1.0, balance=0.0)
    rows = FactorRows(np.zeros((2, 5)), np.zeros((2, 5)))
    rows.items[:, :2] = np.eye(2)
    found = cosines(problem, Blocks(2, 0, 3), rows)
    assert found["a, b"] == pytest.approx(-1.0)
    assert found["a, c"] == pytest.approx(-0.5)
    assert found["b, c"] == pytest.approx(0.5)


def test_a_task_without_a_gradient_has_no_cosine() -> None:
    log = make_log([0, 1], [0, 1], [0, 0], a=[1, 3], b=[2, 2])
    tasks = [task(name, TaskKind.RATING) for name in "ab"]  # "b" is all equal: its targets are 0
    problem = pose(log, tasks, zero_weight=1.0, balance=0.0)
    rows = FactorRows(np.zeros((2, 4)), np.eye(2, 4))
    assert cosines(problem, Blocks(2, 0, 2), rows) == {}


def test_where_nothing_is_shared_there_is_no_conflict() -> None:
    problem = pose(random_log(), TASKS, zero_weight=1.0, balance=0.0)
    rows = FactorRows(np.ones((20, 12)), np.ones((15, 12)))
    assert cosines(problem, Blocks(0, 2, len(TASKS)), rows) == {}


def curve(model: SharedFactors, name: str, other: str) -> list[float]:
    measure = f"gradient cosine with {other}"
    return [p.value for p in model.curves if (p.task, p.measure) == (name, measure)]


def test_a_fit_records_it_after_every_sweep() -> None:
    again = task("click again", of="product")  # the same label once more
    log = random_log()
    model = SharedFactors().fit(log, [CLICK, again, BUY], rng=np.random.default_rng(1))
    n_sweeps = max(point.step for point in model.curves)
    assert_allclose(curve(model, "click", "click again"), np.ones(n_sweeps))
    assert curve(model, "click", "buy") == curve(model, "buy", "click")
    assert len(curve(model, "click", "buy")) == n_sweeps
    assert max(curve(model, "click", "buy")) < 0.999
    alone = SeparateFactors().fit(log, [CLICK, again], rng=np.random.default_rng(1))
    assert not curve(alone, "click", "click again")


def test_opposite_tastes_conflict_more_than_the_same() -> None:
    rng = np.random.default_rng(5)
    users, items = (cells.ravel() for cells in np.indices((40, 30)))
    shown = rng.random(len(users)) < 0.5
    users, items = users[shown], items[shown]
    taste = (rng.normal(size=(40, 2)) @ rng.normal(size=(2, 30)))[users, items]
    last = []
    for sign in (1.0, -1.0):
        log = make_log(
            users.tolist(),
            items.tolist(),
            [0] * 30,
            click=(taste + rng.normal(scale=0.3, size=len(taste)) > 0.7).tolist(),
            buy=(sign * taste + rng.normal(scale=0.3, size=len(taste)) > 0.7).tolist(),
        )
        model = SharedFactors().fit(log, [CLICK, BUY], rng=np.random.default_rng(1))
        last.append(curve(model, "click", "buy")[-1])
    assert last[0] > last[1] + 0.5
