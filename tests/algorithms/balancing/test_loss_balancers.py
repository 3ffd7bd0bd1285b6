"""The balancers that look at losses alone."""

import numpy as np
import pytest

from algorithms.balancing import BALANCERS, find_balancer
from algorithms.balancing.dynamic_average import average_weights
from algorithms.balancing.uncertainty import UncertaintyConfig, uncertainty_gradient


def started(key, task_weights=(1.0, 1.0), seed=0, **config):
    balancer_class = find_balancer(key)
    balancer = balancer_class(balancer_class.config_class(**config))
    balancer.start(np.array(task_weights), np.random.default_rng(seed))
    return balancer


def test_equal_weights_ignore_what_a_person_said() -> None:
    np.testing.assert_array_equal(
        started("equal", (3.0, 0.5)).weights(np.array([0.2, 9.0])), [1.0, 1.0]
    )


def test_manual_weights_are_what_a_person_said() -> None:
    np.testing.assert_array_equal(
        started("manual", (3.0, 0.5)).weights(np.array([0.2, 9.0])), [3.0, 0.5]
    )


def test_a_dynamic_average_by_hand() -> None:
    np.testing.assert_allclose(
        average_weights(np.array([0.9, 1.1])), [0.950042, 1.049958], atol=1e-6
    )


def test_a_dynamic_average_follows_the_last_two_epochs() -> None:
    balancer = started("dwa")
    losses = np.array([1.0, 1.0])
    np.testing.assert_array_equal(balancer.weights(losses), [1.0, 1.0])
    balancer.epoch_ended(np.array([2.0, 1.0]))
    np.testing.assert_array_equal(balancer.weights(losses), [1.0, 1.0])
    balancer.epoch_ended(np.array([1.8, 1.1]))
    np.testing.assert_allclose(balancer.weights(losses), [0.950042, 1.049958], atol=1e-6)


def test_an_epoch_without_labels_is_no_progress() -> None:
    balancer = started("dwa")
    balancer.epoch_ended(np.array([2.0, 1.0]))
    balancer.epoch_ended(np.array([2.0, np.nan]))
    np.testing.assert_array_equal(balancer.weights(np.ones(2)), [1.0, 1.0])
    balancer.epoch_ended(np.array([2.0, 1.5]))  # compared with the 1.0 of two epochs ago
    np.testing.assert_allclose(
        balancer.weights(np.ones(2)), average_weights(np.array([1.0, 1.5])), atol=1e-12
    )


def test_a_high_temperature_makes_the_dynamic_average_equal() -> None:
    ratios = np.array([0.5, 1.0, 1.5])
    spreads = [np.ptp(average_weights(ratios, temperature)) for temperature in (0.5, 2, 50)]
    assert spreads[0] > spreads[1] > spreads[2]
    assert spreads[2] < 0.03


def test_uncertainty_settles_where_the_noise_is_the_loss() -> None:
    balancer = started("uncertainty")
    losses = np.array([0.25, 4.0])
    for _ in range(2000):
        weights = balancer.weights(losses)
    np.testing.assert_allclose(weights, 1 / losses, rtol=1e-6)


def test_both_published_forms_of_uncertainty_weigh_alike_at_their_optimum() -> None:
    from scipy.optimize import minimize_scalar

    loss = 0.7
    regression = minimize_scalar(
        lambda s: np.exp(-s) * loss / 2 + s / 2, bracket=(-1, 1), tol=1e-12
    )
    classification = minimize_scalar(
        lambda s: np.exp(-s) * loss + s / 2, bracket=(-1, 1), tol=1e-12
    )
    assert np.exp(regression.x) == pytest.approx(loss, rel=1e-6)
    assert uncertainty_gradient(np.array([regression.x]), np.array([loss])) == pytest.approx(
        0, abs=1e-6
    )
    assert np.exp(-regression.x) / 2 == pytest.approx(np.exp(-classification.x), rel=1e-6)


def test_uncertainty_of_a_loss_of_zero_is_bounded() -> None:
    balancer = started("uncertainty", learning_rate=1.0)
    for _ in range(100):
        weights = balancer.weights(np.array([0.0, -3.0]))
    np.testing.assert_allclose(weights, np.exp(10.0))


def test_the_learning_rate_is_checked() -> None:
    with pytest.raises(ValueError, match="greater than 0"):
        UncertaintyConfig(learning_rate=0)


def test_random_weights_count_alike_on_average() -> None:
    balancer = started("rlw", (1, 1, 1))
    drawn = np.array([balancer.weights(np.ones(3)) for _ in range(4000)])
    np.testing.assert_allclose(drawn.sum(axis=1), 3)
    np.testing.assert_allclose(drawn.mean(axis=0), 1, atol=0.05)
    assert drawn.std(axis=0).min() > 0.3


def test_equal_is_the_first_choice() -> None:
    assert next(iter(BALANCERS)) == "equal"
