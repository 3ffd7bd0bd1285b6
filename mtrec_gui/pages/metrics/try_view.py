"""The workbench: rows that can be changed, and beside them the value, the equation, a picture."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from algorithms.metrics.lab import (
    AnswerRows,
    RankedList,
    TaskGains,
    UserLists,
    ValueRows,
    Workbench,
)
from mtrec_gui.pages.metrics.equation_card import EquationCard
from mtrec_gui.pages.metrics.event_editor import EventEditor
from mtrec_gui.pages.metrics.gains_editor import GainsEditor
from mtrec_gui.pages.metrics.gains_picture import GainsPicture
from mtrec_gui.pages.metrics.list_editor import ListEditor
from mtrec_gui.pages.metrics.lists_editor import ListsEditor
from mtrec_gui.pages.metrics.lists_picture import ListsPicture
from mtrec_gui.pages.metrics.picture_card import PROBABILITIES, PictureCard
from mtrec_gui.pages.metrics.try_state import TryState
from mtrec_gui.pages.metrics.variant_switch import VariantSwitch
from mtrec_gui.pages.metrics.words import title_of
from mtrec_gui.theme import L
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, row
from mtrec_gui.widgets.side_by_side import SideBySide
from mtrec_gui.wording import engine_text

_BESIDE = 620  # from this width on, in pixels at 100 %, rows and equation stand side by side


class TryPart(QWidget):
    """A metric on a few rows.

    Signals
    -------
    reset_pressed, invented_wanted : the rows as they were; invented ones
    """

    reset_pressed = Signal()
    invented_wanted = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.none = Card(" ", " ")
        self.work = Card(" ", " ")
        self.list, self.lists = ListEditor(appearance), ListsEditor()
        self.values, self.answers = EventEditor(False), EventEditor(True)
        self.gains = GainsEditor()
        self.reset = button(self.tr("As it was"))
        self.reset.clicked.connect(self.reset_pressed)
        self.invented = button(self.tr("Use invented rows"))
        self.invented.clicked.connect(self.invented_wanted)
        for editor in (self.list, self.lists, self.values, self.answers, self.gains):
            self.work.body.addWidget(editor)
        self.work.body.addLayout(row(self.reset, self.invented, None))
        self.work.body.addStretch(1)
        self.mind = Card(self.tr("Mind this"))
        self._mind = PlainLabel(role="muted", wrap=True)
        self.mind.body.addWidget(self._mind)
        self.equation = EquationCard(appearance)
        self.picture = PictureCard(appearance)
        self.lists_picture = ListsPicture(appearance)
        self.gains_picture = GainsPicture(appearance)
        self.variants = VariantSwitch(appearance)
        left = _column(self.work, self.variants, self.mind)
        right = _column(self.equation, self.picture, self.lists_picture, self.gains_picture)
        self._both = SideBySide(left, right, appearance, _BESIDE, (1, 1))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.none)
        layout.addWidget(self._both)

    def show_try(self, state: TryState) -> None:
        """Show everything."""
        example, worked = state.example, state.worked
        self._both.setVisible(example is not None)
        self.none.setVisible(example is None)
        if example is None or worked is None:
            self.none.set_words(
                self.tr("{metric} needs a whole comparison").format(metric=title_of(state.metric)),
                self.tr(
                    "A few rows say nothing of it: it looks at all lists together, or at more than "
                    "the lists. “Behind a number” shows it on the runs of your project."
                ),
            )
            return
        title = self._show_rows(example, state)
        self.work.set_words(title, state.source or self.tr("Invented rows: change them."))
        self.reset.setEnabled(state.is_changed)
        self.invented.setVisible(bool(state.source))
        self.variants.show_variants(state.variants, state.variant)
        card = state.metric.card
        self._mind.setText("\n".join(engine_text(t) for t in (card.blind, card.mistake) if t))
        self._show_picture(example, state)  # drawn first, as it is drawn sooner
        self.equation.show_worked(state, worked)
        self.show_light(state)

    def _show_rows(self, example: Workbench, state: TryState) -> str:
        """Show the rows in their editor; return what can be done with them."""
        kinds = {
            RankedList: self.list,
            UserLists: self.lists,
            ValueRows: self.values,
            AnswerRows: self.answers,
            TaskGains: self.gains,
        }
        for kind, editor in kinds.items():
            if not isinstance(example, kind):
                editor.hide()
        title = self._fill_rows(example, state)
        kinds[type(example)].show()  # filled while hidden, it is laid out once
        return title

    def _fill_rows(self, example: Workbench, state: TryState) -> str:
        if isinstance(example, RankedList):
            self.list.show_example(example, state)
            return self.tr("Drag an item, or press “relevant”")
        if isinstance(example, UserLists):
            self.lists.show_example(example, state.metric.key)
            return self.tr("Put another item in a place")
        if isinstance(example, AnswerRows):
            by_threshold = state.metric.key not in PROBABILITIES
            self.answers.show_example(example, by_threshold)
            return (
                self.tr("Change a score, or move the threshold")
                if by_threshold
                else self.tr("Change a probability")
            )
        if isinstance(example, TaskGains):
            self.gains.show_example(example)
            return self.tr("Change what a model reached")
        self.values.show_example(example)
        return self.tr("Change a prediction")

    def _show_picture(self, example: Workbench, state: TryState) -> None:
        self.lists_picture.setVisible(isinstance(example, UserLists))
        self.gains_picture.setVisible(isinstance(example, TaskGains))
        self.picture.setVisible(not isinstance(example, UserLists | TaskGains))
        if isinstance(example, UserLists):
            self.lists_picture.show_example(state.metric.key, example)
        elif isinstance(example, TaskGains):
            self.gains_picture.show_example(example)
        else:
            self.picture.show_example(state)

    def show_light(self, state: TryState) -> None:
        """Show which rows and terms belong together."""
        for editor in (self.list, self.lists, self.values, self.answers, self.gains):
            editor.show_light(state.lit_rows)
        self.equation.show_light(state.lit_steps)
        if self.picture.isVisibleTo(self):
            self.picture.show_light(state.lit_rows)


def _column(*cards: QWidget) -> QWidget:
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(L)
    for card in cards:
        layout.addWidget(card)
    layout.addStretch(1)
    return holder
