"""Labels: always plain text, in one of the roles of the type scale."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from mtrec_gui.theme import S
from mtrec_gui.widgets.appearance import Appearance


class PlainLabel(QLabel):
    """Text that is never taken for markup, whatever it holds.

    ``role`` is one of: text, title, cardTitle, strong, muted, remark, figure, better, worse,
    chip, brand.
    """

    def __init__(
        self, text: str = "", role: str = "text", wrap: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setWordWrap(wrap)
        if wrap:
            policy = self.sizePolicy()
            policy.setHeightForWidth(True)
            policy.setHorizontalPolicy(QSizePolicy.Policy.Preferred)
            self.setSizePolicy(policy)
        self.setText(text)

    def set_role(self, role: str) -> None:
        """Change the role, and with it colour and size."""
        self.setProperty("role", role)
        self.style().unpolish(self)
        self.style().polish(self)


class ElidedLabel(PlainLabel):
    """One line of text that ends in … where there is no room, and says all in its tool tip."""

    def __init__(self, text: str = "", role: str = "text", parent: QWidget | None = None) -> None:
        self._full = text
        super().__init__(text, role, parent=parent)
        self.setMinimumWidth(40)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:  # noqa: N802
        """Take the whole text."""
        self._full = text
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Shorten the text anew."""
        super().resizeEvent(event)
        self._elide()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Leave the width to the layout."""
        return QSize(40, super().minimumSizeHint().height())

    def _elide(self) -> None:
        metrics = QFontMetrics(self.font())
        shown = metrics.elidedText(self._full, Qt.TextElideMode.ElideRight, self.width())
        super().setText(shown)
        self.setToolTip(self._full if shown != self._full else "")


class Dot(QWidget):
    """The round mark in the colour of a task."""

    def __init__(self, colour: str, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = colour
        side = appearance.px(10)
        self.setFixedSize(side, side)

    def set_colour(self, colour: str) -> None:
        """Take another colour."""
        self._colour = colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the dot."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._colour))
        painter.drawEllipse(self.rect().adjusted(0, 0, -1, -1))


class TaskTag(QWidget):
    """A task's dot and its name."""

    def __init__(
        self,
        name: str,
        colour: str,
        appearance: Appearance,
        role: str = "text",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(appearance.px(S - 2))
        layout.addWidget(Dot(colour, appearance))
        layout.addWidget(PlainLabel(name, role))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
