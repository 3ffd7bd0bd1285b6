"""FAMO: the losses after a step decide what counts in the next."""

import numpy as np
import pytest

from algorithms.balancing.famo import Famo, FamoConfig, famo_gradient, famo_weights


def started(n_tasks=2, **config):
    balancer = Famo(FamoConfig(**config))
    balancer.start(np.ones(n_tasks), np.random.default_rng(0))
    return balancer


def test_the_weights_by_hand() -> None:
    np.testing.assert_allclose(famo_weights(np.zeros(2), np.array([1.0, 3.0])), [0.75, 0.25])
    np.testing.assert_allclose(famo_weights(np.log([1.0, 3.0]), np.array([1.0, 3.0])), [0.5, 0.5])


def test_the_gradient_is_that_of_the_improvement() -> None:
    logits = np.array([0.3, -0.2, 0.1])
    before, after = np.array([1.0, 2.0, 0.5]), np.array([0.7, 1.9, 0.6])

    def improvement(x):
        return np.exp(x) / np.exp(x).sum() @ np.log(before / after)

    steps = 1e-6 * np.eye(3)
    numeric = [(improvement(logits + s) - improvement(logits - s)) / 2e-6 for s in steps]
    np.testing.assert_allclose(famo_gradient(logits, before, after), numeric, atol=1e-8)


def test_who_improved_less_counts_more_next() -> None:
    balancer = started()
    before = np.array([1.0, 1.0])
    for _ in range(20):
        weights = balancer.weights(before)
        balancer.stepped(np.array([0.9, 0.99]))
    assert weights[1] > weights[0] + 0.1
    assert weights.sum() == pytest.approx(1)


def test_equal_shares_keep_the_weights() -> None:
    balancer = started(decay=0.0)
    losses = np.array([1.0, 3.0])
    for _ in range(20):
        weights = balancer.weights(losses)
        balancer.stepped(0.9 * losses)
    np.testing.assert_allclose(weights, [0.75, 0.25], atol=1e-9)


def test_a_task_without_a_label_keeps_its_place() -> None:
    balancer, quiet = started(3), started(3)
    losses = np.array([1.0, 2.0, np.nan])
    for _ in range(5):
        for one, third in ((balancer, np.nan), (quiet, np.nan)):
            one.weights(losses)
            one.stepped(np.array([0.9, 1.99, third]))
        balancer.stepped(np.full(3, np.nan))  # nothing was weighed since
    everybody = np.array([1.0, 2.0, 2.0])
    np.testing.assert_array_equal(balancer.weights(everybody), quiet.weights(everybody))
    shares = balancer.weights(everybody) * everybody
    assert shares[1] > shares[2] > shares[0]  # the third was neither raised nor lowered


def test_decay_leads_back_to_equal() -> None:
    balancer = started(decay=1.0)
    for _ in range(10):
        balancer.weights(np.ones(2))
        balancer.stepped(np.array([0.5, 1.0]))
    apart = np.ptp(balancer.weights(np.ones(2)))
    for _ in range(400):
        balancer.weights(np.ones(2))
        balancer.stepped(np.ones(2))
    assert np.ptp(balancer.weights(np.ones(2))) < 0.2 * apart
