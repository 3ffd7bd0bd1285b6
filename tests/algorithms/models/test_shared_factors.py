"""Shared factors against their own equation, written out densely, and against a planted world."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.arrays import FloatArray
from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.explanations import EvidenceKind
from algorithms.models import cell_sums, factor_kernels
from algorithms.models.factor_problem import FactorProblem, numpy_grams, pose
from algorithms.models.factor_solver import FactorRows, Sweep, alternate, user_side
from algorithms.models.factor_validation import EarlyStop, Watch
from algorithms.models.shared_factors import SeparateFactors, SharedFactors, SharedFactorsConfig
from algorithms.tasks import Task, TaskKind

N_USERS, N_PRODUCTS, N_ADS = 120, 50, 25
N_ITEMS = N_PRODUCTS + N_ADS
COLD_USER, COLD_PRODUCT = N_USERS - 1, N_PRODUCTS - 1
K, ZERO_WEIGHT = 4, 6.0

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product")
BUY = Task(name="buy", kind=TaskKind.BINARY, label="buy", item_kind="product", weight=2.0)
STARS = Task(name="stars", kind=TaskKind.RATING, label="stars", item_kind="product")
AD = Task(name="ad", kind=TaskKind.BINARY, label="click", item_kind="ad")
TASKS = (CLICK, BUY, STARS, AD)


def make_taste(seed: int = 0) -> FloatArray:
    """Return (n_users, n_items) how much each user likes each item."""
    rng = np.random.default_rng(seed)
    taste: FloatArray = rng.normal(size=(N_USERS, 3)) @ rng.normal(size=(3, N_ITEMS))
    return taste


def make_log(seed: int = 0) -> InteractionLog:
    """Draw impressions; clicks are common, buys rare, ad clicks rare; some events repeat."""
    rng = np.random.default_rng([seed, 1])
    n = 3000
    users = rng.integers(0, COLD_USER, n)
    items = rng.choice(np.delete(np.arange(N_ITEMS), COLD_PRODUCT), n)
    liking = make_taste(seed)[users, items] + rng.normal(scale=0.5, size=n)
    ad = items >= N_PRODUCTS
    click = np.where(ad, liking > 2.0, liking > 0.5).astype(np.float32)
    buy = np.where(ad, np.nan, liking > 2.5).astype(np.float32)
    stars = np.where(~ad & (click > 0), np.clip(np.round(3 + liking), 1, 5), np.nan)
    return InteractionLog(
        name="planted",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={"click": click, "buy": buy, "stars": stars.astype(np.float32)},
        user_table=UserTable(IdMap(np.array([f"u{n}" for n in range(N_USERS)]))),
        item_table=ItemTable(
            ids=IdMap(np.array([f"i{n}" for n in range(N_ITEMS)])),
            titles=np.array([f"Thing {n}" for n in range(N_ITEMS)]),
            kinds=("product", "ad"),
            kind_codes=(np.arange(N_ITEMS) >= N_PRODUCTS).astype(np.int16),
            categories=np.full(N_ITEMS, ""),
        ),
    )


LOG = make_log()
BUSY_USER = int(  # has something positive in every task
    np.flatnonzero(
        np.prod(
            [
                np.bincount(LOG.users[t.events(LOG) & (LOG.label(t.label) > 0)], minlength=N_USERS)
                for t in TASKS
            ],
            axis=0,
        )
    )[0]
)


@pytest.fixture(scope="module")
def problem() -> FactorProblem:
    return pose(LOG, TASKS, zero_weight=ZERO_WEIGHT, balance=0.5)


@pytest.fixture(scope="module")
def model() -> SharedFactors:
    return SharedFactors().fit(LOG, TASKS, rng=np.random.default_rng(1))


def ridge(problem: FactorProblem) -> FloatArray:
    return np.r_[np.full(K, 2.0), [3.0 * scale.weight for scale in problem.scales]]


def item_grams(problem: FactorProblem, rows: FactorRows) -> FloatArray:
    return numpy_grams(rows.items, problem.item_groups, problem.n_kinds)


def descend(problem: FactorProblem, n_epochs: int = 12) -> tuple[FactorRows, list[Sweep]]:
    sweeps: list[Sweep] = []
    rows = alternate(problem, ridge(problem), K, n_epochs, np.random.default_rng(2), sweeps.append)
    return rows, sweeps


# --- the objective, as the docstring states it ------------------------------------------------


def squares(problem: FactorProblem, t: int) -> Iterator[tuple[int, int, float, float]]:
    """Yield user, item, target and weight of every squared error of a task, cell by cell."""
    task, weight, zero = TASKS[t], problem.scales[t].weight, problem.scales[t].zero
    labels = LOG.label(task.label)
    rows = np.flatnonzero(task.events(LOG))
    if task.kind is not TaskKind.BINARY:
        observed = labels[rows].astype(np.float64)
        for row, y in zip(rows, (observed - observed.mean()) / observed.std(), strict=True):
            yield int(LOG.users[row]), int(LOG.items[row]), y, weight
        return
    times = np.zeros((N_USERS, N_ITEMS))
    np.add.at(times, (LOG.users[rows], LOG.items[rows]), labels[rows])
    for user in range(COLD_USER):
        for item in LOG.item_table.of_kind(task.item_kind):
            if item != COLD_PRODUCT:
                x = times[user, item]
                yield user, int(item), float(x > 0), zero + weight * x


def score(rows: FactorRows, t: int, user: int, item: int) -> float:
    p, q = rows.users[user], rows.items[item]
    return float(p[:K] @ q[:K] + p[K + t] + q[K + t])


def test_the_loss_is_the_equation_summed_cell_by_cell(problem: FactorProblem) -> None:
    rng = np.random.default_rng(4)
    rows = FactorRows(rng.normal(size=(N_USERS, K + 4)), rng.normal(size=(N_ITEMS, K + 4)))
    rows.users[~problem.known_users] = 0.0
    rows.items[~problem.known_items] = 0.0
    side = user_side(problem, ridge(problem))
    of_events = factor_kernels.event_losses(
        side.offsets,
        side.others,
        side.tasks,
        side.values,
        side.effects,
        rows.users,
        rows.items,
        K,
    ).sum(axis=0)
    losses = problem.losses(
        numpy_grams(rows.users, problem.user_groups, 1), item_grams(problem, rows), of_events
    )
    for t in range(len(TASKS)):
        cells = list(squares(problem, t))
        by_hand = sum(w * (y - score(rows, t, u, i)) ** 2 for u, i, y, w in cells)
        assert losses[t] == pytest.approx(by_hand, rel=1e-10)
        if TASKS[t].kind is TaskKind.BINARY:
            assert problem.weights()[t] == pytest.approx(sum(w for *_, w in cells), rel=1e-10)


def test_the_objective_never_rises(problem: FactorProblem) -> None:
    _, sweeps = descend(problem)
    objectives = np.array([sweep.objective for sweep in sweeps])
    assert len(objectives) == 12
    assert (np.diff(objectives) <= 1e-9 * objectives[:-1]).all()
    assert objectives[-1] < 0.9 * objectives[0]


def test_the_last_step_solves_each_user_exactly(problem: FactorProblem) -> None:
    """Independent reference: weighted least squares over the user's cells, by NumPy."""
    rows, _ = descend(problem, n_epochs=3)
    cells = [(t, *cell) for t in range(len(TASKS)) for cell in squares(problem, t)]
    for user in (0, 7, 58):
        mine = [(t, item, y, w) for t, u, item, y, w in cells if u == user]
        X = np.array([np.r_[rows.items[i, :K], np.eye(4)[t]] for t, i, _, _ in mine])
        y = np.array([y - rows.items[i, K + t] for t, i, y, _ in mine])
        root = np.sqrt([w for *_, w in mine])
        X = np.vstack([root[:, None] * X, np.diag(np.sqrt(ridge(problem)))])
        y = np.r_[root * y, np.zeros(K + 4)]
        assert_allclose(rows.users[user], np.linalg.lstsq(X, y)[0], rtol=1e-8, atol=1e-10)


def test_conjugate_gradients_arrive_where_cholesky_does(problem: FactorProblem) -> None:
    exact, _ = descend(problem, n_epochs=2)
    side = user_side(problem, ridge(problem))
    base, pull = problem.user_zeros(item_grams(problem, exact))
    stepped = np.zeros_like(exact.users)
    factor_kernels.descend(
        side.offsets,
        side.others,
        side.tasks,
        side.values,
        side.effects,
        exact.items,
        side.groups,
        base,
        pull,
        side.ridge,
        K,
        60,
        stepped,
    )
    assert_allclose(stepped, exact.users, rtol=1e-6, atol=1e-9)


def test_the_numbers_are_the_same_on_any_number_of_threads(
    problem: FactorProblem, monkeypatch: pytest.MonkeyPatch
) -> None:
    import numba

    monkeypatch.setattr(cell_sums, "_FEW", 0)  # or one thread does so little alone
    threads = numba.get_num_threads()
    if threads < 2:
        pytest.skip("one core only")
    many, _ = descend(problem)
    try:
        numba.set_num_threads(1)
        one, _ = descend(problem)
    finally:
        numba.set_num_threads(threads)
    assert_array_equal(one.users, many.users)
    assert_array_equal(one.items, many.items)


def test_without_a_folder_for_compiled_code_it_compiles_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def njit(*, cache: bool = False, **options: object):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(cell_sums.numba, "njit", njit)
    assert cell_sums.compiled(parallel=True)(lambda x: x + 1)(1) == 2


# --- units, weights, twins ----------------------------------------------------------------------


def predictions(model: SharedFactors, task: Task) -> FloatArray:
    users, items = np.indices((N_USERS, N_ITEMS)).reshape(2, -1)
    return model.predict(task, users, items)


def test_the_unit_of_a_rating_does_not_matter(model: SharedFactors) -> None:
    tenfold = LOG.with_labels(stars=LOG.label("stars") * np.float32(10))
    again = SharedFactors().fit(tenfold, TASKS, rng=np.random.default_rng(1))
    assert_allclose(predictions(again, STARS), 10 * predictions(model, STARS), rtol=1e-5)
    assert_allclose(predictions(again, BUY), predictions(model, BUY), rtol=1e-5, atol=1e-7)


def test_only_the_proportion_of_task_weights_matters(model: SharedFactors) -> None:
    doubled = [task.model_copy(update={"weight": 2 * task.weight}) for task in TASKS]
    again = SharedFactors().fit(LOG, doubled, rng=np.random.default_rng(1))
    assert_allclose(predictions(again, AD), predictions(model, AD), rtol=1e-9, atol=1e-12)


def test_balance_goes_from_equal_events_to_equal_tasks() -> None:
    equal_events = pose(LOG, (CLICK, AD), zero_weight=ZERO_WEIGHT, balance=0.0).scales
    assert equal_events[0].weight == equal_events[1].weight == 1.0
    tempered = pose(LOG, (CLICK, AD), zero_weight=ZERO_WEIGHT, balance=1.0)
    n = np.bincount(tempered.events.tasks)
    first, second = (scale.weight for scale in tempered.scales)
    assert first * n[0] == pytest.approx(second * n[1])
    assert first + second == pytest.approx(2.0)


def test_separate_factors_are_shared_factors_of_one_task() -> None:
    separate = SeparateFactors().fit(LOG, [BUY], rng=np.random.default_rng(1))
    alone = SharedFactors().fit(LOG, [BUY], rng=np.random.default_rng(1))
    assert_array_equal(predictions(separate, BUY), predictions(alone, BUY))
    several = SeparateFactors().fit(LOG, [BUY, CLICK], rng=np.random.default_rng(1))
    assert_array_equal(predictions(several, BUY), predictions(alone, BUY))


# --- what sharing is for ------------------------------------------------------------------------


def agreement(model: SharedFactors, task: Task, taste: FloatArray) -> float:
    """Return the mean correlation, over users, of scores and true liking on the task's items."""
    items = LOG.item_table.of_kind(task.item_kind)
    items = items[items != COLD_PRODUCT]
    scores = model.score_block(task, np.arange(COLD_USER), items)
    return float(
        np.mean([np.corrcoef(s, taste[u, items])[0, 1] for u, s in enumerate(scores) if s.std()])
    )


def test_many_clicks_help_few_purchases_where_tastes_are_the_same() -> None:
    gains: dict[str, list[float]] = {"buy": [], "ad": []}
    for seed in range(3):
        log, taste = make_log(seed), make_taste(seed)
        shared = SharedFactors().fit(log, TASKS, rng=np.random.default_rng(seed))
        separate = SeparateFactors().fit(log, TASKS, rng=np.random.default_rng(seed))
        for task in (BUY, AD):
            gain = agreement(shared, task, taste) - agreement(separate, task, taste)
            gains[task.name].append(gain)
    assert min(gains["buy"]) > 0.1
    assert min(gains["ad"]) > 0.05


def test_two_tasks_on_the_same_items_can_rank_differently(model: SharedFactors) -> None:
    products = np.arange(N_PRODUCTS - 1)
    clicks, buys = (model.score_block(task, [3], products)[0] for task in (CLICK, BUY))
    assert not np.array_equal(np.argsort(clicks), np.argsort(buys))


def test_who_was_never_met_gets_what_is_left(model: SharedFactors) -> None:
    state = model.state().arrays
    products = np.arange(N_PRODUCTS)
    new_user = model.score_block(CLICK, [COLD_USER], products)[0]
    assert_allclose(new_user, state["0.item_biases"][products, 0])
    mean, spread = state["0.scales"][2, :2]
    new_item = model.predict(STARS, np.arange(N_USERS), np.full(N_USERS, COLD_PRODUCT))
    assert_allclose(new_item, np.clip(mean + spread * state["0.user_biases"][:, 2], 1, 5))
    assert model.predict(STARS, [COLD_USER], [COLD_PRODUCT])[0] == pytest.approx(mean)


# --- why ----------------------------------------------------------------------------------------


def test_a_score_is_split_over_the_events_of_all_tasks(model: SharedFactors) -> None:
    told = model.explain(AD, BUSY_USER, N_PRODUCTS + 3)
    past = [part for part in told.contributions if part.evidence is EvidenceKind.INTERACTION]
    seen = set()
    for task in TASKS:
        events = task.part(LOG)
        mine = (events.users == BUSY_USER) & (
            (events.label(task.label) > 0) | (task.kind is TaskKind.RATING)
        )
        seen |= {(task.name, int(item)) for item in events.items[mine]}
    assert {(part.task, part.item) for part in past} == seen
    assert {part.task for part in past} == {task.name for task in TASKS}
    assert sum(part.amount for part in told.contributions) == pytest.approx(told.score, abs=1e-10)
    assert told.score == pytest.approx(
        model.predict(AD, [BUSY_USER], [N_PRODUCTS + 3])[0], abs=1e-10
    )
    others = sum(abs(part.amount) for part in past if part.task != "ad")
    share = 100 * others / sum(abs(part.amount) for part in past)
    assert told.remarks[0].values["percent"] == pytest.approx(share)
    assert 0 < share < 100


def test_a_contribution_is_what_the_event_does(model: SharedFactors) -> None:
    """With the items held still, the amounts of a user's events are linear in their targets."""
    problem = pose(LOG, TASKS, zero_weight=model.config.zero_weight, balance=model.config.balance)
    rows = model._blocks[0].rows
    event = int(
        np.flatnonzero((problem.events.users == BUSY_USER) & (problem.events.tasks == 0))[0]
    )
    told = model.explain(AD, BUSY_USER, N_PRODUCTS + 3)
    amount = next(
        part.amount
        for part in told.contributions
        if (part.task, part.item) == ("click", problem.events.items[event])
        and part.evidence is EvidenceKind.INTERACTION
    )
    k, events = model.config.n_factors, problem.events
    mine = np.flatnonzero(events.users == BUSY_USER)
    X = np.column_stack(  # (n, d)
        [rows.items[events.items[mine], :k], np.eye(4)[events.tasks[mine]]]
    )
    base, pull = problem.user_zeros(item_grams(problem, rows))
    c, g = events.curvature[mine], events.pull[mine]
    A = base[0] + np.diag(model._ridge(problem)) + (c[:, None] * X).T @ X
    effects = g - c * rows.items[events.items[mine], k + events.tasks[mine]]  # (n,)
    users = np.linalg.solve(A, pull[0] + effects @ X)
    assert_allclose(users, rows.users[BUSY_USER], rtol=1e-8, atol=1e-10)
    effects[mine == event] = 0.0  # the event's target moved to where it says nothing
    without = np.linalg.solve(A, pull[0] + effects @ X)
    x = np.r_[rows.items[N_PRODUCTS + 3, :k], np.eye(4)[3]]
    assert (users - without) @ x == pytest.approx(amount, rel=1e-6, abs=1e-10)


def test_the_sentence_names_the_task_that_speaks_most(model: SharedFactors) -> None:
    told = model.explain(CLICK, BUSY_USER, int(model.recommend(CLICK, BUSY_USER, 1).items[0]))
    sums: dict[str, float] = {}
    for part in told.contributions:
        if part.evidence is EvidenceKind.INTERACTION:
            sums[str(part.task)] = sums.get(str(part.task), 0.0) + part.amount
    assert told.sentence.values["source"] == max(sums, key=lambda name: sums[name])
    stranger = model.explain(CLICK, COLD_USER, 0)
    assert "Thing 0" in str(stranger.sentence)
    assert not [p for p in stranger.contributions if p.evidence is EvidenceKind.INTERACTION]


# --- steering -----------------------------------------------------------------------------------


def test_curves_follow_each_task_and_validation_ends_the_fit() -> None:
    rng = np.random.default_rng(8)
    held_out = rng.random(len(LOG)) < 0.2
    config = SharedFactorsConfig(n_epochs=60, patience=2)
    model = SharedFactors(config).fit(
        LOG.select(~held_out), TASKS, rng=rng, validation=LOG.select(held_out)
    )
    measures = {(point.task, point.measure) for point in model.curves}
    assert ("stars", "validation RMSE") in measures
    assert ("buy", "validation NDCG@10") in measures
    assert {("ad", "training loss"), ("stars", "training loss")} <= measures
    assert max(point.step for point in model.curves) < 60
    ndcg = [point.value for point in model.curves if point.measure == "validation NDCG@10"]
    assert min(ndcg) >= 0
    assert 0 < max(ndcg) <= 1


def test_stopping_goes_back_to_the_best_sweep() -> None:
    stop = EarlyStop(patience=2)
    rows = FactorRows(np.zeros((1, 1)), np.zeros((1, 1)))
    ends = []
    for quality in (0.5, 0.7, 0.6, 0.65):
        rows.users[:] = quality
        measures = [(BUY, "validation NDCG@10", quality), (STARS, "validation RMSE", 0.9)]
        ends.append(stop.better_gone(measures, rows))
    assert ends == [False, False, False, True]
    assert stop.kept is not None
    assert stop.kept.users[0, 0] == 0.7


def test_validation_measures_by_hand() -> None:
    """User 0 met item 0; of the held-out items, 2 comes first and 4 third of what is left."""
    train = LOG.select(np.flatnonzero((LOG.users == 0) & (LOG.items < N_PRODUCTS))[:1])
    met = int(train.items[0])
    first, second, third = [item for item in range(5) if item != met][:3]
    one = LOG.select(np.zeros(3, dtype=np.int64))
    validation = replace(
        one,
        users=np.zeros(3, dtype=np.int32),
        items=np.array([third, first, second], dtype=np.int32),
        labels={
            "click": np.array([1, 1, 0], dtype=np.float32),
            "stars": np.array([2, np.nan, np.nan], dtype=np.float32),
        },
    )
    problem = pose(LOG, (CLICK, STARS), zero_weight=ZERO_WEIGHT, balance=0.0)
    rows = FactorRows(np.zeros((N_USERS, 3)), np.zeros((N_ITEMS, 3)))
    rows.users[0, 0] = 1.0
    rows.items[[met, first, second, third], 0] = (4.0, 3.0, 2.0, 1.0)
    watch = Watch(train, validation, (CLICK, STARS), np.random.default_rng(1))
    (task, name, ndcg), (_, _, rmse) = watch.measure(problem, rows)
    assert (task, name) == (CLICK, "validation NDCG@10")
    assert ndcg == pytest.approx((1 + 1 / np.log2(4)) / (1 + 1 / np.log2(3)))
    scale = problem.scales[1]
    assert rmse == pytest.approx(abs(min(scale.mean + scale.spread, 5.0) - 2.0))


def test_the_ridge_grows_with_the_noise() -> None:
    """Chance alone has about this largest singular value: checked on random signs."""
    rng = np.random.default_rng(6)
    problem = pose(LOG, (CLICK,), zero_weight=ZERO_WEIGHT, balance=0.0)
    events = problem.events
    table = np.zeros((N_USERS, N_ITEMS))
    table[events.users, events.items] = events.curvature * rng.choice([-1, 1], len(events.users))
    largest = np.linalg.svd(table, compute_uv=False)[0]
    assert 0.7 < largest / problem.noise() < 1.3
