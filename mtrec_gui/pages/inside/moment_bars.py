"""Loss, weight and length of gradient of each task at one step, as bars that move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from algorithms.arrays import FloatArray
from mtrec_gui.theme import XS, L, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.field_table import FieldName
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


class MomentBars(QWidget):
    """A line for each task, a column for each quantity; scales stay while the step changes."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._tasks: tuple[FieldName, ...] = ()
        self._columns: tuple[BarColumn, ...] = ()
        self._values: FloatArray = np.zeros((0, 0))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.updateGeometry)

    def set_names(self, tasks: Sequence[FieldName], columns: Sequence[BarColumn]) -> None:
        """Name the lines and the columns."""
        self._tasks, self._columns = tuple(tasks), tuple(columns)
        self._values = np.full((len(tasks), len(columns)), np.nan)
        self.updateGeometry()
        self.update()

    def show_values(self, values: FloatArray) -> None:
        """Show other numbers (n_tasks, n_columns), NaN where unknown."""
        self._values = values
        self.update()

    @property
    def values(self) -> FloatArray:
        """The numbers that are shown."""
        return self._values

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for a line for each task, and one for the heads."""
        px = self._appearance.px
        return QSize(px(100) + px(130) * len(self._columns), px(30) * (len(self._tasks) + 1))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Leave room for the numbers."""
        px = self._appearance.px
        return QSize(px(70) + px(80) * len(self._columns), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint heads, names, bars and numbers."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px, theme, metrics = self._appearance.px, self._appearance.theme, self.fontMetrics()
        names = [name.text for name in self._tasks]
        left = min(
            max((metrics.horizontalAdvance(name) for name in names), default=0) + px(L),
            self.width() // 3,
        )
        width = (self.width() - left) / max(1, len(self._columns))
        room = metrics.horizontalAdvance("−00.000") + px(XS)
        height, middle = px(30), Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(theme.muted))
        for column, shown in enumerate(self._columns):
            box = QRectF(left + column * width, 0, width - px(S), height - px(XS))
            text = metrics.elidedText(shown.title, Qt.TextElideMode.ElideRight, int(box.width()))
            painter.drawText(box, middle, text)
        for line, task in enumerate(self._tasks):
            top = (line + 1) * height
            colour = theme.muted if task.task is None else theme.task_colour(task.task)
            painter.setPen(QColor(colour))
            text = metrics.elidedText(task.text, Qt.TextElideMode.ElideRight, left - px(S))
            painter.drawText(QRectF(0, top, left, height), middle, text)
            for column, shown in enumerate(self._columns):
                value = float(self._values[line, column])
                start, longest = left + column * width, max(0.0, width - room - px(S))
                share = 0.0 if np.isnan(value) else min(1.0, abs(value) / shown.furthest)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colour))
                bar = QRectF(start, top + px(9), max(share * longest, px(1)), height - px(18))
                painter.drawRoundedRect(bar, px(2), px(2))
                painter.setPen(QColor(theme.text))
                painter.drawText(
                    QRectF(bar.right() + px(XS), top, room, height), middle, number(value)
                )
        painter.end()
