"""How long networks take, what memory, and whether going apart helps where tasks disagree.

    python -m benchmarks.networks time [MODEL ...]
    python -m benchmarks.networks peer [--folder FOLDER]
    python -m benchmarks.networks quality [--correlations ...] [--seeds ...] [--models ...]

``time`` fits each network on the e-commerce world with its defaults, to early stopping, in a
process of its own; seconds of the clock depend on what else the machine does, those of the
processor little. ``peer`` sets a pass of the shared-bottom network beside one of torch-rechub's
on the same events (FOLDER is where it was installed: ``pip install torch-rechub --target FOLDER``).
``quality`` simulates worlds in which the tastes behind the labels are correlated as asked and sets
networks against the shared-bottom network on test events, with a new world and split per seed.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.data.log import InteractionLog
from algorithms.data.split import Split, SplitConfig, make_split
from algorithms.models.base import Recommender
from algorithms.models.catalog import find_model
from algorithms.models.neural.catalog import NETWORKS
from algorithms.models.neural.recommender import NeuralRecommender
from algorithms.models.neural.serving import answers
from algorithms.tasks import Task, TaskKind
from sample_data import WORLDS, load_world, world_tasks
from sample_data.simulator import simulate
from sample_data.spec import read_spec

WORLD = "ecommerce"
YARDSTICK = "shared_bottom"


def split_log(log: InteractionLog, seed: int) -> Split:
    """Split as a run does by default."""
    return make_split(log, SplitConfig(), np.random.default_rng(seed))


# --- time and memory -----------------------------------------------------------------------


def time_here(key: str) -> None:
    """Fit one network in this process, and print what it took."""
    tasks = world_tasks(WORLD)
    split = split_log(load_world(WORLD), 1)
    model = find_model(key)()
    model.prepare()
    before = _peak_megabytes()
    start, cpu = time.perf_counter(), time.process_time()
    fit(model, split, tasks, seed=1)
    took, cpu = time.perf_counter() - start, time.process_time() - cpu
    passes = n_passes(model)
    print(
        f"{key:<22}{took:>8.1f}{cpu:>8.1f}{passes:>8d}{cpu / max(passes, 1):>12.2f}"
        f"{before:>10.0f}{_peak_megabytes():>10.0f}{model.n_parameters:>12,}"
    )


def fit(model: Recommender, split: Split, tasks: Sequence[Task], seed: int) -> None:
    """Fit on training, stopped by validation."""
    model.fit(
        split.train,
        type(model).served_tasks(tasks),
        rng=np.random.default_rng(seed),
        validation=split.validation,
    )


def n_passes(model: Recommender) -> int:
    """Return how many passes over the data were made."""
    return max((point.step for point in model.curves), default=0)


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def time_all(keys: Sequence[str]) -> None:
    """Fit every network in a process of its own."""
    print(f"{'network':<22}{'wall s':>8}{'CPU s':>8}{'passes':>8}{'CPU s / pass':>12}", end="")
    print(f"{'MB before':>10}{'MB peak':>10}{'parameters':>12}", flush=True)
    for key in keys:
        subprocess.run([sys.executable, "-m", "benchmarks.networks", "time-here", key], check=True)


# --- quality -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judged:
    """One task of one network, world and split: AUC of binary tasks, RMSE of the others."""

    model: str
    correlation: float
    seed: int
    task: Task
    value: float


def judge(model: str, correlation: float, seed: int) -> list[Judged]:
    """Simulate a world, fit a network and measure it on the test events."""
    usual = read_spec(WORLDS[WORLD].file)
    log = simulate(
        usual.model_copy(update={"correlation": correlation, "seed": usual.seed + seed})
    ).log
    split = split_log(log, seed)
    fitted = find_model(model)()
    if not isinstance(fitted, NeuralRecommender):
        raise SystemExit(f"{model} is no network")
    fit(fitted, split, usual.tasks, seed)
    return [
        Judged(model, correlation, seed, task, task_quality(fitted, task, split.test))
        for task in fitted.tasks
    ]


def task_quality(model: NeuralRecommender, task: Task, part: InteractionLog) -> float:
    """Return the AUC over a task's events if it is binary, else the RMSE.

    The network is asked about these pairs only: what a recommender keeps, the numbers of all
    items for every user, would take longer than the fit.
    """
    from sklearn.metrics import roc_auc_score

    events = task.part(part)
    network, place = model.part_of(task)
    z = answers(
        network.network,
        model._inputs,
        network.weights,
        events.users.astype(np.int64),
        events.items.astype(np.int64),
        model._last[events.users],
    )[:, place]
    truth = events.label(task.label)
    if task.kind is TaskKind.BINARY:
        return float(roc_auc_score(truth > 0, z))
    scale = model._scale(task)
    said = np.clip(scale.mean + scale.spread * z, scale.low, scale.high)
    return float(np.sqrt(np.mean((truth - said) ** 2)))


def quality(models: Sequence[str], correlations: Sequence[float], seeds: Sequence[int]) -> None:
    """Print each task's mean over the seeds, and the gain over the shared-bottom network."""
    found: list[Judged] = []
    for correlation in correlations:
        for seed in seeds:
            for model in models:
                found += judge(model, correlation, seed)
                print(f"  {model} {correlation:g} {seed}", file=sys.stderr, flush=True)
        print_quality([each for each in found if each.correlation == correlation], models)


def print_quality(found: Sequence[Judged], models: Sequence[str]) -> None:
    """Print one table, of one correlation."""
    tasks = list(dict.fromkeys(each.task.name for each in found))
    print(f"\ncorrelation {found[0].correlation:g}: mean of {len({e.seed for e in found})} seeds")
    print(f"{'network':<22}" + "".join(f"{task:>22}" for task in tasks) + f"{'mean gain %':>24}")
    for model in models:
        values = [_values(found, model, task) for task in tasks]
        line = f"{model:<22}" + "".join(f"{np.mean(v):>22.4f}" for v in values)
        gains = np.mean([_gains(found, model, task) for task in tasks], axis=0)  # (n_seeds,)
        spread = np.std(gains, ddof=1) if len(gains) > 1 else 0.0
        print(f"{line}{np.mean(gains):>+15.2f} ± {spread:<6.2f}", flush=True)


def _values(found: Sequence[Judged], model: str, task: str) -> FloatArray:
    return np.array([e.value for e in found if (e.model, e.task.name) == (model, task)])


def _gains(found: Sequence[Judged], model: str, task: str) -> FloatArray:
    """Return (n_seeds,) the gain over the yardstick in percent, higher is better."""
    kind = next(e.task.kind for e in found if e.task.name == task)
    before = _values(found, YARDSTICK, task)
    sign = 1 if kind is TaskKind.BINARY else -1
    return sign * 100 * (_values(found, model, task) - before) / before


# --- command -------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.networks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    timing = commands.add_parser("time", help="seconds and memory of each network")
    timing.add_argument("models", nargs="*", default=list(NETWORKS))
    here = commands.add_parser("time-here", help="one network in this process")
    here.add_argument("model")
    peer = commands.add_parser("peer", help="a pass beside torch-rechub's")
    peer.add_argument("--folder", help="where torch-rechub was installed")
    judging = commands.add_parser("quality", help="networks against shared-bottom")
    judging.add_argument("--models", nargs="+", default=[YARDSTICK, "mmoe", "ple"])
    judging.add_argument("--correlations", type=float, nargs="+", default=[0.0, -0.5])
    judging.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    options = parser.parse_args(arguments)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if options.command == "time":
        time_all(options.models)
    elif options.command == "time-here":
        time_here(options.model)
    elif options.command == "peer":
        from benchmarks.network_peer import compare_passes

        compare_passes(options.folder)
    else:
        models = [YARDSTICK, *(key for key in options.models if key != YARDSTICK)]
        quality(models, options.correlations, options.seeds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
