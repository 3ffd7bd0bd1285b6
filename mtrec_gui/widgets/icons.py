"""Icons: the Phosphor glyphs that qtawesome brings, drawn in the colours of the theme.

qtawesome itself loads eleven icon fonts before its first icon, a quarter of the time in which
the window has to be on the screen; we load the one font we use from its package.
"""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap


@cache
def _font() -> tuple[str, dict[str, str]]:
    """Return the family and the code point of each glyph name."""
    spec = importlib.util.find_spec("qtawesome")
    if spec is None or not spec.submodule_search_locations:
        return "", {}
    fonts = Path(spec.submodule_search_locations[0]) / "fonts"
    files = sorted(fonts.glob("phosphor-*.ttf"))
    maps = sorted(fonts.glob("phosphor-charmap-*.json"))
    if not files or not maps:
        return "", {}
    number = QFontDatabase.addApplicationFont(str(files[-1]))
    families = QFontDatabase.applicationFontFamilies(number)
    return (families[0] if families else ""), json.loads(maps[-1].read_text("utf-8"))


class _Glyph(QIconEngine):
    """Draws one glyph at whatever size is asked for."""

    def __init__(self, name: str, colour: str, checked_colour: str) -> None:
        super().__init__()
        self._name = name
        self._colour = colour
        self._checked_colour = checked_colour

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        family, codes = _font()
        code = codes.get(self._name)
        if code is None:
            return
        font = QFont(family)
        font.setPixelSize(rect.height())
        painter.save()
        painter.setFont(font)
        on = state == QIcon.State.On
        painter.setPen(QColor(self._checked_colour if on else self._colour))
        if mode == QIcon.Mode.Disabled:
            painter.setOpacity(0.45)
        painter.drawText(QRectF(rect), Qt.AlignmentFlag.AlignCenter, chr(int(code, 16)))
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _Glyph(self._name, self._colour, self._checked_colour)


def icon(name: str, colour: str, checked_colour: str | None = None) -> QIcon:
    """Return a Phosphor icon such as ``house``, in a colour and in one for the checked state."""
    return QIcon(_Glyph(name, colour, checked_colour or colour))


def icon_names() -> frozenset[str]:
    """Return the names of all icons there are."""
    return frozenset(_font()[1])
