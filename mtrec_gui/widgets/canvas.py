"""A plot in the window: drawn in the theme and zoom in force, redrawn when they change.

A plot takes matplotlib 50 ms of pure Python, more while runs keep the machine busy; that long the
window would stand still. So a thread draws into an image, and the window only paints the image.
A plot that is known to be quick, and is to change with the finger, is drawn as it is painted.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shiboken6
from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QSizePolicy, QWidget

from mtrec_gui.theme import LIGHT
from mtrec_gui.widgets.appearance import Appearance, interface_families
from mtrec_gui.widgets.labels import plain_tip

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme

Draw = Callable[["Figure", "Theme"], None]
Drawn = tuple["Figure", QImage]

_SIGNS = r"$TP = \sqrt{\dfrac{0123456789 + 1.1 - 1 \cdot (1)}{|1|}} \approx 1$"
_SETTLED_MS = 40  # a size is drawn once it has been the same for so long

_logger = logging.getLogger(__name__)
_one_at_a_time = threading.RLock()  # matplotlib's settings belong to the whole process


class Canvas(QWidget):
    """Shows what a function draws on a figure.

    ``show_plot`` takes the function and one sentence that says what is to be seen, which is
    also what a screen reader reads. The function runs in another thread, so it must touch
    nothing but the figure. Drawing waits until the canvas can be seen.

    Signals
    -------
    drawn : what was asked for has been painted
    """

    drawn = Signal()

    def __init__(
        self, appearance: Appearance, height: int = 220, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._height = height
        self._draw: Draw | None = None
        self._is_quick = False
        self._stale = False
        self._in_work = False
        self._is_new = False  # drawn, and not painted yet
        self._image: QImage | None = None
        self.figure: Figure | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # its description, and its menu by key
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
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

    def show_plot(self, draw: Draw, description: str, is_quick: bool = False) -> None:
        """Draw something else.

        Parameters
        ----------
        draw : draws it
        description : says in a sentence what it shows
        is_quick : it takes a few milliseconds only, and is drawn in the window's own thread
        """
        self._draw, self._is_quick = draw, is_quick
        self.setAccessibleName(description)
        self._restyle()

    def draw_now(self) -> None:
        """Draw at once and in this thread, seen or not (for pictures and tests)."""
        self._soon.stop()
        work = self._work()
        if work is not None:
            self._stale = False
            self._show(work())

    def save_picture(self) -> None:
        """Ask for a file and write the picture as PNG or SVG."""
        title = self.tr("Save picture")
        name, _ = QFileDialog.getSaveFileName(self, title, "", self.tr("Pictures (*.png *.svg)"))
        if not name:
            return
        try:
            self.write_picture(Path(name))
        except (OSError, ValueError) as error:
            words = self.tr("The picture could not be written to {file} ({reason}).")
            QMessageBox.warning(self, title, plain_tip(words.format(file=name, reason=str(error))))

    def write_picture(self, path: Path) -> None:
        """Write what is shown as PNG or SVG, by the ending of the name (PNG without one).

        Raises
        ------
        OSError, ValueError
            Where the file cannot be written, or the ending is none that is known.
        """
        if self.figure is not None:
            with _one_at_a_time:
                self.figure.savefig(path, dpi=160)

    # --- what Qt tells it --------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the image; one of a former size stays in its corner until the new one is there."""
        if self._stale and self._is_quick:
            self._draw_quickly()
        painter = QPainter(self)
        if self._image is not None:
            painter.drawImage(0, 0, self._image)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._appearance.theme.accent), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()
        if self._is_new:
            self._is_new = False
            self.drawn.emit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Draw what was asked for while hidden."""
        super().showEvent(event)
        if self._stale:
            self._ask_soon(0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Draw anew for another size."""
        super().resizeEvent(event)
        self._stale = self._draw is not None
        if self._stale:
            self._ask_soon(_SETTLED_MS)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Offer to save the picture."""
        if self.figure is None:
            return
        menu = QMenu(self)
        menu.addAction(self.tr("Save picture…"), self.save_picture)
        menu.exec(event.globalPos())

    # --- drawing -----------------------------------------------------------------------------

    def _restyle(self) -> None:
        self.setMinimumHeight(self._appearance.px(self._height))
        self._stale = self._draw is not None
        if self._stale and self.isVisible():
            self._ask_soon(0)

    def _ask_soon(self, milliseconds: int) -> None:
        """Have it drawn: as it is painted where that is quick, else beside the window."""
        if self._is_quick and not self._in_work:
            self.update()
        else:
            self._soon.start(milliseconds)

    def _draw_quickly(self) -> None:
        """Draw here and now; beside the window while another plot is in work."""
        work = self._work()
        if work is None or self._in_work:
            return
        if not _one_at_a_time.acquire(blocking=False):
            self._soon.start(0)
            return
        self._stale = False
        try:
            self._take_drawn(work())
        except Exception:  # a fault of the lab, as in the drawing room: the window goes on
            _logger.exception("a plot")
        finally:
            _one_at_a_time.release()

    def _redraw(self) -> None:
        """Have the plot drawn; what changes meanwhile is drawn after it."""
        work = self._work()
        if work is None or self._in_work or not self.isVisible():
            return
        self._stale, self._in_work = False, True
        _DrawingRoom.get().ask(work, self._take)

    def _work(self) -> Callable[[], Drawn] | None:
        if self._draw is None or self.width() < 2 or self.height() < 2:
            return None
        return partial(
            _drawn,
            self._draw,
            self._appearance.theme,
            self._appearance.zoom,
            interface_families(),
            (self.width(), self.height()),
            self.devicePixelRatioF(),
        )

    def _take(self, answer: Drawn | None) -> None:
        if not shiboken6.isValid(self):  # the page is gone
            return
        self._in_work = False
        if answer is not None:
            self._show(answer)
        if self._stale:
            self._ask_soon(0)

    def _show(self, answer: Drawn) -> None:
        self._take_drawn(answer)
        self.update()

    def _take_drawn(self, answer: Drawn) -> None:
        self.figure, self._image = answer
        self._is_new = True


def _drawn(
    draw: Draw,
    theme: Theme,
    zoom: float,
    families: Sequence[str],
    size: tuple[int, int],
    ratio: float,
) -> Drawn:
    """Draw on a new figure of a size in pixels, and return it with its image."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from mtrec_gui.plots.style import style

    with _one_at_a_time, mpl.rc_context(rc=style(theme, zoom, families)):
        figure = Figure(figsize=(size[0] / 100, size[1] / 100), layout="constrained")
        figure.set_dpi(100 * ratio)
        canvas: Any = FigureCanvasAgg(figure)  # carries no types
        draw(figure, theme)
        canvas.draw()
        pixels = canvas.buffer_rgba()
        height, width = pixels.shape[:2]
        image = QImage(
            bytes(pixels), width, height, 4 * width, QImage.Format.Format_RGBA8888
        ).copy()
        image.setDevicePixelRatio(ratio)
        return figure, image


def rehearse() -> None:
    """Draw for nobody: matplotlib looks for fonts and builds its parsers at the first drawing."""

    def draw(figure: Figure, theme: Theme) -> None:
        from mtrec_gui.plots.formula import draw_formula

        axes = figure.add_subplot(title="MTRec", xlabel=r"$\sum_{i} x_i^2$")
        axes.plot([0, 1], [0, 1])
        draw_formula(figure, _SIGNS, theme)

    _drawn(draw, LIGHT, 1.0, interface_families(), (320, 200), 1.0)


class _DrawingRoom(QObject):
    """The thread that draws, and the way back to the thread of the window."""

    _ready = Signal(object)  # a callable of no arguments
    _shared: _DrawingRoom | None = None

    def __init__(self) -> None:
        super().__init__()
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="plots")
        self._ready.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @classmethod
    def get(cls) -> _DrawingRoom:
        """Return the one there is, made when it is first asked for."""
        if cls._shared is None:
            cls._shared = cls()
        return cls._shared

    def ask(self, work: Callable[[], Drawn], done: Callable[[Drawn | None], None]) -> None:
        """Do ``work`` in the thread, and call ``done`` in the window's with what it returned.

        A plot that cannot be drawn is a fault of the lab: it is logged, and ``done`` gets None.
        """

        def tell(made: Future[Drawn]) -> None:
            if made.cancelled():
                return
            error = made.exception()
            if error is not None:
                _logger.error("a plot", exc_info=error)
            answer = made.result() if error is None else None
            self._ready.emit(lambda: done(answer))

        self._executor.submit(work).add_done_callback(tell)

    def close(self) -> None:
        """Finish the plot in work and end the thread."""
        self._executor.shutdown(cancel_futures=True)

    @Slot(object)
    def _deliver(self, tell: Callable[[], None]) -> None:
        tell()


def stop_drawing() -> None:
    """End the thread that draws; a canvas that is shown later has a new one."""
    room, _DrawingRoom._shared = _DrawingRoom._shared, None
    if room is not None:
        room.close()
