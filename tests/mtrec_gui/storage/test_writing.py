"""A write is kept as a whole or not at all: full disk, another writer, a killed process."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import delete, event

from algorithms.data.log import InteractionLog
from algorithms.errors import ResourceError
from algorithms.evaluation.experiment import Experiment
from algorithms.evaluation.results import RunResult
from algorithms.progress import Stage
from mtrec_gui.storage import BusyProjectError, DiskFullError, Project
from mtrec_gui.storage.errors import WriteFailedError
from mtrec_gui.storage.rows import MetricValueRow

ROOT = Path(__file__).parents[3]
Same = Callable[[object, object], bool]


@contextmanager
def full_disk(project: Project) -> Iterator[None]:
    """Let the file grow by no more than one page."""
    n_pages = project.path.stat().st_size // 4096 + 1

    def limit(connection: sqlite3.Connection, record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {n_pages}")

    engine = project._database.engine
    event.listen(engine, "connect", limit)
    yield
    event.remove(engine, "connect", limit)


def test_full_disk(
    project: Project,
    comparison: int,
    new_log: Callable[..., InteractionLog],
    new_result: Callable[..., RunResult],
    same: Same,
) -> None:
    project.add_run(comparison, new_result())
    before = project.path.read_bytes()
    large = new_log(50_000)
    for write in (
        lambda: project.save_log(large),
        lambda: project.add_run(comparison, new_result(2, n_users=5000)),
    ):
        with full_disk(project), pytest.raises(DiskFullError, match="Free some space") as caught:
            write()
        assert isinstance(caught.value, ResourceError)
        assert project.path.read_bytes() == before
    assert len(project.load_log(project.save_log(large))) == 50_000
    assert same(project.load_result(1, with_state=True), new_result())


def test_a_run_is_stored_as_a_whole_or_not_at_all(
    project: Project,
    path: Path,
    comparison: int,
    new_result: Callable[..., RunResult],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from mtrec_gui.storage import run_writer

    before = path.read_bytes()

    def interrupt(*arguments: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(run_writer, "run_digest", interrupt)  # the last step of the write
    with pytest.raises(KeyboardInterrupt):
        project.add_run(comparison, new_result())
    assert project.runs(comparison) == []
    assert path.read_bytes() == before


class Cancelled(Exception):  # noqa: N818 - no error
    """What a progress raises to stop the work."""


@pytest.mark.parametrize("stop_at", [0.0, 0.5, 1.0])
def test_a_log_that_is_cancelled_half_way_is_not_kept(
    project: Project, new_log: Callable[..., InteractionLog], stop_at: float
) -> None:
    before = project.path.read_bytes()

    def stop(fraction: float, stage: Stage) -> None:
        if fraction >= stop_at:
            raise Cancelled

    with pytest.raises(Cancelled):
        project.save_log(new_log(200_000), stop)
    assert project.datasets() == []
    assert project.path.read_bytes() == before
    assert [entry.name for entry in project.path.parent.iterdir()] == [project.path.name]


@pytest.mark.parametrize("error", [Cancelled, KeyboardInterrupt, MemoryError, OSError])
@pytest.mark.parametrize("when", ["before", "while", "after"])
def test_a_new_project_that_is_cancelled_leaves_no_file(
    path: Path,
    new_log: Callable[..., InteractionLog],
    error: type[BaseException],
    when: str,
) -> None:
    def stop(fraction: float, stage: Stage) -> None:
        if when == "while" and fraction > 0.5:
            raise error

    def fill(project: Project) -> None:
        if when == "before":
            raise error
        project.save_log(new_log(200_000), stop)
        assert not path.exists()
        if when == "after":
            raise error

    with pytest.raises((error, WriteFailedError)):
        Project.create(path, fill=fill)
    assert list(path.parent.iterdir()) == []
    Project.create(path).close()  # and the name is free


def test_the_disk_fills_while_a_new_project_is_filled(
    path: Path, new_log: Callable[..., InteractionLog]
) -> None:
    def fill(project: Project) -> None:
        with full_disk(project):
            project.save_log(new_log(200_000))

    with pytest.raises(DiskFullError, match=r"店\.mtrec: the disk is full"):
        Project.create(path, fill=fill)
    assert list(path.parent.iterdir()) == []


def test_progress_goes_from_nothing_to_all(
    project: Project, new_log: Callable[..., InteractionLog]
) -> None:
    told: list[tuple[float, Stage]] = []
    project.save_log(new_log(), lambda fraction, stage: told.append((fraction, stage)))
    fractions = [fraction for fraction, _ in told]
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert fractions == sorted(set(fractions))
    assert {stage for _, stage in told} == {Stage.SAVE}


@contextmanager
def other_process(path: Path, statement: str) -> Iterator[None]:
    """Another process that holds the file until we are done."""
    code = (
        "import sqlite3, sys\n"
        "holder = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "holder.execute(sys.argv[2])\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path), statement],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield
        assert process.stdin is not None
        process.stdin.close()


def test_another_process_writes(
    project: Project, comparison: int, new_result: Callable[..., RunResult]
) -> None:
    with other_process(project.path, "BEGIN IMMEDIATE"):
        with pytest.raises(BusyProjectError, match="another program"):
            project.add_run(comparison, new_result())
        assert project.runs(comparison) == []  # reading goes on
        Project.open(project.path, busy_seconds=0.1).close()
    with other_process(project.path, "BEGIN EXCLUSIVE"):
        with pytest.raises(BusyProjectError):
            project.runs(comparison)
        with pytest.raises(BusyProjectError):
            Project.open(project.path, busy_seconds=0.1)
    project.add_run(comparison, new_result())
    assert len(project.runs(comparison)) == 1


def test_a_short_write_of_another_process_is_waited_for(
    path: Path, new_log: Callable[..., InteractionLog]
) -> None:
    with Project.create(path, busy_seconds=20) as project:
        with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
            other.execute("BEGIN IMMEDIATE")
            release = threading.Timer(0.3, lambda: other.execute("COMMIT"))
            release.start()
            start = time.perf_counter()
            project.save_log(new_log())
            release.join()
        assert time.perf_counter() - start > 0.2
        assert len(project.datasets()) == 1


def test_opening_a_project_again_leaves_the_lock_of_a_write(
    project: Project,
) -> None:
    """POSIX drops a process's locks on a file when it closes any handle of that file."""
    opened: list[Project] = []

    def open_again() -> None:
        opened.append(Project.open(project.path))

    with project._database.writing() as session:
        session.execute(delete(MetricValueRow))
        thread = threading.Thread(target=open_again)
        thread.start()
        thread.join(0.2)
        assert another_process_is_refused(project.path)
    thread.join()
    opened[0].close()


def another_process_is_refused(path: Path) -> bool:
    code = (
        "import sqlite3, sys\n"
        "other = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)\n"
        "other.execute('BEGIN IMMEDIATE')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
    )
    return "database is locked" in done.stderr


def test_two_openings_see_each_other(
    project: Project,
    comparison: int,
    new_result: Callable[..., RunResult],
    experiment: Experiment,
) -> None:
    with Project.open(project.path) as other:
        other.add_run(comparison, new_result())
        assert len(project.runs(comparison)) == 1
        project.save_experiment(1, experiment)
        assert other.load_experiment(1) == experiment


@pytest.mark.slow
def test_a_killed_process_loses_no_finished_run() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.kill_storage", "--kills", "6"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "none lost" in done.stdout
