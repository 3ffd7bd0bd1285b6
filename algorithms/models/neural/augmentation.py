"""More of scarce data: pasts that might have been, so that no single one is learned by heart.

A past that a network looks back at is now and then changed while it learns, in one of three ways:
**cropped** to a stretch, **masked** (some items taken out), or **reordered** within a stretch.
What the user did with the event's item stays; so the network is told that small changes of the past
change little. Whether that is true depends on the data: where order tells, reordering lies.

References
----------
X. Xie et al.: Contrastive learning for sequential recommendation, ICDE 2022 (the three changes;
there two changed pasts of a user are pulled together, here they only take the place of the past).
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import BoolArray, IntArray

_STRETCH = 0.6  # of a past that is kept by a crop, or reordered
_TAKEN_OUT = 0.3  # of the items, by a mask


def changed_pasts(history: IntArray, share: float, rng: np.random.Generator) -> IntArray:
    """Change a share of the pasts (n, L), newest last, -1 in front where there are fewer items."""
    n = len(history)
    way = np.where(rng.random(n) < share, rng.integers(3, size=n), -1)[:, None]  # (n, 1)
    result = np.where(way == 0, cropped(history, rng), history)
    result = np.where(way == 1, masked(history, rng), result)
    return np.where(way == 2, reordered(history, rng), result)


def cropped(history: IntArray, rng: np.random.Generator) -> IntArray:
    """Keep a stretch of each past."""
    return _packed(np.where(_stretch(history, rng)[0], history, -1))


def masked(history: IntArray, rng: np.random.Generator) -> IntArray:
    """Take items out of each past at random."""
    return _packed(np.where(rng.random(history.shape) < _TAKEN_OUT, -1, history))


def reordered(history: IntArray, rng: np.random.Generator) -> IntArray:
    """Mix the items within a stretch of each past."""
    inside, start, size = _stretch(history, rng)
    keys = np.where(inside, start + rng.random(history.shape) * size, np.arange(history.shape[1]))
    return np.take_along_axis(history, np.argsort(keys, axis=1, kind="stable"), axis=1)


def _stretch(history: IntArray, rng: np.random.Generator) -> tuple[BoolArray, IntArray, IntArray]:
    """Return whether a place is within a stretch (n, L), and its first place and size (n, 1)."""
    length = (history >= 0).sum(axis=1, keepdims=True)
    size = np.ceil(_STRETCH * length).astype(np.int64)
    first = history.shape[1] - length
    start = first + (rng.random(length.shape) * (length - size + 1)).astype(np.int64)
    places = np.arange(history.shape[1])
    return (places >= start) & (places < start + size), start, size


def _packed(history: IntArray) -> IntArray:
    """Move what is known to the end, so that the newest is last again."""
    order = np.argsort(history >= 0, axis=1, kind="stable")
    return np.take_along_axis(history, order, axis=1)
