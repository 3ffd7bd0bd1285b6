"""A line under the table asks up to which gain two models count as practically equal."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from algorithms.evaluation.significance import WIDEST
from mtrec_gui.theme import XS
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import row
from mtrec_gui.widgets.quiet_controls import QuietDoubleSpin


class EquivalenceRow(QWidget):
    """Asks for the width of the region of practical equivalence.

    Signals
    -------
    chosen : the width in percent
    """

    chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spin = QuietDoubleSpin()
        self.spin.setRange(0, WIDEST)
        self.spin.setDecimals(1)
        self.spin.setSingleStep(0.5)
        self.spin.setPrefix("± ")
        self.spin.setSuffix(" %")
        self.spin.setKeyboardTracking(False)  # a number half typed is none
        self.spin.setAccessibleName(self.tr("Gains that count as practically equal, in percent"))
        self.spin.valueChanged.connect(self.chosen)
        label = PlainLabel(self.tr("Practically equal within"))
        label.setBuddy(self.spin)
        self.sentence = PlainLabel(role="remark", wrap=True)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(XS)
        lines.addLayout(row(label, self.spin, None))
        lines.addWidget(self.sentence)

    def show_width(self, width: float) -> None:
        """Show a width without telling anybody."""
        blocked = self.spin.blockSignals(True)
        self.spin.setValue(width)
        self.spin.blockSignals(blocked)
        self.sentence.setText(
            self.tr(
                "Every sure difference counts. How large must a gain be before you would switch "
                "models? Smaller ones need not be called better."
            )
            if width == 0
            else self.tr(
                "Better and worse must be beyond this share of the single-task value with all of "
                "their 95 % interval; an interval within it is practically equal."
            )
        )
