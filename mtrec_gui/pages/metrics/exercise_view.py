"""Predict, then reveal, as it is seen: a question, an answer, and the reason."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from mtrec_gui.pages.metrics.example_table import ExampleTable
from mtrec_gui.pages.metrics.exercise_presenter import ExerciseState
from mtrec_gui.pages.metrics.words import title_of
from mtrec_gui.theme import L, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, FlowLayout, clear, row
from mtrec_gui.widgets.quiet_controls import QuietDoubleSpin
from mtrec_gui.wording import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme

_LETTERS = "ABCDEFGH"


class ExercisePart(QWidget):
    """One question at a time.

    Signals
    -------
    answered : a number, or the place of a choice
    next_pressed, again_pressed : another question; the same with other numbers
    """

    answered = Signal(float)
    next_pressed = Signal()
    again_pressed = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._asked: object = None
        self.card = Card(" ", " ")
        self.question = PlainLabel(role="strong", wrap=True)
        self._shown = QWidget()
        self._tables = FlowLayout(self._shown, spacing=3 * L)
        self.choices: list[QPushButton] = []
        self._choices = QVBoxLayout()
        self._choices.setSpacing(S)
        self.number = QuietDoubleSpin()
        self.number.setDecimals(2)
        self.number.setRange(-10_000.0, 10_000.0)
        self.number.setSingleStep(0.05)
        self.number.setAccessibleName(self.tr("Your answer, to two decimals"))
        self.check = button(self.tr("Check"), "primary")
        self.check.clicked.connect(lambda: self.answered.emit(self.number.value()))
        self._number_row = QWidget()
        self._number_row.setLayout(row(self.number, self.check, None))
        self.verdict = PlainLabel(role="cardTitle", wrap=True)
        self.reason = PlainLabel(wrap=True)
        self._worked = QVBoxLayout()
        self.next = button(self.tr("Next question"))
        self.next.clicked.connect(self.next_pressed)
        self.again = button(self.tr("The same with other numbers"))
        self.again.clicked.connect(self.again_pressed)
        body = self.card.body
        body.addWidget(self.question)
        body.addWidget(self._shown)
        body.addLayout(self._choices)
        body.addWidget(self._number_row)
        body.addWidget(self.verdict)
        body.addWidget(self.reason)
        body.addLayout(self._worked)
        body.addLayout(row(self.next, self.again, None))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.card)

    def show_exercise(self, state: ExerciseState) -> None:
        """Show everything."""
        exercise = state.exercise
        there = exercise is not None
        for widget in (self.question, self._shown, self._number_row, self.next, self.again):
            widget.setVisible(there)
        if exercise is None:
            clear(self._choices)
            self.choices = []
            self.verdict.hide()
            self.reason.hide()
            self.card.set_words(
                self.tr("No exercises"),
                self.tr("{metric} has no small examples to ask about.").format(
                    metric=title_of(state.metric)
                ),
            )
            return
        self.card.set_words(
            self.tr("Predict, then reveal"),
            self.tr(
                "{solved} of {n} kinds of questions about {metric} solved; the numbers are new "
                "each time."
            ).format(solved=state.n_solved, n=state.n, metric=title_of(state.metric)),
        )
        if exercise is not self._asked:
            self._asked = exercise
            self._show_question(state)
        self._show_verdict(state)

    def _show_question(self, state: ExerciseState) -> None:
        exercise = state.exercise
        if exercise is None:
            return
        self.question.setText(say(exercise.question))
        clear(self._tables)
        for place, example in enumerate(exercise.shown):
            holder = QWidget()
            box = QVBoxLayout(holder)
            box.setContentsMargins(0, 0, 0, 0)
            if len(exercise.shown) > 1:
                box.addWidget(PlainLabel(_LETTERS[place], "strong"))
            table = ExampleTable()
            table.show_example(example, (exercise.metric,))
            box.addWidget(table)
            self._tables.addWidget(holder)
        self._shown.setVisible(bool(exercise.shown))
        clear(self._choices)
        self.choices = []
        for place, choice in enumerate(exercise.choices):
            made = button(say(choice))
            made.clicked.connect(lambda _=False, place=place: self.answered.emit(float(place)))
            self._choices.addLayout(row(made, None))
            self.choices.append(made)
        self._number_row.setVisible(not exercise.choices)
        self.number.setValue(0.0)

    def _show_verdict(self, state: ExerciseState) -> None:
        verdict = state.verdict
        for widget in (*self.choices, self.number, self.check):
            widget.setEnabled(verdict is None)
        self.verdict.setVisible(verdict is not None)
        self.reason.setVisible(verdict is not None)
        self.again.setVisible(verdict is not None)
        self.next.setText(
            self.tr("Next question") if verdict is not None else self.tr("Another question")
        )
        clear(self._worked)
        if verdict is None:
            return
        self.verdict.setText(self.tr("✓ Right.") if verdict.right else self.tr("✗ Not so."))
        self.reason.setText(say(verdict.reason))
        for worked in verdict.worked:
            canvas = Canvas(self._appearance, height=58)
            text = worked.substituted
            canvas.show_plot(
                partial(_draw, text),
                self.tr("The equation: {equation}").format(equation=text),
            )
            self._worked.addWidget(canvas)
        self.next.setFocus()


def _draw(text: str, figure: Figure, theme: Theme) -> None:
    from mtrec_gui.plots.formula import draw_formula

    draw_formula(figure, text, theme)
