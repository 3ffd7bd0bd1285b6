"""Theme and zoom of the running application, and who wants to know when they change."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QPainter,
    QPalette,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QApplication

from mtrec_gui.preferences import ZOOMS
from mtrec_gui.theme import TEXT, THEMES, Theme, ThemeName, stylesheet

CJK = ("Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei")


class Appearance(QObject):
    """The theme and zoom in force.

    Signals
    -------
    changed : after the style sheet of the application was replaced
    """

    changed = Signal()

    def __init__(self, theme: ThemeName = ThemeName.LIGHT, zoom: float = 1.0) -> None:
        super().__init__()
        self.theme: Theme = THEMES[theme]
        self.zoom = zoom

    def px(self, size: float) -> int:
        """Return a length in pixels at the zoom in force."""
        return round(size * self.zoom)

    def set_theme(self, name: ThemeName) -> None:
        """Change the theme of the whole application."""
        self.theme = THEMES[name]
        self.apply()

    def set_zoom(self, zoom: float) -> None:
        """Change the size of everything; the nearest step is taken."""
        self.zoom = min(ZOOMS, key=lambda step: abs(step - zoom))
        self.apply()

    def step_zoom(self, steps: int) -> None:
        """Go some steps up or down the zoom scale; at its ends nothing is styled anew."""
        place = ZOOMS.index(self.zoom) + steps
        zoom = ZOOMS[min(max(place, 0), len(ZOOMS) - 1)]
        if zoom != self.zoom:
            self.set_zoom(zoom)

    def apply(self) -> None:
        """Put font, palette and style sheet in force."""
        app = QGuiApplication.instance()
        if not isinstance(app, QApplication):
            return
        font = QFont(interface_families())
        font.setPixelSize(self.px(TEXT))
        font.setFeature(QFont.Tag("tnum"), 1)  # figures of one width, so that columns line up
        app.setFont(font)
        app.setPalette(_palette(self.theme))
        mark = _check_mark(self.theme.on_accent)
        arrow = _arrow(self.theme.muted)
        sheet = stylesheet(self.theme, self.zoom)
        app.setStyleSheet(sheet.replace("MARK_FILE", mark).replace("ARROW_FILE", arrow))
        self.changed.emit()


@cache
def interface_families() -> list[str]:
    """Return the font families of the interface, with a Chinese one behind them."""
    known = set(QFontDatabase.families())
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    first = [name for name in ("Inter",) if name in known]
    return [*first, system, *(name for name in CJK if name in known)]


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for target, colour in (
        (role.Window, theme.ground),
        (role.Base, theme.surface),
        (role.AlternateBase, theme.sunk),
        (role.Button, theme.surface),
        (role.WindowText, theme.text),
        (role.Text, theme.text),
        (role.ButtonText, theme.text),
        (role.PlaceholderText, theme.muted),
        (role.Highlight, theme.accent),
        (role.HighlightedText, theme.on_accent),
        (role.Link, theme.accent),
        (role.ToolTipBase, theme.surface),
        (role.ToolTipText, theme.text),
    ):
        palette.setColor(target, QColor(colour))
    return palette


@cache
def _check_mark(colour: str) -> str:
    """Draw the tick of a check box."""
    return _drawn(colour, ((12, 25), (21, 34), (37, 14)))


@cache
def _arrow(colour: str) -> str:
    """Draw the arrow of a drop-down list."""
    return _drawn(colour, ((12, 18), (24, 31), (36, 18)))


def _drawn(colour: str, points: Sequence[tuple[int, int]]) -> str:
    """Draw a line through points of a square of 48; Qt style sheets take it from a file only."""
    pixmap = QPixmap(48, 48)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colour), 7, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPolyline([QPoint(x, y) for x, y in points])
    painter.end()
    path = _folder() / f"mark{len(list(_folder().iterdir()))}.png"
    pixmap.save(str(path))
    return path.as_posix()


@cache
def _folder() -> Path:
    """Return a folder for the drawn marks, which goes with the application."""
    folder = Path(tempfile.mkdtemp(prefix="mtrec-lab-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
