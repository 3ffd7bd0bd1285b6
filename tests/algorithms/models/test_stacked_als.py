"""Stacked ALS against ALS, against its own equation, and against a planted world."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.arrays import FloatArray
from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.models.implicit_models import Als, AlsConfig
from algorithms.models.stacked_als import StackedAls, StackedAlsConfig
from algorithms.tasks import Task, TaskKind

N_USERS, N_ITEMS = 60, 32  # every fourth item is an ad
COLD_USER = N_USERS - 1
CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="film")
BUY = Task(name="buy", kind=TaskKind.BINARY, label="buy", item_kind="film", weight=3.0)
MINUTES = Task(name="minutes", kind=TaskKind.QUANTITY, label="minutes", item_kind="film")
AD = Task(name="ad", kind=TaskKind.BINARY, label="click", item_kind="ad")
TASKS = (CLICK, BUY, MINUTES, AD)
CONFIG = StackedAlsConfig(n_factors=4, n_epochs=30, regularization=2.0, alpha=3.0)


def make_taste(seed: int) -> FloatArray:
    rng = np.random.default_rng([seed, 7])
    taste: FloatArray = rng.normal(size=(N_USERS, 2)) @ rng.normal(size=(2, N_ITEMS))
    return taste


def make_log(seed: int = 2) -> InteractionLog:
    rng = np.random.default_rng(seed)
    n = 1500
    users, items = rng.integers(0, COLD_USER, n), rng.integers(0, N_ITEMS, n)
    liking = make_taste(seed)[users, items] + rng.normal(scale=0.3, size=n)
    ids = np.array([f"i{n}" for n in range(N_ITEMS)])
    return InteractionLog(
        name="clicks",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={
            "click": (liking > 0.4).astype(np.float32),
            "buy": (liking > 2.0).astype(np.float32),
            "minutes": np.round(np.maximum(liking, 0), 2).astype(np.float32),
        },
        user_table=UserTable(IdMap(np.array([f"u{n}" for n in range(N_USERS)]))),
        item_table=ItemTable(
            ids=IdMap(ids),
            titles=ids,
            kinds=("film", "ad"),
            kind_codes=(np.arange(N_ITEMS) % 4 == 3).astype(np.int16),
            categories=np.full(N_ITEMS, ""),
        ),
    )


LOG = make_log()


def fit(tasks: tuple[Task, ...] = TASKS, config: StackedAlsConfig = CONFIG) -> StackedAls:
    return StackedAls(config).fit(LOG, tasks, rng=np.random.default_rng(7))


@pytest.fixture(scope="module")
def model() -> StackedAls:
    return fit()


def cells(task: Task) -> tuple[list[int], FloatArray, FloatArray]:
    """Return the task's items, and (n_users, n) feedback and confidences, with plain loops."""
    ranked = LOG.item_table.of_kind(task.item_kind).tolist()
    x = np.zeros((N_USERS, len(ranked)))
    amounts = []
    for user, item, value in zip(LOG.users, LOG.items, LOG.labels[task.label], strict=True):
        if item in ranked and value >= task.relevant_from:
            x[user, ranked.index(item)] += 1 if task.kind is TaskKind.BINARY else value
            amounts.append(1 if task.kind is TaskKind.BINARY else value)
    mean_weight = np.mean([other.weight for other in TASKS])
    c = 1 + CONFIG.alpha * task.weight / mean_weight * x / np.mean(amounts)
    return ranked, x, c


def test_one_task_alone_is_als_number_for_number() -> None:
    als = Als(AlsConfig(n_factors=4, n_epochs=30, regularization=2.0, alpha=3.0))
    als.fit(LOG, [BUY], rng=np.random.default_rng(7))
    users = np.arange(N_USERS)
    films = LOG.item_table.of_kind("film")
    assert_array_equal(
        fit((BUY,)).score_block(BUY, users, films), als.score_block(BUY, users, films)
    )


def test_users_are_the_exact_solution_of_the_equation(model: StackedAls) -> None:
    state = model.state().arrays
    tables = [cells(task) for task in TASKS]
    x = np.hstack([table[1] for table in tables])
    c = np.hstack([table[2] for table in tables])
    Q = state["Q"]
    assert Q.shape == (x.shape[1], 4)
    for user in range(N_USERS):
        A = (Q.T * c[user]) @ Q + CONFIG.regularization * np.eye(4)
        expected = np.linalg.solve(A, Q.T @ (c[user] * (x[user] > 0)))
        assert_allclose(state["P"][user], expected, rtol=1e-5, atol=1e-7)


def test_training_losses_are_the_weighted_mean_squared_errors_and_their_sum_falls() -> None:
    config = CONFIG.model_copy(update={"n_epochs": 3})
    short = StackedAls(config)
    short.fit(LOG, TASKS, rng=np.random.default_rng(7))
    last = {point.task: point.value for point in short.curves if point.step == 3}
    first = {point.task: point.value for point in short.curves if point.step == 1}
    P, Q = short.state().arrays["P"], short.state().arrays["Q"]
    at = 0
    for task in TASKS:
        _, x, c = cells(task)
        scores = P @ Q[at : at + x.shape[1]].T
        at += x.shape[1]
        by_hand = (c * ((x > 0) - scores) ** 2).sum() / c.sum()
        assert last[task.name] == pytest.approx(by_hand, rel=0.1)  # users moved once more
    assert sum(last.values()) < sum(first.values())


def test_explanations_are_the_sum_over_the_past_in_all_tasks(model: StackedAls) -> None:
    ranked, x, _ = cells(BUY)
    often_bought = ranked[int(x.sum(axis=0).argmax())]
    for user in (0, 11, 30):
        past = set()
        for task in TASKS:
            ranked, x, _ = cells(task)
            past |= {(task.name, ranked[n]) for n in np.flatnonzero(x[user])}
        for task, item in ((BUY, often_bought), (AD, 3), (CLICK, 5)):
            told = model.explain(task, user, item)
            score = float(model.predict(task, [user], [item])[0])
            assert sum(part.amount for part in told.contributions) == pytest.approx(score, abs=1e-9)
            assert {(part.task, part.item) for part in told.contributions} == past
            others = sum(abs(p.amount) for p in told.contributions if p.task != task.name)
            share = 100 * others / sum(abs(p.amount) for p in told.contributions)
            assert told.remarks[0].values["percent"] == pytest.approx(share)


def test_a_user_without_any_feedback_is_unknown(model: StackedAls) -> None:
    assert np.isnan(model.predict(CLICK, [COLD_USER], [0])).all()
    assert "nothing yet in any task" in str(model.explain(CLICK, COLD_USER, 0).sentence)


def test_a_heavier_task_is_fitted_more_closely() -> None:
    films = LOG.item_table.of_kind("film")
    bought = cells(BUY)[1] > 0
    means = []
    for weight in (0.01, 1.0, 30.0):
        tasks = tuple(
            task.model_copy(update={"weight": weight}) if task is BUY else task for task in TASKS
        )
        scores = fit(tasks).score_block("buy", np.arange(N_USERS), films)
        means.append(float(scores[bought].mean()))
    assert means == sorted(means)
    assert means[0] < 0.5 * means[-1]


def test_clicks_help_to_rank_what_is_rarely_bought() -> None:
    """Mean correlation over users of scores and true liking; shared minus alone."""
    gains = []
    for seed in range(3):
        log, taste = make_log(seed), make_taste(seed)
        films = log.item_table.of_kind("film")
        agreements = []
        for tasks in ((CLICK, BUY, AD), (BUY,)):
            rng = np.random.default_rng(seed)
            scores = (
                StackedAls(CONFIG)
                .fit(log, tasks, rng=rng)
                .score_block(BUY, np.arange(COLD_USER), films)
            )
            agreements.append(
                np.nanmean(
                    [
                        np.corrcoef(s, taste[u, films])[0, 1]
                        for u, s in enumerate(scores)
                        if np.nan_to_num(s).std() > 0
                    ]
                )
            )
        gains.append(agreements[0] - agreements[1])
    assert min(gains) > 0.02


def test_a_warm_start_goes_on_where_the_earlier_fit_ended() -> None:
    cold = StackedAls(CONFIG.model_copy(update={"n_epochs": 1}))
    cold.fit(LOG, TASKS, rng=np.random.default_rng(1))
    warm = StackedAls(CONFIG.model_copy(update={"n_epochs": 1}))
    warm.fit(LOG, TASKS, rng=np.random.default_rng(1), start=fit().state())
    assert warm.notes() == ()
    first, best = (
        sum(point.value for point in each.curves if point.measure == "training loss")
        for each in (cold, warm)
    )
    assert best < 0.9 * first
    again = StackedAls(CONFIG).fit(LOG, TASKS, rng=np.random.default_rng(1), start=fit().state())
    assert max(point.step for point in again.curves) < 10  # of 30
    other = StackedAls(CONFIG).fit(
        LOG, TASKS[:2], rng=np.random.default_rng(1), start=fit().state()
    )
    assert "Started anew" in str(other.notes()[0])
    assert_array_equal(other.state().arrays["Q"], _anew(TASKS[:2]))


def _anew(tasks: tuple[Task, ...]) -> FloatArray:
    again = StackedAls(CONFIG).fit(LOG, tasks, rng=np.random.default_rng(1))
    return np.asarray(again.state().arrays["Q"])


def test_validation_ends_the_fit_at_the_best_sweep() -> None:
    held_out = np.random.default_rng(8).random(len(LOG)) < 0.3
    config = StackedAlsConfig(n_factors=20, n_epochs=150, regularization=0.01, alpha=40, patience=2)
    train, validation = LOG.select(~held_out), LOG.select(held_out)
    stopped = StackedAls(config).fit(
        train, TASKS, rng=np.random.default_rng(3), validation=validation
    )
    points = [point for point in stopped.curves if point.measure == "validation NDCG@10"]
    last = max(point.step for point in points)
    assert last < 150
    quality = np.zeros(last)
    for point in points:
        weight = next(task.weight for task in TASKS if task.name == point.task)
        quality[point.step - 1] += weight * np.log(point.value)
    assert int(np.argmax(quality)) + 1 == last - 2
    best = StackedAls(config.model_copy(update={"n_epochs": last - 2})).fit(
        train, TASKS, rng=np.random.default_rng(3)
    )
    assert_allclose(stopped.state().arrays["P"], best.state().arrays["P"])
