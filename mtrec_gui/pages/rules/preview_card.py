"""What the rules do for one user: the list before and after, and why each item moved."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from mtrec_gui.pages.rules.before_after import BeforeAfter
from mtrec_gui.pages.rules.state import LENGTH, PreviewItem, PreviewState, PreviewStatus
from mtrec_gui.pages.rules.words import RuleWords
from mtrec_gui.theme import XS, M, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import ElidedLabel, PlainLabel
from mtrec_gui.widgets.layout import Card, row, rule
from mtrec_gui.wording import say


class PreviewLine(QWidget):
    """An item: its place, what it is called, where it was; under it the reasons."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._shown: PreviewItem | None = None
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(M)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        self._place = PlainLabel(role="muted")
        self._place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._title = ElidedLabel()
        self._detail = PlainLabel(role="remark")
        self._move = PlainLabel(role="strong")
        self._move.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.reasons = PlainLabel(role="remark", wrap=True)
        grid.addWidget(rule(), 0, 0, 1, 4)
        for column, label in enumerate((self._place, self._title, self._detail, self._move)):
            grid.addWidget(label, 1, column)
        grid.addWidget(self.reasons, 2, 1, 1, 3)
        self.scale()

    def show_item(self, item: PreviewItem, words: RuleWords) -> None:
        """Show an item."""
        if item == self._shown:
            return
        self._shown = item
        self._place.setText("–" if item.place is None else str(item.place))
        self._title.setText(item.title)
        self._detail.setText(item.detail)
        self._move.setText(words.move(item))
        self.reasons.setText("\n".join(say(message) for message in item.moves))
        self.reasons.setVisible(bool(item.moves))

    def scale(self) -> None:
        """Take the sizes of the zoom in force."""
        px = self._appearance.px
        self._place.setFixedWidth(px(20))
        self._move.setMinimumWidth(px(64))
        for label in (self._place, self._title, self._detail, self._move):
            label.setContentsMargins(0, px(5), 0, px(4))
        self.reasons.setContentsMargins(0, 0, 0, px(S))


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
        self.state = PreviewState(PreviewStatus.WAITING)
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
        self._items, self._off_page = QVBoxLayout(), QVBoxLayout()
        for layout in (self._items, self._off_page):
            layout.setSpacing(0)
        self._off_heading = PlainLabel(self.tr("Why they are off the page"), "strong")
        self._why_heading = PlainLabel(self.tr("Why they moved"), "strong")
        self.lists = BeforeAfter(words, appearance, LENGTH)
        self.lines: dict[QVBoxLayout, list[PreviewLine]] = {self._items: [], self._off_page: []}
        self._remarks_heading = PlainLabel(self.tr("What could not be followed"), "strong")
        self.remarks = PlainLabel(wrap=True)
        self.body.addWidget(self._user_row)
        self.body.addWidget(self._said)
        self.body.addLayout(row(self.experiments, None))
        self.body.addWidget(self.lists)
        self.body.addWidget(self._remarks_heading)
        self.body.addWidget(self.remarks)
        self.body.addWidget(self._off_heading)
        self.body.addLayout(self._off_page)
        self.body.addWidget(self._why_heading)
        self.body.addLayout(self._items)
        self.body.addStretch(1)
        appearance.changed.connect(self._scale)
        self._scale()
        self.show_preview(self.state)

    def show_preview(self, state: PreviewState) -> None:
        """Show a page, or why there is none."""
        self.state = state
        self.set_words(
            self.tr("What they do for one user"),
            self.tr("The first ten places without rules, and with the rules as they are now."),
        )
        self.experiments.setVisible(state.status is PreviewStatus.NO_RUN)
        can_choose = state.status in (PreviewStatus.READY, PreviewStatus.UNKNOWN_USER)
        self._user_row.setVisible(can_choose)
        shown = state.preview
        moved = () if shown is None else shown.moved
        self._fill(self._items, moved)
        self._fill(self._off_page, () if shown is None else shown.off_page)
        self._why_heading.setVisible(bool(moved))
        self._off_heading.setVisible(shown is not None and bool(shown.off_page))
        remarks = () if shown is None else shown.remarks
        self.remarks.setText("\n".join(say(message) for message in remarks))
        for label in (self.remarks, self._remarks_heading):
            label.setVisible(bool(remarks))
        self.lists.setVisible(shown is not None)
        if shown is not None:
            self.lists.show_preview(shown)
        if shown is not None:
            self.user.setText(shown.user)
            self._say(self._words.preview(shown))
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

    def _fill(self, layout: QVBoxLayout, items: Sequence[PreviewItem]) -> None:
        """Show items in lines that are made once: new ones cost a hundred milliseconds a page."""
        lines = self.lines[layout]
        while len(lines) < len(items):
            lines.append(PreviewLine(self._appearance))
            layout.addWidget(lines[-1])
        for line, item in zip(lines, items, strict=False):
            line.show_item(item, self._words)
        for number, line in enumerate(lines):
            line.setVisible(number < len(items))

    def _scale(self) -> None:
        px = self._appearance.px
        self.user.setFixedWidth(px(110))
        for heading in (self._off_heading, self._why_heading, self._remarks_heading):
            heading.setContentsMargins(0, px(M), 0, px(XS))
        self.lists.setContentsMargins(0, px(S), 0, 0)
        self.lists.scale()
        for lines in self.lines.values():
            for line in lines:
                line.scale()
