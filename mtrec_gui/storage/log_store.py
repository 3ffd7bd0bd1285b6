"""Interaction logs in the project file: users and items as rows, all other columns as blobs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from algorithms.arrays import AnyArray, TextArray
from algorithms.data.log import IdMap, InteractionLog, ItemTable, UserTable
from mtrec_gui.storage.codec import Blob, decode, encode, rows_digest
from mtrec_gui.storage.column_types import now
from mtrec_gui.storage.errors import DamageFound, NoDataError, UnknownRecordError, UnstorableError
from mtrec_gui.storage.rows import DatasetRow, ItemRow, LogColumnRow, UserRow
from mtrec_gui.storage.values import DatasetSummary

_EVENT, _LABEL, _CONTEXT = "event", "label", "context"
_USER, _ITEM = "user feature", "item feature"
_PARTS = (_EVENT, _LABEL, _CONTEXT, _USER, _ITEM)

Rows = list[tuple[object, ...]]


def save_log(session: Session, log: InteractionLog) -> int:
    """Store a log; return its dataset id."""
    table = log.item_table
    users: Rows = list(enumerate(_texts(log.user_table.ids.ids)))
    items: Rows = list(
        zip(
            range(log.n_items),
            _texts(table.ids.ids),
            _texts(table.titles),
            (table.kinds[code] for code in table.kind_codes.tolist()),
            _texts(table.categories),
            strict=True,
        )
    )
    columns = [
        (part, _text(name), encode(column, f"{part} “{name}”"))
        for part, name, column in _columns(log)
    ]
    kinds = [_text(kind) for kind in table.kinds]
    row = DatasetRow(
        name=_text(log.name),
        created=now(),
        n_interactions=len(log),
        n_users=log.n_users,
        n_items=log.n_items,
        item_kinds=kinds,
        rows_sha256=_digest(log.name, kinds, log.origin, users, items, columns),
        origin=_text(log.origin) or None,
    )
    session.add(row)
    session.flush()
    connection = session.connection()
    for entity, names, values in (
        (UserRow, ("user_index", "user_id"), users),
        (ItemRow, ("item_index", "item_id", "title", "kind", "category"), items),
    ):
        if values:
            connection.execute(
                insert(entity),
                [dict(zip(names, value, strict=True), dataset_id=row.id) for value in values],
            )
    session.add_all(
        LogColumnRow(dataset_id=row.id, position=position, part=part, name=name, **blob.columns())
        for position, (part, name, blob) in enumerate(columns)
    )
    return row.id


def load_log(session: Session, dataset_id: int | None) -> InteractionLog:
    """Read and check a log; the newest where no id is given."""
    row = dataset(session, dataset_id)
    where = f"of dataset {row.id}"
    users = session.execute(
        select(UserRow.user_index, UserRow.user_id)
        .where(UserRow.dataset_id == row.id)
        .order_by(UserRow.user_index)
    ).fetchall()
    items = session.execute(
        select(ItemRow.item_index, ItemRow.item_id, ItemRow.title, ItemRow.kind, ItemRow.category)
        .where(ItemRow.dataset_id == row.id)
        .order_by(ItemRow.item_index)
    ).fetchall()
    stored = [
        (column.part, column.name, column.blob())
        for column in session.scalars(
            select(LogColumnRow)
            .where(LogColumnRow.dataset_id == row.id)
            .order_by(LogColumnRow.position)
        )
    ]
    columns: dict[str, dict[str, AnyArray]] = {part: {} for part in _PARTS}
    for part, name, blob in stored:  # first, so that a broken blob is called by its name
        columns.setdefault(part, {})[name] = decode(blob, f"{part} “{name}” {where}")
    if row.rows_sha256 != _digest(row.name, row.item_kinds, row.origin or "", users, items, stored):
        raise DamageFound(f"the table of users, items or columns {where}")
    try:
        return _assemble(row, users, items, columns)
    except (KeyError, TypeError, ValueError):  # hashes are right, yet it makes no log
        raise DamageFound(f"the log {where}") from None


def _assemble(
    row: DatasetRow,
    users: Sequence[Sequence[Any]],
    items: Sequence[Sequence[Any]],
    columns: Mapping[str, Mapping[str, AnyArray]],
) -> InteractionLog:
    kinds = tuple(row.item_kinds)
    code_of = {kind: code for code, kind in enumerate(kinds)}
    _, item_ids, titles, item_kinds, categories = zip(*items, strict=True) if items else [()] * 5
    events = columns[_EVENT]
    return InteractionLog(
        name=row.name,
        users=events["users"],
        items=events["items"],
        labels=columns[_LABEL],
        user_table=UserTable(
            IdMap(np.array([user_id for _, user_id in users], dtype=np.str_)), columns[_USER]
        ),
        item_table=ItemTable(
            ids=IdMap(np.array(item_ids, dtype=np.str_)),
            titles=np.array(titles, dtype=np.str_),
            kinds=kinds,
            kind_codes=np.array([code_of[kind] for kind in item_kinds], dtype=np.int16),
            categories=np.array(categories, dtype=np.str_),
            features=columns[_ITEM],
        ),
        timestamps=events.get("timestamps"),
        context=columns[_CONTEXT],
        origin=row.origin or "",
    )


def dataset(session: Session, dataset_id: int | None) -> DatasetRow:
    """Return the row of a dataset; the newest where no id is given."""
    if dataset_id is None:
        newest = session.scalars(select(DatasetRow).order_by(DatasetRow.id.desc())).first()
        if newest is None:
            raise NoDataError()
        return newest
    row = session.get(DatasetRow, dataset_id)
    if row is None:
        raise UnknownRecordError(what="dataset", id=dataset_id)
    return row


def datasets(session: Session) -> list[DatasetSummary]:
    """Return what is known of each dataset, oldest first."""
    return [
        DatasetSummary(row.id, row.name, row.n_interactions, row.n_users, row.n_items, row.created)
        for row in session.scalars(select(DatasetRow).order_by(DatasetRow.id))
    ]


def _columns(log: InteractionLog) -> Iterator[tuple[str, str, AnyArray]]:
    yield _EVENT, "users", log.users
    yield _EVENT, "items", log.items
    if log.timestamps is not None:
        yield _EVENT, "timestamps", log.timestamps
    for part, columns in (
        (_LABEL, log.labels),
        (_CONTEXT, log.context),
        (_USER, log.user_table.features),
        (_ITEM, log.item_table.features),
    ):
        for name, column in columns.items():
            yield part, name, column


def _digest(
    name: str,
    kinds: list[str],
    origin: str,
    users: Iterable[Sequence[object]],
    items: Iterable[Sequence[object]],
    columns: list[tuple[str, str, Blob]],
) -> str:
    named = [(part, column, blob.sha256) for part, column, blob in columns]
    head = (name, kinds, origin) if origin else (name, kinds)  # as it was before there were origins
    return rows_digest([head, *map(tuple, users), *map(tuple, items), *named])


def _texts(array: TextArray) -> list[str]:
    texts: list[str] = array.tolist()
    _text("".join(texts))
    return texts


def _text(text: str) -> str:
    """Return a text that SQLite can keep: half a character (a lone surrogate) is none."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UnstorableError(
            what="a text", found=f"half a character, U+{ord(text[error.start]):04X}"
        ) from None
    return text
