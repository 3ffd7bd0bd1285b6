"""Funnels: the product, what is learned from which events, and what is shown of it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.explanations import Lines, Table
from algorithms.models.neural.config import NetworkConfig
from algorithms.models.neural.esmm import Esmm, EsmmNetwork
from algorithms.models.neural.events import Examples
from algorithms.models.neural.funnel import (
    chance_of_both,
    funnel_parents,
    with_implied_no,
    without_stopped,
)
from algorithms.models.neural.naive_cvr import NaiveCvr
from algorithms.models.neural.network import Sizes
from algorithms.models.neural.ops import NumpyOps
from algorithms.tasks import TaskKind
from sample_data import load_world, world_tasks

YES = TaskKind.BINARY
TASKS = world_tasks("ecommerce")[:2]  # click, and purchase after it


def sizes(parents: tuple[int, ...], kinds: tuple[TaskKind, ...] | None = None) -> Sizes:
    n = len(parents)
    names = tuple(f"t{k}" for k in range(n))
    return Sizes(names, kinds or (YES,) * n, parents, ("product",) * n, 2, 2, 4, 3, 0)


def logit(p: float) -> np.ndarray:
    return np.array([np.log(p / (1 - p))], dtype=np.float32)


def examples(labels: list[list[float]]) -> Examples:
    """Rows of labels, NaN where not observed."""
    wanted = np.array(labels, dtype=np.float32)
    n = len(wanted)
    none = np.zeros((n, 0), dtype=np.int64)
    return Examples(
        np.arange(n), np.arange(n), np.nan_to_num(wanted), np.isfinite(wanted), none, none
    )


def test_the_chance_of_both_is_the_product() -> None:
    z = chance_of_both(NumpyOps(), logit(0.2), logit(0.3))
    assert 1 / (1 + np.exp(-z[0])) == pytest.approx(0.06, rel=1e-5)


def test_the_chance_of_both_never_overflows() -> None:
    far = np.array([-200.0, 200.0, -200.0, 200.0], dtype=np.float32)
    other = np.array([-200.0, -200.0, 200.0, 200.0], dtype=np.float32)
    assert_allclose(
        chance_of_both(NumpyOps(), far, other), [-400, -200, -200, 200 - np.log(2)], rtol=1e-5
    )


def test_both_factors_learn_from_the_product() -> None:
    torch = pytest.importorskip("torch")
    from algorithms.models.neural.ops import TorchOps

    a, b = (torch.tensor([value], requires_grad=True) for value in (-1.0, -2.0))
    chance_of_both(TorchOps(0), a, b).backward()
    p, q = 1 / (1 + np.exp(1.0)), 1 / (1 + np.exp(2.0))
    # d logit(pq) / da = (1 - p) / (1 - pq), and alike for b
    assert float(a.grad) == pytest.approx((1 - p) / (1 - p * q), rel=1e-5)
    assert float(b.grad) == pytest.approx((1 - q) / (1 - p * q), rel=1e-5)


def test_a_funnel_is_of_yes_and_no_and_has_an_end() -> None:
    assert funnel_parents(sizes((-1, 0, 1))) == (-1, 0, 1)
    assert funnel_parents(sizes((1, -1, 0))) == (1, -1, 0)  # the order of the tasks is free
    kinds = (TaskKind.QUANTITY, YES, TaskKind.RATING)
    assert funnel_parents(sizes((-1, 0, 1), kinds)) == (-1, -1, -1)
    assert funnel_parents(sizes((1, 0, 0, -1))) == (-1, -1, -1, -1)  # a circle


def test_what_stopped_at_the_parent_is_a_no_or_left_out() -> None:
    nan = np.nan
    found = examples([[1, 1, nan], [1, 0, nan], [0, nan, nan], [nan, 1, 1], [0, 0, 0]])
    whole = with_implied_no(found, (-1, 0, 1))
    assert_array_equal(whole.mask, [[1, 1, 0], [1, 1, 1], [1, 1, 1], [0, 1, 1], [1, 1, 1]])
    assert_array_equal(whole.labels[2], [0, 0, 0])
    clicked = without_stopped(found, (-1, 0, 1))
    assert_array_equal(clicked.mask, [[1, 1, 0], [1, 1, 0], [1, 0, 0], [0, 1, 1], [1, 0, 0]])
    assert found.mask.sum() == 10  # what was given stays


def test_a_long_funnel_multiplies_all_its_steps() -> None:
    network = EsmmNetwork(sizes((2, 0, -1)), NetworkConfig())
    heads = np.concatenate([logit(0.5), logit(0.4), logit(0.8)])[None]
    p = 1 / (1 + np.exp(-network.link(NumpyOps(), heads)))
    assert_allclose(p, [[0.4, 0.16, 0.8]], rtol=1e-5)


def test_a_parents_tower_is_shared_with_its_child() -> None:
    network = EsmmNetwork(sizes((-1, 0)), NetworkConfig())
    assert network.is_shared("embedding.user")
    assert network.is_shared("task0.tower.W0")
    assert not network.is_shared("task1.tower.W0")


# --- fitted --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def log():
    whole = load_world("ecommerce")
    return whole.select(np.arange(6000))


@pytest.fixture(scope="module")
def unclicked_unknown(log):
    """Return the same log without purchase labels where nobody clicked."""
    values = np.where(log.label("click") > 0, log.label("purchase"), np.nan)
    return log.with_labels(purchase=values.astype(np.float32))


def fitted(model, log, **values):
    pytest.importorskip("torch")
    return model(NetworkConfig(n_epochs=2, **values)).fit(
        log, TASKS, rng=np.random.default_rng(0), validation=None
    )


@pytest.fixture(scope="module")
def esmm(log):
    return fitted(Esmm, log)


def known_pairs(log):
    mine = np.flatnonzero(np.isfinite(log.label("purchase")))[:400]
    return log.users[mine], log.items[mine]


def test_nobody_buys_more_often_than_clicks(esmm, log) -> None:
    click, buy = (esmm.predict(task, *known_pairs(log)) for task in TASKS)
    assert (buy < click).all()


@pytest.mark.parametrize("model", [Esmm, NaiveCvr])
def test_an_unknown_purchase_without_a_click_is_as_good_as_none(
    model, log, unclicked_unknown
) -> None:
    pairs = known_pairs(log)
    first, second = fitted(model, log), fitted(model, unclicked_unknown)
    assert_allclose(first.predict(TASKS[1], *pairs), second.predict(TASKS[1], *pairs), rtol=1e-6)


def test_conversions_learned_on_clicks_are_too_likely_for_impressions(esmm, log) -> None:
    pairs = known_pairs(log)
    naive = fitted(NaiveCvr, log)
    bought = float(np.nanmean(log.label("purchase")))
    assert float(esmm.predict(TASKS[1], *pairs).mean()) == pytest.approx(bought, rel=0.3)
    assert float(naive.predict(TASKS[1], *pairs).mean()) > 2 * bought
    assert [note.values["parent"] for note in naive.notes()] == ["click"]


def test_the_funnel_is_shown_step_by_step(esmm) -> None:
    shown = {exhibit.key: exhibit for exhibit in esmm.exhibits()}
    table, lines = shown["funnel purchase"], shown["calibration purchase"]
    assert isinstance(table, Table)
    for row in table.rows:
        _, _, click, given, product, said = row
        assert product == pytest.approx(click * given)
        assert said == pytest.approx(product, rel=1e-4)
    assert isinstance(lines, Lines)
    assert (np.diff(lines.series["said"]) >= 0).all()
    assert lines.series["happened"][-1] > lines.series["happened"][0]


def test_an_explanation_adds_up_to_the_product(esmm, log) -> None:
    user, item = (int(array[0]) for array in known_pairs(log))
    explanation = esmm.explain(TASKS[1], user, item)
    total = sum(contribution.amount for contribution in explanation.contributions)
    chance = float(esmm.predict(TASKS[1], np.array([user]), np.array([item]))[0])
    assert total == pytest.approx(np.log(chance / (1 - chance)), abs=1e-3)
