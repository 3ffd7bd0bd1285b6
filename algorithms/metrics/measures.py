"""What is measured beside the metrics: across the tasks of a model, and what a run costs.

A metric of the catalog looks at predictions of one task. Whether learning tasks together was worth
it, and at what price, can only be seen from the metrics of several models and from the runs
themselves; ``algorithms.evaluation`` computes that. Its meaning is written on the same kind of
cards as that of a metric, in ``measure_cards/``, and found here::

    MEASURES["hypervolume"].card.definition
    [measure for measure in MEASURES.values() if measure.group is MeasureGroup.COST]
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from algorithms.errors import UnknownMetricError
from algorithms.metrics.card import MetricCard, load_card
from algorithms.metrics.catalog import METRICS

FOLDER = "algorithms.metrics.measure_cards"


class MeasureGroup(StrEnum):
    """What is looked at."""

    ACROSS = "across tasks"  # the metrics of several tasks or models
    COST = "cost"  # the run: time and memory


@dataclass(frozen=True, slots=True)
class Measure:
    """Something measured that is no metric of one task.

    Parameters
    ----------
    key : such as ``hypervolume``; the card is the file of this name in ``measure_cards/``
    group : what it looks at
    unit : of the value; empty for a plain number
    """

    key: str
    group: MeasureGroup
    unit: str = ""

    @property
    def card(self) -> MetricCard:
        """Its meaning, read when it is first asked for."""
        return load_card(self.key, FOLDER)


MEASURES: dict[str, Measure] = {
    measure.key: measure
    for measure in (
        Measure("delta_m", MeasureGroup.ACROSS, "%"),
        Measure("negative_transfer", MeasureGroup.ACROSS),
        Measure("pareto_front", MeasureGroup.ACROSS),
        Measure("hypervolume", MeasureGroup.ACROSS),
        Measure("conflict", MeasureGroup.ACROSS),
        Measure("fit_seconds", MeasureGroup.COST, "s"),
        Measure("predict_seconds", MeasureGroup.COST, "s"),
        Measure("n_parameters", MeasureGroup.COST),
        Measure("peak_bytes", MeasureGroup.COST, "bytes"),
        Measure("bytes_stored", MeasureGroup.COST, "bytes"),
    )
}


def find_measure(key: str) -> Measure:
    """Return the measure of a key.

    Raises
    ------
    UnknownMetricError
        Where neither the measures nor the metrics have such a key.
    """
    try:
        return MEASURES[key]
    except KeyError:
        raise UnknownMetricError(metric=key, metrics=", ".join([*METRICS, *MEASURES])) from None
