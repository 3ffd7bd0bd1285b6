r"""What a person can read off a user and an item: a few dozen plain columns for every pair.

Not a vector with hidden meaning among them:

- what the tables say of the user and of the item: numbers, and texts value by value;
- whether a text of the user is that of the item (the favourite category is the item's);
- the *habits* of training: the mean label of the item, of the user, and of the user in the item's
  category, each drawn to the mean of all by ten events that nobody made,

.. math:: \frac{\sum y + 10\,\bar y}{n + 10}

- who *meets* what, whatever comes of it: how often the item was met, how often the user met one,
  and the user's share of the item's category over that of all, again with ten events that nobody
  made; all three counted in doublings (logarithms to the base 2), so that they can be added.

References
----------
D. Micci-Barreca: A preprocessing scheme for high-cardinality categorical attributes in
classification and prediction problems, SIGKDD Explorations 3(1), 2001 (such means as features).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import AnyArray, FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.messages import Message, MessageValue
from algorithms.tasks import Task, TaskKind

_MOST_VALUES = 30  # of a text; one with more is left out
_DRAWN_BY = 10.0  # events at the mean that every habit starts with


@dataclass(frozen=True, slots=True)
class Column:
    """What a column says: words, and whether they are true or not, rather than a number."""

    template: str
    values: Mapping[str, MessageValue]
    is_flag: bool

    def name(self) -> Message:
        """Return the words."""
        return Message(self.template, self.values)

    def where(self, limit: float, at_least: bool) -> Message:
        """Return the words of the condition that the column is at least the limit, or below."""
        if self.is_flag:
            return Message(("if " if at_least else "unless ") + self.template, self.values)
        sign = " is at least {limit:.3g}" if at_least else " is below {limit:.3g}"
        return Message("if " + self.template + sign, {**self.values, "limit": limit})


class ReadablePairs:
    """The columns of a task's pairs, made from training."""

    def __init__(self, train: InteractionLog, task: Task) -> None:
        events = task.part(train)
        labels = events.label(task.label).astype(np.float64)
        if task.kind is TaskKind.BINARY:
            labels = (labels > 0).astype(np.float64)
        items = {"category": train.item_table.categories, **train.item_table.features}
        users = dict(train.user_table.features)
        self._columns: list[Column] = []
        self._users = self._read("user", users, events.users, train.n_users)
        self._items = self._read("item", items, events.items, train.n_items)
        self._matches = self._find_matches(users, items)
        self._add_habits(train, task, events, labels)
        self._add_meetings(train, task)

    @property
    def columns(self) -> tuple[Column, ...]:
        """What each column says."""
        return tuple(self._columns)

    def values(self, users: IntArray, items: IntArray) -> FloatArray:
        """Return (n, m) the columns of pairs of users (n,) and items (n,)."""
        parts = [self._users[users], self._items[items]]
        parts += [
            (of_user[users] == of_item[items]).astype(np.float64)[:, None]
            for of_user, of_item in self._matches
        ]
        parts += [
            self._item_habit[items][:, None],
            self._user_habit[users][:, None],
            self._taste[users, self._category_of[items]][:, None],
            self._item_met[items][:, None],
            self._user_met[users][:, None],
            self._leaning[users, self._category_of[items]][:, None],
        ]
        return np.concatenate(parts, axis=1)

    def _read(
        self, side: str, table: Mapping[str, AnyArray], seen: AnyArray, n_rows: int
    ) -> FloatArray:
        """Return (n_rows, k) numbers as they are, and a column for each value of a text."""
        blocks = [np.zeros((n_rows, 0))]
        for name, column in table.items():
            shown = name.replace("_", " ")
            if column.dtype.kind == "U":
                values = np.unique(column[seen])
                values = values[values != ""]
                if not 2 <= len(values) <= _MOST_VALUES:
                    continue
                blocks.append((column[:, None] == values).astype(np.float64))
                self._columns += [
                    Column(
                        f"the {side}’s {{column}} is {{value}}",
                        {"column": shown, "value": str(value)},
                        is_flag=True,
                    )
                    for value in values
                ]
                continue
            numbers = column.astype(np.float64)
            known = numbers[seen]
            known = known[np.isfinite(known)]
            if not len(known) or known.min() == known.max():
                continue
            blocks.append(np.where(np.isfinite(numbers), numbers, known.mean())[:, None])
            self._columns.append(Column(f"the {side}’s {{column}}", {"column": shown}, False))
        return np.concatenate(blocks, axis=1)

    def _find_matches(
        self, users: Mapping[str, AnyArray], items: Mapping[str, AnyArray]
    ) -> list[tuple[AnyArray, AnyArray]]:
        """Find texts of users and items that have values in common."""
        found = []
        for user_name, of_user in users.items():
            for item_name, of_item in items.items():
                if of_user.dtype.kind != "U" or of_item.dtype.kind != "U":
                    continue
                if len(np.setdiff1d(np.intersect1d(of_user, of_item), [""])) < 2:
                    continue
                found.append((np.where(of_user == "", "\0", of_user), of_item))
                self._columns.append(
                    Column(
                        "the item’s {item_column} is the user’s {user_column}",
                        {
                            "item_column": item_name.replace("_", " "),
                            "user_column": user_name.replace("_", " "),
                        },
                        is_flag=True,
                    )
                )
        return found

    def _add_habits(
        self, train: InteractionLog, task: Task, events: InteractionLog, labels: FloatArray
    ) -> None:
        categories, of_item = np.unique(train.item_table.categories, return_inverse=True)
        self._category_of: IntArray = of_item.astype(np.int64)
        mean = float(labels.mean()) if len(labels) else 0.0
        self._item_habit = _habit(events.items, labels, mean, train.n_items)
        self._user_habit = _habit(events.users, labels, mean, train.n_users)
        cell = events.users.astype(np.int64) * len(categories) + self._category_of[events.items]
        self._taste = _habit(cell, labels, mean, train.n_users * len(categories)).reshape(
            train.n_users, len(categories)
        )
        self._columns += [
            Column(template, {"task": task.name}, is_flag=False)
            for template in (
                "the item’s usual “{task}”",
                "the user’s usual “{task}”",
                "the user’s usual “{task}” in the item’s category",
            )
        ]

    def _add_meetings(self, train: InteractionLog, task: Task) -> None:
        of_kind = np.isin(train.items, train.item_table.of_kind(task.item_kind))
        users, items = train.users[of_kind].astype(np.int64), train.items[of_kind]
        n_categories = self._taste.shape[1]
        self._item_met = np.log2(1.0 + np.bincount(items, minlength=train.n_items))
        n_met = np.bincount(users, minlength=train.n_users)
        self._user_met = np.log2(1.0 + n_met)
        category = self._category_of[items]
        usual = (np.bincount(category, minlength=n_categories) + 1.0) / (len(items) + n_categories)
        cell = np.bincount(users * n_categories + category, minlength=self._taste.size)
        share = cell.reshape(self._taste.shape) + _DRAWN_BY * usual
        share /= n_met[:, None] + _DRAWN_BY
        self._leaning = np.log2(share / usual)  # (n_users, C)
        kind = {"kind": task.item_kind}
        self._columns += [
            Column("how often the item was met, in doublings", {}, is_flag=False),
            Column("how often the user met a “{kind}”, in doublings", kind, is_flag=False),
            Column(
                "how much more often than others the user met the item’s category, in doublings",
                {},
                is_flag=False,
            ),
        ]


def _habit(rows: AnyArray, labels: FloatArray, mean: float, n: int) -> FloatArray:
    """Return (n,) the mean label of each row, drawn to the mean of all."""
    sums = np.bincount(rows, labels, n) + _DRAWN_BY * mean
    habit: FloatArray = sums / (np.bincount(rows, minlength=n) + _DRAWN_BY)
    return habit
