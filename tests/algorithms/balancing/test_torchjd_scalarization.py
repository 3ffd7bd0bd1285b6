"""The balancers that look at losses, step by step beside TorchJD's."""

import numpy as np
import pytest

from algorithms.balancing import find_balancer

torch = pytest.importorskip("torch")
scalarization = pytest.importorskip("torchjd.scalarization")

FALLING = np.array([0.999, 0.99, 0.97])  # what is left of each task's loss after a step
FIRST = np.array([0.7, 3.0, 0.2])


def started(key, **config):
    balancer_class = find_balancer(key)
    balancer = balancer_class(balancer_class.config_class(**config))
    balancer.start(np.ones(len(FIRST)), np.random.default_rng(0))
    return balancer


def losses_of(step, seed=0):
    """Return (T,) falling losses with the noise of batches."""
    noise = np.random.default_rng([seed, step]).uniform(0.8, 1.25, len(FIRST))
    return FIRST * FALLING**step * noise


def their_weights(scalarizer, losses):
    """Return (T,) the slope of their one loss by each task's."""
    values = torch.tensor(losses, dtype=torch.float64, requires_grad=True)
    one_loss = scalarizer(values)
    (slope,) = torch.autograd.grad(one_loss, values, retain_graph=True)
    return slope.numpy(), one_loss


@pytest.mark.parametrize(("learning_rate", "decay"), [(0.025, 0.001), (0.1, 0.0), (0.05, 0.5)])
def test_famo_weighs_alike(learning_rate, decay) -> None:
    ours = started("famo", learning_rate=learning_rate, decay=decay)
    theirs = scalarization.FAMO(3, lr=learning_rate, weight_decay=decay).double()
    seen = []
    for step in range(60):
        before, after = losses_of(step), losses_of(step, seed=1)
        expected, _ = their_weights(theirs, before)
        seen.append(ours.weights(before))
        np.testing.assert_allclose(seen[-1], expected, rtol=1e-6)
        ours.stepped(after)
        theirs.update(torch.from_numpy(after))
    assert np.abs(seen[-1] * before - seen[-1][0] * before[0]).max() > 1e-3  # logits have moved


@pytest.mark.parametrize("temperature", [2.0, 0.5])
def test_a_dynamic_average_weighs_alike(temperature) -> None:
    ours = started("dwa", temperature=temperature)
    theirs = scalarization.DWA(temperature)
    for epoch in range(6):
        batches = [losses_of(4 * epoch + number) for number in range(4)]
        for losses in batches:
            expected, _ = their_weights(theirs, losses)
            np.testing.assert_allclose(ours.weights(losses), expected, rtol=1e-12)
        ours.epoch_ended(np.mean(batches, axis=0))
        theirs.step()
    assert np.ptp(ours.weights(FIRST)) > 0.01


def test_uncertainty_weighs_alike() -> None:
    """Theirs is half of ours throughout, and Adam's steps do not depend on that."""
    ours = started("uncertainty", learning_rate=0.05)
    theirs = scalarization.UW(3).double()
    adam = torch.optim.Adam(theirs.parameters(), lr=0.05)
    for step in range(100):
        losses = losses_of(step)
        expected, one_loss = their_weights(theirs, losses)
        np.testing.assert_allclose(ours.weights(losses), 2 * expected, rtol=1e-6)
        adam.zero_grad()
        one_loss.backward()
        adam.step()
    assert np.ptp(ours.weights(losses)) > 1


def test_the_same_dice_give_the_same_random_weights() -> None:
    """Theirs sum to 1, ours to T."""

    class Dice:
        def standard_normal(self, n):
            return torch.randn(n, dtype=torch.float64).numpy()

    ours = started("rlw")
    ours.rng = Dice()
    for seed in range(5):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            expected, _ = their_weights(scalarization.Random(), FIRST)
            torch.manual_seed(seed)
            np.testing.assert_allclose(ours.weights(FIRST), 3 * expected, rtol=1e-12)
