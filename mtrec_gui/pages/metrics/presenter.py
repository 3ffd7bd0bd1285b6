"""What the Metric Lab decides: which metric is on the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from algorithms.metrics import METRICS, Level, Metric, find_metric
from mtrec_gui.bibliography import reference_text


@dataclass(frozen=True, slots=True)
class Shelf:
    """The metrics of one level, in the order of the catalog."""

    level: Level
    metrics: tuple[Metric, ...]


@dataclass(frozen=True, slots=True)
class MetricOnPage:
    """The metric that is shown, and the work that its definition is taken from."""

    metric: Metric
    reference: str


class MetricsView(Protocol):
    """What the presenter asks of the view."""

    def show_shelves(self, shelves: Sequence[Shelf]) -> None:
        """Show which metrics there are."""

    def show_metric(self, shown: MetricOnPage) -> None:
        """Show one of them."""


class MetricsPresenter:
    """Shows the cards of the catalog."""

    def __init__(self) -> None:
        self._view: MetricsView | None = None

    def attach(self, view: MetricsView) -> None:
        """Take the view and show the first metric of the last level, the ranking ones."""
        self._view = view
        view.show_shelves(shelves())
        self.metric_chosen("ndcg")

    def metric_chosen(self, key: str) -> None:
        """A person wants to read about a metric."""
        if self._view is not None:
            metric = find_metric(key)
            self._view.show_metric(MetricOnPage(metric, reference_text(metric.card.reference)))


def shelves() -> list[Shelf]:
    """Return all metrics by level."""
    return [
        Shelf(level, tuple(metric for metric in METRICS.values() if metric.level is level))
        for level in Level
    ]
