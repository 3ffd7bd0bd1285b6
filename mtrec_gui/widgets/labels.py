"""Labels: always plain text, in one of the roles of the type scale."""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent, QSize, Qt
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


def plain_tip(text: str) -> str:
    """Return what a tool tip must be given to show a text as it stands, markup and all."""
    return f"<qt>{html.escape(text)}</qt>" if "<" in text or "&" in text else text


class ElidedLabel(PlainLabel):
    """One line of text that ends in … where there is no room, and says all in its tool tip.

    Parameters
    ----------
    fill : take what width there is; without it, no more than the text needs
    """

    def __init__(
        self,
        text: str = "",
        role: str = "text",
        parent: QWidget | None = None,
        fill: bool = True,
    ) -> None:
        self._full = text
        super().__init__(text, role, parent=parent)
        self.setMinimumWidth(40)
        self.setIndent(0)  # else a chip's text begins half a letter further right
        width = QSizePolicy.Policy.Ignored if fill else QSizePolicy.Policy.Maximum
        self.setSizePolicy(width, QSizePolicy.Policy.Preferred)

    @property
    def whole(self) -> str:
        """The whole text, however much of it is shown."""
        return self._full

    def setText(self, text: str) -> None:  # noqa: N802
        """Take the whole text."""
        self._full = text
        self.updateGeometry()
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Shorten the text anew."""
        super().resizeEvent(event)
        self._elide()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Shorten the text anew where its size changed."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self.updateGeometry()
            self._elide()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for the width of the whole text."""
        self.ensurePolished()
        margins = self.contentsMargins()
        width = QFontMetrics(self.font()).horizontalAdvance(self._full)
        # one pixel more, because widths of text are rounded
        return QSize(width + margins.left() + margins.right() + 1, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Leave the width to the layout."""
        return QSize(40, super().minimumSizeHint().height())

    def _elide(self) -> None:
        metrics = QFontMetrics(self.font())
        room = self.contentsRect().width()
        shown = metrics.elidedText(self._full, Qt.TextElideMode.ElideRight, room)
        super().setText(shown)
        self.setToolTip(plain_tip(self._full) if shown != self._full else "")


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
