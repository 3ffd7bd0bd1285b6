"""Kill a process in the middle of storing runs, again and again, and see what the project keeps.

    python -m benchmarks.kill_storage --kills 50

A child process stores runs without a pause and says after each that it was committed; it is
killed at a random moment. Then the project must open, pass SQLite's integrity check, hold every
run that was reported, and at most one more (committed, but killed before it could say so), each
with every number as it was.
"""

from __future__ import annotations

import argparse
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import numpy as np

from algorithms.data.log import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.evaluation.experiment import Experiment
from algorithms.evaluation.results import Cost, MetricResult, RunResult
from algorithms.models.base import CurvePoint, ModelState, TopLists
from mtrec_gui.storage import Project


def make_result(seed: int) -> RunResult:
    """Return a run of the size that the sample world gives."""
    rng = np.random.default_rng(seed)
    users = np.arange(2000)
    return RunResult(
        model="bias",
        config={"damping": seed},
        seed=seed,
        tasks=("click",),
        metrics=tuple(
            MetricResult("click", "ndcg", k, 0.5, 2000, 0, 0.4, 0.6, users, rng.random(2000))
            for k in range(1, 21)
        ),
        lists={"click": TopLists(users, rng.integers(0, 99, (2000, 10)), rng.random((2000, 10)))},
        curves=tuple(CurvePoint(step, "click", "loss", rng.random()) for step in range(50)),
        cost=Cost(1.0, 1.0, 64_000, 10**8),
        state=ModelState({"P": rng.standard_normal((2000, 32))}),
    )


def main() -> None:
    """Run the benchmark, or its child."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0, help="draws the moments")
    parser.add_argument("--store-in", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--from-seed", type=int, default=1, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.store_in is not None:
        _store_for_ever(arguments.store_in, arguments.from_seed)
    with tempfile.TemporaryDirectory() as folder:
        moments = np.random.default_rng(arguments.seed)
        _kill_often(Path(folder) / "killed.mtrec", arguments.kills, moments)


def _store_for_ever(path: Path, seed: int) -> None:
    with Project.open(path) as project:
        while True:
            project.add_run(1, make_result(seed))
            print(seed, flush=True)
            seed += 1


def _kill_often(path: Path, kills: int, moments: np.random.Generator) -> None:
    with Project.create(path) as project:
        project.start_comparison(project.save_log(_empty_log()), Experiment(tasks=()))
    kept = 0
    n_hot = 0
    for kill in range(1, kills + 1):
        reported = _killed_child(path, kept + 1, moments.random())
        journal = path.with_name(path.name + "-journal")
        n_hot += journal.exists() and journal.stat().st_size > 0
        with Project.open(path) as project:
            seeds = [run.seed for run in project.runs(1)]
            assert seeds == list(range(1, len(seeds) + 1)), f"kill {kill}: runs {seeds}"
            assert len(seeds) - reported in (0, 1), f"kill {kill}: {reported}, {len(seeds)}"
            for run in project.runs(1)[kept:]:
                _compare(project.load_result(run.id, with_state=True), make_result(run.seed))
        with closing(sqlite3.connect(path)) as plain:
            answer = plain.execute("PRAGMA integrity_check").fetchall()
        assert answer == [("ok",)], f"kill {kill}: {answer}"
        kept = len(seeds)
    print(f"{kills} kills, {n_hot} of them inside a write; {kept} runs stored, none lost")


def _killed_child(path: Path, seed: int, seconds: float) -> int:
    """Return the last seed that a child reported before it was killed."""
    command = [sys.executable, "-m", "benchmarks.kill_storage", "--store-in", str(path)]
    with subprocess.Popen(
        [*command, "--from-seed", str(seed)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        first = child.stdout.readline()  # it is storing now
        time.sleep(seconds)
        child.kill()
        return int([first, *child.stdout][-1])


def _compare(stored: RunResult, made: RunResult) -> None:
    left, right = stored.to_parts(), made.to_parts()
    assert left[0] == right[0]
    assert left[1].keys() == right[1].keys()
    for name, array in right[1].items():
        assert np.array_equal(left[1][name], array), name


def _empty_log() -> InteractionLog:
    nothing = np.empty(0, dtype=np.int32)
    texts = np.empty(0, dtype=np.str_)
    items = ItemTable(IdMap(texts), texts, (), np.empty(0, dtype=np.int16), texts)
    return InteractionLog("none", nothing, nothing, {}, UserTable(IdMap(texts)), items)


if __name__ == "__main__":
    main()
