"""Six ways to divide a log. Each returns one number per event: 0 learn, 1 steer, 2 judge.

* *Random events*: each event is drawn alike, so each part looks like the whole.
* *Random users*: whole users are held out. A model that knows users only by their events knows
  nothing of them: this is the user cold start. Where a share of their events stays in training
  (``known_fraction``; 0.8 in the reference) it is what the literature calls strong
  generalisation, with the difference that our models are fitted on that share together with all
  else.
* *Leave last out*: the newest events of each user judge, those before them steer.
* *Leave k out*: the same with k random events of each user.
* *Temporal*: one cut for all at the time t such that about the asked share of the events is at t or
  later. Nobody is judged on anything older than what anybody taught.
* *k-fold*: the events are dealt into K parts that are the same for every seed; run s is judged on
  part s mod K. Over the seeds 0, …, K - 1 each event judges exactly once.

Reference: Meng, McCreadie, Macdonald and Ounis (2020), Exploring data splitting strategies for the
evaluation of recommendation models, RecSys; strong generalisation: Marlin (2004), and Liang and
others (2018), Variational autoencoders for collaborative filtering, WWW.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from algorithms.arrays import IntArray, group_rows
from algorithms.data.log import InteractionLog
from algorithms.errors import SplitError

if TYPE_CHECKING:
    from algorithms.data.split import SplitConfig

Parts = NDArray[np.int8]

TRAIN, VALIDATION, TEST = 0, 1, 2


class NoTimesError(SplitError):
    """A cut in time is asked of a log without times."""

    template = (
        "A {method} split needs the time of each event, and this data has no times. Choose "
        "another split, or import the file again and name its time column."
    )


def random_events(n: int, config: SplitConfig, rng: np.random.Generator) -> Parts:
    """Draw n_test = round(n test_fraction) events to judge, then those that steer."""
    order = rng.permutation(n)
    n_test = round(n * config.test_fraction)
    n_validation = round(n * config.validation_fraction)
    part = np.zeros(n, dtype=np.int8)
    part[order[:n_test]] = TEST
    part[order[n_test : n_test + n_validation]] = VALIDATION
    return part


def random_users(log: InteractionLog, config: SplitConfig, rng: np.random.Generator) -> Parts:
    """Draw users as ``random_events`` draws events; all events of a user go the same way.

    Of a held-out user with m events, floor(m known_fraction) random ones are learned from.
    """
    present = np.unique(log.users)
    of_user = np.zeros(log.n_users, dtype=np.int8)
    of_user[present] = random_events(len(present), config, rng)
    part: Parts = of_user[log.users]
    if config.known_fraction > 0:
        from_end, length = _places(log, rng.permutation(len(log)))
        # a share such as 0.7 is a hair off in binary: 10 events of which 0.7 are known are 7
        known = np.floor(length * config.known_fraction + 1e-9).astype(np.int64)
        part[from_end < known[log.users]] = TRAIN
    return part


def last_events(log: InteractionLog, config: SplitConfig) -> Parts:
    """Hold back the newest events of each user; without times the order of the log counts."""
    time = np.arange(len(log)) if log.timestamps is None else log.timestamps
    return _held_back(log, config, np.argsort(time, kind="stable"))


def k_events(log: InteractionLog, config: SplitConfig, rng: np.random.Generator) -> Parts:
    """Hold back random events of each user."""
    return _held_back(log, config, rng.permutation(len(log)))


def newest_events(log: InteractionLog, config: SplitConfig) -> Parts:
    """Cut at two times; events of the same second stay together, in the later part."""
    if log.timestamps is None:
        raise NoTimesError(method=config.method.value)
    time = log.timestamps
    n = len(time)
    part = np.zeros(n, dtype=np.int8)
    if n == 0:
        return part
    n_test = max(1, round(n * config.test_fraction))
    n_held = min(n, n_test + max(1, round(n * config.validation_fraction)))
    in_order = np.partition(time, [n - n_held, n - n_test])
    part[time >= in_order[n - n_held]] = VALIDATION
    part[time >= in_order[n - n_test]] = TEST
    return part


def one_fold(n: int, config: SplitConfig, rng: np.random.Generator, fold: int) -> Parts:
    """Deal the events into folds, one of which judges; of the others random events steer."""
    dealt = np.random.default_rng(config.partition_seed).permutation(n)
    place = np.empty(n, dtype=np.int64)
    place[dealt] = np.arange(n)
    part = np.zeros(n, dtype=np.int8)
    part[place % config.n_folds == fold % config.n_folds] = TEST
    rest = np.flatnonzero(part == TRAIN)
    steering = rng.permutation(len(rest))[: round(n * config.validation_fraction)]
    part[rest[steering]] = VALIDATION
    return part


def _held_back(log: InteractionLog, config: SplitConfig, order: IntArray) -> Parts:
    """Hold back what comes last for each user in an order of the events, (n,) row numbers."""
    from_end, length = _places(log, order)
    part = np.zeros(len(log), dtype=np.int8)
    kept = config.n_test + config.n_validation
    part[from_end < kept] = VALIDATION
    part[from_end < config.n_test] = TEST
    part[length[log.users] <= kept] = TRAIN  # too short a history to judge: learn from it
    return part


def _places(log: InteractionLog, order: IntArray) -> tuple[IntArray, IntArray]:
    """Rank each event within its user's history, counted from the end.

    Returns
    -------
    from_end : (n,) 0 for what comes last of its user in ``order``
    length : (n_users,) events of each user
    """
    offsets, rows = group_rows(log.users[order], log.n_users)
    length = np.diff(offsets)
    from_end = np.empty(len(log), dtype=np.int64)
    from_end[order[rows]] = np.repeat(offsets[1:], length) - 1 - np.arange(len(log))
    return from_end, length
