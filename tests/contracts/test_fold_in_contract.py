"""What every model that folds in must hold to: the same past gives the same scores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from algorithms.data.log import InteractionLog
from algorithms.evaluation.faithfulness import FoldsIn
from algorithms.models.base import Recommender
from algorithms.models.catalog import MODELS
from sample_data import load_world, world_tasks
from sample_data.simulator import simulate
from sample_data.spec import WorldSpec

FOLDING = [key for key, model in MODELS.items() if isinstance(model(), FoldsIn)]


@pytest.fixture(scope="module")
def log() -> InteractionLog:
    spec = WorldSpec.model_validate_json(load_world("ecommerce").origin)
    users = spec.users.model_copy(update={"count": 120})
    return simulate(spec.model_copy(update={"users": users})).log


@pytest.fixture(scope="module", params=FOLDING)
def model(request: pytest.FixtureRequest, log: InteractionLog) -> Recommender:
    made = MODELS[request.param]
    return made().fit(
        log, made.served_tasks(world_tasks("ecommerce")), rng=np.random.default_rng(1)
    )


def test_several_models_fold_in() -> None:
    assert {"als", "ease", "item_cosine", "shared_factors", "shared_specific"} <= set(FOLDING)


def test_the_same_past_gives_the_same_scores(model: Recommender, log: InteractionLog) -> None:
    assert isinstance(model, FoldsIn)
    for task in model.tasks:
        items = log.item_table.of_kind(task.item_kind).astype(np.int64)
        for user in range(5):
            expected = model.score_block(task, np.array([user]), items)[0]
            mine = log.select(log.users == user)
            if np.isnan(expected).any():  # nothing is known of this user
                continue
            found = model.fold_in(task, user, items, mine)
            np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


def test_a_past_without_its_strongest_event_gives_another_score(
    model: Recommender, log: InteractionLog
) -> None:
    """And what other users did means nothing."""
    assert isinstance(model, FoldsIn)
    task = model.tasks[0]
    relevant = log.label(task.label) >= task.relevant_from
    user = int(np.bincount(log.users[relevant], minlength=log.n_users).argmax())
    items = log.item_table.of_kind(task.item_kind).astype(np.int64)
    mine = np.flatnonzero(log.users == user)
    hit = mine[np.flatnonzero(relevant[mine])[0]]
    values = log.label(task.label).copy()
    values[hit] = np.nan
    reduced = replace(log, labels={**log.labels, task.label: values})
    with_all = model.fold_in(task, user, items, log)
    np.testing.assert_array_equal(model.fold_in(task, user, items, log.select(mine)), with_all)
    without = model.fold_in(task, user, items, reduced)
    assert np.abs(without - with_all).max() > 1e-4
