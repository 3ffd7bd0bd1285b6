"""Scores that cost much are made once, and kept while the same task is asked.

Judging asks a model three times about the same users: for the events of validation, for those of
the test, and for their lists. A model that must rank all items to give one of them its score
would do the same work three times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import BoolArray, FloatArray, IntArray

_MOST_KEPT = 2**23  # scores (64 MiB); of a larger table none is kept
_AT_A_TIME = 2**18  # scores made in one go: they stay in the processor's cache


@dataclass(frozen=True, eq=False)
class _Kept:
    """The scores (n_users, n_items) of a task; the rows of users not yet ``known`` are unset."""

    task: str
    scores: FloatArray
    known: BoolArray


class KeptScores:
    """The scores of the task asked last, for the users asked so far.

    Threads may ask at once: at worst both make the same row, with the same numbers.

    Parameters
    ----------
    n_users : number of users
    """

    def __init__(self, n_users: int) -> None:
        self._n_users = n_users
        self._kept: _Kept | None = None

    def rows(
        self, task: str, users: IntArray, n_items: int, make: Callable[[IntArray], FloatArray]
    ) -> FloatArray:
        """Return the scores (m, n_items) of a task for users (m,).

        Parameters
        ----------
        task : name of the task
        users : user indices, any of them more than once
        n_items : number of items that the task ranks
        make : makes the scores (b, n_items) of that task for some users (b,)
        """
        if self._n_users * n_items > _MOST_KEPT:
            scores = np.empty((len(users), n_items))
            for part in _parts(len(users), n_items):
                scores[part] = make(users[part])
            return scores
        kept = self._kept
        if kept is None or kept.task != task:
            table = np.empty((self._n_users, n_items))
            kept = self._kept = _Kept(task, table, np.zeros(self._n_users, dtype=np.bool_))
        new = np.unique(users[~kept.known[users]])
        for part in _parts(len(new), n_items):
            kept.scores[new[part]] = make(new[part])
            kept.known[new[part]] = True
        return kept.scores[users]


def _parts(n_users: int, n_items: int) -> list[slice]:
    """Cut users into parts that have about ``_AT_A_TIME`` scores each."""
    step = max(1, _AT_A_TIME // max(1, n_items))
    return [slice(start, start + step) for start in range(0, n_users, step)]
