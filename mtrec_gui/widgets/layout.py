"""How a page is laid out: a title with its sentence, cards on the ground, one level deep."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QLayoutItem,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from mtrec_gui.theme import XL, XS, L, M, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import PlainLabel


def row(*widgets: QWidget | None, spacing: int = S) -> QHBoxLayout:
    """Return a horizontal layout of widgets; None is a stretch."""
    layout = QHBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for widget in widgets:
        if widget is None:
            layout.addStretch(1)
        else:
            layout.addWidget(widget)
    return layout


def column(*widgets: QWidget | None, spacing: int = S) -> QVBoxLayout:
    """Return a vertical layout of widgets; None is a stretch."""
    layout = QVBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for widget in widgets:
        if widget is None:
            layout.addStretch(1)
        else:
            layout.addWidget(widget)
    return layout


def clear(layout: QLayout) -> None:
    """Remove and delete everything in a layout."""
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            break
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


def rule() -> QFrame:
    """Return a thin line."""
    line = QFrame()
    line.setObjectName("rule")
    return line


class Card(QFrame):
    """A white card: a title, one sentence, and a body.

    Add to ``body``; put what stands right of the title into ``head``.
    """

    def __init__(
        self,
        title: str = "",
        sentence: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(L, L, L, L)
        outer.setSpacing(S)
        self.head = QHBoxLayout()
        self.head.setSpacing(S)
        words = column(spacing=XS)
        # a child from the start: shown without a parent, it would be a window of its own
        self.title = PlainLabel(title, "cardTitle", wrap=True, parent=self)
        self.sentence = PlainLabel(sentence, "muted", wrap=True, parent=self)
        words.addWidget(self.title)
        words.addWidget(self.sentence)
        self.title.setVisible(bool(title))
        self.sentence.setVisible(bool(sentence))
        self.head.addLayout(words, 1)
        outer.addLayout(self.head)
        self.body: QBoxLayout = QVBoxLayout()
        self.body.setSpacing(S)
        outer.addLayout(self.body, 1)

    def set_words(self, title: str, sentence: str = "") -> None:
        """Replace title and sentence."""
        self.title.setText(title)
        self.sentence.setText(sentence)
        self.title.setVisible(bool(title))
        self.sentence.setVisible(bool(sentence))


class Page(QWidget):
    """A page of the window: title, sentence, actions at the right, and a body that scrolls.

    Add cards to ``body``; put what concerns the whole page into ``toolbar``.
    """

    def __init__(
        self, title: str, sentence: str, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.appearance = appearance
        outer = QVBoxLayout(self)
        outer.setContentsMargins(XL, XL, XL - L, 0)  # the bar that scrolls is in the margin
        outer.setSpacing(L)
        self.title = PlainLabel(title, "title", wrap=True)
        self.sentence = PlainLabel(sentence, "muted", wrap=True)
        words = column(self.title, self.sentence, spacing=XS)
        self.toolbar = row()
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, L, 0)
        head.setSpacing(L)
        head.addLayout(words, 1)
        head.addLayout(self.toolbar)
        outer.addLayout(head)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setObjectName("pageBody")
        self.body = QVBoxLayout(inner)
        self.body.setContentsMargins(0, 0, L, L)
        self.body.setSpacing(L)
        self._scroll.setWidget(inner)
        outer.addWidget(self._scroll, 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Scroll by the keys, whatever control of the page has the focus."""
        bar = self._scroll.verticalScrollBar()
        if event.key() == Qt.Key.Key_PageDown:
            bar.setValue(bar.value() + bar.pageStep())
        elif event.key() == Qt.Key.Key_PageUp:
            bar.setValue(bar.value() - bar.pageStep())
        else:
            super().keyPressEvent(event)


class EmptyState(QFrame):
    """What an empty page shows: what belongs here, and the button that fills it."""

    def __init__(
        self, title: str, sentence: str, action: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(XL * 2, XL * 2, XL * 2, XL * 2)
        layout.setSpacing(M)
        layout.addWidget(PlainLabel(title, "cardTitle", wrap=True))
        layout.addWidget(PlainLabel(sentence, "muted", wrap=True))
        self.button = button(action, "primary", parent=self)
        self.button.setVisible(bool(action))
        layout.addLayout(row(self.button, None))
        layout.addStretch(1)


class FlowLayout(QLayout):
    """Widgets from left to right, going on in the next line where the width ends."""

    def __init__(self, parent: QWidget | None = None, spacing: int = S) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802, D102
        self._items.append(item)

    def count(self) -> int:  # noqa: D102
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802, D102
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802, D102
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802, D102
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:  # noqa: N802, D102
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802, D102
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802, D102
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:  # noqa: N802, D102
        return self.minimumSize()

    def minimumSize(self) -> QSize:  # noqa: N802, D102
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, rect: QRect, move: bool) -> int:
        x, y, line_height = rect.x(), rect.y(), 0
        for item in self._items:
            hint = item.sizeHint()
            if x + hint.width() > rect.right() + 1 and line_height:
                x, y, line_height = rect.x(), y + line_height + self.spacing(), 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), hint))
            x += hint.width() + self.spacing()
            line_height = max(line_height, hint.height())
        return y + line_height - rect.y()


def expanding(widget: QWidget) -> QWidget:
    """Let a widget take what room there is."""
    widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    return widget
