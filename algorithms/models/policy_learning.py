"""What a policy is learned from: rewards and propensities from the log, and the simulated shop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.models.base import Recommender
from algorithms.models.policy_arms import Arms
from algorithms.models.policy_kind import RewardModel, Shelf, bare_shelf, design, learn_rewards
from algorithms.policies.judge import Judge
from algorithms.policies.logged import (
    LoggedView,
    learn_propensities,
    met_table,
    popularity_of,
    view_of,
)
from algorithms.policies.segments import Segments
from algorithms.policies.shop import Shop
from algorithms.policies.slots import best_columns

_FEWEST = 40  # decisions on a shelf from which a policy can be learned
_MOST_USERS = 1000  # that come to the simulated shop
_MOST_CELLS = 6_000_000  # numbers in one table of the shop
_BLOCK = 512


@dataclass(frozen=True, eq=False)
class Learned:
    """What one shelf's decision is learned from."""

    view: LoggedView
    rewards: RewardModel
    propensities: FloatArray


def can_learn(held: InteractionLog, earlier: InteractionLog, shelf: Shelf) -> bool:
    """Return whether there are decisions to learn from, some rewarded, and scores before them."""
    view = view_of(held, shelf.tasks, shelf.items)
    if len(view) < _FEWEST or len(shelf.items) < 4 or not view.rewards.any():
        return False
    if not all(task.events(earlier).any() for task in shelf.tasks):
        return False
    return not view.rewards.all()


def learn_shelf(
    shelf: Shelf,
    base: Recommender,
    before: Recommender,
    held: InteractionLog,
    validation: InteractionLog | None,
    segments: Segments,
    rng: np.random.Generator,
) -> Learned:
    """Learn rewards and propensities from events that the scores have not seen.

    Parameters
    ----------
    shelf, base : under the scores that lists will be made by
    before : the model of the scores, fitted without the held events
    held : training events
    validation : its events choose the ridge of the reward model
    segments : of the users
    rng : draws which users propensities are learned from, where there are many
    """
    view = view_of(held, shelf.tasks, shelf.items)
    then = bare_shelf(before, shelf.tasks, shelf.items, rng)  # with the scores of that time
    n_segments = len(segments.names)

    def of_validation() -> tuple[FloatArray, FloatArray]:
        assert validation is not None  # noqa: S101 - only asked where there is one
        checked = view_of(validation, shelf.tasks, shelf.items)
        X = event_features(shelf, base, checked, segments, n_segments)
        return X, checked.rewards

    rewards = learn_rewards(
        view,
        event_features(then, before, view, segments, n_segments),
        n_segments,
        None if validation is None else of_validation,
    )
    users = np.unique(view.users)
    most = max(50, _MOST_CELLS // (len(shelf.items) * (1 + len(shelf.tasks))))
    if len(users) > most:
        users = np.sort(rng.choice(users, size=most, replace=False))
    mine = np.isin(view.users, users)
    propensities = learn_propensities(
        view.select(mine),
        users,
        then.scores(before, users),
        popularity_of(before.log, shelf.items),
        met_table(before.log, users, shelf.items),
        rng,
    )
    return Learned(view, rewards, propensities)


def open_shop(
    shelf: Shelf,
    base: Recommender,
    rewards: RewardModel,
    segments: Segments,
    list_length: int,
    judge: Judge | None,
    rng: np.random.Generator,
) -> Shop:
    """Return the simulated shop of a shelf.

    Parameters
    ----------
    shelf, base : under the scores that lists are made by
    rewards : what visits are paid by
    segments : of the users
    list_length : places of a list; fewer on a small shelf
    judge : who knows the truth, if anybody
    rng : draws which users come, where there are many
    """
    log, k, n_tasks = base.log, len(shelf.items), len(shelf.tasks)
    length = min(list_length, max(1, k // 4))
    active = np.unique(log.users).astype(np.int64)
    most = min(_MOST_USERS, max(50, _MOST_CELLS // (k * n_tasks)))
    if len(active) > most:
        active = np.sort(rng.choice(active, size=most, replace=False))
    is_open = ~met_table(log, active, shelf.items)
    enough = is_open.sum(axis=1) >= length
    users, is_open = active[enough], is_open[enough]
    scores = shelf.scores(base, users)
    chances = rewards.chances(scores, segments.of_user[users][:, None])
    truth = None
    if judge is not None and all(judge.knows(task) for task in shelf.tasks):
        truth = np.stack(
            [judge.relevant(task, users, shelf.items) for task in shelf.tasks], axis=2
        ).astype(np.float32)
    rates = view_of(log, shelf.tasks, shelf.items).rewards.mean(axis=0)
    given = np.array([task.weight for task in shelf.tasks])
    worth = np.divide(given / given.sum(), rates, out=np.zeros(n_tasks), where=rates > 0)
    return Shop(
        users,
        segments.of_user[users],
        segments.features[users],
        scores.astype(np.float32),
        is_open,
        chances.astype(np.float32),
        truth,
        worth,
        length,
    )


def lists_of(arms: Arms, shelf: Shelf, base: Recommender, shop: Shop) -> IntArray:
    """Return (n_arms, m, n) what each arm would show to the users of a shop."""
    raw = shelf.raw(base, shop.users)
    lists = []
    for arm in range(len(arms.names)):
        numbers = arms.numbers(raw, shop.users, arm)
        lists.append(best_columns(numbers, shop.open & (numbers > arms.out_at), shop.list_length))
    return np.stack(lists)


def event_features(
    shelf: Shelf, base: Recommender, view: LoggedView, segments: Segments, n_segments: int
) -> FloatArray:
    """Return (n, d) the design of logged decisions under a model's scores."""
    scores = np.empty((len(view), len(shelf.tasks)))
    distinct, row_of = np.unique(view.users, return_inverse=True)
    for start in range(0, len(distinct), _BLOCK):
        block = shelf.scores(base, distinct[start : start + _BLOCK])
        mine = (row_of >= start) & (row_of < start + _BLOCK)
        scores[mine] = block[row_of[mine] - start, view.columns[mine]]
    return design(scores, segments.of_user[view.users], n_segments)
