"""A plot with a mark that runs along it: the plot is drawn once, the mark is painted over it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.canvas import Canvas


class MarkedCanvas(Canvas):
    """A canvas whose first axes bear a vertical mark at some x.

    Signals
    -------
    pointed : the x that a person pressed or dragged at
    """

    pointed = Signal(float)

    def __init__(
        self, appearance: Appearance, height: int = 220, parent: QWidget | None = None
    ) -> None:
        super().__init__(appearance, height, parent)
        self._mark: float | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def mark(self) -> float | None:
        """Where the mark stands."""
        return self._mark

    def set_mark(self, x: float | None) -> None:
        """Move the mark; None takes it away."""
        if x != self._mark:
            self._mark = x
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the plot, and the mark over it."""
        super().paintEvent(event)
        if self._mark is None or self.figure is None or not self.figure.axes:
            return
        axes, ratio = self.figure.axes[0], self.figure.dpi / 100
        x = float(axes.transData.transform((self._mark, 0.0))[0]) / ratio
        top = self.height() - axes.bbox.y1 / ratio
        bottom = self.height() - axes.bbox.y0 / ratio
        painter = QPainter(self)
        painter.setPen(QPen(QColor(self._appearance.theme.text), self._appearance.px(1.5)))
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Tell where it was pressed."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._point(event)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Tell where it is dragged to."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._point(event)

    def _point(self, event: QMouseEvent) -> None:
        if self.figure is None or not self.figure.axes:
            return
        axes, ratio = self.figure.axes[0], self.figure.dpi / 100
        inverse = axes.transData.inverted()
        self.pointed.emit(float(inverse.transform((event.position().x() * ratio, 0.0))[0]))
