"""The most frequent texts of a column, each over a bar of its share."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mtrec_gui.theme import XS, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.labels import ElidedLabel, PlainLabel
from mtrec_gui.widgets.layout import row


class FrequentTexts(QWidget):
    """Lines of a text and its share of the rows."""

    def __init__(
        self,
        texts: Sequence[tuple[str, int]],
        n: int,
        appearance: Appearance,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(appearance.px(2))
        for text, count in texts:
            layout.addWidget(_Line(text, count / n, appearance))


class _Line(QWidget):
    def __init__(self, text: str, share: float, appearance: Appearance) -> None:
        super().__init__()
        self._share, self._appearance = share, appearance
        written = f"{100 * share:.1f} %" if share >= 0.0005 else "< 0.1 %"
        layout = row(ElidedLabel(text, "remark"), PlainLabel(written, "remark"))
        layout.setContentsMargins(appearance.px(S - 2), 0, appearance.px(S - 2), 0)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.setMinimumHeight(appearance.px(22))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the bar behind the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for colour, share in (
            (self._appearance.theme.sunk, 1.0),
            (self._appearance.theme.accent_soft, self._share),
        ):
            painter.setBrush(QColor(colour))
            width = max(share * self.width(), 2.0)
            painter.drawRoundedRect(QRectF(0, 0, width, self.height()), XS, XS)
