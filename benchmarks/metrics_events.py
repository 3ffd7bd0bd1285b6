"""How long metrics over events take, beside scikit-learn and scipy in the same run.

``python -m benchmarks.metrics_events --events 200000``

Draws ratings with predictions and clicks with probabilities, seeded, and times each metric of the
catalog that looks at events: its value over all, and what a run needs on top of it, the users'
own values and the addends of the interval. The first line adds up the six metrics of the source
text, the second the same with AUC; the targets are theirs. Each figure is the median of several.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import numpy as np

from algorithms.metrics import METRICS, EventMetric, Level
from algorithms.metrics.sums import sum_per_user

SEED_METRICS = ("mae", "rmse", "accuracy", "precision", "recall", "f1")
WITHOUT_AUC, WITH_AUC = 5.0, 40.0  # targets in milliseconds
N_USERS, THRESHOLD = 6040, 0.4


def draw(n: int) -> dict[Level, tuple[Any, Any]]:
    """Return labels and predictions of both kinds."""
    rng = np.random.default_rng(1)
    stars = rng.integers(1, 6, n).astype(np.float64)
    clicks = (rng.random(n) < 0.2).astype(np.float64)
    probability = 0.7 * rng.random(n) + 0.3 * clicks * rng.random(n)
    return {
        Level.RATING: (stars, stars + rng.normal(size=n)),
        Level.BINARY: (clicks, probability),
    }


def libraries() -> dict[str, Callable[[Any, Any], Any]]:
    """Return what computes the same number elsewhere, by key."""
    from scipy import stats
    from sklearn import metrics as sk

    def answered(function: Callable[..., Any]) -> Callable[[Any, Any], Any]:
        return lambda truth, probability: function(truth, probability >= THRESHOLD)

    return {
        "mae": sk.mean_absolute_error,
        "rmse": sk.root_mean_squared_error,
        "mse": sk.mean_squared_error,
        "r2": sk.r2_score,
        "spearman": lambda x, y: stats.spearmanr(x, y).statistic,
        "kendall": lambda x, y: stats.kendalltau(x, y).statistic,
        "accuracy": answered(sk.accuracy_score),
        "balanced_accuracy": answered(sk.balanced_accuracy_score),
        "precision": answered(sk.precision_score),
        "recall": answered(sk.recall_score),
        "f1": answered(sk.f1_score),
        "auc": sk.roc_auc_score,
        "average_precision": sk.average_precision_score,
        "log_loss": sk.log_loss,
        "brier": sk.brier_score_loss,
    }


def milliseconds(action: Callable[[], Any], times: int) -> float:
    """Return the median time that an action takes, after one that does not count."""
    action()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        taken.append(1000 * (time.perf_counter() - start))
    return median(taken)


def arguments_of(metric: EventMetric, columns: tuple[Any, Any], rows: Any) -> tuple[Any, ...]:
    """Return what the metric's function is given."""
    if metric.needs_users:
        return *columns, rows
    return (*columns, THRESHOLD) if metric.needs_threshold else columns


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns 1 where a target is missed."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.metrics_events",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--times", type=int, default=11)
    options = parser.parse_args(arguments)
    drawn = draw(options.events)
    rows = np.random.default_rng(2).integers(0, N_USERS, options.events)
    elsewhere = libraries()
    lines, ours = [], {}
    for metric in METRICS.values():
        if not isinstance(metric, EventMetric):
            continue
        given = arguments_of(metric, drawn[metric.level], rows)
        ours[metric.key] = milliseconds(lambda m=metric, g=given: m.function(*g), options.times)

        def for_a_run(m: EventMetric = metric, g: tuple[Any, ...] = given) -> None:
            m.combine(sum_per_user(m.addends(*g), rows, N_USERS))
            if m.per_user is not None:
                m.per_user(*g, rows, N_USERS)

        whole = milliseconds(for_a_run, options.times)
        line = f"{metric.key:18} {ours[metric.key]:9.2f} {whole:9.2f}"
        if metric.key in elsewhere:
            theirs = elsewhere[metric.key]
            truth, predicted = drawn[metric.level]
            difference = abs(float(theirs(truth, predicted)) - float(metric.function(*given)))
            taken = milliseconds(lambda f=theirs, t=truth, p=predicted: f(t, p), options.times)
            line += f" {taken:9.2f}   {difference:.0e}"
        lines.append(line)
    without = sum(ours[key] for key in SEED_METRICS)
    missed = False
    print(f"{options.events:,} events of {N_USERS:,} users, milliseconds")
    for name, value, target in (
        ("MAE, RMSE, Accuracy, Precision, Recall, F1", without, WITHOUT_AUC),
        ("with AUC", without + ours["auc"], WITH_AUC),
    ):
        missed |= value >= target
        print(f"{name}: {value:.1f} (target {target:.0f}) {'met' if value < target else 'MISSED'}")
    print(f"{'':18} {'value':>9} {'per user':>9} {'library':>9}   difference")
    print("\n".join(lines))
    return int(missed)


if __name__ == "__main__":
    warnings.simplefilter("error")
    sys.exit(main())
