"""The ceiling: the truth of a simulated world as a recommender."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algorithms.data import SplitConfig, make_split
from algorithms.errors import FitError
from algorithms.models.base import Bound, ModelState, Recommender
from algorithms.tasks import Task, TaskKind
from sample_data import load_world, simulate_world, world_tasks
from sample_data.oracle import Oracle

TASKS = world_tasks("ecommerce")


@pytest.fixture(scope="module")
def world():
    return simulate_world("ecommerce")


@pytest.fixture(scope="module")
def train(world):
    return make_split(world.log, SplitConfig(), np.random.default_rng(1)).train


def fit(log, tasks=TASKS, **config) -> Recommender:
    return Oracle.from_values(config).fit(log, tasks, rng=np.random.default_rng(0))


def test_it_says_what_the_truth_says(world, train) -> None:
    model = fit(train)
    rng = np.random.default_rng(3)
    users = rng.integers(0, train.n_users, 200)
    for task in TASKS:
        items = rng.choice(train.item_table.of_kind(task.item_kind), 200)
        assert_allclose(
            model.predict(task, users, items), world.truth.in_log(task.label, users, items)
        )
        for_user = fit(train, aim="user")
        assert_allclose(
            for_user.predict(task, users, items), world.truth.expected(task.label, users, items)
        )
        block = for_user.score_block(task, users[:3], items)
        assert_allclose(block, world.truth.expected(task.label, users[:3, None], items))


def test_its_ranking_weighs_relevance_with_what_training_leaves_to_be_shown(world, train) -> None:
    task = TASKS[0]
    model, of_kind = fit(train), train.item_table.of_kind(task.item_kind)
    besides = world.truth.shown_besides(task.item_kind, train.users, train.items)[7]
    relevant = world.truth.relevant(task.label, np.array([7]), of_kind, task.relevant_from)
    assert_allclose(model.score_block(task, [7], of_kind)[0], besides * relevant, rtol=1e-9)
    scattered = of_kind[[5, 2, 60]]
    assert_allclose(model.score_block(task, [7], scattered)[0], (besides * relevant)[[5, 2, 60]])


def test_it_keeps_nothing_and_finds_the_truth_again(train) -> None:
    model = fit(train)
    assert model.state() == ModelState({})
    assert model.n_parameters == 0
    again = Oracle().restore(train, TASKS, model.state())
    users, items = np.arange(50), train.item_table.of_kind("product")[:50]
    assert np.array_equal(
        again.predict(TASKS[0], users, items), model.predict(TASKS[0], users, items)
    )
    assert Oracle.bound is Bound.CEILING


def test_the_sample_files_carry_the_same_world(train) -> None:
    read = load_world("ecommerce")
    users, items = np.arange(50), train.item_table.of_kind("product")[:50]
    assert np.array_equal(
        fit(read).predict(TASKS[0], users, items), fit(train).predict(TASKS[0], users, items)
    )


def test_real_data_has_no_oracle(train) -> None:
    with pytest.raises(FitError, match="nobody knows the truth behind real data"):
        fit(replace(train, origin=""))
    with pytest.raises(FitError, match="version of the lab"):
        fit(replace(train, origin="{}"))
    shuffled = replace(
        train.user_table, ids=type(train.user_table.ids)(train.user_table.ids.ids[::-1])
    )
    with pytest.raises(FitError, match="not those of its world"):
        fit(replace(train, user_table=shuffled))


def test_labels_that_the_world_does_not_have_are_not_served(train) -> None:
    log = train.with_labels(moved=train.label("click"))
    moved = Task(name="moved", kind=TaskKind.BINARY, label="moved", item_kind="product")
    model = fit(log, (TASKS[0], moved))
    assert [task.name for task in model.tasks] == [TASKS[0].name]
    assert "moved" in str(model.notes()[0])
    again = Oracle().restore(log, (TASKS[0], moved), model.state())
    assert again.tasks == model.tasks
    with pytest.raises(FitError, match="none of the labels"):
        fit(log, (moved,))


def test_it_says_why_in_words(train) -> None:
    model = fit(train)
    for task in TASKS:
        item = int(train.item_table.of_kind(task.item_kind)[3])
        told = model.explain(task, 4, item)
        assert told.score == pytest.approx(model.predict(task, [4], [item])[0])
        assert "In truth" in str(told.sentence)
        amounts = [abs(part.amount) for part in told.contributions]
        assert amounts == sorted(amounts, reverse=True)
        assert len(amounts) >= 2
        assert not told.additive
