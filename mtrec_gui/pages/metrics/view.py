"""The Metric Lab as it is seen: a shelf at the left, a metric at the right, one part at a time."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from mtrec_gui.pages.metrics.disagree_view import DisagreePart
from mtrec_gui.pages.metrics.exercise_view import ExercisePart
from mtrec_gui.pages.metrics.meaning_view import MeaningView
from mtrec_gui.pages.metrics.rows_view import RowsPart
from mtrec_gui.pages.metrics.shelf import MetricPicker, MetricShelf
from mtrec_gui.pages.metrics.state import MetricOnPage, Part, Shelf
from mtrec_gui.pages.metrics.try_view import TryPart
from mtrec_gui.pages.metrics.words import facts, title_of
from mtrec_gui.theme import L
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import Segments
from mtrec_gui.widgets.layout import Page, row
from mtrec_gui.wording import engine_text

_NARROW = 820  # below this width, in pixels at 100 %, the shelf becomes one line


class MetricsPage(Page):
    """All metrics, and one of them in full.

    Signals
    -------
    metric_chosen : key of a metric
    searched : what a person looks for
    part_chosen : which part of it
    """

    metric_chosen = Signal(str)
    searched = Signal(str)
    part_chosen = Signal(object)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__("", "", appearance, parent)
        self.shelf = MetricShelf(appearance)
        self.picker = MetricPicker()
        self._is_filled = False
        self._part: Part | None = None
        self._newest: MetricOnPage | None = None  # not on the card yet
        self.workbench = TryPart(appearance)
        self.meaning = MeaningView(appearance)
        self.disagree = DisagreePart(appearance)
        self.exercises = ExercisePart(appearance)
        self.rows = RowsPart(appearance)
        self.parts: dict[Part, QWidget] = {
            Part.TRY: self.workbench,
            Part.MEANING: self.meaning,
            Part.DISAGREE: self.disagree,
            Part.EXERCISES: self.exercises,
            Part.ROWS: self.rows,
        }
        self.segments = Segments([(part.value, self._title(part)) for part in Part])
        self.segments.chosen.connect(lambda key: self.part_chosen.emit(Part(key)))
        for source in (self.shelf, self.picker):
            source.metric_chosen.connect(self.metric_chosen)
        self.shelf.searched.connect(self.searched)
        self._put_shelf_beside()
        self.body.addLayout(row(self.segments, None))
        for part in self.parts.values():
            self.body.addWidget(part)
        self.body.addStretch(1)
        appearance.changed.connect(self._arrange)

    def _title(self, part: Part) -> str:
        return {
            Part.TRY: self.tr("Try it"),
            Part.MEANING: self.tr("What it means"),
            Part.DISAGREE: self.tr("When they disagree"),
            Part.EXERCISES: self.tr("Exercises"),
            Part.ROWS: self.tr("Behind a number"),
        }[part]

    def _put_shelf_beside(self) -> None:
        """Let the shelf stand still while the metric scrolls."""
        outer = self.layout()
        if not isinstance(outer, QVBoxLayout):
            return
        outer.removeWidget(self._scroll)
        outer.insertLayout(0, row(self.picker, None))
        beside = QHBoxLayout()
        beside.setSpacing(L)
        beside.setContentsMargins(0, 0, 0, 0)
        shelf = QVBoxLayout()
        shelf.setContentsMargins(0, 0, 0, L)
        shelf.addWidget(self.shelf)
        beside.addLayout(shelf)
        beside.addWidget(self._scroll, 1)
        outer.addLayout(beside, 1)

    def show_shelves(self, shelves: Sequence[Shelf]) -> None:
        """Show which metrics there are."""
        self.shelf.show_shelves(shelves)
        if not self._is_filled:  # the one line is not searched
            self.picker.fill(shelves)
            self._is_filled = True

    def button(self, key: str) -> QPushButton:
        """Return the button of a metric."""
        return self.shelf.button(key)

    def show_metric(self, shown: MetricOnPage) -> None:
        """Show one of them."""
        self.shelf.choose(shown.metric.key)
        self.picker.choose(shown.metric.key)
        self.title.setText(title_of(shown.metric))
        definition = engine_text(shown.metric.card.definition)
        self.sentence.setText(f"{definition}\n{facts(shown.metric)}")
        self._newest = shown
        self._show_meaning()

    def show_parts(self, parts: Sequence[Part]) -> None:
        """Offer these parts of it; which one is shown is told next."""
        self.segments.set_choices([(part.value, self._title(part)) for part in parts])
        self.segments.setVisible(len(parts) > 1)

    def show_part(self, part: Part) -> None:
        """Show this of it, and nothing else."""
        self.segments.choose(part.value)
        for each, widget in self.parts.items():
            widget.setVisible(each is part)
        self._part = part
        self._show_meaning()

    def _show_meaning(self) -> None:
        """Show the card once somebody looks at it."""
        if self._part is Part.MEANING and self._newest is not None:
            self.meaning.show_metric(self._newest)
            self._newest = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the arrangement that fits."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        narrow = self.width() < self.appearance.px(_NARROW)
        self.shelf.setVisible(not narrow)
        self.picker.setVisible(narrow)
