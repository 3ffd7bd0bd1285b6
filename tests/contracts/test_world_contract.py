"""Every model of the catalog on the sample worlds: the tasks that a person sees first.

Each world is made small (its own parameters with 150 users), so that a model meets its kinds of
items, its funnel, its ratings and its times, and answers within a second. Networks differ in little
but their middle: the first two meet every world, the others one each. Then the same worlds
are spoiled: one user, one item of each kind, all ratings equal, a task that nobody ever saw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from algorithms.arrays import BoolArray, FloatArray, IntArray
from algorithms.data import InteractionLog, SplitConfig, make_split
from algorithms.errors import MtrecError
from algorithms.models.base import Output, Recommender
from algorithms.models.catalog import MODELS
from algorithms.models.extras import missing_extra
from algorithms.tasks import Task, TaskKind
from sample_data import WORLDS, world_tasks
from sample_data.dials import turned
from sample_data.simulator import simulate
from sample_data.spec import read_spec
from tests.language_server import language_server, sensible

N_USERS, N_ITEMS = 150, 200
N_PAIRS = 400  # of each task, drawn at random
EXPLAINED = 12  # of these pairs

WORLD_KEYS = ("ecommerce", "search", "social", "travel")
NETWORKS = [key for key, model in MODELS.items() if model.extra == "deep"]  # share one trainer
CASES = [
    (world, key)
    for place, world in enumerate(WORLD_KEYS)
    for key, model in MODELS.items()
    if model.served_tasks(world_tasks(world))
    and (key not in NETWORKS[2:] or NETWORKS.index(key) % len(WORLD_KEYS) == place)
]


@cache
def train_and_validation(world: str) -> tuple[InteractionLog, InteractionLog]:
    """Make a small world once, and split it as an experiment does."""
    spec = turned(read_spec(WORLDS[world].file), {"users": N_USERS, "items": N_ITEMS})
    split = make_split(simulate(spec).log, SplitConfig(), np.random.default_rng(1))
    return split.train, split.validation


OUTSIDE: dict[str, Any] = {"n_questions": 40}  # for a model that lives at an address


@pytest.fixture(scope="module", autouse=True)
def _language_model() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, language_server(sensible) as server:
        patch.setitem(OUTSIDE, "address", server.address)
        yield


def quick(key: str) -> Recommender:
    """Make a model; a network makes few passes, for here it need not be good."""
    missing = missing_extra(MODELS[key])
    if missing is not None:
        pytest.skip(str(missing))
    is_network = MODELS[key].extra == "deep" and "n_epochs" in MODELS[key].config_class.model_fields
    lacking = OUTSIDE if MODELS[key]().lacks() else {}
    return MODELS[key].from_values({"n_epochs": 3} if is_network else lacking)


def fit(world: str, key: str) -> Recommender:
    train, validation = train_and_validation(world)
    model = quick(key)
    return model.fit(
        train,
        model.served_tasks(world_tasks(world)),
        rng=np.random.default_rng(3),
        validation=validation,
    )


@pytest.fixture(scope="module", params=CASES, ids=lambda case: "-".join(case))
def case(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Name a world and a model that serves one of its tasks."""
    world, key = request.param
    return world, key


@pytest.fixture(scope="module")
def model(case: tuple[str, str]) -> Recommender:
    return fit(*case)


def pairs(log: InteractionLog, task: Task) -> tuple[IntArray, IntArray]:
    """Draw users and items of the task's kind; the first half of them met in training."""
    rng = np.random.default_rng(7)
    met = np.flatnonzero(task.events(log))
    met = rng.choice(met, min(N_PAIRS // 2, len(met)), replace=False)
    users = np.append(log.users[met], rng.integers(0, log.n_users, N_PAIRS // 2))
    of_kind = log.item_table.of_kind(task.item_kind)
    items = np.append(log.items[met], rng.choice(of_kind, N_PAIRS // 2))
    return users.astype(np.int64), items.astype(np.int64)


def numbers(model: Recommender, task: Task) -> FloatArray:
    return model.predict(task, *pairs(model.log, task))


def active(model: Recommender, task: Task) -> BoolArray:
    """Return which pairs are of a user and of an item with something relevant in training.

    What a person never did, a single-task model may decline to guess.
    """
    users, items = pairs(model.log, task)
    part = task.part(model.log)
    positive = part.select(part.label(task.label) >= task.relevant_from)
    known: BoolArray = np.isin(users, positive.users) & np.isin(items, positive.items)
    assert known.any(), task.name
    return known


def scale(model: Recommender, task: Task) -> tuple[float, float]:
    """Return the lowest and the highest label in training."""
    values = task.part(model.log).label(task.label)
    return float(values.min()), float(values.max())


# --- as they are ----------------------------------------------------------------------------


def test_every_world_and_every_model_meet() -> None:
    assert tuple(WORLDS) == WORLD_KEYS
    assert {key for _, key in CASES} == set(MODELS)


def test_it_predicts_on_the_scale_of_the_label(model: Recommender) -> None:
    for task in model.tasks:
        found = numbers(model, task)
        assert not np.isinf(found).any()
        found = found[active(model, task)]
        assert np.isfinite(found).mean() > 0.9, task.name
        found = found[np.isfinite(found)]
        output = model.output(task)
        if output is Output.PROBABILITY:
            low, high = 0.0, 1.0
        elif output is Output.PREDICTION:
            low, high = scale(model, task)
        else:
            continue
        assert low - 1e-9 <= found.min()
        assert found.max() <= high + 1e-9


def test_it_ranks_what_the_user_had_not_met(model: Recommender) -> None:
    for task in model.tasks:
        users = np.unique(pairs(model.log, task)[0][active(model, task)])
        lists = model.recommend_many(task, users, 10)
        assert (lists.items >= 0).mean() > 0.5, task.name
        for user, items, scores in zip(users, lists.items, lists.scores, strict=True):
            found = items[items >= 0]
            assert len(np.unique(found)) == len(found)
            assert np.isin(found, model.log.item_table.of_kind(task.item_kind)).all()
            assert not np.isin(found, model.met(int(user))).any()
            assert (np.diff(scores[: len(found)]) <= 0).all()
        alone = model.recommend(task, int(users[3]), 10)
        np.testing.assert_allclose(
            alone.scores, lists.scores[3][: len(alone.scores)], rtol=1e-5, atol=1e-5
        )


def test_it_explains_its_own_score(model: Recommender) -> None:
    for task in model.tasks:
        users, items = pairs(model.log, task)
        found = numbers(model, task)
        chosen = np.linspace(0, len(users) - 1, EXPLAINED).astype(np.int64)
        for pair in chosen:
            told = model.explain(task, int(users[pair]), int(items[pair]))
            assert str(told.sentence).endswith(".")
            score = float(found[pair])
            if np.isnan(score):
                assert np.isnan(told.score), "a reason, and no score"
                continue
            # A product adds up in logarithms, a probability in log-odds; all else as it is.
            said = min(told.score, 50.0)
            scales = (told.score, np.exp(said), 1 / (1 + np.exp(-said)))
            assert min(abs(number - score) for number in scales) < 1e-6
            amounts = [part.amount for part in told.contributions]
            assert amounts
            if told.additive:
                assert sum(amounts) == pytest.approx(told.score, rel=1e-6, abs=1e-6)


def test_its_state_gives_the_same_numbers(model: Recommender) -> None:
    again = type(model)(model.config).restore(model.log, model.tasks, model.state())
    for task in model.tasks:
        assert_array_equal(numbers(again, task), numbers(model, task))
        ours, theirs = model.recommend(task, 5), again.recommend(task, 5)
        assert_array_equal(ours.items, theirs.items)
        assert_array_equal(ours.scores, theirs.scores)


# --- spoiled --------------------------------------------------------------------------------


def single_user(log: InteractionLog, tasks: tuple[Task, ...]) -> InteractionLog:
    return log.select(log.users == log.users[0])


def single_item(log: InteractionLog, tasks: tuple[Task, ...]) -> InteractionLog:
    """Keep the item of each kind that most users met."""
    counts = np.bincount(log.items, minlength=log.n_items)
    kinds = [log.item_table.of_kind(kind) for kind in log.item_table.kinds]
    return log.select(np.isin(log.items, [of_kind[counts[of_kind].argmax()] for of_kind in kinds]))


def all_equal(log: InteractionLog, tasks: tuple[Task, ...]) -> InteractionLog:
    """Give every observed rating and quantity the same value; all that is binary happened.

    Every third event will do: there is nothing to learn.
    """
    log = log.select(np.arange(0, len(log), 3))
    columns = {}
    for task in tasks:
        value = 1.0 if task.kind is TaskKind.BINARY else 3.0
        column = log.label(task.label)
        columns[task.label] = np.where(np.isnan(column), column, np.float32(value))
    return log.with_labels(**columns)


def empty_tasks(log: InteractionLog, tasks: tuple[Task, ...]) -> InteractionLog:
    """Take away every observation of the first task of each kind of label."""
    kinds = {task.kind: task.label for task in reversed(tasks)}
    nothing = np.full(len(log), np.nan, dtype=np.float32)
    return log.with_labels(**dict.fromkeys(kinds.values(), nothing))


def no_event(log: InteractionLog, tasks: tuple[Task, ...]) -> InteractionLog:
    return log.select(np.zeros(len(log), dtype=np.bool_))


Spoil = Callable[[InteractionLog, tuple[Task, ...]], InteractionLog]


@pytest.mark.parametrize(
    "spoil",
    [single_user, single_item, all_equal, empty_tasks, no_event],
    ids=lambda spoil: spoil.__name__,
)
def test_poor_data_ends_in_a_sentence_or_a_sane_answer(case: tuple[str, str], spoil: Spoil) -> None:
    world, key = case
    tasks = tuple(MODELS[key].served_tasks(world_tasks(world)))
    log = spoil(train_and_validation(world)[0], tasks)
    model, reason = quick(key), ""
    try:
        model.fit(log, tasks, rng=np.random.default_rng(3))
    except MtrecError as error:  # it says why; anything else is a bug
        reason = str(error)
    if reason:
        assert reason.endswith(".")
        return
    users = np.arange(0, N_USERS, 15)
    for task in tasks:
        items = log.item_table.of_kind(task.item_kind)[: len(users)].astype(np.int64)
        found = model.predict(task, users[: len(items)], items)
        assert not np.isinf(found).any()
        if model.output(task) is not Output.SCORE and len(task.part(log)):
            low, high = scale(model, task)
            if model.output(task) is Output.PROBABILITY:
                low, high = 0.0, 1.0
            known = found[np.isfinite(found)]
            assert ((low - 1e-6 <= known) & (known <= high + 1e-6)).all()
        lists = model.recommend_many(task, users, 3)
        assert_array_equal(np.isnan(lists.scores), lists.items < 0)
        told = model.explain(task, int(users[0]), int(items[0]))
        assert str(told.sentence).endswith(".")
        assert np.isnan(told.score) == np.isnan(found[0])


def test_a_kind_without_items_is_no_crash() -> None:
    """A task whose kind the log does not know gives nothing, and says so."""
    train, _ = train_and_validation("ecommerce")
    task = replace_kind(world_tasks("ecommerce")[0], "song")
    for model_class in MODELS.values():
        if task.kind not in model_class.serves or missing_extra(model_class) is not None:
            continue
        try:
            model = model_class().fit(train, [task], rng=np.random.default_rng(3))
        except MtrecError:
            continue
        assert np.isnan(model.predict(task, [0, 1], [0, 1])).all()
        assert not len(model.recommend(task, 0).items)


def replace_kind(task: Task, kind: str) -> Task:
    return task.model_copy(update={"item_kind": kind})
