"""Two models, two metrics, two winners: what each metric rewards shows where they disagree.

Many models answer a random question at random, until there are two of which one metric prefers
the first and the other the second; of several pairs the clearest is kept. For some pairs of
metrics no such examples exist, because both put the same sum in order; that is said, with the
reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.messages import Message
from algorithms.metrics.card import Direction, Metric
from algorithms.metrics.catalog import find_metric
from algorithms.metrics.lab.draws import draw_example, draw_rival
from algorithms.metrics.lab.examples import Workbench
from algorithms.metrics.lab.rewards import ALIKE, REWARDS
from algorithms.metrics.lab.workbench import first_example
from algorithms.metrics.lab.worked import catalog_value, number

N_QUESTIONS = 20
N_MODELS = 80  # that answer each question; all pairs are compared
N_ROWS = 8
CLEAR = 0.01  # smaller differences would not be seen in the numbers shown

SAME = Message("It is the same metric twice, and no metric disagrees with itself.")
OTHER_ROWS = "{metric_a} and {metric_b} look at different rows, so there is nothing to compare."
NONE_FOUND = (
    "{metric_a} and {metric_b} agreed on all of {n} random pairs; that is no proof that they "
    "always do."
)
PREFERS_FIRST = "{metric} prefers the first: {first} against {second}."
PREFERS_SECOND = "{metric} prefers the second: {second} against {first}."


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two examples of the same rows on which two metrics have different winners.

    Parameters
    ----------
    first, second : metric A prefers the first, metric B the second
    values_a, values_b : what the metrics say of the first and of the second
    explanation : sentence by sentence: what A prefers and what it rewards, then B
    """

    first: Workbench
    second: Workbench
    values_a: tuple[float, float]
    values_b: tuple[float, float]
    explanation: tuple[Message, ...]


def find_disagreement(
    metric_a: str, metric_b: str, rng: np.random.Generator
) -> Disagreement | Message:
    """Find two models' answers that two metrics rank differently.

    Parameters
    ----------
    metric_a, metric_b : keys of metrics with a workbench, of one level
    rng : draws the examples

    Returns
    -------
    disagreement : or the sentence that says why there is none, or that none was found

    Raises
    ------
    UnknownMetricError, WorkbenchError
        Where a metric is unknown or has no workbench.
    """
    a, b = find_metric(metric_a), find_metric(metric_b)
    for metric in (a, b):
        first_example(metric.key)
    names = {"metric_a": a.card.title, "metric_b": b.card.title}
    if a.key == b.key:
        return SAME
    if a.level is not b.level:
        return Message(OTHER_ROWS, names)
    for keys, reason in ALIKE:
        if {a.key, b.key} <= keys:
            return Message(reason, names)

    for _ in range(N_QUESTIONS):
        example = draw_example([a, b], rng, N_ROWS)
        models = [example, *(draw_rival(example, rng) for _ in range(N_MODELS - 1))]
        if pair := _clearest(a, b, models):
            return _told(a, b, pair)
    return Message(NONE_FOUND, {**names, "n": N_QUESTIONS * N_MODELS * (N_MODELS - 1) // 2})


def _clearest(
    a: Metric, b: Metric, models: Sequence[Workbench]
) -> tuple[Workbench, Workbench] | None:
    """Return the two models that A and B order differently, most clearly in the less clear one."""
    gains_a, gains_b = _gains(a, models), _gains(b, models)  # (m, m) of column over row
    clear = np.minimum(-gains_a, gains_b)  # A prefers the row, B the column
    row, column = divmod(int(np.argmax(clear)), len(models))
    return (models[row], models[column]) if clear[row, column] >= CLEAR else None


def _gains(metric: Metric, models: Sequence[Workbench]) -> FloatArray:
    """Return (m, m) how much better the column is than the row; 0 where one has no value."""
    values = np.array([catalog_value(metric, model) for model in models])
    sign = 1.0 if metric.card.direction is Direction.HIGHER else -1.0
    gains: FloatArray = np.nan_to_num(sign * (values[None, :] - values[:, None]))
    return gains


def _told(a: Metric, b: Metric, pair: tuple[Workbench, Workbench]) -> Disagreement:
    values = []
    explanation = []
    for metric, template in ((a, PREFERS_FIRST), (b, PREFERS_SECOND)):
        first, second = (catalog_value(metric, example) for example in pair)
        words = {"metric": metric.card.title, "first": number(first), "second": number(second)}
        values.append((first, second))
        explanation += [Message(template, words), *REWARDS.get(metric.key, ())]
    return Disagreement(*pair, values[0], values[1], tuple(explanation))
