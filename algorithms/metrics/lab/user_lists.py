"""Several users' lists over a dozen items: the rows of metrics beyond accuracy.

Whether lists are new, varied or only popular cannot be told from one of them, nor from its hits:
one has to know the items, how many users met each of them before, and who had met what.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from algorithms.metrics.inputs import MetricInputError
from algorithms.metrics.shown import ShownLists, show_rows

NOTHING = -1  # the item of an empty place


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """The items that can be listed, and what was known of them.

    Parameters
    ----------
    names : (c,) each once
    categories : (c,) empty for an item that has none
    n_meetings : (c,) how many users met each in training, 0 to ``n_users``
    n_users : how many users there are in training
    """

    names: tuple[str, ...]
    categories: tuple[str, ...]
    n_meetings: tuple[int, ...]
    n_users: int

    def __post_init__(self) -> None:
        n = len(self.names)
        if not n or {len(self.categories), len(self.n_meetings), len(set(self.names))} != {n}:
            raise _wrong("a name of its own, a category and a number of meetings for each item", n)
        for met in self.n_meetings:
            if not 0 <= met <= self.n_users:
                raise _wrong(f"items met by 0 to {self.n_users} users", met)

    def __len__(self) -> int:
        return len(self.names)

    @property
    def category_names(self) -> tuple[str, ...]:
        """The categories, each once, in the order of the items."""
        return tuple(dict.fromkeys(name for name in self.categories if name))

    @property
    def category_numbers(self) -> tuple[int, ...]:
        """(c,) the place of each item's category among ``category_names``, -1 for none."""
        known = {name: place for place, name in enumerate(self.category_names)}
        return tuple(known.get(name, -1) for name in self.categories)


@dataclass(frozen=True, slots=True)
class UserLists:
    """Lists of the same length for several users.

    Row numbers, as ``Step.rows`` gives them, are places: of the first user from 0 to n - 1, of
    the second from n on, and so forth.

    Parameters
    ----------
    items : what can be listed
    users : (m,) names
    lists : (m, n) numbers of items, best first, each once in a list; ``NOTHING`` where empty
    k : only the first k places count, 1 to n
    relevant : (m,) the items that turned out to be relevant for each user
    met : (m,) the items that each user had met before
    """

    items: ItemFacts
    users: tuple[str, ...]
    lists: tuple[tuple[int, ...], ...]
    k: int
    relevant: tuple[tuple[int, ...], ...]
    met: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        m = len(self.users)
        if not m or {len(self.lists), len(self.relevant), len(self.met)} != {m}:
            raise _wrong("a list, relevant items and a history for each user", f"{m} users")
        if len({len(own) for own in self.lists}) != 1 or not self.lists[0]:
            raise _wrong("lists of one length", "others")
        if not 1 <= self.k <= self.width:
            raise _wrong(f"k from 1 to {self.width}", self.k)
        for own in self.lists:
            _check_items([item for item in own if item != NOTHING], len(self.items))
        for own in (*self.relevant, *self.met):
            _check_items(own, len(self.items))

    def __len__(self) -> int:
        return len(self.users) * self.width

    @property
    def width(self) -> int:
        """How many places each list has."""
        return len(self.lists[0])

    def place_of(self, row: int) -> tuple[int, int]:
        """Return the user, and the place in the user's list, of a row.

        Raises
        ------
        MetricInputError
            Where there is no such row.
        """
        if not 0 <= row < len(self):
            raise _wrong(f"a row from 0 to {len(self) - 1}", row)
        return divmod(row, self.width)

    def item_of(self, row: int) -> int:
        """Return the item in a row's place."""
        user, place = self.place_of(row)
        return self.lists[user][place]

    def with_item(self, row: int, item: int) -> UserLists:
        """Return the lists with an item in a row's place.

        Where the user's list held it already, both places are exchanged.
        """
        user, place = self.place_of(row)
        own = list(self.lists[user])
        if item != NOTHING and item in own:
            own[own.index(item)] = own[place]
        own[place] = item
        return replace(self, lists=(*self.lists[:user], tuple(own), *self.lists[user + 1 :]))

    def with_k(self, k: int) -> UserLists:
        """Return the lists judged at another k."""
        return replace(self, k=k)

    def rows_of(self, user: int) -> tuple[int, ...]:
        """Return the rows of a user's first k places that hold an item."""
        start = user * self.width
        own = self.lists[user][: self.k]
        return tuple(start + place for place, item in enumerate(own) if item != NOTHING)

    def listed(self, user: int) -> tuple[int, ...]:
        """Return the items in a user's first k places."""
        return tuple(item for item in self.lists[user][: self.k] if item != NOTHING)

    def is_expected(self, user: int, item: int) -> bool:
        """Return whether a list of best sellers would show it: fewer than k new ones sell better.

        Of equally popular items the first sells better; new is what the user had not met.
        """
        popular = sorted(range(len(self.items)), key=lambda other: -self.items.n_meetings[other])
        above = popular[: popular.index(item)]
        return len(set(above) - set(self.met[user])) < self.k

    @property
    def shown(self) -> ShownLists:
        """What the functions of the catalog look at."""
        return show_rows(
            self.lists,
            self.relevant,
            candidates=range(len(self.items)),
            n_meetings=self.items.n_meetings,
            n_users=self.items.n_users,
            categories=self.items.category_numbers,
            met=self.met,
        )


def exposures(example: UserLists) -> tuple[int, ...]:
    """Return (c,) in how many lists each item stands."""
    listed = [item for user in range(len(example.users)) for item in example.listed(user)]
    counts: list[int] = np.bincount(listed, minlength=len(example.items)).tolist()
    return tuple(counts)


def _check_items(items: Sequence[int], n: int) -> None:
    if len(set(items)) != len(items):
        raise _wrong("each item once", "an item twice")
    for item in items:
        if not 0 <= item < n:
            raise _wrong(f"items from 0 to {n - 1}", item)


def _wrong(expected: str, found: object) -> MetricInputError:
    return MetricInputError(metric="The example", expected=expected, found=str(found))


def names_of(example: UserLists, items: Iterable[int]) -> str:
    """Return the names of items, separated by commas."""
    return ", ".join(example.items.names[item] for item in items)
