"""The workbench of the mean gain: each task learnt alone and together with the others."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QVBoxLayout, QWidget

from algorithms.metrics.lab import TaskGains, task_gains
from mtrec_gui.pages.metrics.lab_row import LabRow, set_lit
from mtrec_gui.theme import XS, S
from mtrec_gui.widgets.labels import ElidedLabel, PlainLabel
from mtrec_gui.widgets.quiet_controls import QuietDoubleSpin
from mtrec_gui.wording import number

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class GainsEditor(QWidget):
    """Tasks with two values each.

    Signals
    -------
    alone_changed, together_changed : (row, value)
    pointed : a row, -1 for none
    """

    alone_changed = Signal(int, float)
    together_changed = Signal(int, float)
    pointed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: list[GainLine] = []
        head = PlainLabel(
            self.tr(
                "Per task: the value of its own model, of the model that learnt all tasks, and "
                "the gain. ↑ higher is better, ↓ lower is better."
            ),
            "remark",
            wrap=True,
        )
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(XS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(S)
        layout.addWidget(head)
        layout.addLayout(self._list)

    def show_example(self, example: TaskGains) -> None:
        """Show the tasks."""
        while len(self.lines) > len(example):
            line = self.lines.pop()
            self._list.removeWidget(line)
            line.hide()
            line.deleteLater()
        while len(self.lines) < len(example):
            self._add_line()
        for place, gain in enumerate(task_gains(example).tolist()):
            self.lines[place].show_task(example, place, gain)

    def show_light(self, lit: frozenset[int]) -> None:
        """Light rows."""
        for place, line in enumerate(self.lines):
            set_lit(line, place in lit)

    def _add_line(self) -> None:
        place = len(self.lines)
        line = GainLine(place)
        self.lines.append(line)
        self._list.addWidget(line)
        line.pointed.connect(self.pointed)
        line.alone.valueChanged.connect(lambda value: self.alone_changed.emit(place, value))
        line.together.valueChanged.connect(lambda value: self.together_changed.emit(place, value))


class GainLine(LabRow):
    """One task."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.line.setSpacing(S)
        self.name = ElidedLabel()
        self.alone, self.together = _spin(), _spin()
        self.gain = PlainLabel("", "muted")
        self.gain.setAlignment(_RIGHT)
        self.add(self.name, 1)
        self.add(self.alone)
        self.add(self.together)
        self.add(self.gain)
        self._widen()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Make room anew after the size of text changed."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._widen()

    def _widen(self) -> None:
        """Let the columns of all rows stand under each other."""
        metrics = QFontMetrics(self.gain.font())
        words = (self.tr("{gain} % better"), self.tr("{gain} % worse"))
        room = max(metrics.horizontalAdvance(word.format(gain="+10.0")) for word in words)
        self.gain.setMinimumWidth(room)

    def show_task(self, example: TaskGains, place: int, gain: float) -> None:
        """Show a task, its two values and its gain in percent."""
        name = example.tasks[place]
        self.name.setText(f"{name} {'↑' if example.higher_is_better[place] else '↓'}")
        alone = self.tr("{task} learnt alone").format(task=name)
        together = self.tr("{task} learnt together").format(task=name)
        for spin, value, said in (
            (self.alone, example.single[place], alone),
            (self.together, example.multi[place], together),
        ):
            spin.setAccessibleName(said)
            spin.setToolTip(said)
            if spin.value() != round(value, spin.decimals()):
                spin.blockSignals(True)
                spin.setValue(value)
                spin.blockSignals(False)
        self.gain.setText(self._said(gain))
        role = "better" if gain > 0 else "worse" if gain < 0 else "muted"
        if self.gain.property("role") != role:
            self.gain.set_role(role)

    def _said(self, gain: float) -> str:
        if math.isnan(gain):
            return self.tr("no gain")
        shown = f"{'+' if gain > 0 else ''}{number(gain, 1)}"
        if not gain:
            return self.tr("no change")
        words = self.tr("{gain} % better") if gain > 0 else self.tr("{gain} % worse")
        return words.format(gain=shown)


def _spin() -> QuietDoubleSpin:
    made = QuietDoubleSpin()
    made.setDecimals(3)
    made.setRange(-99.0, 99.0)
    made.setSingleStep(0.05)
    return made
