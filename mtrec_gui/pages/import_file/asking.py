"""What a file leaves open: one question each, with the answers as buttons."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from algorithms.data.look import Question
from algorithms.data.sieve import TimeFormat
from mtrec_gui.pages.import_file.presenter import ImportState
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, clear, column, row
from mtrec_gui.wording import say


class AskingCard(Card):
    """Asks what cannot be known; until it is answered, the values it is about are put aside.

    Signals
    -------
    answered : (key of the question, answer)
    """

    answered = Signal(str, str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__("-", "-", parent)
        self.set_words(
            self.tr("Please decide"),
            self.tr("The file can be read in more than one way; nothing is guessed."),
        )
        self._asked: tuple[Question, ...] = ()
        self._list = column()
        self.body.addLayout(self._list)
        self.hide()

    def show_state(self, state: ImportState) -> None:
        """Show the questions that are open."""
        asked = () if state.look is None else state.look.questions
        if state.columns is not None:  # the answer to a date is a format of the times
            formats = (TimeFormat.DAY_FIRST, TimeFormat.MONTH_FIRST)
            is_said = state.columns.time_format in formats
            asked = tuple(each for each in asked if not (each.key == "date" and is_said))
        self.setVisible(bool(asked))
        if asked == self._asked:
            return
        self._asked = asked
        clear(self._list)
        for question in asked:
            line = row(PlainLabel(say(question.message), wrap=True))
            for option in question.options:
                choice = button(self._words(question.key, option))
                choice.clicked.connect(
                    lambda _=False, key=question.key, option=option: self.answered.emit(key, option)
                )
                line.addWidget(choice)
            holder = QWidget()
            holder.setLayout(line)
            self._list.addWidget(holder)

    def _words(self, key: str, option: str) -> str:
        if key == "decimal":
            return self.tr("a comma (3,5)") if option == "," else self.tr("a point (3.5)")
        words = {
            TimeFormat.DAY_FIRST.value: self.tr("day first"),
            TimeFormat.MONTH_FIRST.value: self.tr("month first"),
        }
        return words.get(option, option)
