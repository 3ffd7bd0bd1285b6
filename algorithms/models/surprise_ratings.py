"""The ratings of one task, in the form that the library Surprise asks of its trainset.

Surprise numbers users and items by its own *inner ids*, in order of appearance, and keeps the
ratings twice, as lists by user and as lists by item. Its trainset is a dictionary of such lists.
Ours holds arrays sorted by user, walks over them in the same order, and makes the lists only for
the algorithms that ask for them. On the way it can tell how far a fit is: nearly all of
Surprise's algorithms walk over the ratings once in every pass.

Where a user rated an item more than once, the last rating counts.

References
----------
N. Hug: Surprise, Journal of Open Source Software 5(52), 2020.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count

import numpy as np

from algorithms.arrays import AnyArray, FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.progress import Progress, Stage, silent

RatingLists = dict[int, list[tuple[int, float]]]


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings, sorted by user, as all that Surprise's algorithms ask of their trainset.

    Parameters
    ----------
    users, items : (n,) Surprise's inner ids, numbered in order of appearance
    values : (n,) ratings
    user_of, item_of : index in the log of each inner id
    progress : told at the start of each pass
    n_passes : how often the algorithm will walk over all ratings; 0 tells nothing
    by_items : whether a pass begins with ``all_items`` instead of ``all_ratings``
    """

    users: IntArray
    items: IntArray
    values: FloatArray
    user_of: IntArray
    item_of: IntArray
    progress: Progress = silent
    n_passes: int = 0
    by_items: bool = False
    _passes: Iterator[int] = field(default_factory=count)

    def in_passes(self, n_passes: int, *, by_items: bool = False) -> Ratings:
        """Return the same ratings, for an algorithm that will walk over them so often."""
        return replace(self, n_passes=n_passes, by_items=by_items, _passes=count())

    @property
    def n_users(self) -> int:
        """Number of users with a rating."""
        return len(self.user_of)

    @property
    def n_items(self) -> int:
        """Number of items with a rating."""
        return len(self.item_of)

    @property
    def n_ratings(self) -> int:
        """Number of ratings."""
        return len(self.values)

    @property
    def global_mean(self) -> float:
        """Mean of all ratings."""
        return float(self.values.mean())

    @cached_property
    def ur(self) -> RatingLists:
        """The (item, rating) pairs of each user."""
        return _lists(self.users, self.items, self.values)

    @cached_property
    def ir(self) -> RatingLists:
        """The (user, rating) pairs of each item."""
        return _lists(self.items, self.users, self.values)

    def all_ratings(self) -> Iterator[tuple[int, int, float]]:
        """Walk over (user, item, rating) once."""
        if not self.by_items:
            self._tell()
        return zip(self.users.tolist(), self.items.tolist(), self.values.tolist(), strict=True)

    def all_users(self) -> range:
        """Return the inner ids of all users."""
        return range(self.n_users)

    def all_items(self) -> range:
        """Return the inner ids of all items."""
        if self.by_items:
            self._tell()
        return range(self.n_items)

    def _tell(self) -> None:
        if self.n_passes:
            self.progress(min(next(self._passes) / self.n_passes, 1.0), Stage.FIT)


def _lists(keys: IntArray, others: IntArray, values: FloatArray) -> RatingLists:
    lists: RatingLists = {}
    for key, other, value in zip(keys.tolist(), others.tolist(), values.tolist(), strict=True):
        lists.setdefault(key, []).append((other, value))
    return lists


def last_ratings(events: InteractionLog, label: str, progress: Progress = silent) -> Ratings:
    """Return the last rating of each user and item, sorted by user, then as in the log."""
    time = np.arange(len(events)) if events.timestamps is None else events.timestamps
    pairs = events.users * np.int64(events.n_items) + events.items  # (n_events,)
    by_pair = np.lexsort((time, pairs))
    last = np.append(np.diff(pairs[by_pair]) > 0, True)
    rows = np.sort(by_pair[last])
    rows = rows[np.argsort(events.users[rows], kind="stable")]  # (n,)
    user_of, users = np.unique(events.users[rows], return_inverse=True)
    found, first, inverse = np.unique(events.items[rows], return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))  # inner ids count items as they appear
    return Ratings(
        users=users.astype(np.int64),
        items=rank[inverse].astype(np.int64),
        values=events.label(label)[rows].astype(np.float64),
        user_of=user_of.astype(np.int64),
        item_of=found[np.argsort(first)].astype(np.int64),
        progress=progress,
    )


def spread(inner: AnyArray, index_of: IntArray, n: int, missing: float = 0.0) -> FloatArray:
    """Return an array by inner id (m, …) as one by index in the log (n, …).

    Parameters
    ----------
    inner : (m, …) a value or vector for each inner id
    index_of : (m,) index in the log of each inner id
    n : number of users or items in the log
    missing : the value of those without a rating
    """
    spread_out = np.full((n, *inner.shape[1:]), missing)
    spread_out[index_of] = inner
    return spread_out


def inner_ids(index_of: IntArray, n: int) -> IntArray:
    """Return (n,) the inner id of each index in the log, -1 for those without a rating."""
    inner = np.full(n, -1, dtype=np.int64)
    inner[index_of] = np.arange(len(index_of))
    return inner
