"""The dials as they are seen: a slider, its number, and one line on what it does."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QGridLayout, QSlider, QVBoxLayout, QWidget

from mtrec_gui.pages.new_world.state import (
    DialLine,
    digits,
    n_positions,
    number_at,
    position_of,
)
from mtrec_gui.theme import XS, L, M, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, clear
from mtrec_gui.widgets.quiet_controls import QuietDoubleSpin
from mtrec_gui.wording import engine_text

_FAR = 1e9  # a world file may have put a number beyond the ends of its dial


class QuietSlider(QSlider):
    """A slider that the wheel does not move in passing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Scroll the page, not the value."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class DialRow(QWidget):
    """One dial.

    Signals
    -------
    turned : (key, number)
    """

    turned = Signal(str, float)

    def __init__(
        self, line: DialLine, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._line = line
        self._appearance = appearance
        title = engine_text(line.title)
        self.slider = QuietSlider()
        self.slider.setRange(0, n_positions(line))
        self.slider.setPageStep(max(1, n_positions(line) // 10))
        self.slider.setAccessibleName(title)
        self.slider.setAccessibleDescription(engine_text(line.explanation))
        self.number = QuietDoubleSpin()
        self.number.setDecimals(digits(line))
        self.number.setSingleStep(line.step)
        self.number.setKeyboardTracking(False)
        self.number.setAccessibleName(self.tr("{dial}, as a number").format(dial=title))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(L)
        grid.setVerticalSpacing(XS)
        grid.addWidget(PlainLabel(title, "strong", wrap=True), 0, 0)
        grid.addWidget(self.number, 0, 1, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self.slider, 1, 0)
        grid.addWidget(PlainLabel(engine_text(line.explanation), "remark", wrap=True), 2, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        self.slider.valueChanged.connect(
            lambda position: self.turned.emit(line.key, number_at(self._line, position))
        )
        self.number.valueChanged.connect(
            lambda number: self.turned.emit(
                line.key, min(max(number, self._line.low), self._line.high)
            )
        )
        appearance.changed.connect(self._scale)
        self._scale()
        self.show_line(line)

    def show_line(self, line: DialLine) -> None:
        """Show where the dial stands; the slider that is held stays under the hand."""
        self._line = line
        with QSignalBlocker(self.number):
            beyond = not line.low <= line.number <= line.high
            self.number.setRange(-_FAR if beyond else line.low, _FAR if beyond else line.high)
            self.number.setValue(line.number)
        if not self.slider.isSliderDown():
            with QSignalBlocker(self.slider):
                self.slider.setValue(position_of(line))

    def _scale(self) -> None:
        self.number.setFixedWidth(self._appearance.px(84))
        self.slider.setMinimumHeight(self._appearance.px(20))  # else a large handle is cut off


class DialsPanel(QWidget):
    """All dials, a card for each group.

    Signals
    -------
    turned : (key, number)
    """

    turned = Signal(str, float)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.rows: dict[str, DialRow] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(M)

    def show_lines(self, lines: Sequence[DialLine]) -> None:
        """Show where the dials stand."""
        if list(self.rows) != [line.key for line in lines]:
            self._build(lines)
        for line in lines:
            self.rows[line.key].show_line(line)

    def _build(self, lines: Sequence[DialLine]) -> None:
        clear(self._layout)
        self.rows = {}
        cards: dict[str, Card] = {}
        for line in lines:
            if line.group not in cards:
                cards[line.group] = card = Card(engine_text(line.group))
                card.body.setSpacing(M + S)
                self._layout.addWidget(card)
            row = DialRow(line, self._appearance)
            row.turned.connect(self.turned)
            self.rows[line.key] = row
            cards[line.group].body.addWidget(row)
        self._layout.addStretch(1)
