"""Shared and specific factors: the solver against least squares by NumPy, the ends, the split."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.arrays import FloatArray
from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.explanations import EvidenceKind
from algorithms.models.block_solver import alternate_blocks, solve_side
from algorithms.models.factor_blocks import Blocks, item_grams
from algorithms.models.factor_problem import FactorProblem, numpy_grams, pose
from algorithms.models.factor_solver import FactorRows, Sweep, user_side
from algorithms.models.shared_factors import SeparateFactors, SharedFactors, SharedFactorsConfig
from algorithms.models.shared_specific import SharedSpecific, SharedSpecificConfig
from algorithms.tasks import Task, TaskKind

N_USERS, N_ITEMS = 60, 45
CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product")
BUY = Task(name="buy", kind=TaskKind.BINARY, label="buy", item_kind="product", weight=2.0)
STARS = Task(name="stars", kind=TaskKind.RATING, label="stars", item_kind="product")
AD = Task(name="ad", kind=TaskKind.BINARY, label="click", item_kind="ad")
TASKS = (CLICK, BUY, STARS, AD)


def make_log(seed: int = 0) -> InteractionLog:
    rng = np.random.default_rng(seed)
    n = 1500
    ad = np.arange(N_ITEMS) % 3 == 2
    users, items = rng.integers(0, N_USERS - 1, n), rng.integers(0, N_ITEMS - 1, n)
    taste = rng.normal(size=(N_USERS, 3)) @ rng.normal(size=(3, N_ITEMS))
    liking = taste[users, items] + rng.normal(scale=0.5, size=n)
    buys = np.where(ad[items], np.nan, liking > 1.5)
    stars = np.where(~ad[items] & (liking > 0), np.clip(np.round(3 + liking), 1, 5), np.nan)
    return InteractionLog(
        name="planted",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={
            "click": (liking > 0.5).astype(np.float32),
            "buy": buys.astype(np.float32),
            "stars": stars.astype(np.float32),
        },
        user_table=UserTable(IdMap(np.arange(N_USERS).astype(np.str_))),
        item_table=ItemTable(
            IdMap(np.arange(N_ITEMS).astype(np.str_)),
            np.array([f"Thing {n}" for n in range(N_ITEMS)]),
            ("product", "ad"),
            ad.astype(np.int16),
            np.full(N_ITEMS, ""),
        ),
    )


LOG = make_log()


@pytest.fixture(scope="module")
def problem() -> FactorProblem:
    return pose(LOG, TASKS, zero_weight=6.0, balance=0.5)


def random_rows(problem: FactorProblem, blocks: Blocks) -> FactorRows:
    rng = np.random.default_rng(3)
    rows = FactorRows(*(rng.normal(size=(n, blocks.width)) for n in (N_USERS, N_ITEMS)))
    rows.users[~problem.known_users] = 0.0
    rows.items[~problem.known_items] = 0.0
    return rows


def ridge_of(blocks: Blocks) -> FloatArray:
    return np.linspace(1.0, 3.0, blocks.width)


def solved(problem: FactorProblem, blocks: Blocks, rows: FactorRows) -> FloatArray:
    """Return the users' rows that ``solve_side`` finds."""
    users = np.zeros_like(rows.users)
    everywhere = np.ones((1, blocks.n_tasks), dtype=np.bool_)
    grams = item_grams(problem, blocks, rows.items, numpy_grams)
    side = user_side(problem, ridge_of(blocks))
    solve_side(problem, blocks, side, everywhere, grams, rows.items, users)
    return users


# --- the solver -----------------------------------------------------------------------------


def cells_of(problem: FactorProblem, t: int) -> tuple[FloatArray, FloatArray]:
    """Return (n_users, n_items) targets and weights of a task, both 0 where there is no error."""
    events, scale = problem.events, problem.scales[t]
    weights = scale.zero * np.outer(
        problem.known_users, problem.known_items & (problem.item_kinds == problem.kinds[t])
    )
    pulls = np.zeros((N_USERS, N_ITEMS))
    mine = events.tasks == t
    at = events.users[mine], events.items[mine]
    np.add.at(weights, at, events.curvature[mine])
    np.add.at(pulls, at, events.pull[mine])
    return np.divide(pulls, weights, where=weights > 0, out=np.zeros_like(pulls)), weights


@pytest.mark.parametrize(("n_shared", "n_specific"), [(3, 2), (1, 4), (4, 0), (0, 3)])
def test_a_row_is_the_least_squares_solution_over_its_cells(
    problem: FactorProblem, n_shared: int, n_specific: int
) -> None:
    blocks = Blocks(n_shared, n_specific, len(TASKS))
    rows = random_rows(problem, blocks)
    users = solved(problem, blocks, rows)
    cells = [cells_of(problem, t) for t in range(len(TASKS))]
    for user in (0, 5, 31):
        X, y = [np.diag(np.sqrt(ridge_of(blocks)))], [np.zeros(blocks.width)]
        for t, (targets, weights) in enumerate(cells):
            x = np.zeros((N_ITEMS, blocks.width))
            x[:, blocks.seen(t)] = rows.items[:, blocks.seen(t)]
            x[:, blocks.bias(t)] = 1.0
            root = np.sqrt(weights[user])
            X.append(root[:, None] * x)
            y.append(root * (targets[user] - rows.items[:, blocks.bias(t)]))
        best = np.linalg.lstsq(np.vstack(X), np.concatenate(y))[0]
        assert_allclose(users[user], best, rtol=1e-7, atol=1e-9)
    assert not users[N_USERS - 1].any()  # never met


def test_the_objective_never_rises_and_is_the_sum_over_cells(problem: FactorProblem) -> None:
    blocks = Blocks(2, 2, len(TASKS))
    ridge, sweeps, by_hand = ridge_of(blocks), [], []

    def watch(sweep: Sweep) -> None:
        rows = sweep.rows
        total = ridge @ (rows.users**2).sum(axis=0) + ridge @ (rows.items**2).sum(axis=0)
        for t in range(len(TASKS)):
            targets, weights = cells_of(problem, t)
            P, Q = blocks.view(rows.users, t), blocks.view(rows.items, t)
            scores = P[:, :-1] @ Q[:, :-1].T + P[:, [-1]] + Q[:, -1]
            total += (weights * (targets - scores) ** 2).sum()
        sweeps.append(sweep.objective)
        by_hand.append(total)

    alternate_blocks(problem, ridge, blocks, 8, np.random.default_rng(2), watch)
    assert len(sweeps) == 8
    assert (np.diff(sweeps) <= 1e-9 * sweeps[0]).all()
    constants = np.array(sweeps) - by_hand  # what completes the squares does not move
    assert_allclose(constants, constants[0], rtol=1e-6, atol=1e-6 * sweeps[0])


def test_the_numbers_are_the_same_on_any_number_of_threads(problem: FactorProblem) -> None:
    import numba

    threads = numba.get_num_threads()
    if threads < 2:
        pytest.skip("one core only")
    blocks = Blocks(3, 2, len(TASKS))
    rows = random_rows(problem, blocks)
    many = solved(problem, blocks, rows)
    try:
        numba.set_num_threads(1)
        one = solved(problem, blocks, rows)
    finally:
        numba.set_num_threads(threads)
    assert_array_equal(one, many)


# --- the slider -----------------------------------------------------------------------------


def fit(share: float, tasks: Sequence[Task] = TASKS, **more: object) -> SharedSpecific:
    config = SharedSpecificConfig(n_factors=6, shared_share=share)
    return SharedSpecific(config).fit(LOG, tasks, rng=np.random.default_rng(1), **more)


def scores(model: SharedFactors, task: Task) -> FloatArray:
    return model.score_block(task, np.arange(N_USERS), np.arange(N_ITEMS))


@pytest.mark.parametrize(("share", "end"), [(1.0, SharedFactors), (0.0, SeparateFactors)])
def test_at_its_ends_it_is_the_other_model(share: float, end: type[SharedFactors]) -> None:
    held_out = np.random.default_rng(7).random(len(LOG)) < 0.2
    train, validation = LOG.select(~held_out), LOG.select(held_out)
    slider = SharedSpecific(SharedSpecificConfig(n_factors=6, shared_share=share))
    other = end(SharedFactorsConfig(n_factors=6))
    for model in (slider, other):
        model.fit(train, TASKS, rng=np.random.default_rng(1), validation=validation)
    for task in TASKS:
        assert_array_equal(scores(slider, task), scores(other, task))
    assert slider.curves == other.curves
    assert repr(slider.explain(AD, 3, 2)) == repr(other.explain(AD, 3, 2))


def test_in_between_every_task_sees_as_many_factors() -> None:
    model = fit(0.5)
    state = model.state().arrays
    assert state["0.user_factors"].shape == (N_USERS, 3 + 4 * 3)
    assert state["0.user_biases"].shape == (N_USERS, 4)
    ads = LOG.item_table.of_kind("ad")
    own_of_products = state["0.item_factors"][:, 3:12]
    assert not own_of_products[ads].any()  # an ad has no block of tasks that do not rank it
    assert own_of_products[LOG.item_table.of_kind("product")].any()
    assert not np.array_equal(scores(model, AD), scores(fit(0.3), AD), equal_nan=True)


def test_one_task_has_nothing_to_share() -> None:
    alone = SeparateFactors(SharedFactorsConfig(n_factors=6)).fit(
        LOG, [BUY], rng=np.random.default_rng(1)
    )
    assert_array_equal(scores(fit(0.5, [BUY]), BUY), scores(alone, BUY))


def test_only_the_proportion_of_task_weights_matters() -> None:
    doubled = [task.model_copy(update={"weight": 2 * task.weight}) for task in TASKS]
    assert_allclose(scores(fit(0.5, doubled), AD), scores(fit(0.5), AD), rtol=1e-7, atol=1e-9)


# --- steering -------------------------------------------------------------------------------


def test_curves_conflict_and_validation() -> None:
    held_out = np.random.default_rng(8).random(len(LOG)) < 0.2
    model = SharedSpecific(SharedSpecificConfig(n_factors=6, n_epochs=60, patience=2)).fit(
        LOG.select(~held_out), TASKS, rng=np.random.default_rng(1), validation=LOG.select(held_out)
    )
    measures = {(point.task, point.measure) for point in model.curves}
    assert ("stars", "validation RMSE") in measures
    assert ("ad", "validation NDCG@10") in measures
    assert ("buy", "training loss") in measures
    assert ("click", "gradient cosine with ad") in measures
    assert max(point.step for point in model.curves) < 60


def test_the_last_validation_measure_is_that_of_the_fitted_model() -> None:
    held_out = np.random.default_rng(8).random(len(LOG)) < 0.2
    train, validation = LOG.select(~held_out), LOG.select(held_out)
    model = SharedSpecific(SharedSpecificConfig(n_factors=6, n_epochs=1)).fit(
        train, TASKS, rng=np.random.default_rng(1), validation=validation
    )
    watched = next(p.value for p in model.curves if p.measure == "validation RMSE")
    part = STARS.part(validation)
    errors = model.predict(STARS, part.users, part.items) - part.label("stars")
    # the last step, which solves the users once more, is not watched
    assert np.sqrt((errors**2).mean()) == pytest.approx(watched, rel=0.1)


def test_a_warm_start_finds_the_blocks_of_tasks_by_name() -> None:
    old = fit(0.5)
    again = fit(0.5, TASKS[::-1], start=old.state())
    assert max(point.step for point in again.curves) < max(point.step for point in old.curves) / 2
    assert again.notes() == ()
    other = fit(0.3, start=old.state())
    assert len(other.notes()) == 1
    assert_array_equal(scores(other, BUY), scores(fit(0.3), BUY))


# --- why ------------------------------------------------------------------------------------


def test_a_score_is_split_into_shared_and_own() -> None:
    model = fit(0.5)
    block = model._blocks[0]
    for task in TASKS:
        item = int(LOG.item_table.of_kind(task.item_kind)[2])
        for user in (0, 11, N_USERS - 1):
            told = model.explain(task, user, item)
            t, scale = TASKS.index(task), block.scales[TASKS.index(task)]
            p, q = block.rows.users[user], block.rows.items[item]
            split = told.remarks[0].values
            own = block.layout.own(t)
            assert split["shared"] == pytest.approx(scale.spread * p[:3] @ q[:3], abs=1e-8)
            assert split["own"] == pytest.approx(scale.spread * p[own] @ q[own], abs=1e-8)
            assert split["shared"] + split["own"] + split["rest"] == pytest.approx(told.score)
            amounts = [part.amount for part in told.contributions]
            assert sum(amounts) == pytest.approx(told.score, abs=1e-8)
            assert told.score == pytest.approx(model.predict(task, [user], [item])[0])


def test_other_tasks_speak_through_shared_tastes_and_each_event_says_how_much() -> None:
    told = fit(0.5).explain(BUY, 0, 0)
    past = [part for part in told.contributions if part.evidence is EvidenceKind.INTERACTION]
    assert {part.task for part in past} - {"buy"}
    for part in past:
        assert part.message is not None
        assert abs(part.message.values["shared"]) > 0
