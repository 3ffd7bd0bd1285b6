from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algorithms.policies.bandits import (
    Bandit,
    EpsilonGreedy,
    GradientBandit,
    LinUcb,
    ThompsonSampling,
    Visitor,
)

ANY = Visitor(0, np.array([1.0]))


def test_means_by_hand() -> None:
    bandit = EpsilonGreedy(1, 3, epsilon=0.0)
    for arm, reward in ((0, 1.0), (0, 0.0), (1, 2.0)):
        bandit.learn(ANY, arm, reward)
    # the segment's mean is 1; each arm has it as one pseudo-reward
    assert_allclose(bandit.means(), [[(1 + 0 + 1) / 3, (2 + 1) / 2, 1.0]])
    assert bandit.best(np.array([0, 0]), np.ones((2, 1))).tolist() == [1, 1]


def test_epsilon_greedy_tries_every_arm_and_then_takes_the_best() -> None:
    bandit, rng = EpsilonGreedy(1, 3, epsilon=0.0), np.random.default_rng(1)
    taken = []
    for _ in range(6):
        arm = bandit.choose(ANY, rng)
        bandit.learn(ANY, arm, [0.0, 1.0, 0.5][arm])
        taken.append(arm)
    assert taken == [0, 1, 2, 1, 1, 1]


def test_thompson_estimates_the_noise_of_rewards() -> None:
    bandit, rng = ThompsonSampling(1, 2), np.random.default_rng(1)
    assert bandit.noise() == 1.0
    for n in range(4000):
        bandit.learn(ANY, n % 2, 3.0 * (n % 2) + 0.5 * rng.standard_normal())
    assert bandit.noise() == pytest.approx(0.5, abs=0.03)


def test_linucb_is_ridge_regression_for_each_arm() -> None:
    rng = np.random.default_rng(1)
    bandit = LinUcb(3, 2, alpha=0.7, ridge=2.0)
    x, r = rng.normal(size=(20, 3)), rng.normal(size=20)
    for features, reward in zip(x, r, strict=True):
        bandit.learn(Visitor(0, features), 1, reward)
    gram = 2 * np.eye(3) + x.T @ x
    assert_allclose(bandit.guess[1], np.linalg.solve(gram, x.T @ r), rtol=1e-10)
    assert_allclose(bandit.guess[0], 0)
    asked = rng.normal(size=3)
    bounds = [
        0.7 * np.sqrt(asked @ asked / 2),
        bandit.guess[1] @ asked + 0.7 * np.sqrt(asked @ np.linalg.inv(gram) @ asked),
    ]
    assert bandit.choose(Visitor(0, asked), rng) == int(np.argmax(bounds))


def test_one_step_of_the_gradient_bandit_by_hand() -> None:
    bandit = GradientBandit(1, 2, learning_rate=0.1)
    for reward in (1.0, 3.0):  # the mean is 2, the spread 1; nothing has moved but by the second
        bandit.learn(ANY, 0, reward)
    assert_allclose(bandit.preferences, 0)  # at the second the spread was not known yet
    bandit.learn(ANY, 1, 4.0)  # ahead by 2 spreads: 0.1 * 2 * ([0, 1] - [1/2, 1/2])
    assert_allclose(bandit.preferences, [[-0.1, 0.1]])
    assert bandit.best(np.array([0]), np.ones((1, 1))).tolist() == [1]


@pytest.mark.parametrize(
    "make",
    [
        lambda: EpsilonGreedy(2, 4, epsilon=0.3),
        lambda: ThompsonSampling(2, 4),
        lambda: LinUcb(2, 4, alpha=0.5),
        lambda: GradientBandit(2, 4, learning_rate=0.1),
    ],
    ids=["epsilon", "thompson", "linucb", "reinforce"],
)
def test_regret_flattens_and_each_segment_finds_its_arm(make: Callable[[], Bandit]) -> None:
    means = np.array([[0.2, 0.8, 0.4, 0.1], [0.7, 0.1, 0.3, 0.2]])
    bandit, rng = make(), np.random.default_rng(3)
    lost = np.zeros(2000)
    for round_number in range(len(lost)):
        segment = int(rng.integers(2))
        visitor = Visitor(segment, np.eye(2)[segment])
        arm = bandit.choose(visitor, rng)
        bandit.learn(visitor, arm, float(rng.random() < means[segment, arm]))
        lost[round_number] = means[segment].max() - means[segment, arm]
    assert bandit.best(np.array([0, 1]), np.eye(2)).tolist() == [1, 0]
    assert lost[-500:].mean() < 0.3 * lost[:100].mean()


def test_the_same_seed_chooses_the_same_arms() -> None:
    def play() -> list[int]:
        bandit, rng = ThompsonSampling(1, 5), np.random.default_rng(8)
        taken = []
        for _ in range(50):
            taken.append(bandit.choose(ANY, rng))
            bandit.learn(ANY, taken[-1], float(rng.random() < 0.1 * taken[-1]))
        return taken

    assert play() == play()
