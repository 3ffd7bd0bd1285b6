"""Texts to choose from under the cursor of a field, which keeps the focus and the keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QListWidget, QWidget

_MOST_ROWS = 8


class CompletionList(QListWidget):
    """A small list beside a field.

    Parameters
    ----------
    field : whose text it completes; told to screen readers as the one that speaks

    Signals
    -------
    taken : number of the text that a person clicked, from 0 on
    """

    taken = Signal(int)

    def __init__(self, field: QWidget) -> None:
        super().__init__(field)
        self._field = field
        self.setObjectName("completions")
        self.setWindowFlags(Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerItem)
        self.setUniformItemSizes(True)
        self.setFont(field.font())
        self.itemClicked.connect(lambda item: self.taken.emit(self.row(item)))

    def show_texts(self, texts: Sequence[str], cursor: QRect) -> None:
        """Show texts below the cursor, a place on the screen; above it where there is no room."""
        self.clear()
        self.addItems(list(texts))
        self.ensurePolished()
        rows = min(len(texts), _MOST_ROWS)
        bar = self.verticalScrollBar().sizeHint().width() if len(texts) > rows else 0
        frame = 2 * self.frameWidth() + 2
        self.resize(
            QSize(
                self.sizeHintForColumn(0) + bar + frame + self.fontMetrics().averageCharWidth(),
                rows * self.sizeHintForRow(0) + frame,
            )
        )
        screen = self._field.screen().availableGeometry()
        left = min(cursor.left(), screen.right() - self.width())
        top = cursor.bottom() + 2
        if top + self.height() > screen.bottom():
            top = cursor.top() - 2 - self.height()
        self.move(QPoint(max(left, screen.left()), top))
        self.choose(0)
        self.show()
        self.raise_()

    def step(self, rows: int) -> None:
        """Choose a text further down or up, going round at the ends."""
        self.choose((self.currentRow() + rows) % self.count())

    def choose(self, row: int) -> None:
        """Choose a text, and tell screen readers."""
        self.setCurrentRow(row)
        item = self.item(row)
        if item is not None:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._field, item.text()))
