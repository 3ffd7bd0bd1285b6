"""Whether an explanation is true: the question, how far its test is, and what it found."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from mtrec_gui.pages.explain.state import Amount, Trial
from mtrec_gui.pages.explain.words import Words
from mtrec_gui.plots.falls import FallChart, draw_falls
from mtrec_gui.theme import S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import FlowLayout, column, row, rule
from mtrec_gui.widgets.quiet_controls import QuietCombo
from mtrec_gui.wording import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme


class TrialBox(QWidget):
    """Asks whether the explanation above it is true.

    Signals
    -------
    asked : a person wants it tested
    cancelled : a person does not want to wait for it
    amount_chosen : value of the ``Amount`` of evidence to take away
    """

    asked = Signal()
    cancelled = Signal()
    amount_chosen = Signal(str)

    def __init__(self, appearance: Appearance, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._found: object = None
        self.ask = button(
            self.tr("Is this explanation true?"),
            tip=self.tr(
                "Takes the strongest evidence away, lets the model learn without it, and compares "
                "how far the score falls with taking as much other evidence away"
            ),
        )
        self.ask.clicked.connect(self.asked)
        self.amount = QuietCombo()
        self.amount.setAccessibleName(self.tr("How much evidence is taken away"))
        for amount, text in (
            (Amount.ONE, self.tr("without the strongest event")),
            (Amount.TWO, self.tr("without the 2 strongest")),
            (Amount.THREE, self.tr("without the 3 strongest")),
            (Amount.HALF, self.tr("without half of what speaks for it")),
        ):
            self.amount.addItem(text, amount.value)
        self.amount.activated.connect(
            lambda place: self.amount_chosen.emit(self.amount.itemData(place))
        )
        question = QWidget()
        flow = FlowLayout(question, spacing=S)
        flow.addWidget(self.ask)
        flow.addWidget(self.amount)
        self.doing = PlainLabel(self.tr("The model learns without the evidence …"), "remark")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(self.tr("Progress of the test"))
        self.cancel = button(self.tr("Cancel"))
        self.cancel.clicked.connect(self.cancelled)
        self._waiting = QWidget()
        waiting = column(self.doing)
        waiting.addLayout(row(self.bar, self.cancel))
        self._waiting.setLayout(waiting)
        self.sentence = PlainLabel("", "text", wrap=True)
        self.chart_words = PlainLabel("", "remark", wrap=True)
        self.canvas = Canvas(appearance, 64)
        self.canvas.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.remark = PlainLabel("", "remark", wrap=True)
        self.setLayout(
            column(
                rule(),
                question,
                self._waiting,
                self.sentence,
                self.chart_words,
                self.canvas,
                self.remark,
            )
        )

    def show_trial(self, trial: Trial, amount: Amount) -> None:
        """Show how far the test is, and what it found."""
        self.amount.setCurrentIndex(self.amount.findData(amount.value))
        runs = trial.fraction is not None
        had_focus = self.ask.hasFocus() or self.cancel.hasFocus()
        self.ask.setEnabled(not runs)
        self._waiting.setVisible(runs)
        if had_focus:
            (self.cancel if runs else self.ask).setFocus()
        self.bar.setValue(round(1000 * (trial.fraction or 0.0)))
        found = trial.found
        self.sentence.setVisible(found is not None or trial.problem is not None)
        for widget in (self.chart_words, self.canvas, self.remark):
            widget.setVisible(found is not None)
        if trial.problem is not None:
            self.sentence.setText(say(trial.problem))
        if found is None or found == self._found:
            self._found = found
            return
        self._found = found
        self.sentence.setText(say(found.sentence))
        self.chart_words.setText(self.tr("How the score changes without …"))
        chart = FallChart(
            self.tr("its {n} strongest").format(n=found.n_removed),
            self.tr("{n} others").format(n=found.n_removed),
            found.fall_strongest,
            found.fall_random,
            found.low,
            found.high,
        )
        self.canvas.show_plot(partial(_draw, chart), say(found.sentence))
        self.remark.setText(self._words.tested(found))


def _draw(chart: FallChart, figure: Figure, theme: Theme) -> None:
    draw_falls(figure, chart, theme)
