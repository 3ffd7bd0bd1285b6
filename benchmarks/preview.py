"""How long the preview of "New world…" takes, for each sample world and for the largest one.

    python -m benchmarks.preview [--repeats 20]

The claim: at most 300 ms for the default size of each sample world.
"""

from __future__ import annotations

import argparse
import statistics
import time

from sample_data import WORLDS
from sample_data.dials import turned
from sample_data.preview import preview
from sample_data.spec import WorldSpec, read_spec

LIMIT_SECONDS = 0.3
LARGE = {"users": 20_000.0, "items": 5_000.0, "pages": 50.0}


def seconds_of(spec: WorldSpec, repeats: int) -> list[float]:
    """Return how long each of several previews took, after one that loads what it needs."""
    preview(spec)
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        preview(spec)
        taken.append(time.perf_counter() - start)
    return sorted(taken)


def main() -> int:
    """Print the figures; the exit status tells whether the claim holds."""
    parser = argparse.ArgumentParser(description="Time the preview of new worlds.")
    parser.add_argument("--repeats", type=int, default=20)
    repeats = parser.parse_args().repeats
    holds = True
    for world in WORLDS.values():
        spec = read_spec(world.file)
        taken = seconds_of(spec, repeats)
        holds &= taken[-1] <= LIMIT_SECONDS
        _print(world.title, taken)
        _print(f"{world.title}, largest", seconds_of(turned(spec, LARGE), max(3, repeats // 5)))
    print(f"at most {1000 * LIMIT_SECONDS:.0f} ms at default size: {'yes' if holds else 'no'}")
    return 0 if holds else 1


def _print(name: str, taken: list[float]) -> None:
    print(
        f"{name:<24} median {1000 * statistics.median(taken):5.0f} ms, "
        f"slowest of {len(taken)} {1000 * taken[-1]:5.0f} ms"
    )


if __name__ == "__main__":
    raise SystemExit(main())
