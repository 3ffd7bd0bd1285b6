"""Ranked lists in which every place has been looked up.

All ranking metrics ask the same questions of a list (is the item relevant, how many are so far,
what would the best order have gained), so the answers are worked out once, for all users and
all places, and each metric at each k only reads its column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from algorithms.arrays import AnyArray, BoolArray, FloatArray, IntArray
from algorithms.metrics.inputs import MetricInputError


@dataclass(frozen=True, eq=False)
class JudgedLists:
    """Lists in which every place has been looked up once.

    Parameters
    ----------
    hits : (m, n) True where the item in that place is relevant for that user
    n_relevant : (m,) how many relevant items the user has, listed or not
    filled : (m, n) True where the place holds an item; None where all do
    gains : (m, n) what the item in that place is worth, 0 for a miss; None where all relevant
        items are worth the same
    best_gains : (m, n) the user's n most valuable items, best first, 0 where there are fewer;
        given with ``gains``
    n_candidates : (m,) how many items could have been listed; only AUC asks for it
    """

    hits: BoolArray
    n_relevant: IntArray
    filled: BoolArray | None = None
    gains: FloatArray | None = None
    best_gains: FloatArray | None = None
    n_candidates: IntArray | None = None

    @property
    def width(self) -> int:
        """Return how many places the lists have."""
        return int(self.hits.shape[1])

    @cached_property
    def n_hits(self) -> IntArray:
        """Return (m, n) how many hits there are up to and with each place."""
        return _running(self.hits.astype(np.int64))

    @cached_property
    def discounted(self) -> FloatArray:
        """Return (m, n) the discounted cumulative gain up to each place, every hit worth 1."""
        return _running(self.hits * discounts(self.width))

    @cached_property
    def precisions(self) -> FloatArray:
        """Return (m, n) the sum of the precisions at each hit so far."""
        places = np.arange(1, self.width + 1)
        return _running(self.hits * (self.n_hits / places))

    @cached_property
    def first_hit(self) -> IntArray:
        """Return (m,) the place of the first hit, counted from 1; width + 1 without one."""
        if not self.width:
            return np.ones(len(self.hits), dtype=np.int64)
        first = self.hits.argmax(axis=1) + 1
        return np.where(self.n_hits[:, -1] > 0, first, self.width + 1)

    @cached_property
    def misses(self) -> BoolArray:
        """Return (m, n) True where the place holds an item that is not relevant."""
        return ~self.hits if self.filled is None else self.filled & ~self.hits

    @cached_property
    def hits_above_misses(self) -> IntArray:
        """Return (m, n) for all misses so far together, how many hits stand above each."""
        return _running(self.misses * self.n_hits)

    @cached_property
    def n_misses(self) -> IntArray:
        """Return (m, n) how many misses there are up to and with each place."""
        return _running(self.misses.astype(np.int64))


_BLOCK = 8192  # users looked up at a time

Number = TypeVar("Number", np.int64, np.float64)


def _running(values: NDArray[Number]) -> NDArray[Number]:
    """Return (m, n) the sums of (m, n), which may be overwritten, up to and with each place.

    The places lie one behind the other in memory, since each metric reads all users at one
    place; so it takes half the time of ``np.cumsum``.
    """
    totals = np.ascontiguousarray(values.T)  # (n, m)
    for place in range(1, len(totals)):
        totals[place] += totals[place - 1]
    return totals.T


def discounts(n: int) -> FloatArray:
    """Return (n,) how much a gain in each place counts: 1 / log2(place + 1)."""
    return 1 / np.log2(np.arange(2, n + 2))


def judge(
    items: AnyArray,
    offsets: AnyArray,
    relevant: AnyArray,
    gains: AnyArray | None = None,
    n_candidates: AnyArray | None = None,
) -> JudgedLists:
    """Look up which places of the lists hold a relevant item.

    Parameters
    ----------
    items : (m, n) ranked lists without repeated items, best first, -1 where a list is shorter
    offsets : (m + 1,) user u's relevant items are ``relevant[offsets[u]:offsets[u + 1]]``
    relevant : (r,) item indices in any order; a repeated item counts once
    gains : (r,) what each relevant item is worth, above 0; of a repeated item the largest counts
    n_candidates : (m,) how many items could have been listed for each user

    Raises
    ------
    MetricInputError
        Where the shapes do not fit together, a list holds an item twice, a relevant item is
        below 0, a gain is not a positive number, or a user has fewer candidates than listed and
        relevant items.

    Examples
    --------
    >>> lists = np.array([[7, 3, 5], [2, 4, -1]])
    >>> judged = judge(lists, np.array([0, 2, 2]), np.array([5, 9]))
    >>> judged.hits.tolist(), judged.n_relevant.tolist()
    ([[False, False, True], [False, False, False]], [2, 0])
    """
    items = np.asarray(items, dtype=np.int64)
    offsets = np.asarray(offsets, dtype=np.int64)
    relevant = np.asarray(relevant, dtype=np.int64)
    if items.ndim != 2 or offsets.shape != (len(items) + 1,) or offsets[-1] != len(relevant):
        raise MetricInputError(
            metric="A ranking metric",
            expected="lists (m, n), offsets (m + 1,) and as many relevant items as they say",
            found=f"shapes {items.shape}, {offsets.shape} and {relevant.shape}",
        )
    n_negative = int((relevant < 0).sum())
    if n_negative:
        raise MetricInputError(
            metric="A ranking metric",
            expected="relevant items from 0 up",
            found=f"{n_negative} below",
        )
    _refuse_repeated(items)
    worth = None if gains is None else _positive(gains, len(relevant))
    blocks = []
    for start in range(0, max(len(items), 1), _BLOCK):
        users = slice(start, start + _BLOCK)
        bounds = offsets[start : start + _BLOCK + 1]
        own = slice(bounds[0], bounds[-1])
        found = None if worth is None else worth[own]
        blocks.append(_judge_block(items[users], bounds - bounds[0], relevant[own], found))
    judged = JudgedLists(
        hits=np.concatenate([block.hits for block in blocks]),
        n_relevant=np.concatenate([block.n_relevant for block in blocks]),
        filled=items >= 0,
        gains=_joined([block.gains for block in blocks]),
        best_gains=_joined([block.best_gains for block in blocks]),
        n_candidates=None if n_candidates is None else np.asarray(n_candidates, dtype=np.int64),
    )
    _check_candidates(judged)
    return judged


def _judge_block(
    items: IntArray, offsets: IntArray, relevant: IntArray, worth: FloatArray | None
) -> JudgedLists:
    """Look up the lists of so few users that what it takes fits the cache."""
    m = len(items)
    filled = items >= 0
    width = 1 + max(int(items.max(initial=-1)), int(relevant.max(initial=-1)))
    owner = np.repeat(np.arange(m), np.diff(offsets))
    keys = owner * width + relevant  # one number for each (user, item)
    known, n_relevant = keys, np.diff(offsets)
    if (np.diff(keys) <= 0).any():  # sorting is most of the work, and often done before
        order = np.argsort(keys)
        known, worth = keys[order], None if worth is None else worth[order]
        new = np.diff(known, prepend=-1) > 0
        if worth is not None:
            worth = np.maximum.reduceat(worth, np.flatnonzero(new))
        known, owner = known[new], known[new] // width
        n_relevant = np.bincount(owner, minlength=m)
    listed = np.arange(m)[:, None] * width + items  # (m, n)
    hits, place = _find(known, np.where(filled, listed, -1))
    return JudgedLists(
        hits=hits,
        n_relevant=n_relevant,
        gains=None if worth is None else _at(worth, place, hits),
        best_gains=None if worth is None else _best(worth, owner, n_relevant, items.shape[1]),
    )


def _joined(parts: Sequence[FloatArray | None]) -> FloatArray | None:
    given = [part for part in parts if part is not None]
    if len(given) < 2:  # nothing to copy
        return given[0] if given else None
    return np.concatenate(given)


def judge_rows(
    lists: Sequence[Sequence[int]],
    relevant: Sequence[Sequence[int]],
    gains: Sequence[Sequence[float]] | None = None,
    n_candidates: Sequence[int] | None = None,
) -> JudgedLists:
    """Judge a few lists that are written out, as the examples of the cards are.

    Parameters
    ----------
    lists : one ranked list for each user, all of one length (-1 where there is no item)
    relevant : each user's relevant items
    gains : what each of them is worth
    n_candidates : how many items could have been listed for each user

    Examples
    --------
    >>> judge_rows([[7, 3, 5]], [[5, 9]]).hits.tolist()
    [[False, False, True]]
    """
    return judge(
        np.asarray(lists, dtype=np.int64),
        np.concatenate([[0], np.cumsum([len(own) for own in relevant])]),
        np.array([item for own in relevant for item in own], dtype=np.int64),
        None if gains is None else np.array([each for own in gains for each in own]),
        None if n_candidates is None else np.array(n_candidates),
    )


def _refuse_repeated(items: IntArray) -> None:
    in_order = np.sort(items, axis=1)
    twice = (in_order[:, 1:] == in_order[:, :-1]) & (in_order[:, 1:] >= 0)
    n = int(twice.any(axis=1).sum())
    if n:
        raise MetricInputError(
            metric="A ranking metric",
            expected="lists without repeated items",
            found=f"an item twice in {n} of {len(items)} lists",
        )


def _positive(gains: AnyArray, n: int) -> FloatArray:
    worth = np.asarray(gains, dtype=np.float64)
    n_wrong = int((~(np.isfinite(worth) & (worth > 0))).sum())
    if worth.shape != (n,) or n_wrong:
        raise MetricInputError(
            metric="Graded NDCG",
            expected=f"{n} gains above 0",
            found=f"shape {worth.shape}" if worth.shape != (n,) else f"{n_wrong} others",
        )
    return worth


def _find(known: IntArray, listed: IntArray) -> tuple[BoolArray, IntArray]:
    """Return (m, n) which of the listed keys are known, and (n_hits,) where in ``known`` (r,)."""
    hits = np.zeros(listed.shape, dtype=np.bool_)
    if not len(known):
        return hits, np.zeros(0, dtype=np.int64)
    # A table of marks, one for the last bits of each key, tells most misses at a glance; only
    # the rest is looked for in earnest.
    last_bits = (1 << int(8 * len(known)).bit_length()) - 1
    marks = np.zeros(last_bits + 1, dtype=np.bool_)
    marks[known & last_bits] = True
    maybe = np.flatnonzero(marks[listed & last_bits])
    asked = listed.ravel()[maybe]
    place = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    right = known[place] == asked
    hits.ravel()[maybe[right]] = True
    return hits, place[right]


def _at(worth: FloatArray, place: IntArray, hits: BoolArray) -> FloatArray:
    gains = np.zeros(hits.shape)
    gains[hits] = worth[place]
    return gains


def _best(worth: FloatArray, owner: IntArray, n_relevant: IntArray, n: int) -> FloatArray:
    """Return (m, n) each user's largest gains in falling order, from gains (r,) by owner (r,)."""
    best = np.zeros((len(n_relevant), n))
    if not len(worth):
        return best
    some = np.flatnonzero(n_relevant)
    starts = np.cumsum(n_relevant) - n_relevant
    largest = np.ones(len(n_relevant))
    largest[some] = np.maximum.reduceat(worth, starts[some])
    # One number for each user and share of the user's largest gain sorts in one go. Shares are
    # told apart down to 1e-9 for a million users, which is as exact as the result has to be.
    keys = 2.0 * owner - worth / largest[owner]
    falling = worth[np.argsort(keys)]
    kept = np.arange(len(worth)) - starts[owner] < n
    best[np.arange(n) < n_relevant[:, None]] = falling[kept]
    return best


def _check_candidates(judged: JudgedLists) -> None:
    if judged.n_candidates is None:
        return
    shape = judged.n_relevant.shape
    n_needed = judged.n_relevant + np.count_nonzero(judged.misses, axis=1)
    fits = judged.n_candidates.shape == shape
    n_wrong = int((judged.n_candidates < n_needed).sum()) if fits else 0
    if not fits or n_wrong:
        raise MetricInputError(
            metric="AUC",
            expected="as many candidates as relevant and listed items, or more",
            found=f"fewer for {n_wrong} users" if fits else f"shape {judged.n_candidates.shape}",
        )
