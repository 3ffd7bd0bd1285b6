"""Notices: one clear sentence above the page, until it is closed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mtrec_gui.theme import XL, M, S
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import PlainLabel


class NoticeBar(QWidget):
    """The place of the notices; newest at the bottom, the same sentence only once."""

    MOST = 3

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(XL, M, XL, 0)
        self._layout.setSpacing(S)
        self.hide()

    def show_notice(self, sentence: str, tone: str = "info") -> None:
        """Show a sentence; ``tone`` is info, error or done."""
        for old in self._frames():
            if old.property("sentence") == sentence:
                return
        frame = QFrame()
        frame.setObjectName("notice")
        frame.setProperty("tone", tone)
        frame.setProperty("sentence", sentence)
        layout = QHBoxLayout(frame)
        layout.setContentsMargins(M, S, S, S)
        words = PlainLabel(sentence, wrap=True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.setAccessibleName(sentence)
        close = button(self.tr("Close"), "quiet")
        close.clicked.connect(lambda: self._remove(frame))
        layout.addWidget(words, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._layout.addWidget(frame)
        for extra in self._frames()[: -self.MOST]:
            self._remove(extra)
        self.show()

    def sentences(self) -> list[str]:
        """Return what is being shown."""
        return [str(frame.property("sentence")) for frame in self._frames()]

    def clear(self) -> None:
        """Take all notices away."""
        for frame in self._frames():
            self._remove(frame)

    def _frames(self) -> list[QFrame]:
        found = []
        for place in range(self._layout.count()):
            item = self._layout.itemAt(place)
            widget = item.widget() if item is not None else None
            if isinstance(widget, QFrame):
                found.append(widget)
        return found

    def _remove(self, frame: QFrame) -> None:
        self._layout.removeWidget(frame)
        frame.hide()
        frame.deleteLater()
        self.setVisible(bool(self._frames()))
