"""Several logs and what is known of their items and users become one log.

The ids are united: user ``7`` of one file is user ``7`` of another, and so is an item of the
same kind. Items of different kinds are different things even where their ids are the same
text (user 7 may follow person 7, and listen to artist 7); then the later kind's ids get its name
in front, as ``person 7``. What a file does not say stays unknown: NaN, or an empty text.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import TypeVar

import numpy as np

from algorithms.arrays import AnyArray, IndexArray, TextArray
from algorithms.data.describing import CATEGORIES, Descriptions
from algorithms.data.log import IdMap, InteractionLog, ItemTable, UserTable

SECONDS = "seconds since 1970"  # the times of a log of which only some events have one

Key = TypeVar("Key", bound=Hashable)
Places = slice | IndexArray


def join_logs(
    name: str,
    logs: Sequence[InteractionLog],
    items: Sequence[Descriptions] = (),
    users: Sequence[Descriptions] = (),
) -> InteractionLog:
    """Join logs, one after the other, over the union of their ids.

    Items and users that are described come first, in the order of their table, whether anyone
    met them or not; the others follow as they appear. Where only some of the logs have times,
    the times become a context column, since an event without a time has no place among them.

    Parameters
    ----------
    name : what a person calls the whole
    logs : at least one
    items, users : what is known of them
    """
    user_numbers: dict[str, int] = {}
    described_users = [_number(user_numbers, table.ids.tolist()) for table in users]
    user_of = [_number(user_numbers, log.user_table.ids.ids.tolist()) for log in logs]
    item_numbers: dict[tuple[str, str], int] = {}
    described_items = [
        _number(item_numbers, ((table.kind, raw) for raw in table.ids.tolist())) for table in items
    ]
    item_of = [_number(item_numbers, _keys(log.item_table)) for log in logs]

    stops = list(accumulate(len(log) for log in logs))
    rows = [slice(stop - len(log), stop) for log, stop in zip(logs, stops, strict=True)]
    context = _spread(stops[-1], rows, [log.context for log in logs])
    times = [log.timestamps for log in logs if log.timestamps is not None]
    if 0 < len(times) < len(logs):
        known = [
            {} if log.timestamps is None else {SECONDS: log.timestamps.astype(np.float64)}
            for log in logs
        ]
        context |= _spread(stops[-1], rows, known)
    return InteractionLog(
        name=name,
        users=_concatenate(
            [_renumber(log.users, of) for log, of in zip(logs, user_of, strict=True)]
        ),
        items=_concatenate(
            [_renumber(log.items, of) for log, of in zip(logs, item_of, strict=True)]
        ),
        labels=_spread(stops[-1], rows, [log.labels for log in logs]),
        user_table=UserTable(
            IdMap(np.array(list(user_numbers), dtype=np.str_)),
            _spread(len(user_numbers), described_users, [table.features for table in users]),
        ),
        item_table=_item_table(list(item_numbers), items, described_items),
        timestamps=_concatenate(times) if len(times) == len(logs) else None,
        context=context,
    )


def _keys(table: ItemTable) -> Iterable[tuple[str, str]]:
    """Yield kind and raw id of each item."""
    kinds = [table.kinds[code] for code in table.kind_codes.tolist()]
    return zip(kinds, table.ids.ids.tolist(), strict=True)


def _number(numbers: dict[Key, int], keys: Iterable[Key]) -> IndexArray:
    """Return the number of each key; a new one gets the next."""
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int32)


def _renumber(codes: IndexArray, numbers: IndexArray) -> IndexArray:
    is_same = np.array_equal(numbers, np.arange(len(numbers)))
    return codes if is_same else numbers[codes]


def _concatenate(columns: Sequence[AnyArray]) -> AnyArray:
    return columns[0] if len(columns) == 1 else np.concatenate(columns)


def _spread(
    n: int, places: Sequence[Places], tables: Sequence[Mapping[str, AnyArray]]
) -> dict[str, AnyArray]:
    """Place the columns of each table at its rows of a larger one; elsewhere NaN or empty.

    A name that means numbers in one table and texts in another gives two columns.

    Parameters
    ----------
    n : rows of the larger table
    places : where the rows of each table go
    tables : the columns of each
    """
    columns: dict[str, AnyArray] = {}
    for rows, table in zip(places, tables, strict=True):
        for column, values in table.items():
            name, is_text = column, values.dtype.kind == "U"
            if name in columns and (columns[name].dtype.kind == "U") != is_text:
                name = f"{column} (as {'text' if is_text else 'numbers'})"
            target = columns.get(name)
            if target is None and isinstance(rows, slice) and len(values) == n:
                columns[name] = values
                continue
            if target is None and is_text:
                target = np.zeros(n, dtype=values.dtype)
            elif target is None:
                exact = np.float64 if values.dtype == np.float64 else np.float32
                target = np.full(n, np.nan, dtype=exact)
            elif is_text and values.dtype.itemsize > target.dtype.itemsize:
                target = target.astype(values.dtype)
            target[rows] = values
            columns[name] = target
    return columns


def _item_table(
    keys: Sequence[tuple[str, str]],
    described: Sequence[Descriptions],
    places: Sequence[IndexArray],
) -> ItemTable:
    kinds = tuple(dict.fromkeys(kind for kind, _ in keys))
    code_of = {kind: code for code, kind in enumerate(kinds)}
    raw_ids: TextArray = np.array([raw for _, raw in keys], dtype=np.str_)
    titles = raw_ids.astype(object)
    for rows, table in zip(places, described, strict=True):
        titles[rows] = np.where(table.titles == "", titles[rows], table.titles)
    features = _spread(len(keys), places, [table.features for table in described])
    categories = np.zeros(len(keys), dtype="<U1")
    if CATEGORIES in features:
        categories = np.array([text.split("|")[0] for text in features[CATEGORIES]], dtype=np.str_)
        if np.array_equal(categories, features[CATEGORIES]):
            del features[CATEGORIES]  # it would say the same again
    return ItemTable(
        ids=IdMap(_distinct_ids(keys, kinds)),
        titles=np.array(titles.tolist(), dtype=np.str_),
        kinds=kinds,
        kind_codes=np.array([code_of[kind] for kind, _ in keys], dtype=np.int16),
        categories=categories,
        features=features,
    )


def _distinct_ids(keys: Sequence[tuple[str, str]], kinds: Sequence[str]) -> TextArray:
    """Return ids that differ between kinds too: those of a kind that would not get its name."""
    raw_of: dict[str, list[str]] = {kind: [] for kind in kinds}
    for kind, raw in keys:
        raw_of[kind].append(raw)
    taken: set[str] = set()
    prefix: dict[str, str] = {}
    for kind in kinds:
        text = ""
        while not taken.isdisjoint(text + raw for raw in raw_of[kind]):
            text += f"{kind} "
        prefix[kind] = text
        taken.update(text + raw for raw in raw_of[kind])
    return np.array([prefix[kind] + raw for kind, raw in keys], dtype=np.str_)
