"""The workbench of ranking metrics: a list whose items are dragged, keyed and judged."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from algorithms.metrics.lab import RankedList
from mtrec_gui.pages.metrics.lab_row import LabRow, set_lit
from mtrec_gui.pages.metrics.mathtext_words import plain
from mtrec_gui.pages.metrics.try_state import TryState
from mtrec_gui.theme import XS, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.drag_order import DragHandle, DragOrder
from mtrec_gui.widgets.labels import ElidedLabel, PlainLabel
from mtrec_gui.widgets.layout import row
from mtrec_gui.widgets.quiet_controls import QuietSpin

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_MOST_UNLISTED = 20
GRADED = ("ndcg_graded",)
_HIGHEST = 3  # grade that a press gives


class ListEditor(QWidget):
    """One user's list.

    Signals
    -------
    moved : (place from 0, places down)
    truth_changed : (place, relevance)
    k_changed, unlisted_changed : the number
    pointed : a row, -1 for none
    """

    moved = Signal(int, int)
    truth_changed = Signal(int, float)
    k_changed = Signal(int)
    unlisted_changed = Signal(int)
    pointed = Signal(int)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.lines: list[_Line] = []
        self._holder = QWidget()
        self._list = QVBoxLayout(self._holder)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(XS)
        self._order = DragOrder(appearance, self._holder)
        self._order.moved.connect(self.moved)
        self.k, self.unlisted = QuietSpin(), QuietSpin()
        self.unlisted.setRange(0, _MOST_UNLISTED)
        k_label = PlainLabel(self.tr("k"), "muted")
        unlisted_label = PlainLabel(self.tr("relevant, not in the list"), "muted")
        self.k.setAccessibleName(self.tr("k: how many places count"))
        self.unlisted.setAccessibleName(self.tr("Relevant items that the list does not hold"))
        self.k.valueChanged.connect(self.k_changed)
        self.unlisted.valueChanged.connect(self.unlisted_changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(S)
        layout.addWidget(self._holder)
        layout.addLayout(row(k_label, self.k, unlisted_label, self.unlisted, None))

    def show_example(self, example: RankedList, state: TryState) -> None:
        """Show the list."""
        while len(self.lines) < len(example):
            self._add_line()
        while len(self.lines) > len(example):
            line = self.lines.pop()
            self._order.remove_last()
            self._list.removeWidget(line)
            line.hide()
            line.deleteLater()
        for place, line in enumerate(self.lines):
            line.show_place(example, place, _terms(state, place), state.metric.key in GRADED)
        for spin, value in ((self.k, example.k), (self.unlisted, len(example.unlisted))):
            spin.blockSignals(True)
            if spin is self.k:
                spin.setRange(1, len(example))
            spin.setValue(value)
            spin.blockSignals(False)

    def show_light(self, lit: frozenset[int]) -> None:
        """Light rows."""
        for place, line in enumerate(self.lines):
            set_lit(line, place in lit)
        set_lit(self.unlisted, any(row >= len(self.lines) for row in lit))

    def _add_line(self) -> None:
        place = len(self.lines)
        line = _Line(place, self._appearance)
        self.lines.append(line)
        self._list.addWidget(line)
        self._order.add(line, line.handle)
        line.pointed.connect(self.pointed)
        line.up.clicked.connect(lambda: self._step(place, -1))
        line.down.clicked.connect(lambda: self._step(place, 1))
        line.relevant.clicked.connect(
            lambda _=False: self.truth_changed.emit(place, line.next_grade)
        )

    def _step(self, place: int, steps: int) -> None:
        """Move an item, and take the focus with it."""
        target = place + steps
        self.moved.emit(place, steps)
        if 0 <= target < len(self.lines):
            line = self.lines[target]
            wanted = line.up if steps < 0 else line.down
            other = line.down if steps < 0 else line.up
            (wanted if wanted.isEnabled() else other).setFocus()


class _Line(LabRow):
    """A place of the list."""

    def __init__(self, place: int, appearance: Appearance) -> None:
        super().__init__(place)
        self.next_grade = 1.0  # which a press gives
        self.handle = DragHandle(appearance)
        self.place = PlainLabel(f"{place + 1}", "muted")
        self.name = ElidedLabel()
        self.relevant = button("", "toggle")
        self.relevant.setCheckable(True)
        self.worth = PlainLabel("", "muted")
        self.worth.setAlignment(_RIGHT)
        self.up, self.down = _mover("↑"), _mover("↓")
        self.add(self.handle)
        self.add(self.place)
        self.add(self.name, 1)
        self.add(self.worth)
        self.add(self.relevant)
        self.add(self.up)
        self.add(self.down)

    def show_place(self, example: RankedList, place: int, worth: str, graded: bool) -> None:
        """Show what stands in the place."""
        name, is_relevant = example.names[place], example.relevance[place] > 0
        self.name.setText(name)
        grade = example.relevance[place]
        said = self.tr("grade {grade}").format(grade=f"{grade:g}") if graded else ""
        word = said or (self.tr("✓ relevant") if is_relevant else self.tr("not relevant"))
        self.relevant.setText(word)
        self.next_grade = (grade + 1 if grade < _HIGHEST else 0.0) if graded else 1.0 - is_relevant
        self.relevant.setChecked(is_relevant)
        self.relevant.setAccessibleName(self.tr("{name} is relevant").format(name=name))
        self.worth.setText(worth)
        self.up.setEnabled(place > 0)
        self.down.setEnabled(place + 1 < len(example))
        self.up.setAccessibleName(self.tr("Move {name} up").format(name=name))
        self.down.setAccessibleName(self.tr("Move {name} down").format(name=name))
        beyond = place >= example.k
        self.place.set_role("remark" if beyond else "muted")
        self.name.set_role("muted" if beyond else "text")


def _mover(text: str) -> QPushButton:
    made = button(text, "quiet")
    made.setProperty("narrow", True)
    return made


def _terms(state: TryState, place: int) -> str:
    """Return the terms above the line that a place alone gives."""
    if state.worked is None:
        return ""
    return _joined(
        [
            plain(step.mathtext)
            for step in state.worked.steps
            if step.rows == (place,) and step.part.value != "denominator"
        ]
    )


def _joined(terms: Sequence[str]) -> str:
    return " + ".join(terms)
