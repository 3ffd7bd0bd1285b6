"""Does sharing help as much as the tasks are alike? ``python -m benchmarks.correlation``.

A sample world is simulated with the tastes behind its labels correlated as asked (0.8: what one
clicks is what one buys; 0: nothing to do with each other; -0.8: the opposite), and shared factors
are set against separate factors, task by task, with a new world and a new split for each seed.

A task that ranks the same items as another shares item vectors with it as well as user vectors; one
that has its items for itself (ads) shares user vectors alone. A task further down a funnel has
something in common with the tasks before it whatever the tastes are, since nobody buys without a
click; with ``--no-funnel`` each label happens by itself, as rarely as before.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.data.split import SplitConfig
from algorithms.evaluation import RunSpec, default_columns, run
from algorithms.tasks import Task
from sample_data import WORLDS
from sample_data.simulator import simulate
from sample_data.spec import WorldSpec, read_spec

CORRELATIONS = (0.8, 0.0, -0.8)
SEEDS = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Measured:
    """One task of one world and split.

    Parameters
    ----------
    correlation, seed : which world
    task, metric : what was measured
    alone, shared : the metric of separate and of shared factors
    gain : what sharing buys, in percent, higher is better
    """

    correlation: float
    seed: int
    task: str
    metric: str
    alone: float
    shared: float
    gain: float


def measure(
    world: str = "ecommerce",
    correlations: Sequence[float] = CORRELATIONS,
    seeds: Sequence[int] = SEEDS,
    *,
    funnel: bool = True,
) -> list[Measured]:
    """Simulate, fit and judge.

    Parameters
    ----------
    world : key of a sample world
    correlations : of the tastes behind the labels
    seeds : each draws a world and a split of its own
    funnel : whether labels need their parents
    """
    usual = read_spec(WORLDS[world].file)
    usual = usual if funnel else without_funnel(usual)
    found = []
    for correlation in correlations:
        for seed in seeds:
            changes = {"correlation": correlation, "seed": usual.seed + seed}
            log = simulate(usual.model_copy(update=changes)).log
            alone, shared = (
                run(RunSpec(model=model, seed=seed, tasks=usual.tasks, split=SplitConfig()), log)
                for model in ("separate_factors", "shared_factors")
            )
            for column in default_columns(usual.tasks):
                results = [each.metric(column.task, column.key) for each in (alone, shared)]
                before, after = (np.nan if each is None else each.value for each in results)
                gain = 100 * (after - before) / before * (1 if column.higher_is_better else -1)
                found.append(
                    Measured(correlation, seed, column.task, column.title, before, after, gain)
                )
    return found


def without_funnel(spec: WorldSpec) -> WorldSpec:
    """Return the world with each yes or no happening by itself, as often as it did before."""
    rates: dict[str, float] = {}
    labels = []
    for label in spec.labels:
        before = 1.0 if label.parent is None else rates.get(label.parent, 1.0)
        if label.kind == "binary":
            rates[label.name] = label.rate * before
            label = label.model_copy(update={"parent": None, "rate": rates[label.name]})
        labels.append(label)
    return spec.model_copy(update={"labels": tuple(labels)})


def shares(task: Task, tasks: Sequence[Task]) -> str:
    """Return what a task shares with others: user vectors, and item vectors where it can."""
    with_items = any(t.item_kind == task.item_kind and t.name != task.name for t in tasks)
    return "users and items" if with_items else "users"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.correlation", description=__doc__)
    parser.add_argument("--world", default="ecommerce", choices=list(WORLDS))
    parser.add_argument("--correlations", type=float, nargs="+", default=list(CORRELATIONS))
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--no-funnel", action="store_true", help="labels happen by themselves")
    options = parser.parse_args(arguments)
    found = measure(
        options.world, options.correlations, options.seeds, funnel=not options.no_funnel
    )
    tasks = read_spec(WORLDS[options.world].file).tasks
    print(f"{options.world}: mean and standard deviation over {len(options.seeds)} seeds")
    print(f"{'task':<16}{'shares':<17}{'metric':<9}{'correlation':>11}", end="")
    print(f"{'alone':>9}{'shared':>9}{'gain %':>15}  of each seed")
    for task in tasks:
        for correlation in options.correlations:
            mine = [m for m in found if (m.task, m.correlation) == (task.name, correlation)]
            gains = [m.gain for m in mine]
            spread = np.std(gains, ddof=1) if len(gains) > 1 else 0.0
            values = "".join(
                f"{np.mean(each):>9.4f}"
                for each in ([m.alone for m in mine], [m.shared for m in mine])
            )
            print(f"{task.name:<16}{shares(task, tasks):<17}{mine[0].metric:<9}", end="")
            print(f"{correlation:>11g}{values}{np.mean(gains):>+8.1f} ± {spread:<4.1f}", end="  ")
            print(" ".join(f"{gain:+.1f}" for gain in gains))
    return 0


if __name__ == "__main__":
    sys.exit(main())
