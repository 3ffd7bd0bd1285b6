"""A small table of numbers as coloured fields; it may change many times a second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
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


class FieldTable(QWidget):
    """Shows numbers in rows and columns, the further from zero the stronger coloured."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._rows: tuple[FieldName, ...] = ()
        self._columns: tuple[FieldName, ...] = ()
        self._values: FloatArray = np.zeros((0, 0))
        self._furthest = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.updateGeometry)

    def set_names(
        self, rows: Sequence[FieldName], columns: Sequence[FieldName], furthest: float = 1.0
    ) -> None:
        """Name rows and columns; ``furthest`` is the value that has the strongest colour."""
        self._rows, self._columns, self._furthest = tuple(rows), tuple(columns), furthest or 1.0
        self._values = np.full((len(rows), len(columns)), np.nan)
        self.updateGeometry()
        self.update()

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
        px = self._appearance.px
        return QSize(px(120) + px(64) * len(self._columns), px(30) * (len(self._rows) + 1))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Let columns shrink to their numbers."""
        px = self._appearance.px
        return QSize(px(70) + px(44) * len(self._columns), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint names and fields."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px, theme, metrics = self._appearance.px, self._appearance.theme, self.fontMetrics()
        left = min(
            max((metrics.horizontalAdvance(name.text) for name in self._rows), default=0) + px(S),
            self.width() // 3,
        )
        n_columns = max(1, len(self._columns))
        width = (self.width() - left) / n_columns
        height = px(30)
        for column, name in enumerate(self._columns):
            box = QRectF(left + column * width, 0, width - px(2), height - px(XS))
            self._write(painter, box, name, Qt.AlignmentFlag.AlignHCenter, metrics)
        strengths = np.clip(np.nan_to_num(self._values / self._furthest), -1, 1)
        three = [rgb(colour) for colour in (theme.sunk, theme.accent, theme.muted)]
        colours = field_colours(strengths, *three)
        inks = readable_inks(colours, (theme.text, theme.on_accent))
        for row, name in enumerate(self._rows):
            top = (row + 1) * height
            box = QRectF(0, top, left - px(S), height - px(2))
            self._write(painter, box, name, Qt.AlignmentFlag.AlignLeft, metrics)
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

    def _write(
        self,
        painter: QPainter,
        box: QRectF,
        name: FieldName,
        side: Qt.AlignmentFlag,
        metrics: QFontMetrics,
    ) -> None:
        theme = self._appearance.theme
        painter.setPen(QColor(theme.muted if name.task is None else theme.task_colour(name.task)))
        text = metrics.elidedText(name.text, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, text)
