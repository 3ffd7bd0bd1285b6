"""A search learns nothing from the test data, goes on after failures, and finds the front."""

import dataclasses
import time

import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.data.split import SplitConfig, SplitMethod, assign_parts
from algorithms.evaluation import RunSpec, run
from algorithms.evaluation.multitask import hypervolume
from algorithms.models.catalog import MODELS
from algorithms.progress import Stage
from algorithms.search import (
    Course,
    Objective,
    Parameter,
    Role,
    SearchMethod,
    SearchResult,
    SearchSpec,
    Trial,
    WeightScale,
    search,
)
from algorithms.search.rehearsal import rehearsal_split
from algorithms.search.spec import NothingVariedError, ObjectiveError
from algorithms.tasks import Task, TaskKind

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product")
BUY = Task(name="buy", kind=TaskKind.BINARY, label="buy", item_kind="product")
STARS = Task(
    name="stars", kind=TaskKind.RATING, label="stars", item_kind="product", relevant_from=4
)


@pytest.fixture(scope="module")
def log() -> InteractionLog:
    """Return 60 users who met half of 30 items, with labels of two tastes, and times."""
    rng = np.random.default_rng(3)
    shape = (60, 30)
    one, other = (rng.normal(size=(60, 1)) * rng.normal(size=30) for _ in range(2))
    users, items = np.nonzero(rng.random(shape) < 0.5)
    n = len(users)
    liking = one[users, items]
    return InteractionLog(
        name="small",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={
            "click": (liking > 0).astype(np.float32),
            "buy": (other[users, items] > 0.5).astype(np.float32),
            "stars": np.clip(np.round(3 + liking), 1, 5).astype(np.float32),
        },
        user_table=UserTable(IdMap(np.array([f"u{n}" for n in range(60)]))),
        item_table=ItemTable(
            ids=IdMap(np.array([f"i{n}" for n in range(30)])),
            titles=np.array([f"Item {n}" for n in range(30)]),
            kinds=("product",),
            kind_codes=np.zeros(30, dtype=np.int16),
            categories=np.array([""] * 30),
        ),
        timestamps=rng.permutation(n).astype(np.int64),
    )


def make_spec(**changes) -> SearchSpec:
    base = RunSpec(
        model="shared_factors",
        config={"n_factors": 4, "n_epochs": 2},
        seed=1,
        tasks=(CLICK, BUY, STARS),
        split=changes.pop("split", SplitConfig()),
        k=5,
    )
    values = {
        "base": base,
        "weights": WeightScale.SIMPLEX,
        "objectives": (Objective(task="click"), Objective(task="stars")),
        "n_trials": 3,
        **changes,
    }
    return SearchSpec(**values)


def outcomes(result) -> list[tuple]:
    return [(t.number, t.weights, t.config, t.values, t.message) for t in result.trials]


@pytest.mark.parametrize("method", list(SplitMethod))
def test_changing_the_test_labels_changes_nothing(log, method):
    spec = make_spec(split=SplitConfig(method=method), n_trials=2)
    is_test = assign_parts(log, spec.base.split, np.random.default_rng([1, 0]), fold=1) == 2
    rng = np.random.default_rng(9)
    other = log.with_labels(
        **{
            name: np.where(is_test, rng.permutation(column), column)
            for name, column in log.labels.items()
        }
    )
    gone = log.with_labels(
        **{
            name: np.where(is_test, np.nan, column).astype(np.float32)
            for name, column in log.labels.items()
        }
    )
    expected = outcomes(search(spec, log))
    assert all(np.isfinite(values).all() for *_, values, _ in expected)
    assert outcomes(search(spec, other)) == expected
    assert outcomes(search(spec, gone)) == expected
    judged, otherwise = run(spec.base, log), run(spec.base, other)  # a run does look at them
    assert judged.metric("stars", "rmse").value != otherwise.metric("stars", "rmse").value


@pytest.mark.parametrize("method", list(SplitMethod))
def test_a_rehearsal_is_judged_on_the_validation_part_and_steered_by_training_events(log, method):
    spec = make_spec(split=SplitConfig(method=method)).base
    numbered = log.with_labels(number=np.arange(len(log), dtype=np.float32))
    part = assign_parts(log, spec.split, np.random.default_rng([1, 0]), fold=1)
    split = rehearsal_split(spec, numbered)
    assert set(split.test.labels["number"]) == set(np.flatnonzero(part == 1))
    learned, steering = (set(p.labels["number"]) for p in (split.train, split.validation))
    assert learned
    assert steering
    assert not learned & steering
    assert learned | steering <= set(np.flatnonzero(part == 0))
    if method is SplitMethod.TEMPORAL:
        assert split.train.timestamps.max() < split.validation.timestamps.min()
        assert split.validation.timestamps.max() < split.test.timestamps.min()


def test_a_sweep_over_two_weights_goes_evenly_from_one_task_to_the_other(log):
    result = search(make_spec(), log)
    assert [trial.role for trial in result.trials] == [Role.FLOOR, Role.START, *[Role.TRIAL] * 3]
    shares = [trial.weights["click"] / 2 for trial in result.trials[2:]]
    assert shares == pytest.approx([0.25, 0.5, 0.75])
    assert all(t.weights["click"] + t.weights["stars"] == pytest.approx(2) for t in result.front())
    assert result.trials[1].values == pytest.approx(result.trials[3].values)  # equal shares


def test_the_front_and_its_volume_only_grow(log):
    result = search(make_spec(n_trials=5, method=SearchMethod.RANDOM), log)
    goods, front = result.goods(), result.on_front()
    for row, is_on in enumerate(front):
        beaten = (goods >= goods[row]).all(axis=1) & (goods > goods[row]).any(axis=1)
        assert is_on == (not beaten.any())
    volumes = result.volumes()
    assert (np.diff(volumes) >= 0).all()
    assert volumes[-1] > 0
    reference = result.reference()
    assert volumes == pytest.approx(
        [hypervolume(goods[: n + 1], reference) for n in range(len(goods))]
    )
    assert goods[0, 1] == -result.candidates[0].values[1]  # an error: lower is better


def test_a_point_of_the_front_is_run_for_real(log):
    parameter = Parameter(name="n_factors", low=2, high=6, whole=True)
    result = search(make_spec(parameters=(parameter,), method=SearchMethod.RANDOM), log)
    trial = result.front()[0]
    spec = result.run_spec(trial)
    assert spec.config == {"n_factors": trial.config["n_factors"], "n_epochs": 2}
    assert {task.name: task.weight for task in spec.tasks} == {**trial.weights, "buy": 1.0}
    assert run(spec, log).metric("click", "ndcg@5") is not None


def test_a_failing_trial_is_noted_and_the_search_goes_on(log, monkeypatch):
    class Fragile(MODELS["shared_factors"]):
        def _fit(self, train, validation, tasks, rng, progress):
            if self.config.n_factors == 4:
                from algorithms.errors import FitError

                raise FitError(model="It", reason="no", remedy="Rest.")
            super()._fit(train, validation, tasks, rng, progress)

    models = {**MODELS, "shared_factors": Fragile}
    parameter = Parameter(name="n_factors", choices=(2, 4, 6))
    spec = make_spec(weights=WeightScale.KEPT, parameters=(parameter,))
    result = search(spec, log, models=models)
    messages = {t.config.get("n_factors"): t.message for t in result.candidates if t.number >= 0}
    assert str(messages[4]) == "It could not be fitted: no. Rest."
    assert messages[2] is None
    assert messages[6] is None
    assert {t.config["n_factors"] for t in result.front()} <= {2, 6}


def test_a_progress_that_raises_stops_the_search_within_a_trial(log):
    class StopError(Exception):
        pass

    seen: list[float] = []

    def progress(fraction: float, stage: Stage) -> None:
        seen.append(fraction)
        if fraction > 0.5:
            raise StopError

    told: list[Trial] = []
    with pytest.raises(StopError):
        search(make_spec(), log, progress, told=told.append)
    assert seen == sorted(seen)
    assert 0 < len(told) < 5


@pytest.mark.parametrize("method", list(SearchMethod))
def test_same_spec_same_trials(log, method):
    if method is SearchMethod.BAYESIAN:
        pytest.importorskip("optuna")
    parameters = (
        Parameter(name="regularization", low=0.1, high=10, log=True),
        Parameter(name="balance", choices=(0.0, 0.5)),
    )
    spec = make_spec(parameters=parameters, method=method, n_trials=8)
    assert SearchSpec.model_validate_json(spec.model_dump_json()) == spec
    assert outcomes(search(spec, log)) == outcomes(search(spec, log))


def test_bayesian_finds_the_peak_that_chance_misses():
    pytest.importorskip("optuna")
    from algorithms.search.points import points_of

    spec = make_spec(
        weights=WeightScale.KEPT,
        parameters=tuple(Parameter(name=n, low=0, high=1) for n in ("balance", "zero_weight")),
        objectives=(Objective(task="click"),),
        n_trials=60,
        method=SearchMethod.BAYESIAN,
    )

    def best(method: SearchMethod) -> float:
        points = points_of(spec.model_copy(update={"method": method}))
        goods = []
        for number in range(60):
            point = points.ask(number)
            goods.append(-float(((point - 0.3) ** 2).sum()))
            points.tell(number, np.array([goods[-1]]) if number % 7 else None)
        return max(goods)

    assert best(SearchMethod.BAYESIAN) > best(SearchMethod.RANDOM)


def test_bayesian_trials_wait_for_each_other(log):
    pytest.importorskip("optuna")
    course = Course(make_spec(method=SearchMethod.BAYESIAN))
    first = course.ask()
    assert first is not None
    assert course.ask() is None
    course.tell(first, run(first.run, log))
    assert course.ask() is not None


def test_a_trial_survives_json(log):
    result = search(make_spec(n_trials=1), log)
    for trial in result.trials:
        again = Trial.from_json(trial.to_json())
        assert dataclasses.asdict(again) == dataclasses.asdict(trial)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"objectives": (Objective(task="none"),)}, ObjectiveError, "click, buy, stars"),
        (
            {"objectives": (Objective(task="stars", metric="auc"),)},
            ObjectiveError,
            "no such metric",
        ),
        ({"weights": WeightScale.KEPT}, NothingVariedError, "Nothing is varied"),
        ({"objectives": (Objective(task="click"),)}, NothingVariedError, "at least two tasks"),
    ],
)
def test_what_cannot_be_searched_says_why(log, changes, error, words):
    with pytest.raises(error, match=words):
        search(make_spec(**changes), log)


def test_a_thousand_settings_are_measured_at_once():
    spec = make_spec()
    rng = np.random.default_rng(0)
    floor = Trial(-2, Role.FLOOR, {}, {}, (0.0, 10.0))
    trials = [Trial(n, Role.TRIAL, {}, {}, tuple(rng.random(2))) for n in range(1000)]
    result = SearchResult(spec, spec.columns(), (floor, *trials))
    began = time.perf_counter()
    volumes = result.volumes()
    assert time.perf_counter() - began < 1  # a plain recount takes far longer
    assert volumes[-1] == pytest.approx(hypervolume(result.goods(), result.reference()))
