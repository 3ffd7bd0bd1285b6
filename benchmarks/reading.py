"""Reading a CSV file of interactions into a log: ``python -m benchmarks.reading [N ...]``.

Beside it, on the same file and in the same run, ``sqlite3``'s own ``.import`` into a plain table.
Ours runs in a process of its own, after a file of 1,000 lines was read there, so that all is
loaded and compiled as it is in the window. *Longest silence* is the longest time between two
reports of progress, at which a person can cancel.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.importing import ROOT, run_sqlite, write_events

OF_SQLITE = 0.46  # of 0.7 for the whole import; the rest is for storing


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["--child"]:
        print(json.dumps(read(*map(Path, arguments[1:]))))
        return 0
    for n in [int(argument) for argument in arguments] or [1_000_000, 10_000_000]:
        with tempfile.TemporaryDirectory() as folder:
            compare(n, Path(folder))
    return 0


def compare(n: int, folder: Path) -> None:
    """Read a file of ``n`` interactions in both ways and print what it took."""
    few, many = folder / "few.csv", folder / "many.csv"
    write_events(few, 1000)
    write_events(many, n)
    sqlite, _ = run_sqlite(many, folder / "plain.sqlite")
    command = [sys.executable, "-m", "benchmarks.reading", "--child", str(few), str(many)]
    child = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    ours = json.loads(child.stdout)
    assert ours["n"] == n
    ratio = ours["seconds"] / sqlite
    verdict = "reached" if ratio <= OF_SQLITE else "MISSED"
    print(
        f"{n:,} interactions, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}: "
        f"read_log {ours['seconds']:.2f} s, sqlite3 .import {sqlite:.2f} s; "
        f"ratio {ratio:.2f}, target {OF_SQLITE}, {verdict}; "
        f"peak {ours['peak'] / 1e6:.0f} MB, longest silence {1000 * ours['silence']:.0f} ms",
        flush=True,
    )


def read(few: Path, many: Path) -> dict[str, float]:
    """Read a small file, then the one that counts."""
    from algorithms.data.proposals import propose_columns
    from algorithms.data.readers import read_log, sniff
    from algorithms.evaluation.memory import peak_bytes
    from algorithms.progress import Stage

    roles = propose_columns(sniff(few))
    read_log(few, roles)
    start = last = time.perf_counter()
    silence = 0.0

    def note(fraction: float, stage: Stage) -> None:
        nonlocal last, silence
        now = time.perf_counter()
        silence, last = max(silence, now - last), now

    result = read_log(many, roles, progress=note)
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "silence": silence,
        "n": result.n_accepted,
        "peak": float(peak_bytes()),
    }


if __name__ == "__main__":
    raise SystemExit(main())
