r"""A simulated shop: visitors come, a list is made, and rewards are drawn.

Planning needs a world to try things in. This one is learned: a reward model says with which
probability :math:`\hat r_t(u, i)` an item that is shown brings the reward of task t. What a
visitor u is shown is for an arm to say: a vector of task weights w gives the n items of highest

.. math:: \sum_t w_t\, z_{tui}

(z the standardised scores of the tasks), a rule set those that it puts first. The reward of task t
is the mean over the n places; a place that a rule leaves empty earns nothing.
What several tasks are worth together is their sum in units of what the log earned,

.. math:: R = \sum_t \frac{\omega_t}{\sum \omega}\, \frac{r_t}{\bar r_t}

with :math:`\omega_t` the weight that the person gave the task and :math:`\bar r_t` its mean reward
in training: 1 is as good as the log, 2 twice as good, and a rare purchase counts as much as a
click.

The rewards of one item are drawn independently for each task, which keeps every mean; that no
purchase comes without a click is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from algorithms.arrays import BoolArray, Float32Array, FloatArray, IntArray
from algorithms.policies.bandits import Bandit, Visitor
from algorithms.policies.planners import CrossEntropy, Reinforce
from algorithms.policies.simplex import softmax
from algorithms.policies.slots import Slots, compose


@dataclass(frozen=True, eq=False)
class Shop:
    """Everything about m users and the k items of a kind.

    Parameters
    ----------
    users : (m,) their indices
    segments : (m,) of each user
    features : (m, d) of each user, a constant among them
    scores : (m, k, T) standardised scores of the tasks
    open : (m, k) what a user had not met; at least ``list_length`` items each
    chances : (m, k, T) learned probability of a reward
    truth : (m, k, T) the true one, where it is known; for show only
    worth : (T,) what a reward of each task counts
    list_length : n
    """

    users: IntArray
    segments: IntArray
    features: FloatArray
    scores: Float32Array
    open: BoolArray
    chances: Float32Array
    truth: Float32Array | None
    worth: FloatArray
    list_length: int

    @property
    def n_users(self) -> int:
        """How many users there are."""
        return len(self.segments)

    def lists(self, rows: IntArray, weights: FloatArray) -> IntArray:
        """Return (b, n) the columns shown to users (b,) under weights (b, T), in no order."""
        fused = np.matmul(self.scores[rows], weights[:, :, None].astype(np.float32))[:, :, 0]
        fused[~self.open[rows]] = -np.inf
        n = self.list_length
        if n == fused.shape[1]:
            return np.tile(np.arange(n), (len(rows), 1))
        return np.argpartition(fused, fused.shape[1] - n, axis=1)[:, -n:]

    def expected(self, rows: IntArray, columns: IntArray) -> FloatArray:
        """Return (b, T) the mean reward of lists (b, n), as learned."""
        return _mean(self.chances, rows, columns)

    def true_expected(self, rows: IntArray, columns: IntArray) -> FloatArray | None:
        """Return (b, T) the true mean reward of lists, where it is known."""
        return None if self.truth is None else _mean(self.truth, rows, columns)

    def drawn(self, rows: IntArray, columns: IntArray, rng: np.random.Generator) -> FloatArray:
        """Return (b, T) the rewards of one visit each, drawn by the learned chances."""
        mean: FloatArray = self.drawn_by_place(rows, columns, rng).mean(axis=1)
        return mean

    def drawn_by_place(
        self, rows: IntArray, columns: IntArray, rng: np.random.Generator
    ) -> BoolArray:
        """Return (b, n, T) which rewards each place of a visit brought."""
        chance = self.chances[rows[:, None], columns]  # (b, n, T)
        happened: BoolArray = (rng.random(chance.shape) < chance) & (columns >= 0)[:, :, None]
        return happened


def _mean(chances: Float32Array, rows: IntArray, columns: IntArray) -> FloatArray:
    shown = chances[rows[:, None], columns] * (columns >= 0)[:, :, None]
    mean: FloatArray = shown.mean(axis=1, dtype=np.float64)
    return mean


@dataclass(frozen=True, eq=False)
class Outlook:
    """What each arm earns in a shop when it serves all, for each user.

    Parameters
    ----------
    names : of the arms
    columns : (n_arms, m, n) lists, best first, -1 where one is shorter
    expected : (n_arms, m, T) mean rewards as learned
    truth : (n_arms, m, T) true ones, or None
    """

    names: tuple[str, ...]
    columns: IntArray
    expected: FloatArray
    truth: FloatArray | None

    def best(self, worth: FloatArray) -> int:
        """Return the arm that is best for everybody together, as learned."""
        return int((self.expected.mean(axis=1) @ worth).argmax())

    def truly_best(self, worth: FloatArray) -> int | None:
        """Return the arm that is best in truth, where it is known."""
        return None if self.truth is None else int((self.truth.mean(axis=1) @ worth).argmax())


def look_out(shop: Shop, names: tuple[str, ...], columns: IntArray) -> Outlook:
    """Return what lists (n_arms, m, n) of every arm for every user earn."""
    rows = np.arange(shop.n_users)
    truth = None
    if shop.truth is not None:
        truth = np.stack([_mean(shop.truth, rows, shown) for shown in columns])
    expected = np.stack([shop.expected(rows, shown) for shown in columns])
    return Outlook(names, columns, expected, truth)


@dataclass
class Diary:
    """What was earned in the course of learning, a line for each visit or batch of visits.

    Parameters
    ----------
    shop, outlook : where, and what each arm would have earned there
    """

    shop: Shop
    outlook: Outlook
    visits: list[int] = field(default_factory=list)
    rewards: list[FloatArray] = field(default_factory=list)  # (T,) mean over the batch
    true_rewards: list[FloatArray] = field(default_factory=list)
    regret: list[float] = field(default_factory=list)  # sum over the batch
    true_regret: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        worth = self.shop.worth
        self._best = self.outlook.best(worth)
        self._truly_best = self.outlook.truly_best(worth)

    def note(self, rows: IntArray, columns: IntArray) -> None:
        """Note what users (b,) were shown: lists (b, n); regret is against the best fixed arm."""
        earned = self.shop.expected(rows, columns)  # (b, T)
        self.visits.append(len(rows))
        self.rewards.append(earned.mean(axis=0))
        missed = self.outlook.expected[self._best, rows] - earned
        self.regret.append(float((missed @ self.shop.worth).sum()))
        truly = self.shop.true_expected(rows, columns)
        if truly is not None and self.outlook.truth is not None and self._truly_best is not None:
            self.true_rewards.append(truly.mean(axis=0))
            missed = self.outlook.truth[self._truly_best, rows] - truly
            self.true_regret.append(float((missed @ self.shop.worth).sum()))


def open_for_bandits(
    diary: Diary,
    bandits: Sequence[Bandit],
    slots: Slots,
    n_rounds: int,
    rng: np.random.Generator,
) -> None:
    """Let one visitor after the other come to the bandits of a list's slots.

    Parameters
    ----------
    bandits : one for each slot; their arms are those of the outlook
    """
    shop, outlook = diary.shop, diary.outlook
    for row in rng.integers(shop.n_users, size=n_rounds):
        visitor = Visitor(int(shop.segments[row]), shop.features[row])
        arms = [bandit.choose(visitor, rng) for bandit in bandits]
        who, shown = np.array([row]), compose([outlook.columns[a, [row]] for a in arms], slots)
        paid = shop.drawn_by_place(who, shown, rng)[0] @ shop.worth  # (n,)
        for bandit, arm, (start, stop) in zip(bandits, arms, slots, strict=True):
            bandit.learn(visitor, arm, float(paid[start:stop].mean()))
        diary.note(who, shown)


def open_for_reinforce(
    diary: Diary, planner: Reinforce, n_steps: int, n_visitors: int, rng: np.random.Generator
) -> None:
    """Let batches of visitors come, each shown slightly shaken weights."""
    shop = diary.shop
    for _ in range(n_steps):
        rows = rng.integers(shop.n_users, size=n_visitors)
        weights, shakes = planner.act(shop.segments[rows], rng)
        columns = shop.lists(rows, weights)
        planner.learn(shop.segments[rows], shakes, shop.drawn(rows, columns, rng) @ shop.worth)
        diary.note(rows, columns)


def open_for_cross_entropy(
    diary: Diary,
    planners: list[CrossEntropy],
    n_steps: int,
    n_visitors: int,
    rng: np.random.Generator,
) -> None:
    """Let a sample of each segment's users meet every draw of its planner's population."""
    shop = diary.shop
    for _ in range(n_steps):
        for segment, planner in enumerate(planners):
            mine = np.flatnonzero(shop.segments == segment)
            if not len(mine):
                continue
            rows = mine[rng.integers(len(mine), size=n_visitors)]
            population = planner.draw(rng)  # (p, T)
            met = np.tile(rows, len(population))  # (p * b,)
            weights = np.repeat(softmax(population), len(rows), axis=0)
            columns = shop.lists(met, weights)
            value = shop.expected(met, columns) @ shop.worth
            planner.learn(population, value.reshape(len(population), -1).mean(axis=1))
            diary.note(met, columns)
