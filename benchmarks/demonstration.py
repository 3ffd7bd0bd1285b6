"""How long the demonstration takes and how large it is: ``python -m benchmarks.demonstration``.

Runs ``python main.py demo`` several times and reports the seconds and the peak resident memory
of the process that a person started (the runs have processes of their own).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
CHILD = """
import sys
from mtrec_gui.command_line import main
status = main(["demo"])
from algorithms.evaluation.memory import peak_bytes
print("PEAK", peak_bytes())
sys.exit(status)
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.demonstration", description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args(arguments)
    for number in range(options.times):
        with tempfile.TemporaryDirectory() as home:
            started = time.perf_counter()
            ended = subprocess.run(
                [sys.executable, "-c", CHILD],
                cwd=ROOT,
                env={**os.environ, "MTREC_HOME": home},
                capture_output=True,
                text=True,
                check=True,
            )
            seconds = time.perf_counter() - started
        peak = int(ended.stdout.rsplit("PEAK", 1)[1])
        print(f"run {number + 1}: {seconds:.1f} s, peak memory of the parent {peak / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
