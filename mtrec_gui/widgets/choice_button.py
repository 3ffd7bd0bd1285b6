"""A line of a list that can be chosen, with widgets on it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from mtrec_gui.theme import S
from mtrec_gui.widgets.appearance import Appearance


class ChoiceButton(QPushButton):
    """A checkable line; add what stands on it with ``put``."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "choice")
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._appearance = appearance
        self._line = QHBoxLayout(self)
        self.scale()

    def scale(self) -> None:
        """Take the sizes of the zoom in force."""
        px = self._appearance.px
        self._line.setContentsMargins(px(S), px(6), px(S), px(6))
        self._line.setSpacing(px(S))

    def put(self, widget: QWidget, stretch: int = 0) -> None:
        """Add a widget at the right; clicks on it are clicks on the line."""
        widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._line.addWidget(widget, stretch)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Make room for what is on it."""
        return self._line.sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Let the texts on it shrink."""
        return self._line.minimumSize()
