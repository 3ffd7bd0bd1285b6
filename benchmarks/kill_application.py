"""A killed application loses no finished run: ``python -m benchmarks.kill_application``.

Starts the application without a screen, lets it run the default comparison on a sample world,
and kills it with SIGKILL at a random moment; then opens the project. Nothing that was reported
as committed may be missing, every stored run must load whole, and SQLite's integrity check must
pass. Ends with status 1 where that was not so.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent

CHILD = """
import sys
from mtrec_gui import preferences
from mtrec_gui.app import Application, make_qt_application
from mtrec_gui.screenshots import wait_until

qt = make_qt_application(["mtrec"])
application = Application(preferences.load())
application.start()
wait_until(lambda: application.context is not None, 120)
desk = application.context.desk
told = set()

def tell(_):
    for row in desk.rows:
        if row.committed and row.job not in told:
            told.add(row.job)
            print("committed", row.spec.model, flush=True)

desk.changed.connect(tell)
application.home_presenter.world_demonstrated("ecommerce")
print("started", flush=True)
qt.exec()
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found after a kill.

    Parameters
    ----------
    after_seconds : when it was killed, from the start of the comparison
    reported : models whose runs were reported as committed
    found : models whose runs the project holds; None where it had not been made yet
    problem : what is wrong, if anything
    """

    after_seconds: float
    reported: tuple[str, ...]
    found: tuple[str, ...] | None
    problem: str | None


def kill_once(after_seconds: float) -> Outcome:
    """Start the application, kill it after so many seconds, and look at what is left."""
    with tempfile.TemporaryDirectory() as home:
        lines: list[str] = []
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD],
            cwd=ROOT,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "MTREC_HOME": home},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert child.stdout is not None
        reader = threading.Thread(target=lambda: lines.extend(child.stdout or ()), daemon=True)
        reader.start()
        while not lines and child.poll() is None:
            time.sleep(0.02)
        time.sleep(after_seconds)
        child.kill()
        child.wait()
        reader.join(10)
        reported = tuple(line.split()[1] for line in lines if line.startswith("committed"))
        return _look(Path(home) / "ecommerce.mtrec", after_seconds, reported)


def _look(path: Path, after_seconds: float, reported: tuple[str, ...]) -> Outcome:
    from algorithms.errors import MtrecError
    from mtrec_gui.storage import Project

    if not path.exists():
        problem = "the project is gone" if reported else None
        return Outcome(after_seconds, reported, None, problem)
    try:
        with Project.open(path) as project:
            runs = [run for c in project.comparisons() for run in project.runs(c.id)]
            for run in runs:
                project.load_result(run.id, with_state=True)
            project.load_log()
    except MtrecError as error:
        return Outcome(after_seconds, reported, None, f"it does not open: {error}")
    found = tuple(run.model for run in runs)
    with sqlite3.connect(path) as connection:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
    connection.close()
    problem = None if verdict == "ok" else f"integrity_check: {verdict}"
    missing = [model for model in reported if model not in found]
    if missing:
        problem = f"lost: {', '.join(missing)}"
    return Outcome(after_seconds, reported, found, problem)


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, look, and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.kill_application", description=__doc__
    )
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--longest", type=float, default=14.0, help="seconds until the last kill")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    rng = random.Random(options.seed)
    n_bad = n_stored = 0
    for number in range(options.times):
        outcome = kill_once(rng.uniform(0.0, options.longest))
        n_bad += outcome.problem is not None
        n_stored += len(outcome.found or ())
        print(
            f"{number + 1:3}: killed after {outcome.after_seconds:5.2f} s, "
            f"{len(outcome.reported)} reported, "
            f"{'no project yet' if outcome.found is None else f'{len(outcome.found)} stored'}: "
            f"{outcome.problem or 'good'}",
            flush=True,
        )
    print(f"{options.times} kills, {n_stored} finished runs found, {n_bad} problems")
    return 1 if n_bad else 0


if __name__ == "__main__":
    sys.exit(main())
