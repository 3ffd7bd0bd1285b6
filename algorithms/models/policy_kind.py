r"""What a policy decides on one shelf: which arm orders it for whom, from standardised scores.

Scores of different tasks do not compare. Standardised over users and items they do:

.. math:: z_{tui} = \frac{s_{tui} - \mu_t}{\sigma_t}, \qquad
          s(u, i) = \sum_t w_{tu}\, z_{tui}

with :math:`\mu_t, \sigma_t` the mean and deviation of the scores of task t. An arm makes one
number of them for each item (``policy_arms``): by weights, as here, or by a rule set. The reward
model is a logistic regression on them, with slopes of its own for each segment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from algorithms.arrays import BoolArray, FloatArray, IntArray
from algorithms.models.base import Recommender
from algorithms.models.policy_arms import Arms, WeightArms
from algorithms.policies.choice_models import fit_logistic, log_loss, probability
from algorithms.policies.logged import LoggedView, met_table
from algorithms.policies.slots import best_columns, lifted
from algorithms.tasks import Task

_SAMPLE = 400  # users whose scores give mean and deviation
_RIDGES = (1.0, 10.0, 100.0)
_USUAL_RIDGE = 10.0  # where no validation data can choose


@dataclass(frozen=True, eq=False)
class Shelf:
    """The items of a kind, the tasks on them, and what was decided.

    Parameters
    ----------
    tasks : the T tasks of the kind
    items : (k,) ascending
    centre, spread : (T,) of the scores of each task
    arms : what may order the shelf
    arm_of_user : (n_slots, n_users) which of them serves a user
    top_places : of the first slot, where there are two
    """

    tasks: tuple[Task, ...]
    items: IntArray
    centre: FloatArray
    spread: FloatArray
    arms: Arms
    arm_of_user: IntArray
    top_places: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tasks."""
        return tuple(task.name for task in self.tasks)

    def scores(self, base: Recommender, users: IntArray) -> FloatArray:
        """Return (m, k, T) standardised scores; what a task cannot score is 0, the average."""
        return np.nan_to_num(self.raw(base, users), nan=0.0)

    def raw(self, base: Recommender, users: IntArray) -> FloatArray:
        """Return (m, k, T) standardised scores, NaN where a task cannot score."""
        stacked = np.stack(
            [base.score_block(task, users, self.items) for task in self.tasks], axis=2
        )
        standardised: FloatArray = (stacked - self.centre) / self.spread
        return standardised

    def order(self, raw: FloatArray, users: IntArray, is_open: BoolArray) -> Order:
        """Order the shelf for users (m,).

        Parameters
        ----------
        raw : (m, k, T) as ``raw`` returns them
        is_open : (m, k) what a user had not met; the places of the top are counted among these
        """
        numbers = [self._by_arms(raw, users, arms) for arms in self.arm_of_user[:, users]]
        if len(numbers) == 1:
            nowhere = np.zeros(is_open.shape, dtype=np.bool_)
            return Order(numbers[0], nowhere, np.zeros(len(users)))
        top, rest = numbers
        return Order(*lifted(top, rest, is_open & (top > self.arms.out_at), self.top_places))

    def _by_arms(self, raw: FloatArray, users: IntArray, arms: IntArray) -> FloatArray:
        numbers = np.empty(raw.shape[:2])
        for arm in np.unique(arms):
            mine = arms == arm
            numbers[mine] = self.arms.numbers(raw[mine], users[mine], int(arm))
        return numbers

    def fused(self, base: Recommender, users: IntArray) -> FloatArray:
        """Return (m, k) what the shelf is ordered by; NaN where no task can score."""
        is_open = ~met_table(base.log, users, self.items)
        return self.order(self.raw(base, users), users, is_open).numbers

    def lists(self, base: Recommender, users: IntArray, n: int) -> IntArray:
        """Return (m, n) the columns of the lists of what users had not met, best first."""
        is_open = ~met_table(base.log, users, self.items)
        numbers = self.order(self.raw(base, users), users, is_open).numbers
        return best_columns(numbers, is_open & (numbers > self.arms.out_at), n)

    def deciding(self, arms: Arms, arm_of_user: IntArray, top_places: int = 0) -> Shelf:
        """Return the same shelf in another order."""
        return replace(self, arms=arms, arm_of_user=arm_of_user, top_places=top_places)


@dataclass(frozen=True, eq=False)
class Order:
    """What orders the items of a shelf for m users.

    Parameters
    ----------
    numbers : (m, k) the highest first; NaN where nothing is known
    in_top : (m, k) what the arm of the top slot has put there
    lift : (m,) what their numbers were raised by
    """

    numbers: FloatArray
    in_top: BoolArray
    lift: FloatArray


def bare_shelf(
    base: Recommender, tasks: Sequence[Task], items: IntArray, rng: np.random.Generator
) -> Shelf:
    """Return a shelf on which all tasks count equally, with moments of some users' scores."""
    n_users = base.log.n_users
    some = np.arange(n_users)
    if n_users > _SAMPLE:
        some = np.sort(rng.choice(n_users, size=_SAMPLE, replace=False))
    centre, spread = np.zeros(len(tasks)), np.ones(len(tasks))
    for position, task in enumerate(tasks):
        block = base.score_block(task, some, items)
        block = block[np.isfinite(block)]
        if len(block):
            centre[position] = block.mean()
            spread[position] = block.std() if block.std() > 0 else 1.0
    equal = WeightArms(np.full((1, len(tasks)), 1 / len(tasks)))
    return Shelf(tuple(tasks), items, centre, spread, equal, np.zeros((1, n_users), dtype=np.int64))


# --- the reward model ----------------------------------------------------------------------


def design(scores: FloatArray, segments: IntArray, n_segments: int) -> FloatArray:
    """Return (..., T + (S - 1) (T + 1)) features of a reward.

    Parameters
    ----------
    scores : (..., T) standardised
    segments : (...) that broadcast against the scores' leading axes
    n_segments : S; the first segment has the common slopes, the others add their own
    """
    others = (segments[..., None] == np.arange(1, n_segments)).astype(np.float64)  # (..., S - 1)
    others = np.broadcast_to(others, (*scores.shape[:-1], n_segments - 1))
    slopes = others[..., :, None] * scores[..., None, :]  # (..., S - 1, T)
    flat = slopes.reshape(*scores.shape[:-1], -1)
    return np.concatenate([scores, others, flat], axis=-1)


@dataclass(frozen=True, eq=False)
class RewardModel:
    """The learned chance of each task's reward.

    Parameters
    ----------
    coefficients : (T, 1 + d) of a logistic regression for each task
    n_segments : S
    """

    coefficients: FloatArray
    n_segments: int

    def chances(self, scores: FloatArray, segments: IntArray) -> FloatArray:
        """Return (..., T) the chances for standardised scores (..., T)."""
        X = design(scores, segments, self.n_segments)
        return np.stack([probability(X, each) for each in self.coefficients], axis=-1)


def learn_rewards(
    view: LoggedView,
    features: FloatArray,
    n_segments: int,
    steered_by: Callable[[], tuple[FloatArray, FloatArray]] | None,
) -> RewardModel:
    """Fit the chance of each task's reward.

    Parameters
    ----------
    view : decisions (n) that the scores were not learned from
    features : (n, d) their ``design``
    n_segments : S
    steered_by : gives the features and rewards of validation decisions, on which the ridge is
        chosen; without it the usual one is taken
    """
    checked = None if steered_by is None else steered_by()
    fitted = []
    for position in range(view.rewards.shape[1]):
        y = view.rewards[:, position]
        if checked is None or not len(checked[0]):
            fitted.append(fit_logistic(features, y, _USUAL_RIDGE))
            continue
        tried = [fit_logistic(features, y, ridge) for ridge in _RIDGES]
        losses = [log_loss(checked[1][:, position], probability(checked[0], c)) for c in tried]
        fitted.append(tried[int(np.argmin(losses))])
    return RewardModel(np.array(fitted), n_segments)
