"""Lines of a list that are put in order by dragging; keys and buttons do the same elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from mtrec_gui.widgets.appearance import Appearance


class DragHandle(QWidget):
    """Six dots by which a line is taken.

    Signals
    -------
    dragged : the place of the mouse on the screen
    dropped : the line was let go
    cancelled : Escape was pressed
    """

    dragged = Signal(QPoint)
    dropped = Signal()
    cancelled = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._pressed_at: QPoint | None = None
        self._is_dragging = False
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.scale()

    def scale(self) -> None:
        """Take the size of the zoom in force."""
        self.setFixedSize(self._appearance.px(16), self._appearance.px(24))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take the line."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.globalPosition().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag the line once the hand has really moved."""
        if self._pressed_at is None:
            return
        where = event.globalPosition().toPoint()
        if not self._is_dragging:
            way = (where - self._pressed_at).manhattanLength()
            if way < QApplication.startDragDistance():
                return
            self._is_dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.grabKeyboard()
        self.dragged.emit(where)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Let the line go."""
        if event.button() == Qt.MouseButton.LeftButton and self._stop():
            self.dropped.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave everything where it was."""
        if event.key() == Qt.Key.Key_Escape and self._stop():
            self.cancelled.emit()

    def _stop(self) -> bool:
        was_dragging, self._is_dragging, self._pressed_at = self._is_dragging, False, None
        if was_dragging:
            self.releaseKeyboard()
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        return was_dragging

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the dots."""
        px = self._appearance.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._appearance.theme.muted))
        side, step = px(3), px(5)
        left, top = (self.width() - step - side) / 2, (self.height() - 2 * step - side) / 2
        for column in range(2):
            for row in range(3):
                painter.drawEllipse(QRectF(left + column * step, top + row * step, side, side))


class DragOrder(QWidget):
    """The mark between the lines where a dragged one will land.

    Put one into the widget that holds the lines, and tell it of each.

    Signals
    -------
    moved : (place of a line, counted from 0; by how many lines it moves down)
    """

    moved = Signal(int, int)

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance, self._holder = appearance, parent
        self._lines: list[QWidget] = []
        self._target: int | None = None  # how many lines are above the mark
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def add(self, line: QWidget, handle: DragHandle) -> None:
        """Let one more line, below the others, be dragged by its handle."""
        self._lines.append(line)
        handle.dragged.connect(self._show)
        handle.dropped.connect(lambda: self._drop(self._lines.index(line)))
        handle.cancelled.connect(self._forget)

    def remove_last(self) -> None:
        """Forget the line below all others."""
        self._lines.pop()
        self._forget()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the mark."""
        QPainter(self).fillRect(self.rect(), QColor(self._appearance.theme.accent))

    def _show(self, where: QPoint) -> None:
        holder = self._holder
        y = holder.mapFromGlobal(where).y()
        edges = [line.mapTo(holder, QPoint(0, 0)).y() for line in self._lines]
        middles = [top + line.height() / 2 for top, line in zip(edges, self._lines, strict=True)]
        target = sum(y > middle for middle in middles)
        self._target = target
        last = self._lines[-1]
        top = edges[target] if target < len(edges) else edges[-1] + last.height()
        thick = self._appearance.px(2)
        left = self._lines[0].mapTo(holder, QPoint(0, 0)).x()
        self.setGeometry(left, max(0, top - thick), last.width(), thick)
        self.show()
        self.raise_()
        self._scroll_to()

    def _scroll_to(self) -> None:
        """Keep the mark in sight."""
        above: QWidget | None = self._holder
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        inner = above.widget() if isinstance(above, QScrollArea) else None
        if isinstance(above, QScrollArea) and inner is not None:
            centre = self.mapTo(inner, self.rect().center())
            above.ensureVisible(centre.x(), centre.y(), 0, self._appearance.px(40))

    def _drop(self, place: int) -> None:
        target = self._target
        self._forget()
        if target is None:
            return
        steps = target - place - (1 if target > place else 0)
        if steps:
            self.moved.emit(place, steps)

    def _forget(self) -> None:
        self._target = None
        self.hide()
