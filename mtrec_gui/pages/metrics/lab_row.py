"""A row of the workbench: it says when it is pointed at, and can be lit."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from mtrec_gui.theme import XS, M, S
from mtrec_gui.widgets.labels import plain_tip

_LONGEST = 24  # letters of a term


def set_lit(widget: QWidget, lit: bool) -> None:
    """Light a widget, or not; the style sheet does the rest."""
    if bool(widget.property("lit")) is not lit:
        widget.setProperty("lit", lit)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class LabRow(QFrame):
    """Controls side by side in a frame.

    Signals
    -------
    pointed : the row's number when it is hovered or has the focus, -1 when no longer
    """

    pointed = Signal(int)

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("labRow")
        self._number = number
        self.line = QHBoxLayout(self)
        self.line.setContentsMargins(S, XS, S, XS)
        self.line.setSpacing(M)

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Add a control; its focus points at the row as well."""
        widget.installEventFilter(self)
        self.line.addWidget(widget, stretch)

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        """Point at the row."""
        self.pointed.emit(self._number)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Point at it no longer."""
        self.pointed.emit(-1)
        super().leaveEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the focus as the mouse."""
        if event.type() == QEvent.Type.FocusIn:
            self.pointed.emit(self._number)
        elif event.type() == QEvent.Type.FocusOut:
            self.pointed.emit(-1)
        return super().eventFilter(watched, event)


class TermChip(QPushButton):
    """A term of the equation, which says when it is pointed at.

    Signals
    -------
    pointed : the term's number when it is hovered or has the focus, -1 when no longer
    """

    pointed = Signal(int)

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = number
        self.setProperty("kind", "term")
        self.clicked.connect(lambda: self.pointed.emit(self._number))

    def setText(self, text: str) -> None:  # noqa: N802
        """Write the term; a long one is cut, and its tool tip says all."""
        short = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
        super().setText(short)
        self.setToolTip("" if short == text else plain_tip(text))

    def event(self, event: QEvent) -> bool:
        """Follow mouse and focus."""
        if event.type() in (QEvent.Type.Enter, QEvent.Type.FocusIn):
            self.pointed.emit(self._number)
        elif event.type() in (QEvent.Type.Leave, QEvent.Type.FocusOut):
            self.pointed.emit(-1)
        return super().event(event)
