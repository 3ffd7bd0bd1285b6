"""Factor weights against their equation, written out cell by cell, and against planted weights."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.arrays import FloatArray
from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.explanations import EvidenceKind
from algorithms.models.factor_problem import FactorProblem, pose
from algorithms.models.factor_weights import FactorWeights, FactorWeightsConfig
from algorithms.models.shared_factors import SharedFactors, SharedFactorsConfig
from algorithms.models.weight_conflict import WeightConflict
from algorithms.models.weight_solver import (
    WeightedRows,
    WeightedSweep,
    alternate_weighted,
    quadratics,
    solve_weights,
    start_rows,
)
from algorithms.tasks import Task, TaskKind

N_USERS, N_FILMS, N_ADS = 90, 40, 15
N_ITEMS = N_FILMS + N_ADS
K = 3

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="film")
STARS = Task(name="stars", kind=TaskKind.RATING, label="stars", item_kind="film", weight=2.0)
AGAIN = Task(name="again", kind=TaskKind.RATING, label="again", item_kind="film")
AD = Task(name="ad", kind=TaskKind.BINARY, label="click", item_kind="ad")
TASKS = (CLICK, STARS, AGAIN, AD)
# Clicks follow the first two tastes; stars all three alike; "again" turns the second one round.
PLANTED = np.array([[1.5, 1.5, 0.1], [1.0, 1.0, 1.0], [1.2, -1.0, 1.0]])


def make_log(seed: int = 0, n: int = 4000) -> InteractionLog:
    rng = np.random.default_rng(seed)
    P, Q = rng.normal(size=(N_USERS, K)), rng.normal(size=(N_ITEMS, K))
    users, items = rng.integers(0, N_USERS, n), rng.integers(0, N_ITEMS, n)
    matches = (P[users] * Q[items]) @ PLANTED.T + rng.normal(scale=0.3, size=(n, 3))  # (n, 3)
    film = items < N_FILMS
    ids = np.array([f"i{number}" for number in range(N_ITEMS)])
    return InteractionLog(
        name="planted",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={
            "click": (matches[:, 0] > 1.0).astype(np.float32),
            "stars": np.where(film, matches[:, 1], np.nan).astype(np.float32),
            "again": np.where(film, matches[:, 2], np.nan).astype(np.float32),
        },
        user_table=UserTable(IdMap(np.array([f"u{number}" for number in range(N_USERS)]))),
        item_table=ItemTable(
            IdMap(ids),
            ids,
            ("film", "ad"),
            (np.arange(N_ITEMS) >= N_FILMS).astype(np.int16),
            np.full(N_ITEMS, ""),
        ),
    )


LOG = make_log()
CONFIG = FactorWeightsConfig(
    n_factors=K, n_epochs=60, regularization=0.05, weight_regularization=10.0
)


@pytest.fixture(scope="module")
def problem() -> FactorProblem:
    return pose(LOG, TASKS, zero_weight=6.0, balance=0.25)


@pytest.fixture(scope="module")
def model() -> FactorWeights:
    return FactorWeights(CONFIG).fit(LOG, TASKS, rng=np.random.default_rng(1))


def ridges(problem: FactorProblem) -> tuple[FloatArray, FloatArray]:
    weights = np.array([scale.weight for scale in problem.scales])
    return np.r_[np.full(K, 2.0), 3.0 * weights], 5.0 * weights


def score(rows: WeightedRows, t: int, user: int, item: int) -> float:
    p, q = rows.users[user], rows.items[item]
    return float((rows.weights[t] * p[:K]) @ q[:K] + p[K + t] + q[K + t])


def loss(problem: FactorProblem, rows: WeightedRows, t: int) -> float:
    """Return the weighted squared errors of a task, cell by cell."""
    task, scale = TASKS[t], problem.scales[t]
    labels, events = LOG.label(task.label), np.flatnonzero(task.events(LOG))
    if task.kind is not TaskKind.BINARY:
        return sum(
            scale.weight
            * (
                (float(labels[e]) - scale.mean) / scale.spread
                - score(rows, t, int(LOG.users[e]), int(LOG.items[e]))
            )
            ** 2
            for e in events
        )
    times = np.zeros((N_USERS, N_ITEMS))
    np.add.at(times, (LOG.users[events], LOG.items[events]), labels[events])
    total = 0.0
    for user in range(N_USERS):
        for item in LOG.item_table.of_kind(task.item_kind):
            x, s = times[user, item], score(rows, t, user, int(item))
            total += (scale.zero + scale.weight * x) * (float(x > 0) - s) ** 2
    return total


# --- the objective, as the docstring states it ------------------------------------------------


def random_rows(seed: int) -> WeightedRows:
    rng = np.random.default_rng(seed)
    return WeightedRows(
        rng.normal(size=(N_USERS, K + 4)),
        rng.normal(size=(N_ITEMS, K + 4)),
        rng.normal(size=(4, K)),
    )


def test_the_quadratic_in_the_weights_is_the_loss_cell_by_cell(problem: FactorProblem) -> None:
    rows = random_rows(4)
    losses = quadratics(problem, rows.users, rows.items).losses(rows.weights)
    for t in range(4):
        assert losses[t] == pytest.approx(loss(problem, rows, t), rel=1e-5)


def test_the_objective_never_rises(problem: FactorProblem) -> None:
    sweeps: list[WeightedSweep] = []
    rows = start_rows(problem, K, np.random.default_rng(2))
    alternate_weighted(problem, *ridges(problem), rows, 15, sweeps.append)
    objectives = np.array([sweep.objective for sweep in sweeps])
    assert (np.diff(objectives) <= 1e-9 * objectives[:-1]).all()
    assert objectives[-1] < 0.5 * objectives[0]


def test_weights_are_the_best_whose_average_is_one(problem: FactorProblem) -> None:
    """Independent reference: the equations with multipliers, as one dense system."""
    rows, ridge = random_rows(5), ridges(problem)[1]
    of = quadratics(problem, rows.users, rows.items)
    weights = solve_weights(problem, of, ridge)
    assert_array_equal(weights[3], 1.0)  # alone on its kind
    rho = problem.weights()[:3] / problem.weights()[:3].sum()
    system, right = np.zeros((4 * K, 4 * K)), np.zeros(4 * K)
    for t in range(3):
        at = slice(t * K, (t + 1) * K)
        system[at, at] = of.M[t] + ridge[t] * np.eye(K)
        right[at] = of.r[t] + ridge[t]
        system[at, 3 * K :] = system[3 * K :, at] = rho[t] * np.eye(K)
    right[3 * K :] = 1.0
    assert_allclose(weights[:3].ravel(), np.linalg.solve(system, right)[: 3 * K], rtol=1e-8)
    assert_allclose(rho @ weights[:3], 1.0)


def test_gradients_are_those_of_the_loss(problem: FactorProblem) -> None:
    """Independent reference: central differences of the loss, cell by cell."""
    rows = random_rows(6)
    by_user, by_item = WeightConflict(problem).gradients(rows)
    for t, side, row, gradient in (
        (0, "users", 3, by_user[0, 3]),
        (2, "users", 8, by_user[2, 8]),
        (3, "items", N_FILMS + 2, by_item[3, N_FILMS + 2]),
        (0, "items", 5, by_item[0, 5]),
    ):
        for f in range(K):
            ends = []
            for step in (1e-3, -1e-3):
                moved = rows.copy()
                getattr(moved, side)[row, f] += step
                ends.append(loss(problem, moved, t))
            assert (ends[0] - ends[1]) / 4e-3 == pytest.approx(gradient[f], rel=1e-4, abs=1e-4)
    assert not by_item[3, 5].any()  # an ad's task has nothing to say of a film


def test_conflict_is_recorded_after_every_sweep(model: FactorWeights) -> None:
    points = [p for p in model.curves if p.measure == "gradient cosine with stars"]
    assert {p.task for p in points} == {"click", "again", "ad"}
    assert all(-1 <= p.value <= 1 for p in points)
    assert {p.step for p in points} == {p.step for p in model.curves}


def test_the_last_step_solves_the_users_exactly(problem: FactorProblem) -> None:
    rows = start_rows(problem, K, np.random.default_rng(2))
    ridge, weight_ridge = ridges(problem)
    rows = alternate_weighted(problem, ridge, weight_ridge, rows, 3, lambda sweep: None)

    def objective(user: int, z: FloatArray) -> float:
        moved = rows.copy()
        moved.users[user] = z
        return sum(loss(problem, moved, t) for t in range(4)) + float(ridge @ z**2)

    z = rows.users[7].copy()
    least = objective(7, z)
    for a in range(len(z)):
        step = np.eye(len(z))[a] * 1e-3
        up, down = objective(7, z + step), objective(7, z - step)
        assert min(up, down) > least
        assert abs(up - down) < 1e-3 * (up + down - 2 * least) + 1e-5  # flat at the least


def test_with_weights_held_at_one_it_is_shared_factors() -> None:
    values = {"n_factors": K, "n_epochs": 60}
    held = FactorWeights(FactorWeightsConfig(**values, weight_regularization=1e6))
    held.fit(LOG, TASKS, rng=np.random.default_rng(1))
    shared = SharedFactors(SharedFactorsConfig(**values))
    shared.fit(LOG, TASKS, rng=np.random.default_rng(1))
    users, items = np.indices((N_USERS, N_FILMS)).reshape(2, -1)
    for task in TASKS[:3]:
        assert_allclose(
            held.predict(task, users, items), shared.predict(task, users, items), atol=0.01
        )


# --- what the weights are for -------------------------------------------------------------------


def test_planted_weights_are_found_again(model: FactorWeights) -> None:
    """Up to the order of the factors: each is told by what is planted of it alone."""
    found = model.state().arrays["weights"][1:3]
    # the first two tastes differ in the sign of "again", the third in how little is clicked
    second = int(np.argmin(found[1]))
    assert found[1, second] < 0 < found[0, second]
    assert (np.delete(found[1], second) > 0).all()
    clicks = model.state().arrays["weights"][0] / found[0]
    third = int(np.argmin(np.where(np.arange(K) == second, np.inf, clicks)))
    assert clicks[third] < 0.5 * np.delete(clicks, third).min()


def test_cosines_say_which_tasks_are_alike(model: FactorWeights) -> None:
    cosines = model.weight_cosines()
    assert_allclose(np.diag(cosines), 1.0)
    assert np.isnan(cosines[3, :3]).all()  # other items, another scale
    assert cosines[0, 1] > cosines[0, 2] + 0.3
    told = [str(note) for note in model.notes()]
    assert len(told) == 3
    assert "“click” and “stars”" in told[0]
    assert "“click” and “again”" in told[-1]
    assert f"{cosines[0, 2]:.2f}" in told[-1]


def test_tasks_that_turn_a_taste_round_are_predicted_better_than_by_shared_factors() -> None:
    held_out = np.random.default_rng(3).random(len(LOG)) < 0.2
    train, test = LOG.select(~held_out), AGAIN.part(LOG.select(held_out))
    errors = []
    for each in (
        FactorWeights(CONFIG),
        SharedFactors(SharedFactorsConfig(n_factors=K, n_epochs=60, regularization=0.05)),
    ):
        each.fit(train, TASKS, rng=np.random.default_rng(1))
        predicted = each.predict(AGAIN, test.users, test.items)
        errors.append(float(np.sqrt(np.mean((predicted - test.label("again")) ** 2))))
    assert errors[0] < 0.5 * errors[1]


def test_one_task_alone_has_weights_of_one() -> None:
    alone = FactorWeights(CONFIG).fit(LOG, [STARS], rng=np.random.default_rng(1))
    assert_array_equal(alone.state().arrays["weights"], 1.0)
    assert alone.notes() == ()


# --- why ----------------------------------------------------------------------------------------


def test_a_score_is_split_over_the_events_of_all_tasks(model: FactorWeights) -> None:
    told = model.explain(AGAIN, 5, 3)
    assert sum(part.amount for part in told.contributions) == pytest.approx(told.score, abs=1e-9)
    assert told.score == pytest.approx(model.predict(AGAIN, [5], [3])[0], abs=1e-9)
    past = [part for part in told.contributions if part.evidence is EvidenceKind.INTERACTION]
    seen = set()
    for task in TASKS:
        events = task.part(LOG)
        mine = (events.users == 5) & (
            (events.label(task.label) > 0) | (task.kind is TaskKind.RATING)
        )
        seen |= {(task.name, int(item)) for item in events.items[mine]}
    assert {(part.task, part.item) for part in past} == seen


# --- steering -----------------------------------------------------------------------------------


def test_validation_ends_the_fit_at_the_best_sweep() -> None:
    held_out = np.random.default_rng(8).random(len(LOG)) < 0.3
    train, validation = LOG.select(~held_out), LOG.select(held_out)
    config = FactorWeightsConfig(n_factors=12, n_epochs=80, regularization=0.02, patience=2)
    stopped = FactorWeights(config).fit(
        train, TASKS, rng=np.random.default_rng(3), validation=validation
    )
    last = max(point.step for point in stopped.curves)
    assert last < 80
    best = FactorWeights(config.model_copy(update={"n_epochs": last - 2})).fit(
        train, TASKS, rng=np.random.default_rng(3)
    )
    assert_allclose(stopped.state().arrays["weights"], best.state().arrays["weights"])
    measures = {(point.task, point.measure) for point in stopped.curves}
    assert {("stars", "validation RMSE"), ("click", "validation NDCG@10")} <= measures
    assert ("ad", "training loss") in measures


def test_a_warm_start_needs_few_sweeps_and_a_strange_one_is_said(model: FactorWeights) -> None:
    heavier = [CLICK.model_copy(update={"weight": 1.5}), *TASKS[1:]]
    warm = FactorWeights(CONFIG).fit(
        LOG, heavier, rng=np.random.default_rng(9), start=model.state()
    )
    assert max(point.step for point in warm.curves) < 10
    cold = FactorWeights(CONFIG).fit(LOG, heavier, rng=np.random.default_rng(1))
    users = np.arange(N_USERS)
    assert_allclose(
        warm.score_block(STARS, users, users[:N_FILMS]),
        cold.score_block(STARS, users, users[:N_FILMS]),
        atol=0.2,
    )
    other = FactorWeights(CONFIG).fit(
        LOG, TASKS[:2], rng=np.random.default_rng(1), start=model.state()
    )
    assert "Started anew" in str(other.notes()[-1])
