"""Rules that events propose, each with what was seen; a person takes them one by one."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from algorithms.rules.learned import ProposedRule
from mtrec_gui.pages.rules.proposals import ProposalState, ProposalStatus
from mtrec_gui.pages.rules.words import RuleWords
from mtrec_gui.theme import XS, M
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, clear, column, row, rule
from mtrec_gui.widgets.quiet_controls import QuietCombo
from mtrec_gui.wording import say


class ProposalLine(QWidget):
    """A proposed rule, what speaks for it, and whether it is wanted."""

    taken = Signal()
    left = Signal()

    def __init__(
        self, proposed: ProposedRule, words: RuleWords, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        sentence = words.rule(proposed.rule)
        self.take: QPushButton = button(self.tr("Take"))
        self.leave: QPushButton = button(self.tr("Leave"), "quiet")
        self.take.setAccessibleName(self.tr("Take: {rule}").format(rule=sentence))
        self.leave.setAccessibleName(self.tr("Leave: {rule}").format(rule=sentence))
        self.take.clicked.connect(self.taken)
        self.leave.clicked.connect(self.left)
        texts = column(
            PlainLabel(sentence, wrap=True),
            PlainLabel(say(proposed.sentence), "remark", wrap=True),
            spacing=XS,
        )
        line = row(self.take, self.leave, spacing=XS)
        whole = row(spacing=M)
        whole.addLayout(texts, 1)
        whole.addLayout(line)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(rule())
        outer.addLayout(whole)


class ProposalCard(Card):
    """Shows proposals.

    Signals
    -------
    asked : the task for which rules are wanted
    taken, left : place of a proposal, counted from 0
    """

    asked = Signal(str)
    taken = Signal(int)
    left = Signal(int)

    def __init__(self, words: RuleWords, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.set_words(
            self.tr("Proposed rules"),
            self.tr(
                "Where the events kept for validation went otherwise than the scores say; take "
                "what makes sense to you, and change it."
            ),
        )
        self._words = words
        self.task = QuietCombo()
        self.task.setAccessibleName(self.tr("Task for which rules are proposed"))
        self.ask = button(self.tr("Propose rules"))
        self.ask.clicked.connect(lambda: self.asked.emit(self.task.currentText()))
        self.body.addLayout(row(PlainLabel(self.tr("For"), "muted"), self.task, self.ask, None))
        self.said = PlainLabel(role="muted", wrap=True)
        self.body.addWidget(self.said)
        self._place = QVBoxLayout()
        self.body.addLayout(self._place)
        self.lines: list[ProposalLine] = []
        self._shown: tuple[ProposedRule, ...] = ()

    def show_state(self, state: ProposalState) -> None:
        """Show proposals, or why there are none."""
        if [self.task.itemText(n) for n in range(self.task.count())] != list(state.tasks):
            chosen = self.task.currentText()
            with QSignalBlocker(self.task):
                self.task.clear()
                self.task.addItems(list(state.tasks))
                self.task.setCurrentText(chosen)
        is_working = state.status is ProposalStatus.WORKING
        self.ask.setEnabled(bool(state.tasks) and not is_working)
        sentence = self._words.proposals(state)
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))
        if state.proposals != self._shown:
            self._shown = state.proposals
            self._build()

    def _build(self) -> None:
        clear(self._place)
        self.lines = []
        for place, proposed in enumerate(self._shown):
            line = ProposalLine(proposed, self._words)
            line.taken.connect(lambda place=place: self.taken.emit(place))
            line.left.connect(lambda place=place: self.left.emit(place))
            self._place.addWidget(line)
            self.lines.append(line)
