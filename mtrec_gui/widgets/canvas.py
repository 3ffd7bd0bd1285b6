"""A plot in the window: drawn in the theme and zoom in force, redrawn when they change."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QSizePolicy, QVBoxLayout, QWidget

from mtrec_gui.widgets.appearance import Appearance, interface_families

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme

Draw = Callable[["Figure", "Theme"], None]


class Canvas(QWidget):
    """Shows what a function draws on a figure.

    ``show_plot`` takes the function and one sentence that says what is to be seen, which is
    also what a screen reader reads. Drawing waits until the canvas can be seen.
    """

    def __init__(
        self, appearance: Appearance, height: int = 220, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._height = height
        self._draw: Draw | None = None
        self._stale = False
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._canvas: QWidget | None = None
        self.figure: Figure | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._redraw)
        appearance.changed.connect(self._restyle)
        self._restyle()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for the height given, whatever the width."""
        return QSize(self._appearance.px(320), self._appearance.px(self._height))

    def set_plot_height(self, height: int) -> None:
        """Change the height that is asked for, in pixels at 100 %."""
        self._height = height
        self._restyle()

    def show_plot(self, draw: Draw, description: str) -> None:
        """Draw something else; ``description`` says in a sentence what it shows."""
        self._draw = draw
        self.setAccessibleName(description)
        self._restyle()

    def draw_now(self) -> None:
        """Draw at once, seen or not (for pictures and tests)."""
        self._soon.stop()
        self._redraw(even_hidden=True)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Draw what was asked for while hidden."""
        super().showEvent(event)
        if self._stale:
            self._soon.start()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Offer to save the picture."""
        if self.figure is None:
            return
        menu = QMenu(self)
        menu.addAction(self.tr("Save picture…"), self.save_picture)
        menu.exec(event.globalPos())

    def save_picture(self) -> None:
        """Ask for a file and write the picture as PNG or SVG."""
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save picture"), "", self.tr("Pictures (*.png *.svg)")
        )
        if name and self.figure is not None:
            self.figure.savefig(name, dpi=160)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Leave the wheel to the page, so that scrolling does not stop over a plot."""
        if event.type() == QEvent.Type.Wheel and isinstance(event, QWheelEvent):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _restyle(self) -> None:
        self.setMinimumHeight(self._appearance.px(self._height))
        self._stale = self._draw is not None
        if self._stale and self.isVisible():
            self._soon.start()

    def _redraw(self, even_hidden: bool = False) -> None:
        if self._draw is None or not (even_hidden or self.isVisible()):
            return
        import matplotlib as mpl
        from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
        from matplotlib.figure import Figure

        from mtrec_gui.plots.style import style

        self._stale = False
        theme = self._appearance.theme
        with mpl.rc_context(rc=style(theme, self._appearance.zoom, interface_families())):
            if self.figure is None or self._canvas is None:
                self.figure = Figure(layout="constrained")
                canvas = FigureCanvasQTAgg(self.figure)  # type: ignore[no-untyped-call]
                canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
                canvas.installEventFilter(self)
                self._canvas = canvas
                self._layout.addWidget(canvas)
            self.figure.clear()
            self.figure.set_facecolor(theme.surface)
            self._draw(self.figure, theme)
            self.figure.canvas.draw_idle()
