"""Files that are no project, no longer one, not yet one, or worse: one clear sentence each."""

from __future__ import annotations

import errno
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from algorithms.data.log import InteractionLog
from algorithms.errors import MtrecError, ProjectError, ResourceError
from algorithms.evaluation.experiment import Experiment
from algorithms.evaluation.results import RunResult
from mtrec_gui.storage import (
    DamagedProjectError,
    ForeignObjectError,
    MissingProjectError,
    NewerProjectError,
    NotAProjectError,
    Project,
    ProjectExistsError,
    ReadOnlyProjectError,
)
from mtrec_gui.storage import project as project_module
from mtrec_gui.storage.errors import InterruptedProjectError

Same = Callable[[object, object], bool]


@pytest.fixture
def filled(project: Project, comparison: int, new_result: Callable[..., RunResult]) -> Path:
    """A closed project with a log, an experiment and a run."""
    experiment = project.comparisons()[0].experiment
    project.save_experiment(1, experiment)
    project.add_run(comparison, new_result())
    project.close()
    return project.path


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as plain:
        for statement in statements:
            plain.execute(statement)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(MissingProjectError, match="no such file"):
        Project.open(tmp_path / "none.mtrec")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_the_system_does_not_show(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, *args: object, **kwargs: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ProjectError, match="refused with “Permission denied”"):
        Project.open(filled)


def test_a_link_to_itself(tmp_path: Path) -> None:
    path = tmp_path / "loop.mtrec"
    path.symlink_to(path)
    with pytest.raises(ProjectError, match="Cannot open"):
        Project.open(path)


def test_a_file_that_was_deleted_while_it_was_open(project: Project) -> None:
    project.path.unlink()
    with pytest.raises(MissingProjectError):
        project.datasets()
    assert not project.path.exists()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty file"),
        (b"user,item,rating\n1,2,3\n", "a file of another kind"),
        (b"\x00" * 5000, "a file of another kind"),
    ],
)
def test_no_database(tmp_path: Path, content: bytes, found: str) -> None:
    path = tmp_path / "other.mtrec"
    path.write_bytes(content)
    with pytest.raises(NotAProjectError, match=found):
        Project.open(path)
    assert path.read_bytes() == content


def test_a_folder_and_another_database(tmp_path: Path) -> None:
    with pytest.raises(NotAProjectError, match="a folder"):
        Project.open(tmp_path)
    path = tmp_path / "other.sqlite"
    change(path, "CREATE TABLE alembic_version (version_num TEXT)")
    with pytest.raises(NotAProjectError, match="another program"):
        Project.open(path)


@pytest.mark.parametrize("left", [1, 16, 99, 100, 512, 4095, 4096, 4097, 0.5, -4096, -1])
def test_truncated_file(filled: Path, left: float) -> None:
    data = filled.read_bytes()
    n = int(len(data) * left) if left == 0.5 else int(left)
    filled.write_bytes(data[:n])
    with pytest.raises(ProjectError, match=r"expected .* bytes, found|of another kind"):
        Project.open(filled)


def test_newer_format(filled: Path) -> None:
    change(filled, "UPDATE alembic_version SET version_num = '999'", "CREATE TABLE new (x)")
    with pytest.raises(NewerProjectError, match=r"format 999.*up to format 6\. Update"):
        Project.open(filled)


@pytest.mark.parametrize("version", ["DELETE FROM alembic_version", "'abc'", "'-1'"])
def test_odd_format(filled: Path, version: str) -> None:
    statement = version if " " in version else f"UPDATE alembic_version SET version_num = {version}"  # noqa: S608
    change(filled, statement)
    with pytest.raises(DamagedProjectError, match="format number"):
        Project.open(filled)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (
            "CREATE TRIGGER evil AFTER INSERT ON runs BEGIN DELETE FROM runs; END",
            "the trigger “evil”",
        ),
        ("CREATE VIEW evil AS SELECT * FROM runs", "the view “evil”"),
        ("CREATE TABLE evil (x)", "the table “evil”"),
        ("CREATE INDEX evil ON runs (seed)", "the index “evil”"),
        ("CREATE VIRTUAL TABLE evil USING fts5(x)", "the table “evil"),
        ("ALTER TABLE runs ADD COLUMN evil TEXT", "the column “runs.evil”"),
        (
            "ALTER TABLE runs ADD COLUMN evil TEXT AS (upper(model)) VIRTUAL",
            "the column “runs.evil”",
        ),
    ],
)
def test_foreign_objects(filled: Path, statement: str, found: str) -> None:
    change(filled, statement)
    before = filled.read_bytes()
    with pytest.raises(ForeignObjectError, match=found):
        Project.open(filled)
    assert filled.read_bytes() == before


def test_a_view_in_place_of_a_table(filled: Path) -> None:
    change(
        filled,
        "DROP TABLE run_notes",
        "CREATE VIEW run_notes AS SELECT 1 AS run_id",
    )
    with pytest.raises(ForeignObjectError, match="the view “run_notes”"):
        Project.open(filled)


def test_a_missing_table_and_a_missing_row(filled: Path, tmp_path: Path) -> None:
    copy = shutil.copy(filled, tmp_path / "copy.mtrec")
    change(copy, "DROP TABLE run_notes")
    with pytest.raises(DamagedProjectError, match="run_notes"):
        Project.open(copy)
    change(filled, "DELETE FROM project")
    with pytest.raises(DamagedProjectError, match="project"):
        Project.open(filled)


@pytest.mark.parametrize(
    ("statement", "read", "what"),
    [
        (
            "UPDATE log_columns SET data = zeroblob(length(data)) WHERE name = 'click'",
            lambda project: project.load_log(),
            "label “click” of dataset 1",
        ),
        (
            "UPDATE log_columns SET dtype = '<i4' WHERE name = 'click'",
            lambda project: project.load_log(),
            "label “click” of dataset 1",
        ),
        (
            "UPDATE log_columns SET name = 'klick' WHERE name = 'click'",
            lambda project: project.load_log(),
            "the table of users, items or columns of dataset 1",
        ),
        (
            "UPDATE items SET title = 'é' WHERE item_index = 0",
            lambda project: project.load_log(),
            "the table of users, items or columns of dataset 1",
        ),
        (
            "UPDATE datasets SET origin = '{}'",
            lambda project: project.load_log(),
            "the table of users, items or columns of dataset 1",
        ),
        (
            "UPDATE metric_values SET value = value + 0.001 WHERE position = 0",
            lambda project: project.load_result(1),
            "the numbers of run 1",
        ),
        (
            "UPDATE run_arrays SET data = substr(data, 2) WHERE number = 1",
            lambda project: project.load_result(1),
            "array 1 of run 1",
        ),
        (
            "UPDATE fitted_parameters SET array = 0 WHERE name = 'user_factors'",
            lambda project: project.load_state(1),
            "the numbers of run 1",
        ),
        (
            "UPDATE runs SET config = '{'",
            lambda project: project.runs(1),
            "a JSON value",
        ),
        (
            "UPDATE comparisons SET experiment = '{}'",
            lambda project: project.comparisons(),
            "the experiment of comparison 1",
        ),
        (
            "UPDATE tasks SET label = 'buy'",
            lambda project: project.load_experiment(1),
            "the experiment of dataset 1",
        ),
        (
            "UPDATE datasets SET created = 'yesterday'",
            lambda project: project.datasets(),
            "a date",
        ),
    ],
)
def test_what_is_damaged_is_named(
    filled: Path, statement: str, read: Callable[[Project], object], what: str
) -> None:
    change(filled, statement)
    with Project.open(filled) as opened, pytest.raises(DamagedProjectError, match=what):
        read(opened)


def test_right_hashes_of_something_that_is_no_log(filled: Path) -> None:
    from mtrec_gui.storage.codec import rows_digest

    nothing = rows_digest([["Empty", []]])
    change(
        filled,
        "INSERT INTO datasets SELECT 2, 'Empty', created, 0, 0, 0, '[]', '', NULL FROM datasets",
        f"UPDATE datasets SET rows_sha256 = '{nothing}' WHERE id = 2",  # noqa: S608
    )
    with Project.open(filled) as opened:
        with pytest.raises(DamagedProjectError, match="the log of dataset 2"):
            opened.load_log()
        assert len(opened.load_log(1)) == 50


@pytest.mark.slow
def test_a_changed_byte_is_found_or_harmless(
    filled: Path,
    new_log: Callable[..., InteractionLog],
    new_result: Callable[..., RunResult],
    experiment: Experiment,
    same: Same,
) -> None:
    data = filled.read_bytes()
    random_place = random.Random(7)
    found = 0
    for _ in range(150):
        changed = bytearray(data)
        changed[random_place.randrange(len(data))] ^= random_place.randrange(1, 256)
        filled.write_bytes(changed)
        try:
            with Project.open(filled) as opened:
                assert same(opened.load_log(1).to_arrays(), new_log().to_arrays())
                assert same(opened.load_result(1, with_state=True), new_result())
                assert opened.load_experiment(1) == experiment
                assert opened.comparisons()[0].experiment == experiment
        except MtrecError:
            found += 1
    assert found > 5


# --- read-only ------------------------------------------------------------------------------------


def test_a_write_protected_file_opens_read_only(
    filled: Path, monkeypatch: pytest.MonkeyPatch, new_log: Callable[..., InteractionLog]
) -> None:
    monkeypatch.setattr(project_module, "can_write", lambda path: False)
    before = filled.read_bytes()
    with Project.open(filled) as opened:
        assert opened.read_only
        assert len(opened.load_log()) == 50
        with pytest.raises(ReadOnlyProjectError, match="Copy it to a folder of your own"):
            opened.save_log(new_log())
    assert filled.read_bytes() == before


def test_a_folder_that_turns_read_only_later(
    project: Project, monkeypatch: pytest.MonkeyPatch, new_log: Callable[..., InteractionLog]
) -> None:
    project._database.engine.dispose()
    monkeypatch.setattr(
        project._database,
        "engine",
        type(project._database)(project.path, read_only=True).engine,
    )
    with pytest.raises(ReadOnlyProjectError):  # SQLite's own refusal, worded
        project.save_log(new_log())


@pytest.mark.parametrize("reason", [errno.EROFS, errno.EACCES, errno.ENOSPC, errno.EIO])
def test_create_where_the_machine_refuses(
    path: Path, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    def refuse(self: Path, *args: object, **kwargs: object) -> None:
        raise OSError(reason, "refused")

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(ResourceError, match=r"Cannot (create|write|use) .*\. "):
        Project.create(path)
    assert list(path.parent.iterdir()) == []


def test_create_in_no_folder(path: Path) -> None:
    with pytest.raises(ResourceError, match="there is no folder"):
        Project.create(path / "deeper" / "a.mtrec")


def test_create_never_overwrites(filled: Path) -> None:
    before = filled.read_bytes()
    with pytest.raises(ProjectExistsError):
        Project.create(filled)
    assert filled.read_bytes() == before


def test_create_after_an_attempt_that_was_cut_off(path: Path) -> None:
    path.with_name(path.name + ".new").write_bytes(b"half")
    path.with_name(path.name + ".new-journal").write_bytes(b"half")
    Project.create(path).close()
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


# --- interrupted ----------------------------------------------------------------------------------


@pytest.fixture
def interrupted(filled: Path, tmp_path: Path) -> Path:
    """A copy taken in the middle of a write that had reached the file, with its journal."""
    copy = tmp_path / "interrupted.mtrec"
    with closing(sqlite3.connect(filled, isolation_level=None)) as plain:
        plain.execute("PRAGMA cache_size = 1")  # pages spill into the file before the commit
        plain.execute("BEGIN")
        plain.execute("UPDATE runs SET model = 'half'")
        plain.execute("INSERT INTO run_arrays SELECT 1, 99, '', '', '', '', zeroblob(300000)")
        plain.execute("UPDATE metric_values SET value = 9")
        shutil.copy(filled, copy)
        shutil.copy(f"{filled}-journal", f"{copy}-journal")
        plain.execute("ROLLBACK")
    assert copy.stat().st_size > filled.stat().st_size
    return copy


def test_an_interrupted_write_is_undone(
    interrupted: Path, new_result: Callable[..., RunResult], same: Same
) -> None:
    with Project.open(interrupted) as opened:
        assert same(opened.load_result(1, with_state=True), new_result())
    with closing(sqlite3.connect(interrupted)) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_an_interrupted_write_where_nothing_can_be_written(
    interrupted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mtrec_gui.storage import inspection

    real = inspection.connect
    monkeypatch.setattr(
        inspection, "connect", lambda path, **options: real(path, **{**options, "read_only": True})
    )
    with pytest.raises(InterruptedProjectError, match=r"interrupted\.mtrec-journal"):
        Project.open(interrupted)


def test_write_ahead_mode_is_left(filled: Path) -> None:
    change(filled, "PRAGMA journal_mode = WAL")
    with Project.open(filled) as opened:
        opened.delete_run(1)
    assert filled.read_bytes()[18:20] == b"\x01\x01"
    assert not filled.with_name(filled.name + "-wal").exists()
