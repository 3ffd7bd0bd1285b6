"""The first places of a list without the rules and with them, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QWidget

from mtrec_gui.pages.rules.state import Preview, PreviewItem
from mtrec_gui.pages.rules.words import RuleWords
from mtrec_gui.theme import XS, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.labels import ElidedLabel, PlainLabel

_LEFT, _NOTE, _GUTTER, _RIGHT, _MOVE = 1, 2, 3, 5, 6  # columns; the places are in 0 and 4


class Slopes(QWidget):
    """Lines from where each item was to where it is; one that ends in the middle goes or comes."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._ways: list[tuple[int | None, int | None]] = []
        self._rows: list[QWidget] = []

    def show_ways(
        self, ways: Sequence[tuple[int | None, int | None]], rows: Sequence[QWidget]
    ) -> None:
        """Draw from row to row; rows are counted from 0, and their widgets give the heights."""
        self._ways, self._rows = list(ways), list(rows)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the lines, those of items that stay first."""
        theme, px = self._appearance.theme, self._appearance.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middles = [row.geometry().center().y() - self.y() for row in self._rows]
        left, right, centre = float(px(XS)), float(self.width() - px(XS)), self.width() / 2
        for before, after in sorted(self._ways, key=lambda way: way[0] != way[1]):
            pen = QPen(QColor(theme.edge if before == after else theme.accent), px(3) / 2)
            start = QPointF(left, middles[before]) if before is not None else None
            stop = QPointF(right, middles[after]) if after is not None else None
            if start is None or stop is None:
                pen.setStyle(Qt.PenStyle.DotLine)
            painter.setPen(pen)
            if start is not None:
                painter.drawLine(start, stop or QPointF(centre, start.y()))
            elif stop is not None:
                painter.drawLine(QPointF(centre, stop.y()), stop)


class BeforeAfter(QWidget):
    """Ten rows of two lists, made once and filled anew."""

    def __init__(
        self, words: RuleWords, appearance: Appearance, n_rows: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._words, self._appearance = words, appearance
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(S)
        self._grid.setColumnStretch(_LEFT, 1)
        self._grid.setColumnStretch(_RIGHT, 1)
        self._grid.addWidget(PlainLabel(self.tr("Without rules"), "strong"), 0, 0, 1, 3)
        self._grid.addWidget(PlainLabel(self.tr("With rules"), "strong"), 0, 4, 1, 3)
        self._places = [PlainLabel(str(n // 2 + 1), "muted") for n in range(2 * n_rows)]
        self.before = [ElidedLabel() for _ in range(n_rows)]
        self.after = [ElidedLabel() for _ in range(n_rows)]
        self.notes = [PlainLabel(role="remark") for _ in range(n_rows)]
        self.moves = [PlainLabel(role="remark") for _ in range(n_rows)]
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row in range(n_rows):
            for column, label in (
                (0, self._places[2 * row]),
                (_LEFT, self.before[row]),
                (_NOTE, self.notes[row]),
                (4, self._places[2 * row + 1]),
                (_RIGHT, self.after[row]),
                (_MOVE, self.moves[row]),
            ):
                self._grid.addWidget(label, row + 1, column)
                if column not in (_LEFT, _RIGHT):
                    label.setAlignment(right)
        self._slopes = Slopes(appearance)
        self._grid.addWidget(self._slopes, 1, _GUTTER, n_rows, 1)
        self.scale()

    def show_preview(self, preview: Preview) -> None:
        """Show both lists of a page."""
        known = (*preview.items, *preview.off_page)
        n = len(self.before)
        was = {item.before: item for item in known if item.before <= n}
        now = {item.place: item for item in known if item.place is not None}
        for row in range(n):
            before, after = was.get(row + 1), now.get(row + 1)
            self._fill(self.before[row], before)
            self._fill(self.after[row], after)
            gone = before is not None and before.place is None
            self.notes[row].setText(self._words.off() if gone else "")
            self.moves[row].setText("" if after is None else self._words.move(after))
            for label, item in zip(self._places[2 * row :], (before, after), strict=False):
                label.setVisible(item is not None)
        ways = [
            (item.before - 1 if item.before <= n else None, item.place and item.place - 1)
            for item in known
        ]
        self._slopes.show_ways(ways, self.before)

    def _fill(self, label: ElidedLabel, item: PreviewItem | None) -> None:
        label.setText("" if item is None else item.title)
        role = "muted" if item is not None and item.place is None else "text"
        if label.property("role") != role:
            label.set_role(role)

    def scale(self) -> None:
        """Take the sizes of the zoom in force."""
        px = self._appearance.px
        self._grid.setVerticalSpacing(px(XS))
        self._grid.setHorizontalSpacing(px(S - 2))
        self._slopes.setFixedWidth(px(36))
        for label in self._places:
            label.setFixedWidth(px(16))
