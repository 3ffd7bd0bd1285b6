"""What is checked before a file is trusted as far as being a project.

A project from elsewhere is untrusted input. It is opened read-only first, nothing in its schema
is run, and its schema must be exactly the one that the migrations make: no trigger, no view, no
further table or column.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from mtrec_gui.storage.database import (
    APPLICATION_ID,
    BUSY_SECONDS,
    connect,
    worded_errors,
    writer_of,
)
from mtrec_gui.storage.errors import (
    DamagedProjectError,
    ForeignObjectError,
    InterruptedProjectError,
    MissingProjectError,
    NewerProjectError,
    NotAProjectError,
    ReadOnlyProjectError,
    TruncatedProjectError,
    UnreadableProjectError,
)
from mtrec_gui.storage.upgrade import expected_schema, known_formats

_MAGIC = b"SQLite format 3\x00"
_VERSION_TABLE = ("table", "alembic_version", "alembic_version", 1)

Schema = frozenset[tuple[object, ...]]


def inspect_file(path: Path, busy_seconds: float = BUSY_SECONDS) -> int:
    """Check that a file is a project that this version can read; return its format.

    Raises
    ------
    ProjectError
        One of its kinds in ``errors.py``, for each way in which it may be something else.
    BusyProjectError
        Where another program is writing to it.
    """
    with writer_of(path):
        return _inspect(path, busy_seconds)


def can_write(path: Path) -> bool:
    """Say whether the file can be written; SQLite needs its folder for the journal."""
    return os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK)


def list_objects(connection: sqlite3.Connection) -> Schema:
    """Return kind, name, table and whether it has pages of its own, without using any of it.

    What has no pages is a trigger, a view or a virtual table: something that runs code.
    """
    return frozenset(
        connection.execute("SELECT type, name, tbl_name, rootpage <> 0 FROM sqlite_schema")
    )


def describe_schema(connection: sqlite3.Connection) -> Schema:
    """Return every object of a database and what it consists of, as comparable tuples."""
    parts: set[tuple[object, ...]] = set()
    objects = list_objects(connection)
    for _, name, kind, _, without_rowid, strict in connection.execute("PRAGMA table_list"):
        parts.add(("form of table", name, kind, without_rowid, strict))
    for kind, name, *_ in objects:
        if kind == "table":
            for row in connection.execute("SELECT * FROM pragma_table_xinfo(?)", (name,)):
                parts.add(("column", f"{name}.{row[1]}", *row))
            for row in connection.execute("SELECT * FROM pragma_foreign_key_list(?)", (name,)):
                parts.add(("foreign key", f"{name}.{row[3]}", *row))
        elif kind == "index":
            for row in connection.execute("SELECT * FROM pragma_index_xinfo(?)", (name,)):
                parts.add(("column of index", name, *row))
    return objects | parts


def _inspect(path: Path, busy_seconds: float) -> int:
    _check_header(path)
    _settle(path, busy_seconds)
    try:
        with (
            worded_errors(path),
            closing(connect(path, read_only=True, busy_seconds=busy_seconds)) as connection,
        ):
            connection.execute("BEGIN")  # one state for all that follows
            revision = _check_schema(path, connection)
            _check_length(path)  # SQLite itself misses an end of less than a page
            return revision
    except DamagedProjectError:
        _check_length(path)  # the more helpful answer, where it is the reason
        raise


def _check_header(path: Path) -> None:
    file = str(path)
    if path.is_dir():
        raise NotAProjectError(file=file, found="a folder")
    try:
        with path.open("rb") as stream:
            start = stream.read(100)
    except FileNotFoundError:
        raise MissingProjectError(file=file) from None
    except OSError as error:
        raise UnreadableProjectError(file=file, reason=error.strerror or str(error)) from error
    if not start:
        raise NotAProjectError(file=file, found="an empty file")
    if not start.startswith(_MAGIC):
        raise NotAProjectError(file=file, found="a file of another kind")
    if len(start) < 100:
        raise TruncatedProjectError(file=file, expected="100 or more", found=len(start))


def _settle(path: Path, busy_seconds: float) -> None:
    """Let SQLite undo a write that was cut off, and leave write-ahead mode.

    Neither is possible read-only; both read no more of the schema than its list.
    """
    journal = path.with_name(path.name + "-journal")
    with path.open("rb") as stream:
        in_wal_mode = stream.read(20)[18:20] == b"\x02\x02"
    if not (in_wal_mode or (journal.exists() and journal.stat().st_size)):
        return
    try:
        with (
            worded_errors(path),
            closing(connect(path, read_only=False, busy_seconds=busy_seconds)) as connection,
        ):
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    except ReadOnlyProjectError:
        raise InterruptedProjectError(file=str(path), journal=journal.name) from None


def _check_schema(path: Path, connection: sqlite3.Connection) -> int:
    file = str(path)
    objects = list_objects(connection)
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID or _VERSION_TABLE not in objects:
        raise NotAProjectError(file=file, found="a database of another program")
    revisions = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    if len(revisions) != 1 or not str(revisions[0][0]).isdecimal():
        raise DamagedProjectError(file=file, what="the format number")
    revision = str(revisions[0][0])
    known = known_formats()
    if int(revision) not in known:
        raise NewerProjectError(file=file, found=int(revision), known=known[-1])
    expected = expected_schema(revision)
    _compare(file, expected, objects)  # before anything unknown is looked into
    found = describe_schema(connection)
    _compare(file, expected, found)
    for kind, name, *_ in sorted(expected - found, key=repr):
        raise DamagedProjectError(file=file, what=f"the {kind} “{name}”")
    return int(revision)


def _compare(file: str, expected: Schema, found: Schema) -> None:
    for kind, name, *_ in sorted(found - expected, key=repr):
        raise ForeignObjectError(file=file, found=f"the {kind} “{name}”")


def _check_length(path: Path) -> None:
    with path.open("rb") as stream:
        header = stream.read(100)
    page_size = int.from_bytes(header[16:18], "big")
    promised = int.from_bytes(header[28:32], "big") * (65536 if page_size == 1 else page_size)
    found = path.stat().st_size
    if found < promised:
        raise TruncatedProjectError(file=str(path), expected=promised, found=found)
