r"""Sessions and their critics: what the events ahead will still cost.

A session is a run of one user's events without a long pause. Seen as a game, each event is a step:
the state x is what happened so far, the move is the prediction, and the reward of task t is minus
its log loss. A **critic** foresees the sum of the rewards still to come, those further ahead
counting less by :math:`\gamma` a step:

.. math:: Q_t(x_j) = \theta_t^\top x_j \approx r_{tj} + \gamma\, Q_t(x_{j+1})

A linear critic need not walk there: the temporal differences
:math:`r + \gamma Q(x') - Q(x)` are uncorrelated with x at

.. math::
    \theta_t = \Bigl(\sum_j x_j (x_j - \gamma x_{j+1})^\top + \lambda I\Bigr)^{-1} \sum_j x_j r_{tj}

with :math:`x_{j+1} = 0` behind the end of a session.

Reference: S. J. Bradtke, A. G. Barto: Linear least-squares algorithms for temporal difference
learning, Machine Learning 22, 1996.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Sessions:
    """Events in the order of their sessions.

    Parameters
    ----------
    order : (n,) row of the log of each event
    step : (n,) its number within the session, from 0
    last : (n,) whether it ends its session
    """

    order: IntArray
    step: IntArray
    last: BoolArray


def find_sessions(users: IntArray, timestamps: IntArray | None, pause: float) -> Sessions:
    """Cut every user's events where there was a pause.

    Parameters
    ----------
    users : (n,)
    timestamps : (n,) in seconds; without them all events of a user are one session, in log order
    pause : seconds after which a new session begins

    Examples
    --------
    >>> found = find_sessions(np.array([0, 1, 0]), np.array([5, 5, 99]), pause=60)
    >>> found.order.tolist(), found.step.tolist(), found.last.tolist()
    ([0, 2, 1], [0, 0, 0], [True, True, True])
    """
    n = len(users)
    times = np.zeros(n, dtype=np.int64) if timestamps is None else timestamps
    order = np.lexsort((times, users))
    user, time = users[order], times[order]
    first = np.ones(n, dtype=np.bool_)
    first[1:] = (np.diff(user) != 0) | (np.diff(time) > pause)
    starts = np.flatnonzero(first)
    step = np.arange(n) - np.repeat(starts, np.diff(starts, append=n))
    return Sessions(order, step, np.append(first[1:], True)[:n])


def so_far(values: FloatArray, sessions: Sessions) -> FloatArray:
    """Return (n, T) the mean of values (n, T), in session order, over the events before each.

    At the first event of a session it is 0.
    """
    before = np.cumsum(values, axis=0) - values
    at_start = before[np.arange(len(values)) - sessions.step]
    mean: FloatArray = (before - at_start) / np.maximum(sessions.step, 1)[:, None]
    return mean


def learn_critics(
    X: FloatArray, rewards: FloatArray, last: BoolArray, discount: float, ridge: float = 1.0
) -> FloatArray:
    """Return (T, d) the critics of the tasks.

    Parameters
    ----------
    X : (n, d) states in session order
    rewards : (n, T)
    last : (n,) whether an event ends its session
    discount : γ, below 1
    ridge : λ
    """
    ahead = np.zeros_like(X)
    ahead[:-1] = X[1:]
    ahead[last] = 0
    left = X.T @ (X - discount * ahead) + ridge * np.eye(X.shape[1])
    critics = np.linalg.solve(left, X.T @ rewards).T
    return critics.astype(np.float64)
