"""Purchases over all impressions, learned in different ways: ``python -m benchmarks.funnel``.

Fits the funnel's networks on the e-commerce world with their defaults, a new split per seed, and
asks them about the test impressions of products. The simulator knows the truth, so three things are
measured that real data hides:

- *AUC* of purchases among all impressions, by the test labels;
- *order*: Spearman's correlation of the model's number with the true chance of a purchase;
- *pCVR*: its Spearman correlation with the true chance of buying once clicked, and its mean over
  all impressions beside the true mean.

``naive_cvr x click`` multiplies the naive model's number with its own chance of a click: the
baseline of the ESMM paper.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.data.log import InteractionLog
from algorithms.data.split import SplitConfig, make_split
from algorithms.models.catalog import find_model
from algorithms.models.neural.recommender import NeuralRecommender
from algorithms.models.neural.serving import answers
from algorithms.tasks import Task
from sample_data import load_world, world_tasks
from sample_data.oracle import world_behind

WORLD = "ecommerce"
MODELS = ("single_task_network", "shared_bottom", "naive_cvr", "esmm", "escm2", "aitm")
MEASURES = ("AUC", "order", "pCVR order", "pCVR mean")


@dataclass(frozen=True, slots=True)
class Chances:
    """What a model says of impressions (n,): of a click, of a purchase, and of one once clicked."""

    click: FloatArray
    purchase: FloatArray
    once_clicked: FloatArray


def chances(model: NeuralRecommender, key: str, part: InteractionLog) -> dict[str, Chances]:
    """Ask a model about these pairs only; the naive one is asked in two ways."""
    click, purchase = (_ask(model, task, part) for task in world_tasks(WORLD)[:2])
    if key != "naive_cvr":
        return {key: Chances(click, purchase, purchase / click)}
    return {
        key: Chances(click, purchase, purchase),
        f"{key} x click": Chances(click, click * purchase, purchase),
    }


def _ask(model: NeuralRecommender, task: Task, part: InteractionLog) -> FloatArray:
    network, place = model.part_of(task)
    users, items = part.users.astype(np.int64), part.items.astype(np.int64)
    z = answers(network.network, model._inputs, network.weights, users, items, model._last[users])
    found: FloatArray = 0.5 * (1 + np.tanh(0.5 * z[:, place]))
    return found


def measure(found: Chances, part: InteractionLog) -> tuple[float, ...]:
    """Return the figures in the order of ``MEASURES``."""
    from scipy.stats import spearmanr
    from sklearn.metrics import roc_auc_score

    truth = world_behind(part)
    bought = truth.in_log("purchase", part.users, part.items)
    once_clicked = truth.given_parent("purchase", part.users, part.items)
    return (
        float(roc_auc_score(part.label("purchase") > 0, found.purchase)),
        float(spearmanr(found.purchase, bought).statistic),
        float(spearmanr(found.once_clicked, once_clicked).statistic),
        float(found.once_clicked.mean()),
    )


def measured(models: Sequence[str], seed: int) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Fit the models on one split, and measure them on its test impressions of products."""
    log, tasks = load_world(WORLD), world_tasks(WORLD)
    split = make_split(log, SplitConfig(), np.random.default_rng(seed))
    part = tasks[1].part(split.test)
    once_clicked = world_behind(part).given_parent("purchase", part.users, part.items)
    yield "truth", (np.nan, 1.0, 1.0, float(once_clicked.mean()))
    for key in models:
        model = find_model(key)()
        if not isinstance(model, NeuralRecommender):
            raise SystemExit(f"{key} is no network")
        rng = np.random.default_rng(seed)
        model.fit(split.train, tasks, rng=rng, validation=split.validation)
        for name, found in chances(model, key, part).items():
            yield name, measure(found, part)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.funnel", description=__doc__)
    parser.add_argument("--models", nargs="+", default=list(MODELS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    options = parser.parse_args(arguments)
    figures: dict[str, list[tuple[float, ...]]] = {}
    for seed in options.seeds:
        for name, values in measured(options.models, seed):
            figures.setdefault(name, []).append(values)
            print(f"  {seed} {name} {np.round(values, 4)}", file=sys.stderr, flush=True)
    print(f"{'':<22}" + "".join(f"{head:>20}" for head in MEASURES))
    for name, rows in figures.items():
        means = np.mean(rows, axis=0)
        spreads = np.std(rows, axis=0, ddof=1) if len(rows) > 1 else np.zeros(len(MEASURES))
        cells = [f"{m:.4f} ± {s:.4f}" for m, s in zip(means, spreads, strict=True)]
        print(f"{name:<22}" + "".join(f"{cell:>20}" for cell in cells))
    return 0


if __name__ == "__main__":
    sys.exit(main())
