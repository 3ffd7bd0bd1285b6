import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.models.base import Output
from algorithms.models.implicit_feedback import feedback
from algorithms.models.implicit_models import Als, AlsConfig
from algorithms.tasks import Task, TaskKind

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="film")
MINUTES = Task(name="minutes", kind=TaskKind.QUANTITY, label="minutes", item_kind="film")
N_USERS, N_ITEMS = 30, 24  # every fourth item is an ad
COLD_USER, UNLIKED = 29, 21
CONFIG = AlsConfig(n_factors=5, n_epochs=30, regularization=2.0, alpha=3.0)


def make_log(seed: int = 2, minute: float = 1.0) -> InteractionLog:
    rng = np.random.default_rng(seed)
    users, items = rng.integers(0, COLD_USER, 700), rng.integers(0, N_ITEMS, 700)
    taste = rng.normal(size=(N_USERS, 2)) @ rng.normal(size=(2, N_ITEMS))
    liking = taste[users, items] + rng.normal(scale=0.3, size=700)
    liking[items == UNLIKED] = -1
    ids = np.array([f"i{n}" for n in range(N_ITEMS)])
    return InteractionLog(
        name="clicks",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={
            "click": (liking > 0.4).astype(np.float32),
            "minutes": (np.round(np.maximum(liking, 0), 2) * minute).astype(np.float32),
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


def fit(log: InteractionLog, task: Task = CLICK, config: AlsConfig = CONFIG) -> Als:
    return Als(config).fit(log, [task], rng=np.random.default_rng(7))


def table(log: InteractionLog, task: Task) -> np.ndarray:
    """Return (n_users, n_films) the feedback x, with plain loops."""
    films = log.item_table.of_kind("film").tolist()
    x = np.zeros((N_USERS, len(films)))
    for user, item, value in zip(log.users, log.items, log.labels[task.label], strict=True):
        if item in films and value >= task.relevant_from:
            x[user, films.index(item)] += 1 if task.kind is TaskKind.BINARY else value
    return x


def loss(P: np.ndarray, Q: np.ndarray, x: np.ndarray, config: AlsConfig) -> float:
    c = 1 + config.alpha * x
    ridge = config.regularization * ((P**2).sum() + (Q**2).sum())
    return float((c * ((x > 0) - P @ Q.T) ** 2).sum() + ridge)


def dense_als(x: np.ndarray, config: AlsConfig, n_sweeps: int) -> tuple[np.ndarray, np.ndarray]:
    """Solve the equation of the docstring, written down cell by cell."""
    rng = np.random.default_rng(0)
    P, Q = (rng.random((n, config.n_factors)) * 0.01 for n in x.shape)
    c, y = 1 + config.alpha * x, (x > 0).astype(float)
    ridge = config.regularization * np.eye(config.n_factors)
    for _ in range(n_sweeps):
        for u in range(len(P)):
            P[u] = np.linalg.solve((Q.T * c[u]) @ Q + ridge, Q.T @ (c[u] * y[u]))
        for i in range(len(Q)):
            Q[i] = np.linalg.solve((P.T * c[:, i]) @ P + ridge, P.T @ (c[:, i] * y[:, i]))
    return P, Q


def learned(model: Als) -> tuple[np.ndarray, np.ndarray]:
    arrays = model.state().arrays
    return arrays["task0.P"], arrays["task0.Q"]


def test_it_minimises_the_objective_of_its_docstring() -> None:
    log = make_log()
    x = table(log, CLICK)
    reached = loss(*learned(fit(log)), x, CONFIG)
    best = loss(*dense_als(x, CONFIG, 300), x, CONFIG)
    nothing = loss(np.zeros((N_USERS, 5)), np.zeros((x.shape[1], 5)), x, CONFIG)
    assert best < 0.6 * nothing
    assert reached == pytest.approx(best, rel=0.01)


@pytest.mark.parametrize("task", [CLICK, MINUTES], ids=lambda task: task.name)
def test_user_vectors_are_the_exact_solution(task: Task) -> None:
    log = make_log()
    P, Q = learned(fit(log, task))
    x = table(log, task)
    if task is MINUTES:  # in units of the average relevant event
        values = log.labels["minutes"][np.isin(log.items, log.item_table.of_kind("film"))]
        x /= values[values >= 1].mean()
    c = 1 + CONFIG.alpha * x
    for u in range(N_USERS):
        A = (Q.T * c[u]) @ Q + CONFIG.regularization * np.eye(5)
        np.testing.assert_allclose(
            P[u], np.linalg.solve(A, Q.T @ (c[u] * (x[u] > 0))), rtol=1e-5, atol=1e-7
        )


def test_explanations_are_the_sum_over_the_past() -> None:
    log = make_log()
    model = fit(log)
    x, films = table(log, CLICK), log.item_table.of_kind("film")
    for user in np.flatnonzero((x > 0).any(axis=1))[::4].tolist():
        for item in (0, 5, UNLIKED):
            told = model.explain(CLICK, user, item)
            score = float(model.predict(CLICK, [user], [item])[0])
            assert sum(part.amount for part in told.contributions) == pytest.approx(score, abs=1e-9)
            assert {part.item for part in told.contributions} == set(films[x[user] > 0].tolist())
            for part in told.contributions:
                assert part.value == x[user, films.tolist().index(part.item)]


def test_the_strongest_past_item_is_named() -> None:
    told = fit(make_log()).explain(CLICK, 0, 0)
    best = max(told.contributions, key=lambda part: part.amount)
    assert best.amount > 0
    assert f"“i{best.item}”" in str(told.sentence)


def test_cold_users_are_unknown_and_items_without_feedback_score_zero() -> None:
    model = fit(make_log())
    assert model.output(MINUTES) is Output.SCORE
    assert np.isnan(model.predict(CLICK, [COLD_USER], [0])).all()
    assert not len(model.recommend(CLICK, COLD_USER).items)
    assert model.predict(CLICK, [0, 1], [UNLIKED, UNLIKED]).tolist() == [0.0, 0.0]
    assert "None of the" in str(model.explain(CLICK, 0, UNLIKED).sentence)
    assert "Nothing can be said" in str(model.explain(CLICK, COLD_USER, 0).sentence)


def test_hours_and_minutes_give_the_same_model() -> None:
    hours = MINUTES.model_copy(update={"relevant_from": 0.0})
    minutes = fit(make_log(minute=60.0), hours)
    users, items = np.arange(COLD_USER), np.arange(N_ITEMS)
    np.testing.assert_allclose(
        minutes.score_block(hours, users, items),
        fit(make_log(minute=1.0), hours).score_block(hours, users, items),
        rtol=1e-3,
        atol=1e-5,
    )


def test_repeated_events_add_up() -> None:
    log = make_log()
    columns = np.full(N_ITEMS, -1, np.int32)
    films = log.item_table.of_kind("film")
    columns[films] = np.arange(len(films))
    cells = feedback(log, CLICK, columns)
    x = np.zeros((N_USERS, len(films)))
    x[np.repeat(np.arange(N_USERS), np.diff(cells.offsets)), cells.columns] = cells.amounts
    np.testing.assert_array_equal(x, table(log, CLICK))
    assert x.max() > 1
    np.testing.assert_allclose(cells.confidences(0.5), 1 + 0.5 * x[x > 0])


def test_more_alpha_follows_the_feedback_more_closely() -> None:
    log = make_log()
    liked = table(log, CLICK) > 0
    films = log.item_table.of_kind("film")
    means = []
    for alpha in (0.1, 1, 10, 100):
        model = fit(log, config=CONFIG.model_copy(update={"alpha": float(alpha)}))
        scores = model.score_block(CLICK, np.arange(N_USERS), films)
        means.append(float(scores[liked].mean()))
    assert means == sorted(means)
