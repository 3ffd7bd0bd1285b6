"""The interaction log: who met which item, when, and what came of it.

One row is one event or impression. Users and items are dense indices into two tables that
keep the raw ids as the text they were; labels are columns of 32-bit floats in which NaN means
*not observed* (never "no"). Everything downstream, from splits to matrices for collaborative
filtering, is derived from this one value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from algorithms.arrays import AnyArray, BoolArray, Float32Array, IndexArray, IntArray, TextArray
from algorithms.errors import (
    DataError,
    UnknownItemError,
    UnknownLabelError,
    UnknownUserError,
)


class LogShapeError(DataError):
    """Columns that do not fit together."""

    template = "Column “{column}” does not fit: expected {expected}, found {found}."


@dataclass(frozen=True, eq=False)
class IdMap:
    """Raw ids, which stay text, and their dense indices.

    Parameters
    ----------
    ids : (n,) distinct texts; the position is the index
    """

    ids: TextArray

    @cached_property
    def _index_of(self) -> dict[str, int]:
        return {str(raw): index for index, raw in enumerate(self.ids)}

    def __len__(self) -> int:
        return len(self.ids)

    def index(self, raw: str) -> int | None:
        """Return the dense index of a raw id, or None where there is none."""
        return self._index_of.get(raw)

    def matching(self, text: str, most: int = 8) -> list[str]:
        """Return the first raw ids that begin with a text, then those that contain it."""
        at = np.char.find(np.char.lower(self.ids), text.lower())
        found = [*np.flatnonzero(at == 0)[:most], *np.flatnonzero(at > 0)[:most]]
        return [str(self.ids[place]) for place in found[:most]]


@dataclass(frozen=True, eq=False)
class UserTable:
    """What is known of each user.

    Parameters
    ----------
    ids : raw ids
    features : columns of (n_users,), numbers or texts
    """

    ids: IdMap
    features: Mapping[str, AnyArray] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class ItemTable:
    """What is known of each item.

    Parameters
    ----------
    ids : raw ids
    titles : (n_items,) what a person reads
    kinds : the distinct kinds, such as product, ad, person, content
    kind_codes : (n_items,) position in ``kinds``
    categories : (n_items,) text, empty where unknown
    features : columns of (n_items,), numbers or texts
    """

    ids: IdMap
    titles: TextArray
    kinds: tuple[str, ...]
    kind_codes: NDArray[np.int16]
    categories: TextArray
    features: Mapping[str, AnyArray] = field(default_factory=dict)

    def of_kind(self, kind: str) -> IndexArray:
        """Return the indices of all items of a kind, ascending; empty where there are none."""
        if kind not in self.kinds:
            return np.empty(0, dtype=np.int32)
        code = self.kinds.index(kind)
        return np.flatnonzero(self.kind_codes == code).astype(np.int32)

    def kind_of(self, item: int) -> str:
        """Return the kind of one item."""
        return self.kinds[int(self.kind_codes[item])]


@dataclass(frozen=True, eq=False)
class InteractionLog:
    """Events of users on items, with labels.

    Parameters
    ----------
    name : what a person calls this data
    users, items : (n,) dense indices
    labels : columns of (n,) float32, NaN where not observed
    user_table, item_table : what the indices stand for
    timestamps : (n,) int64 seconds since 1970, or None
    context : further columns of (n,), such as position or hour
    origin : for simulated data the parameters of its world as JSON, from which its truth can
        be made anew; empty for real data

    Raises
    ------
    LogShapeError
        Where columns differ in length, or an index or a kind has no row in its table.
    """

    name: str
    users: IndexArray
    items: IndexArray
    labels: Mapping[str, Float32Array]
    user_table: UserTable
    item_table: ItemTable
    timestamps: IntArray | None = None
    context: Mapping[str, AnyArray] = field(default_factory=dict)
    origin: str = ""

    def __post_init__(self) -> None:
        self._check_lengths()
        for name, indices, n in (
            ("users", self.users, self.n_users),
            ("items", self.items, self.n_items),
            ("kind_codes", self.item_table.kind_codes, len(self.item_table.kinds)),
        ):
            if len(indices) and not (int(indices.min()) >= 0 and int(indices.max()) < n):
                raise LogShapeError(
                    column=name,
                    expected=f"indices from 0 to {n - 1}",
                    found=f"{indices.min()} to {indices.max()}",
                )

    def _check_lengths(self) -> None:
        table = self.item_table
        events: dict[str, AnyArray] = {"items": self.items, **self.labels, **self.context}
        if self.timestamps is not None:
            events["timestamps"] = self.timestamps
        per_item: dict[str, AnyArray] = {
            "titles": table.titles,
            "kind_codes": table.kind_codes,
            "categories": table.categories,
            **table.features,
        }
        for columns, n in (
            (events, len(self)),
            (self.user_table.features, self.n_users),
            (per_item, self.n_items),
        ):
            for name, column in columns.items():
                if column.shape != (n,):
                    raise LogShapeError(column=name, expected=f"{n} values", found=f"{column.size}")

    def __len__(self) -> int:
        return len(self.users)

    @property
    def n_interactions(self) -> int:
        """Number of rows."""
        return len(self.users)

    @property
    def n_users(self) -> int:
        """Number of users in the user table, met or not."""
        return len(self.user_table.ids)

    @property
    def n_items(self) -> int:
        """Number of items in the item table, met or not."""
        return len(self.item_table.ids)

    def label(self, name: str) -> Float32Array:
        """Return one label column, (n,), NaN where not observed."""
        try:
            return self.labels[name]
        except KeyError:
            raise UnknownLabelError(label=name, labels=", ".join(self.labels)) from None

    def user_index(self, user_id: str) -> int:
        """Return the dense index of a raw user id."""
        index = self.user_table.ids.index(user_id)
        if index is None:
            raise UnknownUserError(user=user_id, n_users=self.n_users)
        return index

    def item_index(self, item_id: str) -> int:
        """Return the dense index of a raw item id."""
        index = self.item_table.ids.index(item_id)
        if index is None:
            raise UnknownItemError(item=item_id, n_items=self.n_items)
        return index

    def select(self, rows: IntArray | BoolArray) -> InteractionLog:
        """Return the log of some rows (a mask or row numbers); the tables are shared."""
        return replace(
            self,
            users=self.users[rows],
            items=self.items[rows],
            labels={name: column[rows] for name, column in self.labels.items()},
            timestamps=None if self.timestamps is None else self.timestamps[rows],
            context={name: column[rows] for name, column in self.context.items()},
        )

    def with_labels(self, **labels: Float32Array) -> InteractionLog:
        """Return the log with further label columns."""
        return replace(self, labels={**self.labels, **labels})

    # --- arrays: the form in which a log is stored and sent to a worker ------------------

    def to_arrays(self) -> dict[str, AnyArray]:
        """Return the whole log as named arrays without objects (see ``from_arrays``)."""
        table = self.item_table
        arrays: dict[str, AnyArray] = {
            "name": np.array([self.name]),
            "origin": np.array([self.origin]),
            "users": self.users,
            "items": self.items,
            "user.ids": self.user_table.ids.ids,
            "item.ids": table.ids.ids,
            "item.titles": table.titles,
            "item.kinds": np.array(table.kinds, dtype=np.str_),
            "item.kind_codes": table.kind_codes,
            "item.categories": table.categories,
        }
        if self.timestamps is not None:
            arrays["timestamps"] = self.timestamps
        for prefix, columns in (
            ("label:", self.labels),
            ("context:", self.context),
            ("user.feature:", self.user_table.features),
            ("item.feature:", table.features),
        ):
            arrays.update({prefix + name: column for name, column in columns.items()})
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, AnyArray]) -> InteractionLog:
        """Rebuild a log from what ``to_arrays`` returned."""

        def columns(prefix: str) -> dict[str, AnyArray]:
            return {
                name.removeprefix(prefix): column
                for name, column in arrays.items()
                if name.startswith(prefix)
            }

        return cls(
            name=str(arrays["name"][0]),
            users=arrays["users"],
            items=arrays["items"],
            labels=columns("label:"),
            user_table=UserTable(IdMap(arrays["user.ids"]), columns("user.feature:")),
            item_table=ItemTable(
                ids=IdMap(arrays["item.ids"]),
                titles=arrays["item.titles"],
                kinds=tuple(str(kind) for kind in arrays["item.kinds"]),
                kind_codes=arrays["item.kind_codes"],
                categories=arrays["item.categories"],
                features=columns("item.feature:"),
            ),
            timestamps=arrays.get("timestamps"),
            context=columns("context:"),
            origin=str(arrays["origin"][0]),
        )
