"""RMTL weights: gradients by differences, weights that follow the critics, and what it shows."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.data import Split, SplitConfig, make_split
from algorithms.explanations import HeatMap, Lines
from algorithms.models.policy_session_fit import Factors, Trainer, losses, sigmoid
from algorithms.models.policy_sessions import RmtlWeights
from sample_data import WORLDS, world_tasks
from sample_data.dials import turned
from sample_data.simulator import simulate
from sample_data.spec import read_spec

TASKS = RmtlWeights.served_tasks(world_tasks("ecommerce"))


@cache
def shop() -> Split:
    spec = turned(read_spec(WORLDS["ecommerce"].file), {"users": 300, "items": 200})
    return make_split(simulate(spec).log, SplitConfig(), np.random.default_rng(1))


def fit(**config: float) -> RmtlWeights:
    return RmtlWeights.from_values({"n_factors": 6, **config}).fit(
        shop().train, TASKS, rng=np.random.default_rng(3), validation=shop().validation
    )


def test_the_first_step_goes_against_the_gradient_of_the_weighed_loss() -> None:
    """Adagrad's first step is the learning rate times the sign of the gradient."""
    rng = np.random.default_rng(1)
    users, items = rng.integers(0, 5, 60), rng.integers(0, 6, 60)
    labels = np.where(rng.random((60, 2)) < 0.2, np.nan, rng.integers(0, 2, (60, 2)))
    weights = rng.random((60, 2)) + 0.5
    start = Factors.drawn(5, 6, np.array([0.3, 0.5]), 3, rng)

    def loss(factors: Factors) -> float:
        lost = losses(labels, sigmoid(factors.levels(users, items)))
        return float(np.nansum(weights * lost))

    moved = start.copy()
    Trainer(moved, users, items, labels, learning_rate=1e-3, regularization=0.0).epoch(
        weights, np.random.default_rng(0)
    )
    for name, table in start.arrays().items():
        for place in [(0, 0), (table.shape[0] - 1, table.shape[1] - 1)]:
            higher, lower = start.copy(), start.copy()
            higher.arrays()[name][place] += 1e-5
            lower.arrays()[name][place] -= 1e-5
            slope = (loss(higher) - loss(lower)) / 2e-5
            step = moved.arrays()[name][place] - table[place]
            assert step == pytest.approx(-1e-3 * np.sign(slope), rel=1e-3), name


def test_it_shows_weights_critics_and_the_plain_model() -> None:
    along, critics, beside = fit().exhibits()
    assert isinstance(along, Lines)
    assert list(along.series) == [task.name for task in TASKS]
    assert all(np.nanmin(values) > 0 for values in along.series.values())
    assert np.nanmax([np.nanmax(np.abs(v - 1)) for v in along.series.values()]) > 0.02
    assert isinstance(critics, HeatMap)
    assert critics.values.shape == (3, 8)
    assert isinstance(beside, Lines)
    assert "click, weighed" in beside.series
    assert "click, all alike" in beside.series


def test_without_critics_it_is_the_plain_model() -> None:
    along, _, beside = fit(critic_weight=0.0).exhibits()
    assert isinstance(along, Lines)
    assert isinstance(beside, Lines)
    for values in along.series.values():
        assert_allclose(values[~np.isnan(values)], 1)
    for task in TASKS:
        assert_array_equal(
            beside.series[f"{task.name}, weighed"], beside.series[f"{task.name}, all alike"]
        )


def test_it_learns_more_than_the_rate() -> None:
    model, split = fit(), shop()
    task = TASKS[0]
    part = task.part(split.test)
    y = part.label(task.label)
    chance = model.predict(task, part.users, part.items)
    lost = float(losses(y[:, None].astype(float), chance[:, None]).mean())
    rate = float(task.part(split.train).label(task.label).mean())
    plain = float(losses(y[:, None].astype(float), np.full((len(y), 1), rate)).mean())
    assert lost < plain - 0.005
