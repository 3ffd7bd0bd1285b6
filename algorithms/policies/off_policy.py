r"""Off-policy estimates: from an old log, what another policy would have earned.

A log holds what one policy π₀ showed and what came of it. To judge a new policy π without
trying it, its reward must be guessed from the events in which the old policy happened to do what
the new one would. With event j: context x, action a, reward r, importance
:math:`\rho_j = \pi(a_j | x_j) / \pi_0(a_j | x_j)`, and a learned model :math:`\hat r(x, a)`:

.. math::
    \mathrm{DM} = \frac1n \sum_j \sum_a \pi(a | x_j)\, \hat r(x_j, a), \qquad
    \mathrm{IPS} = \frac1n \sum_j \rho_j r_j, \qquad
    \mathrm{SNIPS} = \frac{\sum_j \rho_j r_j}{\sum_j \rho_j}
.. math::
    \mathrm{DR} = \frac1n \sum_j \Bigl( \sum_a \pi(a | x_j)\, \hat r(x_j, a)
                  + \rho_j\, \bigl(r_j - \hat r(x_j, a_j)\bigr) \Bigr)

The direct method (DM) is as wrong as its model. IPS is right on average where π₀ is known and shows
everything that π may show, but a few events of large ρ decide; the **effective sample size**
:math:`(\sum \rho)^2 / \sum \rho^2` says how many they really are. SNIPS divides by the sum of the ρ
and is calmer, at the price of a bias that falls with n. DR is right on average where *either* the
model *or* the propensities are, and both are wrong at times. None sees what π₀ never showed, and
an interval tells of chance only, not of wrong propensities.

Events of one user are not independent; the intervals count users, not events.

References
----------
D. G. Horvitz, D. J. Thompson: A generalization of sampling without replacement from a finite
universe, JASA 47, 1952 (IPS). A. Swaminathan, T. Joachims: The self-normalized estimator for
counterfactual learning, NeurIPS 2015 (SNIPS). M. Dudík, J. Langford, L. Li: Doubly robust policy
evaluation and learning, ICML 2011.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray, IntArray

_NORMAL_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and half the width of its 95 % interval; NaN where it cannot be told."""

    value: float
    half_width: float


@dataclass(frozen=True, eq=False)
class LoggedEvents:
    """Logged events as a policy sees them.

    Parameters
    ----------
    users : (n,) whose event it is
    rewards : (n,) what came of it
    importance : (n,) ρ, the probability of the action under the new policy over that under the old
    guessed : (n,) the model's reward of the action that was taken
    guessed_new : (n,) the model's mean reward of what the new policy does in that context
    """

    users: IntArray
    rewards: FloatArray
    importance: FloatArray
    guessed: FloatArray
    guessed_new: FloatArray


def effective_sample_size(importance: FloatArray) -> float:
    """Return how many events of equal importance would be as certain.

    Examples
    --------
    >>> effective_sample_size(np.array([1.0, 1.0, 0.0]))
    2.0
    """
    squares = float((importance**2).sum())
    return float(importance.sum()) ** 2 / squares if squares > 0 else 0.0


def direct_method(events: LoggedEvents) -> Estimate:
    """Return what the reward model expects of the new policy."""
    return _mean(events.guessed_new, events.users)


def ips(events: LoggedEvents) -> Estimate:
    """Return the mean reward, each event counted by its importance."""
    return _mean(events.importance * events.rewards, events.users)


def snips(events: LoggedEvents) -> Estimate:
    """Return the same divided by the mean importance; NaN where no event has any."""
    total = events.importance.sum()
    if total <= 0:
        return Estimate(float("nan"), float("nan"))
    value = float((events.importance * events.rewards).sum() / total)
    pull = events.importance * (events.rewards - value)  # linearised ratio
    return Estimate(value, _NORMAL_95 * _spread_of_sum(pull, events.users) / float(total))


def doubly_robust(events: LoggedEvents) -> Estimate:
    """Return the model's expectation, put right by the events that the new policy would repeat."""
    corrected = events.guessed_new + events.importance * (events.rewards - events.guessed)
    return _mean(corrected, events.users)


def _mean(terms: FloatArray, users: IntArray) -> Estimate:
    if not len(terms):
        return Estimate(float("nan"), float("nan"))
    value = float(terms.mean())
    return Estimate(value, _NORMAL_95 * _spread_of_sum(terms - value, users) / len(terms))


def _spread_of_sum(deviations: FloatArray, users: IntArray) -> float:
    """Return the standard deviation of the sum, where users are independent and events are not."""
    _, user = np.unique(users, return_inverse=True)
    return float(np.sqrt((np.bincount(user, deviations) ** 2).sum()))
