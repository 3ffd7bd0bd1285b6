"""Loss, weight and length of gradient of each task at one step, as bars that move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from mtrec_gui.theme import XS, L, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.field_table import FieldName, PaintedTable
from mtrec_gui.wording import number


@dataclass(frozen=True, eq=False)
class BarColumn:
    """A quantity that every task has.

    Parameters
    ----------
    title : a word
    furthest : the value whose bar fills the column
    """

    title: str
    furthest: float


class MomentBars(PaintedTable):
    """A line for each task, a column for each quantity; scales stay while the step changes."""

    WIDTHS = (100, 130, 70, 80)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, parent)
        self._columns: tuple[BarColumn, ...] = ()

    def set_names(self, tasks: Sequence[FieldName], columns: Sequence[BarColumn]) -> None:
        """Name the lines and the columns."""
        self._columns = tuple(columns)
        self._begin(tasks, len(columns))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint heads, names, bars and numbers."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px, theme, metrics = self._appearance.px, self._appearance.theme, self.fontMetrics()
        left = self._left(L)
        width = (self.width() - left) / max(1, len(self._columns))
        room = metrics.horizontalAdvance("−00.000") + px(XS)
        height, middle = px(30), Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(theme.muted))
        for column, shown in enumerate(self._columns):
            box = QRectF(left + column * width, 0, width - px(S), height - px(XS))
            text = metrics.elidedText(shown.title, Qt.TextElideMode.ElideRight, int(box.width()))
            painter.drawText(box, middle, text)
        for line, task in enumerate(self._rows):
            top = (line + 1) * height
            box = QRectF(0, top, left - px(S), height)
            self._write(painter, box, task, Qt.AlignmentFlag.AlignLeft)
            for column, shown in enumerate(self._columns):
                value = float(self._values[line, column])
                start, longest = left + column * width, max(0.0, width - room - px(S))
                share = 0.0 if np.isnan(value) else min(1.0, abs(value) / shown.furthest)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(self._colour(task)))
                bar = QRectF(start, top + px(9), max(share * longest, px(1)), height - px(18))
                painter.drawRoundedRect(bar, px(2), px(2))
                painter.setPen(QColor(theme.text))
                painter.drawText(
                    QRectF(bar.right() + px(XS), top, room, height), middle, number(value)
                )
        painter.end()
