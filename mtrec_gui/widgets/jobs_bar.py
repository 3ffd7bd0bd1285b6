"""The bar at the bottom: what runs, how far, how long still, and Cancel."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QWidget

from mtrec_gui.theme import L, M
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import ElidedLabel, PlainLabel


class JobsBar(QFrame):
    """Shows one sentence, a progress bar while something runs, and the size of the data.

    Signals
    -------
    cancel_pressed : a person wants what runs to stop
    """

    cancel_pressed = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bottomBar")
        self._appearance = appearance
        layout = QHBoxLayout(self)
        layout.setContentsMargins(L, 0, L, 0)
        layout.setSpacing(M)
        self.words = ElidedLabel(self.tr("Nothing is running."), "muted", fill=False)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.cancel = button(self.tr("Cancel"))
        self.cancel.clicked.connect(self.cancel_pressed)
        self.waiting = PlainLabel(role="muted")
        self.data_size = ElidedLabel(role="muted", fill=False)
        for widget in (self.words, self.bar, self.cancel, self.waiting):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(self.data_size)
        self.show_idle(self.tr("Nothing is running."))
        appearance.changed.connect(self._scale)
        self._scale()

    def show_progress(
        self, words: str, fraction: float, waiting: str = "", cancellable: bool = True
    ) -> None:
        """Say what runs and how far the whole is."""
        self.words.setText(words)
        self.bar.setValue(round(1000 * fraction))
        self.bar.show()
        self.cancel.setVisible(cancellable)
        self.waiting.setText(waiting)
        self.waiting.setVisible(bool(waiting))

    def show_idle(self, words: str) -> None:
        """Say what was done last."""
        self.words.setText(words)
        self.bar.hide()
        self.cancel.hide()
        self.waiting.hide()

    def show_size(self, words: str) -> None:
        """Say how large the data is."""
        self.data_size.setText(words)

    def _scale(self) -> None:
        self.setFixedHeight(self._appearance.px(38))
        self.bar.setFixedWidth(self._appearance.px(150))
