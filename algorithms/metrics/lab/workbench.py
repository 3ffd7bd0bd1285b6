"""From a metric and an example to the worked equation: the one entrance of the workbench."""

from __future__ import annotations

import math
from dataclasses import replace

from algorithms.metrics.card import Level
from algorithms.metrics.catalog import METRICS, find_metric
from algorithms.metrics.inputs import MetricInputError
from algorithms.metrics.lab import (
    work_answers,
    work_beyond,
    work_lists,
    work_scores,
    work_values,
)
from algorithms.metrics.lab.examples import (
    AnswerRows,
    RankedList,
    TaskGains,
    ValueRows,
    Workbench,
)
from algorithms.metrics.lab.user_lists import NOTHING, ItemFacts, UserLists
from algorithms.metrics.lab.variants import find_variant, variants_of
from algorithms.metrics.lab.work_gains import GAIN, work_gain
from algorithms.metrics.lab.worked import WorkbenchError, Worked, Working, catalog_value

WORKINGS: dict[str, Working] = {
    **work_values.WORKINGS,
    **work_answers.WORKINGS,
    **work_scores.WORKINGS,
    **work_lists.WORKINGS,
    **work_beyond.WORKINGS,
}

STARS = ValueRows((4.0, 2.0, 5.0, 3.0, 1.0), (3.5, 2.5, 4.5, 3.0, 3.0))
CLICKS = AnswerRows((1, 1, 0, 1, 0, 0), (0.9, 0.7, 0.6, 0.4, 0.3, 0.1), 0.5)
LIST = RankedList(("A", "B", "C", "D", "E", "F"), (1.0, 0.0, 1.0, 0.0, 0.0, 1.0), 3, n_others=2)
TASKS = TaskGains(
    ("click", "purchase", "rating"), (0.7, 0.6, 0.9), (0.735, 0.57, 0.81), (True, True, False)
)
ITEMS = ItemFacts(
    tuple("ABCDEFGHIJKL"),
    ("comedy", "thriller", "drama") * 4,
    (12, 8, 8, 6, 4, 4, 3, 2, 2, 1, 1, 0),
    16,
)
LISTS = UserLists(
    ITEMS,
    ("Ann", "Ben", "Cleo", "Dan"),
    ((0, 1, 3, 6), (0, 2, 1, 4), (1, 0, 7, 10), (0, 4, 2, 8)),
    3,
    relevant=((1, 6), (4, 2), (7, 8), (4, 8)),
    met=((2, 5, 4), (3, 6, 7), (4, 3), (1, 7)),
)
_STARTS: dict[Level, Workbench] = {
    Level.RATING: STARS,
    Level.BINARY: CLICKS,
    Level.RANKING: LIST,
    Level.BEYOND: LISTS,
}

_OWN_STARTS: dict[str, Workbench] = {
    "gauc": replace(CLICKS, users=(1, 2, 1, 2, 2, 1)),
    "ndcg_graded": replace(LIST, relevance=(1.0, 0.0, 3.0, 0.0, 0.0, 2.0)),
    "user_coverage": replace(LISTS, lists=(*LISTS.lists[:3], (NOTHING,) * 4)),
}


def workable() -> tuple[str, ...]:
    """Return the keys of the metrics that can be worked out, in the order of the catalog."""
    return tuple(key for key in METRICS if key in WORKINGS)


def first_example(metric_key: str) -> Workbench:
    """Return the rows with which a metric's workbench opens.

    Raises
    ------
    WorkbenchError
        Where the metric has no workbench.
    """
    if metric_key == GAIN:
        return TASKS
    metric = find_metric(metric_key)
    if metric_key not in WORKINGS:
        raise WorkbenchError(
            metric=metric.card.title, found="a few rows", expected="a whole comparison"
        )
    return _OWN_STARTS.get(metric_key, _STARTS[metric.level])


def evaluate(metric_key: str, example: Workbench, variant: str | None = None) -> Worked:
    """Work out a metric on an example.

    Parameters
    ----------
    metric_key : one of ``workable()``, or ``GAIN`` for the mean gain over tasks
    example : rows of the metric's kind
    variant : key of one of ``variants_of(metric_key)``; the lab's own, the first, where None

    Raises
    ------
    UnknownMetricError
        Where the catalog has no such metric.
    UnknownVariantError
        Where the metric has no such variant.
    WorkbenchError
        Where the metric has no workbench, or looks at another kind of rows.
    """
    options = find_variant(metric_key, variant).options if variant is not None else {}
    if metric_key == GAIN:
        if not isinstance(example, TaskGains):
            raise WorkbenchError(
                metric="Δm", found=type(example).__name__, expected="a value per task and model"
            )
        return work_gain(example, **options)
    metric = find_metric(metric_key)
    first_example(metric_key)
    value = catalog_value(metric, example, **options)
    return WORKINGS[metric_key](example, value, **options)


def all_variants(metric_key: str, example: Workbench) -> dict[str, Worked]:
    """Work out all variants of a metric on an example, by their keys, the lab's own first.

    A variant that cannot be computed there, since its numbers would be too large, says so in
    ``undefined``. Empty for a metric without variants; errors as for ``evaluate``.
    """
    found = {}
    for variant in variants_of(metric_key):
        try:
            found[variant.key] = evaluate(metric_key, example, variant.key)
        except MetricInputError as error:
            found[variant.key] = Worked(metric_key, math.nan, "", (), error.message)
    return found
