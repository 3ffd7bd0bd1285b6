"""A small table of numbers as coloured fields; it may change many times a second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from algorithms.arrays import FloatArray
from mtrec_gui.plots.matrix import field_colours, readable_inks, rgb
from mtrec_gui.theme import XS, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.wording import number


@dataclass(frozen=True, slots=True)
class FieldName:
    """The name of a row or a column, and the position of its task where it is one."""

    text: str
    task: int | None = None


class PaintedTable(QWidget):
    """Numbers in named rows and columns, painted at once; a subclass paints them.

    ``WIDTHS`` are pixels at 100 %: names and columns as they are wanted, and at the least.
    """

    WIDTHS: ClassVar[tuple[int, int, int, int]]

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._rows: tuple[FieldName, ...] = ()
        self._values: FloatArray = np.zeros((0, 0))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.updateGeometry)

    def show_values(self, values: FloatArray) -> None:
        """Show other numbers (n_rows, n_columns), NaN where unknown."""
        self._values = values
        self.update()

    @property
    def values(self) -> FloatArray:
        """The numbers that are shown."""
        return self._values

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for a line for each row, and one for the names of the columns."""
        px, (names, column, _, _) = self._appearance.px, self.WIDTHS
        return QSize(px(names) + px(column) * self._values.shape[1], px(30) * (len(self._rows) + 1))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Let columns shrink to their numbers."""
        px, (_, _, names, column) = self._appearance.px, self.WIDTHS
        return QSize(px(names) + px(column) * self._values.shape[1], self.sizeHint().height())

    def _begin(self, rows: Sequence[FieldName], n_columns: int) -> None:
        """Take the names of the rows; no number is known yet."""
        self._rows = tuple(rows)
        self._values = np.full((len(rows), n_columns), np.nan)
        self.updateGeometry()
        self.update()

    def _left(self, gap: int) -> int:
        """Return where the columns begin: behind the longest name, but within a third."""
        advance = self.fontMetrics().horizontalAdvance
        longest = max((advance(name.text) for name in self._rows), default=0)
        return min(longest + self._appearance.px(gap), self.width() // 3)

    def _write(
        self, painter: QPainter, box: QRectF, name: FieldName, side: Qt.AlignmentFlag
    ) -> None:
        """Write a name, in the colour of its task where it is one."""
        painter.setPen(QColor(self._colour(name)))
        text = self.fontMetrics().elidedText(
            name.text, Qt.TextElideMode.ElideRight, int(box.width())
        )
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, text)

    def _colour(self, name: FieldName) -> str:
        theme = self._appearance.theme
        return theme.muted if name.task is None else theme.task_colour(name.task)


class FieldTable(PaintedTable):
    """Shows numbers in rows and columns, the further from zero the stronger coloured."""

    WIDTHS = (120, 64, 70, 44)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, parent)
        self._columns: tuple[FieldName, ...] = ()
        self._furthest = 1.0

    def set_names(
        self, rows: Sequence[FieldName], columns: Sequence[FieldName], furthest: float = 1.0
    ) -> None:
        """Name rows and columns; ``furthest`` is the value that has the strongest colour."""
        self._columns, self._furthest = tuple(columns), furthest or 1.0
        self._begin(rows, len(columns))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint names and fields."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px, theme, left = self._appearance.px, self._appearance.theme, self._left(S)
        n_columns = max(1, len(self._columns))
        width = (self.width() - left) / n_columns
        height = px(30)
        for column, name in enumerate(self._columns):
            box = QRectF(left + column * width, 0, width - px(2), height - px(XS))
            self._write(painter, box, name, Qt.AlignmentFlag.AlignHCenter)
        strengths = np.clip(np.nan_to_num(self._values / self._furthest), -1, 1)
        three = [rgb(colour) for colour in (theme.sunk, theme.accent, theme.muted)]
        colours = field_colours(strengths, *three)
        inks = readable_inks(colours, (theme.text, theme.on_accent))
        for row, name in enumerate(self._rows):
            top = (row + 1) * height
            box = QRectF(0, top, left - px(S), height - px(2))
            self._write(painter, box, name, Qt.AlignmentFlag.AlignLeft)
            for column in range(len(self._columns)):
                field = QRectF(left + column * width, top, width - px(2), height - px(2))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor.fromRgbF(*colours[row, column].tolist()))
                painter.drawRoundedRect(field, px(3), px(3))
                painter.setPen(QColor(inks[row][column]))
                painter.drawText(
                    field, Qt.AlignmentFlag.AlignCenter, number(self._values[row, column], 2)
                )
        painter.end()
