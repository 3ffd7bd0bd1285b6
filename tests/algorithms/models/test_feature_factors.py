"""Feature factors: newcomers on a sample world, the equation by hand, and the plain model in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algorithms.arrays import FloatArray
from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.explanations import EvidenceKind
from algorithms.models.factor_problem import pose
from algorithms.models.feature_columns import item_columns, user_columns
from algorithms.models.feature_factors import FeatureFactors, FeatureFactorsConfig
from algorithms.models.feature_solver import (
    FeatureSweep,
    Regression,
    alternate_featured,
    start_rows,
)
from algorithms.models.shared_factors import SharedFactors, SharedFactorsConfig
from algorithms.tasks import Task, TaskKind
from sample_data import load_world, world_tasks

N_USERS, N_ITEMS, K = 60, 40, 3
NEW_USER, NEW_ITEM = N_USERS - 1, N_ITEMS - 1
CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="film")
STARS = Task(name="stars", kind=TaskKind.RATING, label="stars", item_kind="film", weight=2.0)
TASKS = (CLICK, STARS)


def make_log(seed: int = 0, n: int = 1500) -> InteractionLog:
    """Draw events of users who like by age and items that are liked by genre."""
    rng = np.random.default_rng(seed)
    genre, age = np.arange(N_ITEMS) % 3, rng.uniform(10, 80, N_USERS)
    age[NEW_USER] = 75.0
    taste = np.column_stack([(age - 45) / 20, (45 - age) / 20, np.zeros(N_USERS)])
    users, items = rng.integers(0, NEW_USER, n), rng.integers(0, NEW_ITEM, n)
    liking = taste[users, genre[items]] + rng.normal(scale=0.5, size=n)
    ids = np.array([f"i{number}" for number in range(N_ITEMS)])
    return InteractionLog(
        name="by age and genre",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={
            "click": (liking > 0.8).astype(np.float32),
            "stars": np.clip(np.round(3 + liking), 1, 5).astype(np.float32),
        },
        user_table=UserTable(
            IdMap(np.array([f"u{number}" for number in range(N_USERS)])), {"age": age}
        ),
        item_table=ItemTable(
            IdMap(ids),
            ids,
            ("film",),
            np.zeros(N_ITEMS, dtype=np.int16),
            np.array(["war", "love", "quiet"])[genre],
        ),
    )


LOG = make_log()
CONFIG = FeatureFactorsConfig(n_factors=K, n_epochs=20, feature_regularization=3.0)


def without_features(log: InteractionLog) -> InteractionLog:
    table = log.item_table
    return replace(
        log,
        user_table=UserTable(log.user_table.ids),
        item_table=replace(table, categories=np.full(len(table.titles), ""), features={}),
    )


@pytest.fixture(scope="module")
def model() -> FeatureFactors:
    return FeatureFactors(CONFIG).fit(LOG, TASKS, rng=np.random.default_rng(1))


# --- newcomers ----------------------------------------------------------------------------------


def area_under_curve(log: InteractionLog, task: Task, model: FeatureFactors) -> float:
    """Return the mean over users of P(a yes scores above a no); ties count one half."""
    events = task.part(log)
    yes, scores = events.label(task.label) > 0, model.predict(task, events.users, events.items)
    areas = []
    for user in np.unique(events.users):
        mine = events.users == user
        above = scores[mine & yes][:, None] - scores[mine & ~yes]
        if above.size:
            areas.append(((above > 0) + 0.5 * (above == 0)).mean())
    return float(np.mean(areas))


def test_cold_items_of_the_shop_do_better_than_chance() -> None:
    log, tasks = load_world("ecommerce"), world_tasks("ecommerce")
    rng = np.random.default_rng(5)
    cold = rng.random(log.n_items) < 0.2
    hidden = cold[log.items]
    config = FeatureFactorsConfig(n_factors=8, n_epochs=6)
    with_, without = (
        FeatureFactors(config).fit(train, tasks, rng=np.random.default_rng(1))
        for train in (log.select(~hidden), without_features(log.select(~hidden)))
    )
    for task in tasks:
        if task.kind is TaskKind.BINARY:
            assert area_under_curve(log.select(hidden), task, with_) > 0.58
            assert area_under_curve(log.select(hidden), task, without) == 0.5


def test_a_new_user_and_a_new_item_are_served_by_what_is_known_of_them(
    model: FeatureFactors,
) -> None:
    """The new user is old, so war; the new item is war too, so for the old."""
    scores = model.score_block(STARS, [NEW_USER], np.arange(3))[0]  # war, love, quiet
    assert scores[0] > scores[2] > scores[1]
    assert LOG.item_table.categories[NEW_ITEM] == "war"
    old = LOG.user_table.features["age"] > 60
    scores = model.predict(STARS, np.arange(N_USERS), np.full(N_USERS, NEW_ITEM))
    assert scores[old].mean() > scores[~old].mean() + 0.25


# --- the plain model in it ----------------------------------------------------------------------


def test_without_features_it_is_shared_factors() -> None:
    plain = without_features(LOG)
    featured = FeatureFactors(FeatureFactorsConfig(n_factors=K, n_epochs=60))
    featured.fit(plain, TASKS, rng=np.random.default_rng(1))
    assert "no features" in str(featured.notes()[0])
    shared = SharedFactors(SharedFactorsConfig(n_factors=K, n_epochs=60))
    shared.fit(plain, TASKS, rng=np.random.default_rng(1))
    users, items = np.indices((N_USERS, N_ITEMS)).reshape(2, -1)
    for task in TASKS:
        assert_allclose(
            featured.predict(task, users, items), shared.predict(task, users, items), atol=0.02
        )


# --- the equation -------------------------------------------------------------------------------


def test_the_objective_never_rises() -> None:
    problem = pose(LOG, TASKS, zero_weight=6.0, balance=0.25)
    X = user_columns(LOG.user_table, problem.known_users).X
    Y = item_columns(LOG.item_table, problem.known_items).X
    ridge = np.r_[np.full(K, 2.0), [3.0 * scale.weight for scale in problem.scales]]
    sweeps: list[FeatureSweep] = []
    alternate_featured(
        problem,
        ridge,
        Regression(X, problem.known_users, 10.0),
        Regression(Y, problem.known_items, 10.0),
        start_rows(problem, K, X.shape[1], Y.shape[1], np.random.default_rng(2)),
        12,
        sweeps.append,
    )
    objectives = np.array([sweep.objective for sweep in sweeps])
    assert (np.diff(objectives) <= 1e-9 * objectives[:-1]).all()
    assert objectives[-1] < 0.9 * objectives[0]


def test_the_vectors_of_features_are_a_ridge_regression_of_the_known_rows() -> None:
    """Independent reference: least squares with the ridge as further rows, by NumPy."""
    rng = np.random.default_rng(3)
    X, rows, known = rng.normal(size=(30, 4)), rng.normal(size=(30, 5)), rng.random(30) < 0.7
    regression = Regression(X, known, 2.5)
    stacked = np.vstack([X[known], np.sqrt(2.5) * np.eye(4)])
    expected = np.linalg.lstsq(stacked, np.vstack([rows[known], np.zeros((4, 5))]))[0]
    V = regression.fit(rows)
    assert_allclose(V, expected)
    by_hand = ((rows - X @ V)[known] ** 2).sum(axis=0) + 2.5 * (V**2).sum(axis=0)
    assert_allclose(regression.penalty(rows, V), by_hand)


def test_who_was_never_met_is_what_the_features_say(model: FeatureFactors) -> None:
    state = model.state().arrays
    met = np.isin(np.arange(N_USERS), LOG.users)
    X: FloatArray = user_columns(LOG.user_table, met).X
    assert_allclose(state["users"][NEW_USER], X[NEW_USER] @ state["of_user_features"])
    assert np.abs(state["users"][0] - X[0] @ state["of_user_features"]).max() > 1e-3


# --- columns ------------------------------------------------------------------------------------


def test_columns_by_hand() -> None:
    table = UserTable(
        IdMap(np.array(list("abcdefg"))),
        {
            "town": np.array(["A", "A", "A", "B", "", "B", "C"]),
            "age": np.array([10.0, 20.0, np.nan, 30.0, 20.0, 20.0, 90.0]),
            "same": np.ones(7),
            "constant": np.full(7, "x"),
        },
    )
    met = np.array([True] * 6 + [False])
    columns = user_columns(table, met)
    assert columns.names == ("town", "age")  # B is rare, and nothing else differs
    assert columns.X[:, 0].tolist() == [1, 1, 1, 0, 0, 0, 0]
    spread = np.std([10, 20, 30, 20, 20])
    assert_allclose(columns.X[:, 1], np.array([-10, 0, 0, 10, 0, 0, 70]) / spread)
    assert columns.shown(0, 0) == "A"
    assert columns.shown(3, 1) == "30"


# --- why ----------------------------------------------------------------------------------------


def test_scores_are_split_over_events_and_features(model: FeatureFactors) -> None:
    for user, item in ((3, 4), (NEW_USER, 4), (3, NEW_ITEM), (NEW_USER, NEW_ITEM)):
        told = model.explain(STARS, user, item)
        assert sum(p.amount for p in told.contributions) == pytest.approx(told.score, abs=1e-9)
        assert told.score == pytest.approx(model.predict(STARS, [user], [item])[0], abs=1e-9)
        said = [str(p.message) for p in told.contributions if p.evidence is EvidenceKind.FEATURE]
        age = LOG.user_table.features["age"][user]
        genre = LOG.item_table.categories[item]
        assert sorted(said) == [f"This item: category {genre}", f"This user: age {age:g}"]
        past = [p for p in told.contributions if p.evidence is EvidenceKind.INTERACTION]
        assert bool(past) == (user != NEW_USER)
        never = [str(remark) for remark in told.remarks if "never met" in str(remark)]
        assert bool(never) == (item == NEW_ITEM)


def test_the_sentence_says_where_the_features_of_the_user_speak_most(
    model: FeatureFactors,
) -> None:
    """An old newcomer and a war film: the age speaks for it, and against a love film."""
    age = f"{LOG.user_table.features['age'][NEW_USER]:g}"
    assert str(model.explain(STARS, NEW_USER, 0).sentence) == (
        f"Mostly because of what is known of this user: above all age {age}."
    )
    assert "mostly what “i1” is worth" in str(model.explain(STARS, NEW_USER, 1).sentence)


# --- steering -----------------------------------------------------------------------------------


def test_validation_ends_the_fit_and_a_warm_start_is_short(model: FeatureFactors) -> None:
    held_out = np.random.default_rng(8).random(len(LOG)) < 0.3
    config = FeatureFactorsConfig(n_factors=12, n_epochs=80, regularization=0.02, patience=2)
    stopped = FeatureFactors(config).fit(
        LOG.select(~held_out),
        TASKS,
        rng=np.random.default_rng(3),
        validation=LOG.select(held_out),
    )
    assert max(point.step for point in stopped.curves) < 80
    measures = {(point.task, point.measure) for point in stopped.curves}
    assert {("stars", "validation RMSE"), ("click", "validation NDCG@10")} <= measures
    alike = [p.value for p in model.curves if p.measure == "gradient cosine with stars"]
    assert len(alike) == 20
    assert 0 < max(alike) <= 1  # clicks and stars of these people have the same cause
    heavier = [CLICK.model_copy(update={"weight": 1.2}), STARS]
    warm = FeatureFactors(CONFIG).fit(
        LOG, heavier, rng=np.random.default_rng(9), start=model.state()
    )
    assert warm.notes() == ()
    assert max(point.step for point in warm.curves) < 8
    other = FeatureFactors(CONFIG).fit(
        LOG, TASKS[:1], rng=np.random.default_rng(1), start=model.state()
    )
    assert "Started anew" in str(other.notes()[-1])
