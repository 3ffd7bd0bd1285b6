"""What the Metric Lab decides: which metric is on the page, and which part of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from algorithms.metrics import MEASURES, METRICS, Level, Measure, MeasureGroup
from algorithms.metrics.lab import GAIN
from mtrec_gui.asked import NumberAsked
from mtrec_gui.bibliography import reference_text
from mtrec_gui.events import Event
from mtrec_gui.pages.metrics.exercise_presenter import has_exercises
from mtrec_gui.pages.metrics.state import MetricOnPage, Part, Shelf, Subject, find_subject

FIRST = "ndcg"


class MetricsView(Protocol):
    """What the presenter asks of the view."""

    def show_shelves(self, shelves: Sequence[Shelf]) -> None:
        """Show which metrics there are."""

    def show_metric(self, shown: MetricOnPage) -> None:
        """Show one of them."""

    def show_parts(self, parts: Sequence[Part]) -> None:
        """Offer these parts of it; which one is shown is told next."""

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
        self._parts: tuple[Part, ...] = ()
        self._wanted = Part.TRY

    def attach(self, view: MetricsView) -> None:
        """Take the view and show the metric that lists are judged by."""
        self._view = view
        view.show_shelves(shelves())
        self.metric_chosen(FIRST)

    def metric_chosen(self, key: str) -> None:
        """A person wants to see a metric."""
        if self._view is None:
            return
        metric = find_subject(key)
        self._key = key
        self._view.show_metric(MetricOnPage(metric, reference_text(metric.card.reference)))
        self.metric_changed.emit(key)
        parts = parts_of(metric)
        if parts != self._parts:
            self._parts = parts
            self._view.show_parts(parts)
            self._show_part()

    def searched(self, text: str) -> None:
        """A person looks for a metric by what its card says."""
        if self._view is not None:
            self._view.show_shelves(shelves(text))

    def part_chosen(self, part: Part) -> None:
        """A person wants another part."""
        self._wanted = part
        self._show_part()

    def _show_part(self) -> None:
        """Show the part that was wanted last, or the meaning, which everything has."""
        if self._view is not None:
            part = self._wanted if self._wanted in self._parts else Part.MEANING
            self._view.show_part(part)
            self.part_changed.emit(part)

    def number_asked(self, asked: NumberAsked) -> None:
        """A person wants to know where a number of a comparison comes from."""
        if self._view is not None:
            if asked.metric != self._key:
                self.metric_chosen(asked.metric)
            self.part_chosen(Part.ROWS)


def parts_of(subject: Subject) -> tuple[Part, ...]:
    """Return what there is to see of a metric, or of a measure."""
    if not isinstance(subject, Measure):
        return tuple(Part)
    there = {Part.MEANING}
    if subject.key == GAIN:
        there.add(Part.TRY)
    if has_exercises(subject.key):
        there.add(Part.EXERCISES)
    return tuple(part for part in Part if part in there)


def shelves(text: str = "") -> list[Shelf]:
    """Return metrics and measures by what they look at; only those that have all words."""
    words = text.lower().split()
    levels: list[Level | MeasureGroup] = [*Level, *MeasureGroup]
    by_level: dict[Level | MeasureGroup, list[Subject]] = {level: [] for level in levels}
    for metric in METRICS.values():
        by_level[metric.level].append(metric)
    for measure in MEASURES.values():
        by_level[measure.group].append(measure)
    found = [
        Shelf(
            level,
            tuple(each for each in there if not words or all(w in _said(each) for w in words)),
        )
        for level, there in by_level.items()
    ]
    return [shelf for shelf in found if shelf.metrics]


def _said(subject: Subject) -> str:
    card = subject.card
    return f"{subject.key} {card.title} {card.definition}".lower()
