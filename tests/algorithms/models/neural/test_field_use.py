"""What each task goes by: a field that alone moves the number has all of it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

pytest.importorskip("torch")

from algorithms.explanations import HeatMap
from algorithms.models.neural.field_use import N_EVENTS, field_use
from algorithms.models.neural.inputs import EMBEDDINGS
from algorithms.models.neural.multitask_rnn import MultitaskRnn
from algorithms.models.neural.shared_bottom import SharedBottom
from algorithms.models.neural.single_task import SingleTask
from sample_data import load_world, world_tasks

TASKS = world_tasks("ecommerce")[:2]


@pytest.fixture(scope="module")
def log():
    return load_world("ecommerce").select(np.arange(3000))


def fitted(log, model):
    return model.from_values({"n_epochs": 1}).fit(log, TASKS, rng=np.random.default_rng(0))


def shown(model) -> HeatMap | None:
    return next((each for each in model.exhibits() if each.key == "field_use"), None)


@pytest.mark.parametrize("model", [SingleTask, SharedBottom])
def test_each_task_has_a_row_of_shares(log, model) -> None:
    found = shown(fitted(log, model))
    assert found.row_names == ("click", "purchase")
    assert found.column_names[:2] == ("user", "age")
    assert {"item", "category", "price"} <= set(found.column_names)
    assert_allclose(found.values.sum(axis=1), 1.0)
    assert (found.values >= 0).all()


def test_what_looks_back_has_a_field_for_the_past(log) -> None:
    assert "past" in shown(fitted(log, MultitaskRnn)).column_names


def test_a_field_that_alone_differs_has_all(log) -> None:
    model = fitted(log, SharedBottom)
    (part,) = model._parts
    weights = dict(part.weights)
    for name in EMBEDDINGS:
        weights[name] = np.zeros_like(weights[name])
    item_rows = model._inputs.items.index[:, 0]  # the item's own vector
    rng = np.random.default_rng(0)
    weights["embedding.item"][item_rows] = rng.normal(size=(len(item_rows), 16))
    shares = field_use(part.network, model._inputs, weights, model._examples(log, rng))
    place = shown(model).column_names.index("item")
    assert_allclose(shares[:, place], 1.0, atol=1e-6)


def test_a_task_that_training_knows_nothing_of_has_no_row(log) -> None:
    blind = log.with_labels(purchase=np.full(len(log), np.nan, np.float32))
    assert shown(fitted(blind, SharedBottom)).row_names == ("click",)
    neither = blind.with_labels(click=np.full(len(log), np.nan, np.float32))
    assert shown(fitted(neither, SingleTask)) is None


def test_it_says_of_how_many_events_it_speaks(log) -> None:
    assert shown(fitted(log, SharedBottom)).sentence.values["n"] == N_EVENTS
