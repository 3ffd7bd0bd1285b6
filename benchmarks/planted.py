"""A log of any size, as large data sets are: few items draw most, few users do most.

The default has the size of MovieLens-1M: 6,040 users, 3,706 items, 1,000,209 ratings. Each user
has tastes and each item qualities, ten of them; a user meets items by their fame and by taste,
each at most once, and rates them by the same taste with a noise of 0.85 stars. The tasks are
rating, watched (all of them) and liked (4 stars and more). What is known of the truth is how well
the best prediction can do: its error is the noise.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import Float32Array, IntArray
from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.tasks import Task, TaskKind

N_USERS, N_ITEMS, N_RATINGS = 6_040, 3_706, 1_000_209
N_TASTES, NOISE, FEWEST, BLOCK = 10, 0.85, 20, 1_000

RATING = Task(name="rating", kind=TaskKind.RATING, label="rating", item_kind="movie")
WATCHED = Task(name="watched", kind=TaskKind.BINARY, label="watched", item_kind="movie")
LIKED = Task(name="liked", kind=TaskKind.BINARY, label="liked", item_kind="movie")
TASKS = (RATING, WATCHED, LIKED)


def planted_log(
    n_users: int = N_USERS, n_items: int = N_ITEMS, n_ratings: int = N_RATINGS, seed: int = 1
) -> InteractionLog:
    """Make a log; the same numbers give the same log."""
    rng = np.random.default_rng(seed)
    counts = _counts(n_users, n_items, n_ratings, rng)
    width = 1.0 / np.sqrt(N_TASTES)
    tastes = rng.normal(0.0, 1.0, (n_users, N_TASTES)).astype(np.float32)
    qualities = rng.normal(0.0, width, (n_items, N_TASTES)).astype(np.float32)
    fame = rng.normal(0.0, 1.3, n_items).astype(np.float32)
    worth = (0.3 * (fame / 1.3) + rng.normal(0.0, 0.35, n_items)).astype(np.float32)
    mood = rng.normal(0.0, 0.35, n_users).astype(np.float32)
    items, ratings = [], []
    for start in range(0, n_users, BLOCK):
        part = slice(start, min(start + BLOCK, n_users))
        match = tastes[part] @ qualities.T  # (b, n_items)
        drawn = np.maximum(rng.standard_exponential(match.shape, dtype=np.float32), 1e-30)
        chance = fame + match - np.log(drawn)
        met = _largest(chance, counts[part])  # the largest of these: drawn without replacement
        rows = np.repeat(np.arange(len(match)), counts[part])
        value = 3.4 + 0.55 * match[rows, met] + worth[met] + mood[part][rows]
        value += NOISE * rng.standard_normal(len(met), dtype=np.float32)
        items.append(met.astype(np.int32))
        ratings.append(np.clip(np.rint(value), 1, 5).astype(np.float32))
    rating: Float32Array = np.concatenate(ratings)
    return InteractionLog(
        name=f"{n_ratings:,} ratings",
        users=np.repeat(np.arange(n_users, dtype=np.int32), counts),
        items=np.concatenate(items),
        labels={
            "rating": rating,
            "watched": np.ones_like(rating),
            "liked": (rating >= 4).astype(np.float32),
        },
        user_table=UserTable(IdMap(np.arange(n_users).astype(np.str_))),
        item_table=ItemTable(
            ids=IdMap(np.arange(n_items).astype(np.str_)),
            titles=np.arange(n_items).astype(np.str_),
            kinds=("movie",),
            kind_codes=np.zeros(n_items, dtype=np.int16),
            categories=np.full(n_items, ""),
        ),
    )


def _counts(n_users: int, n_items: int, n_ratings: int, rng: np.random.Generator) -> IntArray:
    """Return (n_users,) how many items each user meets: skewed, and n_ratings in all."""
    most = n_items // 2
    share = rng.lognormal(0.0, 1.1, n_users)
    fewest = min(FEWEST, n_ratings // n_users)
    counts = np.full(n_users, fewest, dtype=np.int64)
    while (missing := n_ratings - int(counts.sum())) > 0:
        share[counts >= most] = 0.0
        counts += rng.multinomial(missing, share / share.sum())
        counts = np.minimum(counts, most)
    return counts


def _largest(chance: Float32Array, counts: IntArray) -> IntArray:
    """Return (sum of counts,) the columns of each row's ``counts`` largest values."""
    return np.concatenate(
        [np.argpartition(-row, n)[:n] for row, n in zip(chance, counts, strict=True)]
    )


def halves(log: InteractionLog, share: float = 0.1, seed: int = 2) -> tuple[InteractionLog, ...]:
    """Return the log without a random share of its events, and that share."""
    tested = np.random.default_rng(seed).random(len(log)) < share
    return log.select(~tested), log.select(tested)
