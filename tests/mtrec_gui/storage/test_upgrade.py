"""Older files are copied, then brought up to date; the tables are what the rows say."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from algorithms.data.log import InteractionLog
from algorithms.errors import ProjectError
from algorithms.evaluation.experiment import Experiment
from algorithms.evaluation.results import RunResult
from mtrec_gui.storage import DiskFullError, NewerProjectError, Project, upgrade
from mtrec_gui.storage import project as project_module
from mtrec_gui.storage.rows import Row

Same = Callable[[object, object], bool]

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "7"
down_revision = "6"


def upgrade() -> None:
    op.add_column("runs", sa.Column("comment", sa.Text()))
    kept = {"sqlite_strict": True}
    with op.batch_alter_table("datasets", recreate="always", table_kwargs=kept) as batch:
        batch.add_column(sa.Column("source", sa.Text()))
"""


@pytest.fixture
def filled(project: Project, comparison: int, new_result: Callable[..., RunResult]) -> Path:
    project.add_run(comparison, new_result())
    project.close()
    return project.path


@pytest.fixture
def next_format(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The lab as it may be one day: with a further migration, after the project was made."""
    scripts = tmp_path / "migrations 100%"
    shutil.copytree(upgrade.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    script = scripts / "versions" / "v0007_comment.py"
    script.write_text(NEXT, encoding="utf-8")
    monkeypatch.setattr(upgrade, "SCRIPTS", scripts)
    return script


def test_the_migrations_make_what_the_rows_say(project: Project) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with project._database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Row.metadata) == []
        strict = connection.exec_driver_sql(
            "SELECT name FROM pragma_table_list WHERE NOT strict AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
    assert strict == [("alembic_version",)]


def test_a_file_of_format_1_opens(
    tmp_path: Path,
    new_log: Callable[..., InteractionLog],
    experiment: Experiment,
    new_result: Callable[..., RunResult],
    same: Same,
) -> None:
    """``format_1.sql`` is the dump of a file that the first version of the lab wrote."""
    path = tmp_path / "old.mtrec"
    script = Path(__file__).with_name("format_1.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(path)) as plain:
        plain.executescript(script)
    with Project.open(path) as opened:
        assert opened.backup == tmp_path / "old.format-1.mtrec"
        assert same(opened.load_log().to_arrays(), new_log(12).to_arrays())
        assert same(opened.load_result(1, with_state=True), new_result())
        assert opened.load_experiment(1) == experiment


@pytest.mark.usefixtures("next_format")
def test_an_older_file_is_copied_and_upgraded(
    filled: Path, new_result: Callable[..., RunResult], same: Same
) -> None:
    before = filled.read_bytes()
    with Project.open(filled) as opened:
        assert opened.info.format_version == 7
        assert opened.backup == filled.with_name("My shop 100% 店.format-6.mtrec")
        assert same(opened.load_result(1, with_state=True), new_result())
    with closing(sqlite3.connect(filled)) as plain:
        assert plain.execute("SELECT comment FROM runs").fetchall() == [(None,)]
    assert opened.backup.stat().st_size == len(before)
    with Project.open(filled) as again:
        assert again.backup is None


def test_the_backup_is_the_older_project(
    filled: Path,
    next_format: Path,
    new_result: Callable[..., RunResult],
    same: Same,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    backup = Project.open(filled).backup
    assert backup is not None
    monkeypatch.undo()  # the lab as it is
    with Project.open(backup) as older:
        assert older.info.format_version == 6
        assert same(older.load_result(1, with_state=True), new_result())
    with pytest.raises(NewerProjectError, match="format 7"):
        Project.open(filled)


def test_an_upgrade_that_fails_changes_nothing(filled: Path, next_format: Path) -> None:
    next_format.write_text(NEXT + '    raise ArithmeticError("half-way")\n', encoding="utf-8")
    before = filled.read_bytes()
    with pytest.raises(ArithmeticError):
        Project.open(filled)
    assert filled.read_bytes() == before


@pytest.mark.usefixtures("next_format")
def test_no_backup_no_upgrade(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise DiskFullError(file=str(target))

    monkeypatch.setattr(upgrade, "copy_database", refuse)
    before = filled.read_bytes()
    with pytest.raises(DiskFullError):
        Project.open(filled)
    assert filled.read_bytes() == before
    assert list(filled.parent.glob("*.mtrec")) == [filled]


@pytest.mark.usefixtures("next_format")
def test_an_older_file_that_cannot_be_written(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project_module, "can_write", lambda path: False)
    with pytest.raises(ProjectError, match="must be upgraded to format 7"):
        Project.open(filled)
    assert list(filled.parent.glob("*.mtrec")) == [filled]
