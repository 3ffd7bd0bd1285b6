import numpy as np
from numpy.testing import assert_allclose

from algorithms.policies.planners import CrossEntropy, Reinforce
from algorithms.policies.simplex import softmax

WANTED = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]])


def test_one_step_of_reinforce_by_hand() -> None:
    planner = Reinforce(1, 2, learning_rate=0.1, exploration=0.5)
    shakes = np.array([[1.0, -1.0], [-1.0, 1.0]])
    planner.learn(np.array([0, 0]), shakes, np.array([3.0, 1.0]))
    # rewards scaled by their spread 1: ahead by +1 and -1, so the mean of ahead x shakes is (1, -1)
    assert_allclose(planner.logits, [[0.2, -0.2]])


def test_equal_rewards_move_nothing() -> None:
    planner = Reinforce(1, 2, learning_rate=0.1, exploration=0.5)
    planner.learn(np.array([0, 0]), np.ones((2, 2)), np.array([2.0, 2.0]))
    assert_allclose(planner.logits, 0)


def test_reinforce_finds_each_segments_weights_through_noise() -> None:
    rng = np.random.default_rng(2)
    planner = Reinforce(2, 3, learning_rate=0.05, exploration=0.3)
    for _ in range(600):
        segments = rng.integers(2, size=64)
        weights, shakes = planner.act(segments, rng)
        paid = -((weights - WANTED[segments]) ** 2).sum(axis=1) + 0.05 * rng.standard_normal(64)
        planner.learn(segments, shakes, paid)
    assert_allclose(planner.weights(), WANTED, atol=0.08)


def test_cross_entropy_closes_in_on_the_best_weights() -> None:
    rng = np.random.default_rng(2)
    planner = CrossEntropy(3, n_population=40, elite_share=0.2)
    for _ in range(25):
        logits = planner.draw(rng)
        planner.learn(logits, -((softmax(logits) - WANTED[0]) ** 2).sum(axis=1))
    assert_allclose(planner.weights(), WANTED[0], atol=0.02)
    assert planner.spread.max() < 0.3
