"""How long honest comparison takes: bootstrap intervals, gains, signed ranks, hypervolume.

    python -m benchmarks.comparison [--repeats 10] [--users 6040]

The claims: a bootstrap interval with 1,000 resamples over 6,040 users takes under 100 ms, and 100
times the users take at most 120 times the time.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np

from algorithms.evaluation import Column, Cost, MetricResult, RunResult, paired_gains
from algorithms.evaluation.intervals import bootstrap_totals, percentile_interval
from algorithms.evaluation.multitask import hypervolume
from algorithms.evaluation.paired_tests import signed_ranks, user_differences
from algorithms.models.base import ModelState

LIMIT_SECONDS = 0.1
GROWTH = 100
LIMIT_GROWTH = 120
NDCG = Column("click", "ndcg", 10)


def seconds_of(work: Callable[[], object], repeats: int) -> list[float]:
    """Return how long each of several calls took, after one that loads what it needs."""
    work()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return sorted(taken)


def interval(n_users: int) -> tuple[float, float]:
    """Return the interval of a ratio of sums over users."""
    sums = np.random.default_rng(0).random((n_users, 2))
    totals = bootstrap_totals(sums, np.random.default_rng(1))
    return percentile_interval(totals[:, 0] / totals[:, 1])


def make_run(n_users: int, seed: int) -> RunResult:
    """Return a run with NDCG-like values: mostly 0, equal for many users of two runs."""
    rng = np.random.default_rng(seed)
    ease = np.random.default_rng(0).random(n_users)
    values = np.where(ease < 0.6, 0.0, np.round(ease * rng.random(n_users), 2))
    value = float(values.mean())
    users = np.arange(n_users)
    ndcg = MetricResult("click", "ndcg", 10, value, n_users, 0, value, value, users, values)
    return RunResult(
        "model", {}, 1, ("click",), (ndcg,), {}, (), Cost(0, 0, 0, 0), ModelState({}, {})
    )


def main() -> int:
    """Print the figures; the exit status tells whether the claims hold."""
    parser = argparse.ArgumentParser(description="Time what an honest comparison costs.")
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--users", type=int, default=6040)
    arguments = parser.parse_args()
    n, repeats = arguments.users, arguments.repeats
    one, other = make_run(n, 1), make_run(n, 2)
    points = np.random.default_rng(3).random((20, 4))
    taken = {
        f"interval, {n:,} users": seconds_of(lambda: interval(n), repeats),
        "paired gain": seconds_of(
            lambda: paired_gains([one], [other], [NDCG], np.random.default_rng(1)), repeats
        ),
        "signed ranks": seconds_of(
            lambda: signed_ranks(user_differences([one], [other], NDCG)), repeats
        ),
        "hypervolume, 20 models, 4 tasks": seconds_of(
            lambda: hypervolume(points, np.zeros(4)), repeats
        ),
        f"interval, {GROWTH * n:,} users": seconds_of(lambda: interval(GROWTH * n), 2),
    }
    for name, times in taken.items():
        print(f"{name:<34} median {1000 * statistics.median(times):9.1f} ms")
    small, *_, large = (statistics.median(times) for times in taken.values())
    fast, flat = small <= LIMIT_SECONDS, large <= LIMIT_GROWTH * small
    print(f"under {1000 * LIMIT_SECONDS:.0f} ms: {'yes' if fast else 'no'}")
    print(f"{GROWTH} times the users: {large / small:.0f} times the time, at most {LIMIT_GROWTH}")
    return 0 if fast and flat else 1


if __name__ == "__main__":
    raise SystemExit(main())
