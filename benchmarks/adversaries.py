"""What does an adversary add? ``python -m benchmarks.adversaries``.

The e-commerce world is simulated with the tastes behind its labels correlated by 0.2, anew for each
seed, and models are set beside each other on the test part: an adversary that cleans what tasks
share beside a shared-bottom network; with ``--games``, the players beside the plain models that do
without a game.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import numpy as np

from algorithms.data.split import SplitConfig
from algorithms.evaluation import RunSpec, default_columns, run
from sample_data import WORLDS
from sample_data.simulator import simulate
from sample_data.spec import read_spec

SHARING = ("shared_bottom", "adversarial_shared")
GAMES = ("autoencoder", "cfgan", "pairwise", "irgan")
CORRELATION = 0.2
SEEDS = (1, 2, 3, 4, 5)


def measure(
    models: Sequence[str],
    correlation: float = CORRELATION,
    seeds: Sequence[int] = SEEDS,
    world: str = "ecommerce",
) -> dict[tuple[str, str], list[float]]:
    """Return by model and "task: metric" one value for each seed; seconds of the fit as well."""
    usual = read_spec(WORLDS[world].file)
    found: dict[tuple[str, str], list[float]] = {}
    for seed in seeds:
        changes = {"correlation": correlation, "seed": usual.seed + seed}
        log = simulate(usual.model_copy(update=changes)).log
        for model in models:
            spec = RunSpec(model=model, seed=seed, tasks=usual.tasks, split=SplitConfig())
            result = run(spec, log)
            for column in default_columns(usual.tasks):
                metric = result.metric(column.task, column.key)
                if metric is not None:
                    name = f"{column.task}: {column.title}"
                    found.setdefault((model, name), []).append(metric.value)
            found.setdefault((model, "seconds"), []).append(result.cost.fit_seconds)
            print(seed, model, f"{result.cost.fit_seconds:.1f} s", file=sys.stderr, flush=True)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.adversaries", description=__doc__)
    parser.add_argument("--games", action="store_true", help="the players and their plain models")
    parser.add_argument("--correlation", type=float, default=CORRELATION)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    options = parser.parse_args(arguments)
    models = GAMES if options.games else SHARING
    found = measure(models, options.correlation, options.seeds)
    for (model, name), values in sorted(found.items(), key=lambda each: each[0][1]):
        mean, spread = np.mean(values), np.std(values, ddof=1) if len(values) > 1 else np.nan
        print(f"{name:<28} {model:<20} {mean:8.4f} ± {spread:.4f}")
    for (model, name), values in found.items():
        if model != models[1] or name == "seconds" or options.games:
            continue
        gaps = np.array(values) - np.array(found[models[0], name])
        print(f"{name:<28} difference by seed: {' '.join(f'{gap:+.4f}' for gap in gaps)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
