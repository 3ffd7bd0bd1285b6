"""What the Metric Lab decides: which metric is on the page, and which part of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from algorithms.metrics import METRICS, Level, find_metric
from mtrec_gui.asked import NumberAsked
from mtrec_gui.bibliography import reference_text
from mtrec_gui.events import Event
from mtrec_gui.pages.metrics.state import MetricOnPage, Part, Shelf

FIRST = "ndcg"


class MetricsView(Protocol):
    """What the presenter asks of the view."""

    def show_shelves(self, shelves: Sequence[Shelf]) -> None:
        """Show which metrics there are."""

    def show_metric(self, shown: MetricOnPage) -> None:
        """Show one of them."""

    def show_part(self, part: Part) -> None:
        """Show this of it, and nothing else."""


class MetricsPresenter:
    """Shows the metrics of the catalog.

    Events
    ------
    metric_changed : another metric is on the page
    part_changed : another part of it is shown
    """

    def __init__(self) -> None:
        self.metric_changed: Event[str] = Event()
        self.part_changed: Event[Part] = Event()
        self._view: MetricsView | None = None
        self._key = ""

    def attach(self, view: MetricsView) -> None:
        """Take the view and show the metric that lists are judged by."""
        self._view = view
        view.show_shelves(shelves())
        self.metric_chosen(FIRST)
        self.part_chosen(Part.TRY)

    def metric_chosen(self, key: str) -> None:
        """A person wants to see a metric."""
        if self._view is None:
            return
        metric = find_metric(key)
        self._key = key
        self._view.show_metric(MetricOnPage(metric, reference_text(metric.card.reference)))
        self.metric_changed.emit(key)

    def searched(self, text: str) -> None:
        """A person looks for a metric by what its card says."""
        if self._view is not None:
            self._view.show_shelves(shelves(text))

    def part_chosen(self, part: Part) -> None:
        """A person wants another part."""
        if self._view is not None:
            self._view.show_part(part)
            self.part_changed.emit(part)

    def number_asked(self, asked: NumberAsked) -> None:
        """A person wants to know where a number of a comparison comes from."""
        if self._view is not None:
            if asked.metric != self._key:
                self.metric_chosen(asked.metric)
            self.part_chosen(Part.ROWS)


def shelves(text: str = "") -> list[Shelf]:
    """Return the metrics by level; only those whose key, title or definition has all words."""
    words = text.lower().split()
    found = [
        Shelf(
            level,
            tuple(
                metric
                for metric in METRICS.values()
                if metric.level is level
                and (not words or all(word in _said(metric.key) for word in words))
            ),
        )
        for level in Level
    ]
    return [shelf for shelf in found if shelf.metrics]


def _said(key: str) -> str:
    card = METRICS[key].card
    return f"{key} {card.title} {card.definition}".lower()
