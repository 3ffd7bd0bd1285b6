"""The trainer: the best weights come back, a loss that is no number stops it, masks hold."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

pytest.importorskip("torch")

from algorithms.balancing.catalog import BALANCERS
from algorithms.balancing.choice import BalancerKey
from algorithms.errors import FitError
from algorithms.models.neural.shared_bottom import SharedBottom, SharedBottomNetwork
from algorithms.models.neural.single_task import SingleTask
from sample_data import load_world, world_tasks

TASKS = world_tasks("ecommerce")[:2]


@pytest.fixture(scope="module")
def log():
    whole = load_world("ecommerce")
    return whole.select(np.arange(6000))


def fitted(log, validation=None, tasks=TASKS, model=SharedBottom, **values):
    values = {"n_epochs": 3, **values}
    return model.from_values(values).fit(
        log, tasks, rng=np.random.default_rng(0), validation=validation
    )


def test_the_best_weights_come_back(log) -> None:
    train, validation = log.select(np.arange(4000)), log.select(np.arange(4000, 6000))
    model = fitted(train, validation, n_epochs=40, learning_rate=0.02)
    curve: dict[int, float] = {}
    for point in model.curves:
        if point.measure == "validation loss":
            curve[point.step] = curve.get(point.step, 0.0) + point.value
    assert max(curve) < 40  # it stopped early
    best = min(curve, key=lambda step: curve[step])
    assert best < max(curve)
    again = fitted(train, validation, n_epochs=best, learning_rate=0.02)
    users, items = validation.users[:50], validation.items[:50]
    known = np.isfinite(model.predict(TASKS[0], users, items))
    assert_allclose(
        model.predict(TASKS[0], users, items)[known],
        again.predict(TASKS[0], users, items)[known],
        rtol=1e-5,
    )


def test_a_task_without_labels_pulls_at_nothing(log) -> None:
    blind = log.with_labels(purchase=np.full(len(log), np.nan, np.float32))
    odd = blind.with_labels(
        purchase=np.where(np.arange(len(log)) < 0, 1, np.nan).astype(np.float32)
    )
    first, second = fitted(blind), fitted(odd)
    pairs = log.users[:40], log.items[:40]
    assert_allclose(first.predict(TASKS[0], *pairs), second.predict(TASKS[0], *pairs))
    assert np.isnan(first.predict(TASKS[1], *pairs)).all()


class Breaking(SharedBottom):
    """Its second task's loss is no number from a given step on."""

    breaks_at = 2

    def __init__(self, config=None) -> None:
        super().__init__(config)
        breaks_at, steps = self.breaks_at, iter(range(10**6))

        class Network(SharedBottomNetwork):
            def losses(self, ops, output, batch):
                found = super().losses(ops, output, batch)
                return [found[0], found[1] * float("nan")] if next(steps) >= breaks_at else found

        self.network_class = Network


def test_a_loss_that_is_no_number_says_step_and_task(log) -> None:
    with pytest.raises(FitError, match=f"“{TASKS[1].name}” is no number at step 3"):
        fitted(log, model=Breaking)


def test_the_last_good_weights_are_kept(log, monkeypatch) -> None:
    per_epoch = -(-len(log) // 1024)
    monkeypatch.setattr(Breaking, "breaks_at", per_epoch + 1)
    model = fitted(log, model=Breaking, n_epochs=5)
    assert "learning stopped" in str(model.notes()[0])
    good = fitted(log, n_epochs=1)
    pairs = log.users[:30], log.items[:30]
    assert_allclose(model.predict(TASKS[0], *pairs), good.predict(TASKS[0], *pairs), rtol=1e-5)


class Bending(SharedBottom):
    """From a given step on its loss is a number, and the gradient of the second task is none."""

    breaks_at = 2
    in_penalty = False

    def __init__(self, config=None) -> None:
        super().__init__(config)
        breaks_at, in_penalty, steps = self.breaks_at, self.in_penalty, iter(range(10**6))

        def corner(output):  # the square root of 0 has no slope
            return (output.z[0, 1] - output.z[0, 1]).abs().sqrt()

        class Network(SharedBottomNetwork):
            def losses(self, ops, output, batch):
                found = super().losses(ops, output, batch)
                self.breaks = next(steps) >= breaks_at
                bends = self.breaks and not in_penalty
                return [found[0], found[1] + corner(output)] if bends else found

            def penalty(self, ops, w, output, batch):
                return corner(output) if self.breaks and in_penalty else None

        self.network_class = Network


@pytest.mark.parametrize("key", ["manual", "imtl_g"])
def test_a_gradient_that_is_no_number_says_step_and_task(log, key: BalancerKey) -> None:
    said = f"gradient of “{TASKS[1].name}” is no number at step 3"
    with pytest.raises(FitError, match=said):
        fitted(log, model=Bending, balancer=key)


@pytest.mark.parametrize("in_penalty", [False, True])
@pytest.mark.parametrize("at_the_end", [False, True])
def test_no_step_is_made_with_a_gradient_that_is_no_number(
    log, monkeypatch, in_penalty, at_the_end
) -> None:
    per_epoch = -(-len(TASKS[0].part(log)) // 1024)
    monkeypatch.setattr(Bending, "breaks_at", 2 * per_epoch - 1 if at_the_end else per_epoch)
    monkeypatch.setattr(Bending, "in_penalty", in_penalty)
    model = fitted(log, model=Bending, n_epochs=2)
    (note,) = model.notes()
    whose = "gradient" if in_penalty else f"gradient of “{TASKS[1].name}”"
    assert f"The {whose} was no number at step {Bending.breaks_at + 1}" in str(note)
    good = fitted(log, n_epochs=1)
    pairs = log.users[:30], log.items[:30]
    assert_allclose(model.predict(TASKS[0], *pairs), good.predict(TASKS[0], *pairs), rtol=1e-5)


@pytest.mark.parametrize("key", list(BALANCERS))
def test_every_balancer_balances_a_network(log, key: BalancerKey) -> None:
    model = fitted(log, balancer=key, n_epochs=1)
    record = model.training_record()
    assert record is not None
    assert np.isfinite(record.weights).all()
    assert record.weights.shape == (len(record), 2)
    seen = record.cosines[np.isfinite(record.cosines)]
    assert (np.abs(seen) <= 1).all()
    assert_allclose(np.einsum("stt->st", record.cosines), 1.0, atol=1e-9)


def test_single_task_networks_do_not_know_of_each_other(log) -> None:
    both, alone = fitted(log, model=SingleTask), fitted(log, tasks=TASKS[:1], model=SingleTask)
    assert_allclose(
        both.predict(TASKS[0], log.users[:30], log.items[:30]),
        alone.predict(TASKS[0], log.users[:30], log.items[:30]),
    )
