"""Ranked lists together with what was known before they were made.

Whether a list is new, varied or only popular cannot be told from its hits: one has to know the
items in it, how many users met each of them in training, their categories, and what each user
had met before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import IntArray
from algorithms.metrics.inputs import MetricInputError
from algorithms.metrics.judged import JudgedLists, judge_rows


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What was known before the lists were made.

    Parameters
    ----------
    candidates : (c,) items that could have been listed for somebody
    n_meetings : (n_items,) how many users met each item in training
    n_users : how many users there are in training
    categories : (n_items,) number of each item's category, from 0; -1 where it has none
    met_offsets : (m + 1,) user u had met ``met[met_offsets[u]:met_offsets[u + 1]]``
    met : (r,) item indices, each once for a user
    """

    candidates: IntArray
    n_meetings: IntArray
    n_users: int
    categories: IntArray
    met_offsets: IntArray
    met: IntArray

    @property
    def n_categories(self) -> int:
        """Return how many categories there are."""
        return 1 + int(self.categories.max(initial=-1))


@dataclass(frozen=True, eq=False)
class ShownLists:
    """Judged lists, the items in them, and what was known before.

    Parameters
    ----------
    items : (m, n) best first, -1 where a list is shorter
    judged : the same lists, looked up
    surroundings : of the same users

    Raises
    ------
    MetricInputError
        Where the three do not fit together, or a list holds an item that nobody knows.
    """

    items: IntArray
    judged: JudgedLists
    surroundings: Surroundings

    def __post_init__(self) -> None:
        shape, n_items = self.items.shape, len(self.surroundings.n_meetings)
        n_offsets = len(self.surroundings.met_offsets)
        if shape != self.judged.hits.shape or n_offsets != shape[0] + 1:
            raise MetricInputError(
                metric="A metric beyond accuracy",
                expected="the same users everywhere",
                found=f"lists {shape}, judged {self.judged.hits.shape}, {n_offsets} offsets",
            )
        n_unknown = int((self.items >= n_items).sum())
        if n_unknown:
            raise MetricInputError(
                metric="A metric beyond accuracy",
                expected=f"items below {n_items}",
                found=f"{n_unknown} places with others",
            )


def show_rows(
    lists: Sequence[Sequence[int]],
    relevant: Sequence[Sequence[int]] | None = None,
    *,
    candidates: Sequence[int],
    n_meetings: Sequence[int] = (),
    n_users: int = 0,
    categories: Sequence[int] = (),
    met: Sequence[Sequence[int]] | None = None,
) -> ShownLists:
    """Return a few lists that are written out, as the examples of the cards are.

    Parameters
    ----------
    lists : one ranked list for each user, all of one length (-1 where there is no item)
    relevant : each user's relevant items
    candidates : items that could have been listed
    n_meetings : how many users met items 0, 1, 2, ... in training; nobody where it ends
    n_users : how many users there are in training
    categories : numbers of the categories of items 0, 1, 2, ...; none where it ends
    met : items that each user had met

    Examples
    --------
    >>> show_rows([[2, 0]], candidates=[0, 1, 2]).items.tolist()
    [[2, 0]]
    """
    items = np.asarray(lists, dtype=np.int64)
    met = [[]] * len(items) if met is None else met
    history = np.array([item for own in met for item in own], dtype=np.int64)
    n_items = 1 + max(int(items.max(initial=-1)), *candidates, *history.tolist(), -1, -1)
    known = np.zeros(n_items, dtype=np.int64)
    known[: len(n_meetings)] = n_meetings[:n_items]
    numbers = np.full(n_items, -1)
    numbers[: len(categories)] = categories[:n_items]
    return ShownLists(
        items,
        judge_rows(lists, [[]] * len(items) if relevant is None else relevant),
        Surroundings(
            candidates=np.array(candidates, dtype=np.int64),
            n_meetings=known,
            n_users=n_users,
            categories=numbers,
            met_offsets=np.concatenate([[0], np.cumsum([len(own) for own in met])]).astype(int),
            met=history,
        ),
    )
