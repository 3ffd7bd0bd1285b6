"""Interaction logs in the project file: users and items as rows, all other columns as blobs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from algorithms.arrays import AnyArray, TextArray
from algorithms.data.log import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.progress import Progress, Stage, silent
from mtrec_gui.storage.codec import Blob, RowsDigest, decode, encode
from mtrec_gui.storage.column_types import now
from mtrec_gui.storage.errors import DamageFound, NoDataError, UnknownRecordError, UnstorableError
from mtrec_gui.storage.rows import DatasetRow
from mtrec_gui.storage.values import DatasetSummary

_EVENT, _LABEL, _CONTEXT = "event", "label", "context"
_USER, _ITEM = "user feature", "item feature"
_PARTS = (_EVENT, _LABEL, _CONTEXT, _USER, _ITEM)

_ADD_USER = "INSERT INTO users (dataset_id, user_index, user_id) VALUES (?, ?, ?)"
_ADD_ITEM = (
    "INSERT INTO items (dataset_id, item_index, item_id, title, kind, category) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)
_ADD_COLUMN = (
    "INSERT INTO log_columns (dataset_id, position, part, name, dtype, shape, codec, sha256, data) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_USERS = "SELECT user_index, user_id FROM users WHERE dataset_id = ? ORDER BY user_index"
_ITEMS = (
    "SELECT item_index, item_id, title, kind, category FROM items "
    "WHERE dataset_id = ? ORDER BY item_index"
)
_COLUMNS = (
    "SELECT rowid, part, name, dtype, shape, codec, sha256 FROM log_columns "
    "WHERE dataset_id = ? ORDER BY position"
)
_AT_ONCE = 8192  # rows: many enough to be fast, few enough to be small

Rows = list[tuple[Any, ...]]


def save_log(session: Session, log: InteractionLog, progress: Progress = silent) -> int:
    """Store a log; return its dataset id.

    Users, items and columns go to SQLite one after another, so that beside the log itself no
    more than one encoded column is in memory.
    """
    table = log.item_table
    kinds = [_text(kind) for kind in table.kinds]
    row = DatasetRow(
        name=_text(log.name),
        created=now(),
        n_interactions=len(log),
        n_users=log.n_users,
        n_items=log.n_items,
        item_kinds=kinds,
        rows_sha256="",  # known when all is written
        origin=_text(log.origin) or None,
    )
    session.add(row)
    session.flush()
    connection = _driver(session)
    digest = _digest_of(row)
    progress(0.0, Stage.SAVE)
    users = enumerate(_texts(log.user_table.ids.ids))
    _add_rows(connection, _ADD_USER, row.id, users, digest)
    items = zip(
        range(log.n_items),
        _texts(table.ids.ids),
        _texts(table.titles),
        (table.kinds[code] for code in table.kind_codes.tolist()),
        _texts(table.categories),
        strict=True,
    )
    _add_rows(connection, _ADD_ITEM, row.id, items, digest)
    columns = list(_columns(log))
    for position, (part, name, column) in enumerate(columns):
        progress((position + 1) / (len(columns) + 1), Stage.SAVE)
        blob = encode(column, f"{part} “{name}”")
        encoded = (blob.dtype, blob.shape, blob.codec, blob.sha256, blob.data)
        connection.execute(_ADD_COLUMN, (row.id, position, part, _text(name), *encoded))
        digest.add([(part, name, blob.sha256)])
    row.rows_sha256 = digest.hexdigest()
    session.flush()
    progress(1.0, Stage.SAVE)
    return row.id


def load_log(session: Session, dataset_id: int | None) -> InteractionLog:
    """Read and check a log; the newest where no id is given."""
    row = dataset(session, dataset_id)
    where = f"of dataset {row.id}"
    connection = _driver(session)
    digest = _digest_of(row)
    users = _read_rows(connection, _USERS, row.id, digest)
    items = _read_rows(connection, _ITEMS, row.id, digest)
    columns: dict[str, dict[str, AnyArray]] = {part: {} for part in _PARTS}
    for rowid, part, name, *known in connection.execute(_COLUMNS, (row.id,)).fetchall():
        what = f"{part} “{name}” {where}"
        dtype, shape, codec, sha256 = known
        blob = Blob(dtype, shape, codec, sha256, _read_data(connection, rowid, what))
        digest.add([(part, name, blob.sha256)])
        columns.setdefault(part, {})[name] = decode(blob, what)
    if row.rows_sha256 != digest.hexdigest():
        raise DamageFound(f"the table of users, items or columns {where}")
    try:
        return _assemble(row, users, items, columns)
    except (KeyError, TypeError, ValueError):  # hashes are right, yet it makes no log
        raise DamageFound(f"the log {where}") from None


def _driver(session: Session) -> sqlite3.Connection:
    """Return SQLite's own connection, in the transaction of the session, for what is many."""
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - an open session has one
    return connection


def _add_rows(
    connection: sqlite3.Connection,
    statement: str,
    dataset_id: int,
    rows: Iterator[tuple[Any, ...]],
    digest: RowsDigest,
) -> None:
    while some := list(islice(rows, _AT_ONCE)):
        connection.executemany(statement, [(dataset_id, *values) for values in some])
        digest.add(some)


def _read_rows(
    connection: sqlite3.Connection, query: str, dataset_id: int, digest: RowsDigest
) -> Rows:
    rows: Rows = []
    cursor = connection.execute(query, (dataset_id,))
    while some := cursor.fetchmany(_AT_ONCE):
        digest.add(some)
        rows += some
    return rows


def _read_data(connection: sqlite3.Connection, rowid: int, what: str) -> bytes:
    """Return the data of a column, copied once (a query copies it three times)."""
    try:
        with connection.blobopen("log_columns", "data", rowid, readonly=True) as blob:
            return blob.read()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:  # there is something else than a blob
            raise DamageFound(what) from None
        raise


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


def _digest_of(row: DatasetRow) -> RowsDigest:
    """Begin the hash of all that belongs to a dataset."""
    digest = RowsDigest()
    named = (row.name, row.item_kinds)
    digest.add([(*named, row.origin) if row.origin else named])  # as before there were origins
    return digest


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
