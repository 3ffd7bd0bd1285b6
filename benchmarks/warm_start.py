"""How long a refit takes after one task weight was changed: ``python -m benchmarks.warm_start``.

The e-commerce world, 16 factors. Each task's weight in turn is halved, doubled and made fourfold;
the fit starts from the solution of equal weights, and is set beside a fit from a random start. Per
line the median (and the slowest) of some refits, the number of sweeps, and the quotient of the mean
squared errors in training, weighted by task, that both end with. "Watched" fits measure validation
events after every sweep, too. The claim: every median of the others is under 60 ms. It holds on two
cores that have nothing else to do.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence

import numpy as np

from algorithms.data.split import Split, SplitConfig, make_split
from algorithms.models.base import ModelState
from algorithms.models.shared_factors import SharedFactors, SharedFactorsConfig
from algorithms.tasks import Task
from sample_data import load_world, world_tasks

LIMIT_SECONDS = 0.06
N_FACTORS = 16
CHANGES = (0.5, 2.0, 4.0)


def fit(
    split: Split, tasks: Sequence[Task], start: ModelState | None, *, watched: bool, n_epochs: int
) -> tuple[SharedFactors, float]:
    """Return a fitted model and the seconds that took."""
    model = SharedFactors(SharedFactorsConfig(n_factors=N_FACTORS, n_epochs=n_epochs))
    validation = split.validation if watched else None
    begun = time.perf_counter()
    model.fit(split.train, tasks, rng=np.random.default_rng(1), validation=validation, start=start)
    return model, time.perf_counter() - begun


def total_loss(model: SharedFactors, tasks: Sequence[Task]) -> float:
    """Return the sum over tasks of their last mean loss, each by the weight that a person gave."""
    last = {p.task: p.value for p in model.curves if p.measure == "training loss"}
    return sum(task.weight * last[task.name] for task in tasks)


def main() -> int:
    """Print the figures; the exit status tells whether the claim holds."""
    parser = argparse.ArgumentParser(description="Time refits from an earlier solution.")
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    tasks = world_tasks("ecommerce")
    split = make_split(load_world("ecommerce"), SplitConfig(), np.random.default_rng(1))
    SharedFactors().prepare()
    holds = True
    print(f"{'weight of':<11}{'times':>6}  {'watched':<8}{'warm ms':>16}{'sweeps':>7}", end="")
    print(f"{'cold ms':>9}{'sweeps':>7}{'loss, warm / cold':>19}")
    for watched in (False, True):
        old, _ = fit(split, tasks, None, watched=watched, n_epochs=15)
        for chosen in tasks:
            for change in CHANGES:
                weights = {chosen.name: change}
                new = [
                    task.model_copy(update={"weight": weights.get(task.name, task.weight)})
                    for task in tasks
                ]
                runs = [
                    fit(split, new, old.state(), watched=watched, n_epochs=15)
                    for _ in range(repeats)
                ]
                seconds = [taken for _, taken in runs]
                warm = runs[0][0]
                cold, cold_seconds = fit(split, new, None, watched=watched, n_epochs=15)
                if not watched:
                    holds &= statistics.median(seconds) <= LIMIT_SECONDS
                span = f"{1000 * statistics.median(seconds):.0f} ({1000 * max(seconds):.0f})"
                print(
                    f"{chosen.name:<11}{change:>6g}  {'yes' if watched else 'no':<8}{span:>16}"
                    f"{_sweeps(warm):>7}{1000 * cold_seconds:>9.0f}{_sweeps(cold):>7}"
                    f"{total_loss(warm, new) / total_loss(cold, new):>19.4f}"
                )
    print(f"median under {1000 * LIMIT_SECONDS:.0f} ms (unwatched): {'yes' if holds else 'no'}")
    return 0 if holds else 1


def _sweeps(model: SharedFactors) -> int:
    return max(point.step for point in model.curves)


if __name__ == "__main__":
    raise SystemExit(main())
