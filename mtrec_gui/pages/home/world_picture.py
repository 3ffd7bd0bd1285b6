"""The picture of a world: one user, and a line in the colour of each task she meets."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mtrec_gui.widgets.appearance import Appearance


class WorldPicture(QWidget):
    """Draws a user at the left and the world's tasks at the right."""

    def __init__(self, n_tasks: int, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._n_tasks = n_tasks
        self._appearance = appearance
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for a low strip."""
        return QSize(self._appearance.px(200), self._appearance.px(76))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the strip."""
        theme, px = self._appearance.theme, self._appearance.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.sunk))
        painter.drawRoundedRect(self.rect(), px(6), px(6))
        height, width = self.height(), self.width()
        start = QPointF(px(26), height / 2)
        for place in range(self._n_tasks):
            end = QPointF(width - px(26), height * (place + 1) / (self._n_tasks + 1))
            path = QPainterPath(start)
            middle = (start.x() + end.x()) / 2
            path.cubicTo(QPointF(middle, start.y()), QPointF(middle, end.y()), end)
            colour = QColor(theme.task_colour(place))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, px(2)))
            painter.drawPath(path)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(end, px(5), px(5))
        painter.setBrush(QColor(theme.text))
        painter.drawEllipse(start, px(8), px(8))
