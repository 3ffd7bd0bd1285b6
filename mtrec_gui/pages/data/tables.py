"""The three tables of a log as columns that a table can show without copying rows (Qt-free)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np

from algorithms.arrays import AnyArray, Float32Array, FloatArray, TextArray
from algorithms.data import InteractionLog
from algorithms.description.counting import tally, tally_values

_PART = 20_000  # ids


class TableName(StrEnum):
    """Which of the tables."""

    INTERACTIONS = "interactions"
    ITEMS = "items"
    USERS = "users"


class ColumnRole(StrEnum):
    """What a column holds; columns that the data names carry the name themselves."""

    USER_ID = "user_id"
    ITEM_ID = "item_id"
    TITLE = "title"
    KIND = "kind"
    CATEGORY = "category"
    TIME = "time"
    LABEL = "label"
    CONTEXT = "context"
    N_EVENTS = "n_events"
    MEAN = "mean"
    FEATURE = "feature"


@dataclass(frozen=True, eq=False)
class DataColumn:
    """One column.

    Parameters
    ----------
    role : what it holds
    values : (n_rows,) values, or with ``lookup`` positions in it; times are datetime64[s]
    name : what the data calls it, empty where the role says all
    lookup : what the positions stand for
    """

    role: ColumnRole
    values: AnyArray
    name: str = ""
    lookup: AnyArray | None = None

    @cached_property
    def digits(self) -> int:
        """How many digits behind the point its numbers need, two at most."""
        if self.values.dtype.kind != "f":
            return 0
        seen = self.values[np.isfinite(self.values)]
        return next((n for n in (0, 1) if (np.round(seen, n) == seen).all()), 2)


Tables = dict[TableName, tuple[DataColumn, ...]]


def all_tables(log: InteractionLog, met_only: bool = False) -> Tables:
    """Return the columns of each table.

    Parameters
    ----------
    met_only : leave out items and users without any event in the log
    """
    tables = {
        TableName.INTERACTIONS: _interactions(log),
        TableName.ITEMS: _items(log),
        TableName.USERS: _users(log),
    }
    if met_only:
        for name, n, owners in (
            (TableName.ITEMS, log.n_items, log.items),
            (TableName.USERS, log.n_users, log.users),
        ):
            met = tally(owners, n) > 0
            tables[name] = tuple(
                replace(column, values=column.values[met]) for column in tables[name]
            )
    for column in (each for columns in tables.values() for each in columns):
        _ = column.digits  # ready before the window asks for it
    return tables


def _interactions(log: InteractionLog) -> tuple[DataColumn, ...]:
    items = log.item_table
    columns = [
        DataColumn(ColumnRole.USER_ID, log.users, lookup=_as_ids(log.user_table.ids.ids)),
        DataColumn(ColumnRole.TITLE, log.items, lookup=items.titles),
        *(DataColumn(ColumnRole.LABEL, values, name) for name, values in log.labels.items()),
        *_kind(items.kind_codes[log.items], items.kinds),
    ]
    if (items.categories != "").any():
        columns.append(DataColumn(ColumnRole.CATEGORY, log.items, lookup=items.categories))
    if log.timestamps is not None:
        columns.append(DataColumn(ColumnRole.TIME, log.timestamps.astype("datetime64[s]")))
    columns += [
        DataColumn(ColumnRole.CONTEXT, values, name) for name, values in log.context.items()
    ]
    return tuple(columns)


def _items(log: InteractionLog) -> tuple[DataColumn, ...]:
    items = log.item_table
    columns = [
        DataColumn(ColumnRole.TITLE, items.titles),
        *_kind(items.kind_codes, items.kinds),
    ]
    if (items.categories != "").any():
        columns.append(DataColumn(ColumnRole.CATEGORY, items.categories))
    columns += _counts(log, log.items, log.n_items)
    columns += [
        DataColumn(ColumnRole.FEATURE, values, name) for name, values in items.features.items()
    ]
    columns.append(DataColumn(ColumnRole.ITEM_ID, _as_ids(items.ids.ids)))
    return tuple(columns)


def _users(log: InteractionLog) -> tuple[DataColumn, ...]:
    features = log.user_table.features
    return (
        DataColumn(ColumnRole.USER_ID, _as_ids(log.user_table.ids.ids)),
        *_counts(log, log.users, log.n_users),
        *(DataColumn(ColumnRole.FEATURE, values, name) for name, values in features.items()),
    )


def _kind(codes: AnyArray, kinds: tuple[str, ...]) -> list[DataColumn]:
    """Return the column of kinds, where there is more than one to tell apart."""
    if len(kinds) < 2:
        return []
    return [DataColumn(ColumnRole.KIND, codes, lookup=np.array(kinds, dtype=np.str_))]


def _counts(log: InteractionLog, owners: AnyArray, n: int) -> list[DataColumn]:
    """Return how many events each user or item has, and the mean of each label there."""
    events = tally(owners, n)
    return [
        DataColumn(ColumnRole.N_EVENTS, events),
        *(
            DataColumn(ColumnRole.MEAN, _means(values, owners, n), name)
            for name, values in log.labels.items()
        ),
    ]


def _means(values: Float32Array, owners: AnyArray, n: int) -> FloatArray:
    """Return (n,) mean of the observed values of each owner, NaN where there are none."""
    observed = ~np.isnan(values)
    counts = tally(owners[observed], n)
    sums = tally_values(owners[observed], values[observed], n)
    means: FloatArray = np.full(n, np.nan)
    np.divide(sums, counts, out=means, where=counts > 0)
    return means


def _as_ids(ids: TextArray) -> AnyArray:
    """Return ids that are whole numbers as numbers, so that 9 sorts before 10.

    Texts become numbers in parts: each holds Python's lock, and with it the window.
    """
    numbers = np.empty(len(ids), dtype=np.int64)
    for start in range(0, len(ids), _PART):
        some = ids[start : start + _PART]
        if not np.char.isdecimal(some).all() or (np.char.str_len(some) > 18).any():
            return ids
        part = some.astype(np.int64)
        if not (part.astype(ids.dtype) == some).all():
            return ids  # 007 stays 007
        numbers[start : start + _PART] = part
    return numbers if len(ids) else ids
