"""The adversary in a network: who turns which gradient, what the overlap is, what is shown."""

from __future__ import annotations

import numpy as np
import pytest

from algorithms.arrays import AnyArray
from algorithms.models.neural.adversarial_exhibits import probe_accuracy
from algorithms.models.neural.adversarial_shared import (
    AdversarialShared,
    AdversarialSharedConfig,
    AdversarialSharedNetwork,
)
from algorithms.models.neural.network import Batch, Output, Sizes
from algorithms.models.neural.ops import NumpyOps
from algorithms.tasks import TaskKind
from sample_data import load_world, world_tasks

OPS = NumpyOps()


def make_network(item_kinds: tuple[str, ...] = ("product", "product", "ad"), **values: float):
    n = len(item_kinds)
    names = tuple(f"t{k}" for k in range(n))
    sizes = Sizes(names, (TaskKind.BINARY,) * n, (-1,) * n, item_kinds, 1, 1, 4, 4, 0)
    return AdversarialSharedNetwork(sizes, AdversarialSharedConfig(width=8, dropout=0, **values))


def make_batch(kinds: AnyArray, mask: AnyArray) -> Batch:
    labels = np.zeros(mask.shape, np.float32)
    return Batch(labels, mask.astype(np.float32), tuple(mask.sum(axis=0).astype(int)), kinds)


def output_of(shared: AnyArray, private: AnyArray, guess: AnyArray) -> Output:
    extra = {"shared": shared, "private": private, "guess": guess}
    return Output(np.zeros((len(shared), 3)), extra=extra)


def test_the_domain_is_the_kind_of_the_item() -> None:
    network = make_network()
    assert network.domains == ("ad", "product")
    assert [network.domain_of(t) for t in range(3)] == [1, 1, 0]
    members = network.membership(OPS, make_batch(np.array([0, 1, 1]), np.ones((3, 3))))
    assert members.tolist() == [[1, 0], [0, 1], [0, 1]]
    assert network.is_shared("private1.W0")  # it serves two tasks
    assert not network.is_shared("private0.W0")


def test_with_one_kind_the_domain_is_the_task() -> None:
    network = make_network(("product",) * 3)
    assert network.domains == ("t0", "t1", "t2")
    mask = np.array([[1, 0, 0], [1, 1, 0]])
    members = network.membership(OPS, make_batch(np.zeros(2, int), mask))
    assert members.tolist() == [[1, 0, 0], [0.5, 0.5, 0]]


def test_a_right_guess_is_cheap_and_rare_domains_count_as_much() -> None:
    network = make_network(orthogonality=0.0)
    h = np.zeros((4, 4))
    private = np.zeros((4, 2, 4))
    batch = make_batch(np.array([0, 1, 1, 1]), np.ones((4, 3)))
    chance = output_of(h, private, np.zeros((4, 2)))
    assert network.penalty(OPS, {}, chance, batch) == pytest.approx(np.log(2), abs=1e-4)
    lazy = output_of(h, private, np.tile([0.0, 9.0], (4, 1)))  # always says "product"
    expected = (9.0 + 2 * np.log1p(np.exp(-9.0))) / 2  # not three times cheap and once dear
    assert network.penalty(OPS, {}, lazy, batch) == pytest.approx(expected, abs=0.01)
    right = network.noted(OPS, lazy, batch)["domain right"]
    assert right.tolist() == [[0, 0], [0, 1], [0, 1], [0, 1]]


def test_overlap_is_the_squared_correlation() -> None:
    network = make_network()
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(500, 1))
    same = np.stack([3 * shared + 1, -shared], axis=1)  # (n, K, 1) the same but for the scale
    members = np.eye(2)[np.arange(500) % 2]
    alike = network.overlap(OPS, output_of(shared, same, np.zeros((500, 2))), members)
    assert alike == pytest.approx(1.0, abs=1e-4)
    other = rng.normal(size=(500, 2, 1))
    apart = network.overlap(OPS, output_of(shared, other, np.zeros((500, 2))), members)
    assert apart < 0.05


def test_the_shared_encoder_moves_against_the_discriminator() -> None:
    torch = pytest.importorskip("torch")
    from algorithms.models.neural.ops import TorchOps

    rng = np.random.default_rng(1)
    x = torch.from_numpy(rng.normal(size=(30, 2, 4)).astype(np.float32))
    batch = make_batch(torch.from_numpy(np.arange(30) % 2), np.ones((30, 3)))
    batch = Batch(batch.labels, torch.from_numpy(batch.mask), batch.n, batch.item_kinds)
    gradients = {}
    for strength in (0.0, 0.5, 1.0):
        network = make_network(reversal=strength, orthogonality=0.0)
        w = {
            name: torch.from_numpy(value).requires_grad_()
            for name, value in network.make_weights(np.random.default_rng(2)).items()
        }
        ops = TorchOps(0)
        network.penalty(ops, w, network.forward(ops, w, x), batch).backward()
        gradients[strength] = (w["shared.W0"].grad, w["discriminator.out.W0"].grad)
    nothing, half, whole = (gradients[s][0] for s in (0.0, 0.5, 1.0))
    assert not nothing.any()
    assert whole.any()
    torch.testing.assert_close(half * 2, whole)
    torch.testing.assert_close(gradients[0.0][1], gradients[1.0][1])  # D learns all the same
    # a small step of the shared encoder alone, as the optimiser makes it, hurts the discriminator
    network = make_network(reversal=1.0, orthogonality=0.0)
    w = {
        name: torch.from_numpy(value)
        for name, value in network.make_weights(np.random.default_rng(2)).items()
    }
    before = network.penalty(ops, w, network.forward(ops, w, x), batch)
    w["shared.W0"] = w["shared.W0"] - 0.05 * whole
    assert network.penalty(ops, w, network.forward(ops, w, x), batch) > before


def test_a_probe_finds_what_a_line_can_tell_and_nothing_else() -> None:
    rng = np.random.default_rng(3)
    codes = (rng.random(4000) < 0.1).astype(np.int64)
    noise = rng.normal(size=(4000, 3))
    assert probe_accuracy(noise, codes, 2) == pytest.approx(0.5, abs=0.06)
    noise[:, 0] += 6 * codes
    assert probe_accuracy(noise, codes, 2) > 0.95
    assert np.isnan(probe_accuracy(noise, np.zeros(4000, np.int64), 2))


def test_a_fit_shows_the_discriminator_and_the_probe() -> None:
    pytest.importorskip("torch")
    log = load_world("ecommerce")
    log = log.select(np.flatnonzero(log.users < 100))
    tasks = world_tasks("ecommerce")
    model = AdversarialShared.from_values({"n_epochs": 2, "width": 16})
    model.fit(log, tasks, rng=np.random.default_rng(0))
    shown = {exhibit.key: exhibit for exhibit in model.exhibits()}
    assert {"discriminator", "overlap", "probe", "cosines"} <= set(shown)
    accuracy = shown["discriminator"].series["discriminator"]
    assert ((accuracy >= 0) & (accuracy <= 1)).all()
    assert shown["discriminator"].reference == {"chance": 0.5}
    restored = AdversarialShared.from_values(model.config.model_dump())
    restored.restore(log, tasks, model.state())
    again = {exhibit.key: exhibit for exhibit in restored.exhibits()}
    np.testing.assert_array_equal(again["probe"].values, shown["probe"].values)
