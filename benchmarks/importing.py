"""From a CSV file to a saved project and back: ``python -m benchmarks.importing``.

Generates a file of interactions (user, item, time, rating, 0/1 label) and brings it, one after
another on the same file,

- into a plain table with ``sqlite3``'s own ``.import`` (all columns as text, nothing checked),
- into an SQLite table with pandas, ``read_csv`` and ``to_sql``,
- into a project: look, proposal of roles, reading with every check, proposal of tasks, saving.

Then the project is opened again until its log is ready for training, every hash checked. Each
has a process of its own, so that the peak of its memory (VmHWM) is its own. Ours is timed twice:
*warm*, after a file of 1,000 lines was imported first, which is how it is in the window, whose
warm-up has loaded and compiled everything by then; and *cold*, the first thing that a new process
does. Loading modules is counted apart, for pandas too. Seconds are those of the clock; beside them
stand the seconds of all cores together, which say what the clock would show where other programs
were not in the way.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parent.parent
MODULES = (
    "alembic.command",
    "polars",
    "sqlalchemy.dialects.sqlite",
    "algorithms.data.proposals",
    "algorithms.tasks.proposals",
    "mtrec_gui.storage",
)
OF_SQLITE, OF_PANDAS, OF_IMPORT, PEAK = 0.7, 0.25, 0.25, 1.5e9

Seconds = dict[str, float]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.importing", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.child:
        way, source, target = options.child
        print(json.dumps(CHILDREN[way](Path(source), Path(target))))
        return 0
    if shutil.which("sqlite3") is None:
        print("The program sqlite3 is needed to compare with.", file=sys.stderr)
        return 1
    for n in options.rows:
        with tempfile.TemporaryDirectory() as folder:
            measure(n, Path(folder))
    return 0


def measure(n: int, folder: Path) -> None:
    """Measure all ways for a file of ``n`` interactions and print the table."""
    source = folder / "events.csv"
    write_events(source, n)
    write_events(folder / "few.csv", 1000)
    print(
        f"{n:,} interactions, CSV of {source.stat().st_size / 1e6:.0f} MB, {os.cpu_count()} cores, "
        f"load of the machine {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    print(f"  {'':28}{'clock':>8}   {'cores':>8}   {'peak':>8}")
    sqlite = run_sqlite(source, folder / "plain.sqlite")
    show("sqlite3 .import", sqlite)
    pandas = run_child("pandas", source, folder / "pandas.sqlite")
    show("pandas read_csv + to_sql", pandas)
    cold = run_child("cold", source, folder / "cold.mtrec")
    show("project, cold", cold)
    warm = run_child("warm", source, folder / "warm.mtrec")
    show("project, warm", warm)
    again = run_child("reopen", folder / "warm.mtrec", folder)
    show("open the project again", again)
    size = (folder / "warm.mtrec").stat().st_size
    print(f"the project takes {size / 1e6:.0f} MB, the plain table {size_of(folder):.0f} MB")
    judge("project (warm) / sqlite3 .import", warm["work"] / sqlite["work"], OF_SQLITE)
    judge("project (warm) / pandas", warm["work"] / pandas["work"], OF_PANDAS)
    judge("project (cold) / sqlite3 .import", cold["work"] / sqlite["work"], OF_SQLITE)
    judge("opening again / import (warm)", again["work"] / warm["work"], OF_IMPORT)
    with_modules = (again["work"] + again["modules"]) / (cold["work"] + cold["modules"])
    judge("the same with modules / import (cold)", with_modules, OF_IMPORT)
    judge("peak memory in GB", max(cold["peak"], warm["peak"]) / 1e9, PEAK / 1e9)
    print(flush=True)


def show(way: str, measured: Seconds) -> None:
    """Print one line of the table."""
    steps = ", ".join(
        f"{name} {value:.2f}"
        for name, value in measured.items()
        if name not in ("work", "cores", "peak")
    )
    print(
        f"  {way:28}{measured['work']:8.2f} s {measured['cores']:8.2f} s "
        f"{measured['peak'] / 1e6:6.0f} MB   {steps}",
        flush=True,
    )


def judge(what: str, value: float, target: float) -> None:
    """Print a ratio beside its target."""
    verdict = "reached" if value <= target else "MISSED"
    print(f"  {what:40}{value:6.2f}   target {target:.2f}   {verdict}")


def size_of(folder: Path) -> float:
    """Return the size of the plain table in MB."""
    return (folder / "plain.sqlite").stat().st_size / 1e6


def write_events(path: Path, n: int) -> None:
    """Write ``n`` interactions of n / 50 users with n / 250 items, some liked more than others."""
    import polars as pl

    rng = np.random.default_rng(n)
    n_users, n_items = max(n // 50, 10), max(n // 250, 10)
    rating = np.clip(np.round(rng.normal(3.5, 1.0, n) * 2) / 2, 0.5, 5.0)
    pl.DataFrame(
        {
            "user_id": rng.integers(1, n_users + 1, n),
            "item_id": (n_items * rng.random(n) ** 2).astype(np.int64) + 1,
            "timestamp": rng.integers(1_420_070_400, 1_520_070_400, n),
            "rating": rating,
            "clicked": (rng.random(n) < 0.3).astype(np.int8),
        }
    ).write_csv(path)


# --- each way, in a process of its own ------------------------------------------------------------


def run_sqlite(source: Path, target: Path) -> Seconds:
    """Return what sqlite3's own import took."""
    started = time.perf_counter()
    process = subprocess.Popen(["sqlite3", target, ".mode csv", f".import '{source}' events"])
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError("sqlite3 could not import the file")
    cores = usage.ru_utime + usage.ru_stime
    return {"work": seconds, "cores": cores, "peak": 1024.0 * usage.ru_maxrss}


def run_child(way: str, source: Path, target: Path) -> Seconds:
    """Return what a child process measured, after what earlier ones left to the disk."""
    os.sync()
    answer = subprocess.run(
        [sys.executable, "-m", "benchmarks.importing", "--child", way, source, target],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise RuntimeError(answer.stderr)
    measured: Seconds = json.loads(answer.stdout)
    return measured


def with_pandas(source: Path, target: Path) -> Seconds:
    """Import with pandas."""
    started = time.perf_counter()
    import sqlite3
    from contextlib import closing

    import pandas as pd

    loaded, cores = time.perf_counter(), time.process_time()
    frame = pd.read_csv(source)
    read = time.perf_counter()
    with closing(sqlite3.connect(target)) as connection:
        frame.to_sql("events", connection, index=False)
        connection.commit()
    saved = time.perf_counter()
    return finished(loaded, cores, modules=loaded - started, read=read - loaded, save=saved - read)


def cold(source: Path, target: Path) -> Seconds:
    """Import as the first thing that the process does."""
    modules = load_modules()
    return import_file(source, target, modules)


def warm(source: Path, target: Path) -> Seconds:
    """Import after a small file was imported."""
    modules = load_modules()
    import_file(source.with_name("few.csv"), target.with_name("few.mtrec"), modules)
    return import_file(source, target, modules)


def import_file(source: Path, target: Path, modules: float) -> Seconds:
    """Bring a file into a project, as the window does, and time each step."""
    from algorithms.data.look import sniff
    from algorithms.data.proposals import propose_columns
    from algorithms.data.readers import read_log
    from algorithms.tasks.proposals import propose
    from mtrec_gui.storage import Project

    started, cores = time.perf_counter(), time.process_time()
    look = sniff(source)
    columns = propose_columns(look)
    looked = time.perf_counter()
    result = read_log(source, columns, look=look)
    read = time.perf_counter()
    log, tasks = propose(result.log)
    proposed = time.perf_counter()
    Project.create(target, fill=lambda project: project.save_log(log)).close()
    saved = time.perf_counter()
    if not tasks or result.n_accepted + len(result.rejected) != result.n_read:
        raise RuntimeError("the file was not read as it should be")
    return finished(
        started,
        cores,
        modules=modules,
        look=looked - started,
        read=read - looked,
        propose=proposed - read,
        save=saved - proposed,
    )


def reopen(source: Path, target: Path) -> Seconds:
    """Open a project until its log is ready for training."""
    modules = load_modules()
    from mtrec_gui.storage import Project

    started, cores = time.perf_counter(), time.process_time()
    with Project.open(source) as project:
        opened = time.perf_counter()
        project.load_log()
        loaded = time.perf_counter()
    return finished(started, cores, modules=modules, open=opened - started, load=loaded - opened)


def load_modules() -> float:
    """Load what importing and opening need; return the seconds that it took."""
    started = time.perf_counter()
    for name in MODULES:
        import_module(name)
    return time.perf_counter() - started


def finished(started: float, cores: float, **steps: float) -> Seconds:
    """Return the time since ``started``, by the clock and of all cores, the peak, and the steps."""
    work, cores = time.perf_counter() - started, time.process_time() - cores
    from algorithms.evaluation.memory import peak_bytes

    return {"work": work, "cores": cores, "peak": float(peak_bytes()), **steps}


CHILDREN: dict[str, Callable[[Path, Path], Any]] = {
    "pandas": with_pandas,
    "cold": cold,
    "warm": warm,
    "reopen": reopen,
}


if __name__ == "__main__":
    sys.exit(main())
