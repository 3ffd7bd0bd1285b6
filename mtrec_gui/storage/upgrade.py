"""Creating the tables and bringing older files up to date, both by the same migrations."""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from mtrec_gui.storage.database import BUSY_SECONDS, Database, copy_database, worded_errors
from mtrec_gui.storage.errors import DamagedProjectError

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = Lock()  # Alembic's context is one for all threads of a process


def known_formats(scripts: Path | None = None) -> list[int]:
    """Return the formats that this version reads, oldest first."""
    return list(_known(scripts or SCRIPTS))


def migrate(connection: Connection, revision: str = "head") -> None:
    """Run the migrations that are missing, within the caller's transaction."""
    from alembic import command

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = _config(SCRIPTS)
    config.attributes["connection"] = connection
    with _ONE_AT_A_TIME:
        command.upgrade(config, revision)


def upgrade(path: Path, found: int, busy_seconds: float = BUSY_SECONDS) -> Path:
    """Bring a file up to date, after a backup copy of it, all or nothing.

    Parameters
    ----------
    path : of the project
    found : its present format

    Returns
    -------
    backup : path of the copy, such as ``shop.format-1.mtrec``
    """
    backup = _free_name(path, found)
    database = Database(path, foreign_keys=False, busy_seconds=busy_seconds)
    try:
        try:
            with worded_errors(backup):
                copy_database(path, backup)
        except BaseException:
            backup.unlink(missing_ok=True)
            raise
        with database.writing() as session:
            migrate(session.connection())
            broken = session.connection().exec_driver_sql("PRAGMA foreign_key_check").first()
            if broken is not None:
                raise DamagedProjectError(file=str(path), what=f"table {broken[0]}")
    finally:
        database.close()
    return backup


@cache
def _known(scripts: Path) -> tuple[int, ...]:
    from alembic.script import ScriptDirectory

    directory = ScriptDirectory.from_config(_config(scripts))
    return tuple(sorted(int(script.revision) for script in directory.walk_revisions()))


@cache
def _expected(scripts: Path, revision: str) -> frozenset[tuple[object, ...]]:
    from mtrec_gui.storage.inspection import describe_schema

    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        with engine.connect() as connection:
            migrate(connection, revision)
            raw = connection.connection.driver_connection
            assert raw is not None  # noqa: S101 - an open connection has one
            return describe_schema(raw)
    finally:
        engine.dispose()


def expected_schema(revision: str) -> frozenset[tuple[object, ...]]:
    """Return what a file of a format consists of (see ``describe_schema``)."""
    return _expected(SCRIPTS, revision)


def _config(scripts: Path) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _free_name(path: Path, found: int) -> Path:
    name = path.with_name(f"{path.stem}.format-{found}{path.suffix}")
    number = 2
    while name.exists():
        name = path.with_name(f"{path.stem}.format-{found}-{number}{path.suffix}")
        number += 1
    return name
