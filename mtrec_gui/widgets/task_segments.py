"""Segments for tasks: each with the dot in its task's colour."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import Segments

_ROOM = 1.5  # width of the icon in heights: the dot and the space after it


class TaskSegments(Segments):
    """A row of joined buttons, one for each task, of which exactly one is chosen."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__((), parent)
        self._appearance = appearance
        self._colours: list[str | None] = []
        appearance.changed.connect(self._paint)

    def set_tasks(self, choices: Sequence[tuple[str, str, str | None]]) -> None:
        """Replace the segments by key, text and colour; None for one without a dot."""
        self.set_choices([(key, text) for key, text, _ in choices])
        self._colours = [colour for *_, colour in choices]
        self._paint()

    def _paint(self) -> None:
        side = self._appearance.px(10)
        for made, colour in zip(self._buttons.values(), self._colours, strict=False):
            made.setIcon(QIcon() if colour is None else _dot(colour, side))
            made.setIconSize(QSize(round(_ROOM * side), side))


def _dot(colour: str, side: int) -> QIcon:
    pixmap = QPixmap(round(4 * _ROOM * side), 4 * side)  # drawn large: sharp on every screen
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(1, 1, 4 * side - 2, 4 * side - 2)
    painter.end()
    return QIcon(pixmap)
