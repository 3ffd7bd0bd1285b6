"""ESCM²-IPS: a click that was unlikely stands for the others like it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algorithms.explanations import Lines
from algorithms.models.neural.escm2 import Escm2, Escm2Config, Escm2Network
from algorithms.models.neural.esmm import Esmm
from algorithms.models.neural.network import Batch, Output, Sizes
from algorithms.models.neural.ops import NumpyOps
from algorithms.tasks import TaskKind
from sample_data import load_world, world_tasks

TASKS = world_tasks("ecommerce")[:2]
SIZES = Sizes(("click", "buy"), (TaskKind.BINARY,) * 2, (-1, 0), ("product",) * 2, 2, 2, 4, 3, 0)
CLICKED = np.array([1.0, 1.0, 0.0, 0.0])
BOUGHT = np.array([1.0, 0.0, 0.0, 0.0])
P_CLICK = np.array([0.5, 0.25, 0.3, 0.01])
P_BUY = np.array([0.4, 0.2, 0.9, 0.9])


def logit(p):
    return np.log(p / (1 - p))


def losses(ops, heads, labels, n=(4, 4), **values) -> list:
    network = Escm2Network(SIZES, Escm2Config(**values))
    output = Output(network.link(ops, heads), {}, {"heads": heads})
    mask = ops.constant(np.ones((4, 2)))
    return network.losses(ops, output, Batch(labels, mask, n, ops.constant(np.zeros(4))))


def by_numpy(**values) -> list:
    heads = np.stack([logit(P_CLICK), logit(P_BUY)], axis=1)
    return losses(NumpyOps(), heads, np.stack([CLICKED, BOUGHT], axis=1), **values)


def test_clicked_events_weigh_one_over_their_chance() -> None:
    plain, weighed = by_numpy(ips_weight=0.0), by_numpy(ips_weight=2.0, propensity_floor=0.05)
    extra = (-np.log(0.4) / 0.5 - np.log(0.8) / 0.25) / 4  # the other two were not clicked
    assert weighed[0] == pytest.approx(plain[0])
    assert weighed[1] - plain[1] == pytest.approx(2.0 * extra)
    both = P_CLICK * P_BUY
    product = -np.mean(BOUGHT * np.log(both) + (1 - BOUGHT) * np.log(1 - both))
    assert plain[1] == pytest.approx(product)


def test_no_weight_is_larger_than_the_floor_allows() -> None:
    plain, weighed = by_numpy(ips_weight=0.0), by_numpy(ips_weight=1.0, propensity_floor=0.4)
    extra = (-np.log(0.4) / 0.5 - np.log(0.8) / 0.4) / 4
    assert weighed[1] - plain[1] == pytest.approx(extra)


def test_the_click_does_not_learn_from_its_weight() -> None:
    torch = pytest.importorskip("torch")
    from algorithms.models.neural.ops import TorchOps

    gradients = []
    for weight in (0.0, 5.0):
        heads = torch.tensor(np.stack([logit(P_CLICK), logit(P_BUY)], axis=1), requires_grad=True)
        labels = torch.tensor(np.stack([CLICKED, BOUGHT], axis=1))
        losses(TorchOps(0), heads, labels, ips_weight=weight)[1].backward()
        gradients.append(heads.grad.numpy())
    assert_allclose(gradients[0][:, 0], gradients[1][:, 0])
    assert abs(gradients[0][:2, 1] - gradients[1][:2, 1]).min() > 0.01
    assert_allclose(gradients[0][2:, 1], gradients[1][2:, 1])  # nobody clicked these


def test_without_a_weight_it_is_esmm_and_it_shows_what_carries_the_weight() -> None:
    pytest.importorskip("torch")
    log = load_world("ecommerce").select(np.arange(4000))
    models = [
        model.from_values(values).fit(log, TASKS, rng=np.random.default_rng(0), validation=None)
        for model, values in (
            (Esmm, {"n_epochs": 1}),
            (Escm2, {"n_epochs": 1, "ips_weight": 0.0}),
        )
    ]
    pairs = log.users[:50], log.items[:50]
    assert_allclose(*(model.predict(TASKS[1], *pairs) for model in models))
    shown = {exhibit.key: exhibit for exhibit in models[1].exhibits()}
    lines = shown["propensity purchase"]
    assert isinstance(lines, Lines)
    assert lines.series["weighed"][[0, -1]] == pytest.approx([0.0, 1.0])
    assert (lines.series["weighed"] >= lines.x - 1e-9).all()  # the heaviest come first
    n_clicked = int((log.label("click") > 0).sum())
    assert 0 < lines.sentence.values["worth"] <= n_clicked
