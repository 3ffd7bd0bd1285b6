"""Lists weigh in how likely an item is met; predictions do not."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

pytest.importorskip("torch")

from algorithms.models.neural.config import NetworkConfig
from algorithms.models.neural.shared_bottom import SharedBottom
from sample_data import load_world, world_tasks

TASKS = world_tasks("ecommerce")[:2]
USERS, ITEMS = np.arange(5), np.arange(0, 40)


def fitted(exposure: float) -> SharedBottom:
    log = load_world("ecommerce").select(np.arange(5000))
    config = NetworkConfig(n_epochs=1, exposure=exposure)
    model = SharedBottom(config).fit(log, TASKS, rng=np.random.default_rng(0))
    assert isinstance(model, SharedBottom)
    return model


def test_a_list_weighs_the_chance_of_meeting_and_a_prediction_does_not() -> None:
    with_it, without = fitted(1.0), fitted(0.0)
    pairs = np.repeat(USERS, len(ITEMS)), np.tile(ITEMS, len(USERS))
    said = with_it.predict("click", *pairs)
    assert_array_equal(said, without.predict("click", *pairs))
    plain = without.score_block("click", USERS, ITEMS)
    known = np.isfinite(plain)
    assert_allclose(plain[known], said.reshape(plain.shape)[known])
    weighed = with_it.score_block("click", USERS, ITEMS)
    chances = weighed[known] / plain[known]
    assert chances.min() >= 1e-3 * (1 - 1e-9)
    assert chances.max() <= 1.0
    assert chances.std() > 0
