"""One SQLite file: how it is connected to, read and written, and how its errors are worded.

Rollback journal, ``synchronous=FULL``, foreign keys on, nothing in the schema trusted. Every call
has a connection and a session of its own, so that nothing is shared between threads; one writer
at a time.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from mtrec_gui.storage.errors import (
    BusyProjectError,
    ClosedProjectError,
    DamagedProjectError,
    DamageFound,
    DiskFullError,
    MissingProjectError,
    ReadOnlyProjectError,
    WriteFailedError,
)

APPLICATION_ID = 0x4D545243  # "MTRC" in the file's header
BUSY_SECONDS = 5.0
_WRITERS: dict[str, AbstractContextManager[bool]] = {}


class Database:
    """A project's SQLite file.

    Parameters
    ----------
    path : of the file, which must exist
    called : what errors call it, where that is another path
    read_only : open it so that nothing can be changed
    foreign_keys : off only while a migration copies tables
    busy_seconds : how long to wait for another program's write
    """

    def __init__(
        self,
        path: Path,
        *,
        called: Path | None = None,
        read_only: bool = False,
        foreign_keys: bool = True,
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        self.path = path
        self._called = called or path
        self.read_only = read_only
        self.engine = _make_engine(path, read_only, foreign_keys, busy_seconds)
        self._writer = writer_of(path)
        self._closed = False

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one state of the file."""
        self._check_open()
        with worded_errors(self._called), Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session whose changes are kept all together, or not at all."""
        self._check_open()
        if self.read_only:
            raise ReadOnlyProjectError(file=str(self.path))
        writes = self.engine.execution_options(begin="BEGIN IMMEDIATE")
        with self._writer, worded_errors(self._called), Session(writes) as session, session.begin():
            yield session

    def close(self) -> None:
        """Let go of the file, after a write that is going on."""
        with self._writer:
            self._closed = True
            self.engine.dispose()

    def _check_open(self) -> None:
        if self._closed:
            raise ClosedProjectError(file=str(self.path))


def writer_of(path: Path) -> AbstractContextManager[bool]:
    """Return the lock that whoever writes a file in this process holds, one for each file.

    Who opens the file without SQLite must hold it too: closing any handle of a file drops all
    locks of the process on it (POSIX), also those under which SQLite is writing.
    """
    return _WRITERS.setdefault(os.path.realpath(path), RLock())


def connect(
    path: Path,
    *,
    read_only: bool,
    foreign_keys: bool = True,
    busy_seconds: float = BUSY_SECONDS,
) -> sqlite3.Connection:
    """Connect with the house's settings; never creates a file."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}",
        uri=True,
        timeout=busy_seconds,
        isolation_level=None,  # we say BEGIN ourselves, so that DDL is in the transaction too
    )
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
    except BaseException:
        connection.close()
        raise
    return connection


def copy_database(source: Path, target: Path) -> None:
    """Copy a database page by page, in one state, whoever else reads it."""
    with (
        closing(connect(source, read_only=True)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)


@contextmanager
def worded_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite reports into errors that say what to do."""
    try:
        yield
    except DBAPIError as error:
        if not isinstance(error.orig, sqlite3.Error):
            raise
        _raise_worded(path, error.orig)
    except sqlite3.Error as error:
        _raise_worded(path, error)
    except UnicodeDecodeError:  # SQLite's own message quotes what it could not read
        raise DamagedProjectError(file=str(path), what="a table") from None
    except DamageFound as damage:
        raise DamagedProjectError(file=str(path), what=damage.what) from None


def _raise_worded(path: Path, error: sqlite3.Error) -> None:
    file = str(path)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without the extension
    if code == sqlite3.SQLITE_FULL:
        raise DiskFullError(file=file) from error
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise BusyProjectError(file=file) from error
    if code == sqlite3.SQLITE_CANTOPEN and not path.exists():
        raise MissingProjectError(file=file) from error
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        raise ReadOnlyProjectError(file=file) from error
    if code == sqlite3.SQLITE_IOERR:
        raise WriteFailedError(file=file, reason=str(error)) from error
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or "decode" in str(error):
        raise DamagedProjectError(file=file, what="a table") from error
    raise error


def _make_engine(path: Path, read_only: bool, foreign_keys: bool, busy_seconds: float) -> Engine:
    def creator() -> sqlite3.Connection:
        return connect(
            path, read_only=read_only, foreign_keys=foreign_keys, busy_seconds=busy_seconds
        )

    engine = create_engine("sqlite://", creator=creator, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options: dict[str, Any] = dict(connection.get_execution_options())
        connection.exec_driver_sql(options.get("begin", "BEGIN"))

    return engine
