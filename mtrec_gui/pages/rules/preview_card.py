"""What the rules do for one user: the page, where each item was before, and why it moved."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from mtrec_gui.pages.rules.state import Preview, PreviewItem, PreviewState, PreviewStatus
from mtrec_gui.pages.rules.words import RuleWords
from mtrec_gui.theme import XS, M, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import ElidedLabel, PlainLabel
from mtrec_gui.widgets.layout import Card, clear, row, rule
from mtrec_gui.wording import say


class PreviewCard(Card):
    """Shows a user's page.

    Signals
    -------
    user_typed : the id of a user
    other_user_pressed
    experiments_asked : a person wants to run what the preview needs
    """

    user_typed = Signal(str)
    other_user_pressed = Signal()
    experiments_asked = Signal()

    def __init__(
        self, words: RuleWords, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self._words, self._appearance = words, appearance
        self._state = PreviewState(PreviewStatus.WAITING)
        self.user = QLineEdit()
        self.user.setAccessibleName(self.tr("User"))
        self.user.returnPressed.connect(lambda: self.user_typed.emit(self.user.text()))
        self.other = button(self.tr("Another user"))
        self.other.clicked.connect(self.other_user_pressed)
        self._user_row = QWidget()
        line = row(PlainLabel(self.tr("User"), "muted"), self.user, self.other, None)
        self._user_row.setLayout(line)
        self.experiments = button(self.tr("Go to Experiments"), "primary")
        self.experiments.clicked.connect(self.experiments_asked)
        self._said = PlainLabel(role="muted", wrap=True)
        self._n_rows = 0  # filled so far; a grid's own count never falls
        self._items = QGridLayout()
        self._items.setHorizontalSpacing(M)
        self._items.setVerticalSpacing(0)
        self._items.setColumnStretch(1, 1)
        self._remarks = PlainLabel(role="remark", wrap=True)
        self.body.addWidget(self._user_row)
        self.body.addWidget(self._said)
        self.body.addLayout(row(self.experiments, None))
        self.body.addLayout(self._items)
        self.body.addWidget(self._remarks)
        self.body.addStretch(1)
        appearance.changed.connect(lambda: self.show_preview(self._state))
        self.show_preview(self._state)

    def show_preview(self, state: PreviewState) -> None:
        """Show a page, or why there is none."""
        self._state = state
        self.set_words(
            self.tr("What they do for one user"),
            self.tr("The first ten places with the rules as they are now, and why."),
        )
        self.experiments.setVisible(state.status is PreviewStatus.NO_RUN)
        can_choose = state.status in (PreviewStatus.READY, PreviewStatus.UNKNOWN_USER)
        self._user_row.setVisible(can_choose)
        clear(self._items)
        self._n_rows = 0
        self._remarks.hide()
        if state.preview is not None:
            self._show_page(state.preview)
            return
        if state.message is not None:
            self._say(say(state.message), "worse")
        elif state.status is PreviewStatus.NO_RUN:
            self._say(
                self.tr(
                    "Rules put scores in order, so there must be scores first: run the model "
                    "“Rule blend” once. After that, every change of a rule shows here at once."
                )
            )
        else:
            self._say(self.tr("One moment …"))

    def _say(self, sentence: str, role: str = "muted") -> None:
        self._said.setText(sentence)
        self._said.set_role(role)

    def _show_page(self, preview: Preview) -> None:
        self.user.setText(preview.user)
        self.user.setFixedWidth(self._appearance.px(110))
        self._say(self._words.preview(preview))
        for item in preview.items:
            self._add(item)
        if preview.off_page:
            heading = PlainLabel(self.tr("Off the page"), "strong")
            heading.setContentsMargins(0, self._appearance.px(M), 0, self._appearance.px(XS))
            self._items.addWidget(heading, self._n_rows, 0, 1, 3)
            self._n_rows += 1
            for item in preview.off_page:
                self._add(item)
        self._remarks.setText("\n".join(say(message) for message in preview.remarks))
        self._remarks.setVisible(bool(preview.remarks))

    def _add(self, item: PreviewItem) -> None:
        """Add an item: place, title with what kind it is, where it was; then the reasons."""
        px, grid = self._appearance.px, self._items
        place = self._n_rows
        self._n_rows += 3
        grid.addWidget(rule(), place, 0, 1, 3)
        number = PlainLabel("–" if item.place is None else str(item.place), "muted")
        number.setFixedWidth(px(20))
        number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        number.setContentsMargins(0, px(5), 0, 0)
        words = QWidget()
        title = ElidedLabel(item.title)
        line = row(title, PlainLabel(item.detail, "remark"))
        line.setStretch(0, 1)
        line.setContentsMargins(0, px(5), 0, px(5) if not item.moves else 0)
        words.setLayout(line)
        grid.addWidget(number, place + 1, 0)
        grid.addWidget(words, place + 1, 1)
        move = PlainLabel(self._words.move(item), "strong" if item.moves else "muted")
        move.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        move.setContentsMargins(0, px(5), 0, 0)
        move.setMinimumWidth(px(64))
        grid.addWidget(move, place + 1, 2)
        if item.moves:
            reasons = PlainLabel("\n".join(say(m) for m in item.moves), "remark", wrap=True)
            reasons.setContentsMargins(0, 0, 0, px(S))
            grid.addWidget(reasons, place + 2, 1, 1, 2)
