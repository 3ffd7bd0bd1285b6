"""Which questions there are for each metric: some of its own, and those that fit any."""

from __future__ import annotations

import numpy as np

from algorithms.metrics.card import EventMetric
from algorithms.metrics.catalog import find_metric
from algorithms.metrics.lab import (
    exercise_answers,
    exercise_fronts,
    exercise_transfer,
    exercise_values,
)
from algorithms.metrics.lab.exercise_any import (
    ask_change,
    ask_comparison,
    ask_double_k,
    ask_threshold,
    ask_value,
)
from algorithms.metrics.lab.exercise_gains import ask_gain_sign, ask_mean_gain
from algorithms.metrics.lab.exercises import Exercise, Template
from algorithms.metrics.lab.work_gains import GAIN
from algorithms.metrics.lab.workbench import first_example

OWN: dict[str, tuple[Template, ...]] = {
    "mae": (
        exercise_values.ask_step,
        exercise_values.ask_missing,
        exercise_values.ask_scale,
        exercise_values.ask_equal_errors,
    ),
    "rmse": (
        exercise_values.ask_outlier,
        exercise_values.ask_largest,
        exercise_values.ask_scale,
        exercise_values.ask_equal_errors,
    ),
    "accuracy": (exercise_answers.ask_counts, exercise_answers.ask_always_no),
    "precision": (
        exercise_answers.ask_counts,
        exercise_answers.ask_always_yes,
        exercise_answers.ask_wrong_yes,
    ),
    "recall": (exercise_answers.ask_counts, exercise_answers.ask_missed),
    "f1": (exercise_answers.ask_counts, exercise_answers.ask_harmonic_mean),
}

ACROSS: dict[str, tuple[Template, ...]] = {
    GAIN: (ask_mean_gain, ask_gain_sign),
    "negative_transfer": (exercise_transfer.ask_flag, exercise_transfer.ask_flagged_tasks),
    "pareto_front": (exercise_fronts.ask_front_size, exercise_fronts.ask_dominance),
    "hypervolume": (exercise_fronts.ask_volume, exercise_fronts.ask_third_model),
    "conflict": (exercise_transfer.ask_cosine, exercise_transfer.ask_step),
}


def templates(metric_key: str) -> tuple[Template, ...]:
    """Return the templates of the exercises of a metric, or of a measure across tasks.

    Raises
    ------
    UnknownMetricError
        Where the catalog has no such metric.
    WorkbenchError
        Where the metric has no workbench, and so no exercises.
    """
    if metric_key in ACROSS:
        return ACROSS[metric_key]
    first_example(metric_key)
    metric = find_metric(metric_key)
    common: list[Template] = [ask_value, ask_comparison, ask_change]
    if isinstance(metric, EventMetric) and metric.needs_threshold:
        common.append(ask_threshold)
    if metric.level.of_lists and metric.key != "user_coverage":  # k does not matter to a full list
        common.append(ask_double_k)
    return (*common, *OWN.get(metric_key, ()))


def exercise(metric_key: str, rng: np.random.Generator, place: int | None = None) -> Exercise:
    """Draw an exercise.

    Parameters
    ----------
    metric_key : one of ``workable()``, or of a measure across tasks, such as ``GAIN``
    rng : draws the numbers and, where no place is given, the template
    place : which of ``templates(metric_key)``, so that all of them get their turn
    """
    made = templates(metric_key)
    chosen = int(rng.integers(len(made))) if place is None else place % len(made)
    return made[chosen](metric_key, rng)
