"""The workbench of event metrics: a few rows of truth and prediction, and a threshold."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QSlider, QVBoxLayout, QWidget

from algorithms.metrics.lab import AnswerRows, ValueRows
from mtrec_gui.pages.metrics.lab_row import LabRow, set_lit
from mtrec_gui.theme import XS, M, S
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import ElidedLabel, PlainLabel
from mtrec_gui.widgets.layout import row
from mtrec_gui.widgets.quiet_controls import QuietDoubleSpin
from mtrec_gui.wording import number

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_STEPS = 100  # of the threshold slider


class EventEditor(QWidget):
    """Events with a truth each, and what was said of it.

    Parameters
    ----------
    is_answers : whether they happened or did not (``AnswerRows``), or have values (``ValueRows``)

    Signals
    -------
    number_changed : (row, prediction or score)
    truth_changed : (row, truth)
    threshold_changed : from where the answer is yes
    pointed : a row, -1 for none
    """

    number_changed = Signal(int, float)
    truth_changed = Signal(int, float)
    threshold_changed = Signal(float)
    pointed = Signal(int)

    def __init__(self, is_answers: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: list[_Line] = []
        self._is_answers = is_answers
        self._head = PlainLabel("", "remark", wrap=True)
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(XS)
        self._threshold_row = QWidget()
        self.threshold = QSlider(Qt.Orientation.Horizontal)
        self.threshold.setAccessibleName(self.tr("Threshold: the answer is yes from here up"))
        self.threshold.valueChanged.connect(self._tell_threshold)
        self._threshold_words = PlainLabel("", "muted")
        inside = row(self._threshold_words, self.threshold)
        self._threshold_row.setLayout(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(S)
        layout.addWidget(self._head)
        layout.addLayout(self._list)
        layout.addWidget(self._threshold_row)

    def show_example(self, example: ValueRows | AnswerRows, by_threshold: bool = True) -> None:
        """Show the rows, and the threshold where it plays a part."""
        answers = self._is_answers
        self._forget_lines(len(example))
        while len(self.lines) < len(example):
            self._add_line()
        for place, line in enumerate(self.lines):
            name = self._name(example, place)
            if isinstance(example, AnswerRows):
                line.show_answer(name, example, place)
            else:
                line.show_value(name, example.truth[place], example.predicted[place])
        self._threshold_row.setVisible(answers and by_threshold)
        self._head.setText(
            self.tr("What happened, the score, and what the answer makes of it.")
            if answers
            else self.tr("Truth, prediction, and by how much it is off.")
        )
        if isinstance(example, AnswerRows):
            self._show_threshold(example)

    def _name(self, example: ValueRows | AnswerRows, place: int) -> str:
        if example.names:
            return example.names[place]
        if isinstance(example, AnswerRows) and example.users:
            return self.tr("u{user}").format(user=example.users[place] + 1)
        return f"{place + 1}"

    def show_light(self, lit: frozenset[int]) -> None:
        """Light rows."""
        for place, line in enumerate(self.lines):
            set_lit(line, place in lit)

    def _show_threshold(self, example: AnswerRows) -> None:
        self._reach = max(1.0, *example.scores) if example.scores else 1.0
        self._base = min(0.0, *example.scores) if example.scores else 0.0
        self.threshold.blockSignals(True)
        self.threshold.setRange(0, _STEPS)
        share = (example.threshold - self._base) / (self._reach - self._base)
        self.threshold.setValue(round(share * _STEPS))
        self.threshold.blockSignals(False)
        self._threshold_words.setText(
            self.tr("yes from {threshold} up").format(threshold=number(example.threshold, 2))
        )

    def _tell_threshold(self, place: int) -> None:
        share = place / _STEPS
        self.threshold_changed.emit(round(self._base + share * (self._reach - self._base), 6))

    def _forget_lines(self, kept: int) -> None:
        while len(self.lines) > kept:
            line = self.lines.pop()
            self._list.removeWidget(line)
            line.hide()
            line.deleteLater()

    def _add_line(self) -> None:
        place = len(self.lines)
        line = _Line(place, self._is_answers)
        self.lines.append(line)
        self._list.addWidget(line)
        line.pointed.connect(self.pointed)
        line.said.valueChanged.connect(lambda value: self.number_changed.emit(place, value))
        if self._is_answers:
            line.happened.clicked.connect(
                lambda _=False: self.truth_changed.emit(place, float(line.happened.isChecked()))
            )
        else:
            line.truth.valueChanged.connect(lambda value: self.truth_changed.emit(place, value))


class _Line(LabRow):
    """One event."""

    def __init__(self, number_: int, is_answer: bool) -> None:
        super().__init__(number_)
        self.name = ElidedLabel()
        self.happened = button("", "toggle", parent=self)
        self.happened.setCheckable(True)
        self.truth = _spin(0.5)
        self.said = _spin(0.05 if is_answer else 0.5)
        self.outcome = PlainLabel("", "muted")
        self.outcome.setAlignment(_RIGHT)
        self.add(self.name, 1)
        self.add(self.happened if is_answer else self.truth)
        self.add(self.said)
        self.add(self.outcome)
        self.happened.setVisible(is_answer)
        self.truth.setVisible(not is_answer)
        self._widen()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Make room anew after the size of text changed."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._widen()

    def _widen(self) -> None:
        """Let the columns of all rows stand under each other."""
        outcomes = (self.tr("off by {error}").format(error="−10.00"), self.tr("yes · TP"))
        metrics = QFontMetrics(self.outcome.font())
        self.outcome.setMinimumWidth(max(metrics.horizontalAdvance(word) for word in outcomes))
        bold = QFont(self.happened.font())
        bold.setWeight(QFont.Weight.Bold)
        words = (self.tr("✓ happened"), self.tr("did not happen"))
        room = max(QFontMetrics(bold).horizontalAdvance(word) for word in words)
        self.happened.setMinimumWidth(room + 2 * M)

    def show_value(self, name: str, truth: float, predicted: float) -> None:
        """Show a value and its prediction."""
        self.name.setText(name)
        _set(self.truth, truth, self.tr("Truth of row {name}").format(name=name))
        _set(self.said, predicted, self.tr("Prediction of row {name}").format(name=name))
        off = predicted - truth
        sign = "+" if off > 0 else ""
        self.outcome.setText(self.tr("off by {error}").format(error=f"{sign}{number(off, 2)}"))

    def show_answer(self, name: str, example: AnswerRows, place: int) -> None:
        """Show an event, its score and the answer."""
        happened, yes = bool(example.truth[place]), example.answers[place]
        self.name.setText(name)
        self.happened.setText(self.tr("✓ happened") if happened else self.tr("did not happen"))
        self.happened.setChecked(happened)
        self.happened.setAccessibleName(self.tr("Row {name} happened").format(name=name))
        _set(self.said, example.scores[place], self.tr("Score of row {name}").format(name=name))
        self.outcome.setText(
            {
                (True, True): self.tr("yes · TP"),
                (False, True): self.tr("yes · FP"),
                (True, False): self.tr("no · FN"),
                (False, False): self.tr("no · TN"),
            }[happened, yes]
        )


def _spin(step: float) -> QuietDoubleSpin:
    made = QuietDoubleSpin()
    made.setDecimals(3)
    made.setRange(-1000.0, 1000.0)
    made.setSingleStep(step)
    return made


def _set(spin: QuietDoubleSpin, value: float, name: str) -> None:
    spin.setAccessibleName(name)
    if spin.value() != round(value, spin.decimals()):
        spin.blockSignals(True)
        spin.setValue(value)
        spin.blockSignals(False)
