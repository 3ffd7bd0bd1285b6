"""One user behind a number: the list with its hits and misses, or the events."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from mtrec_gui.pages.metrics.mathtext_words import plain
from mtrec_gui.pages.metrics.rows_state import RowsState, UserOfNumber
from mtrec_gui.pages.metrics.rows_words import user_sentence
from mtrec_gui.theme import XS, L, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.labels import ElidedLabel, PlainLabel
from mtrec_gui.widgets.layout import Card, clear, row
from mtrec_gui.wording import number

_MOST_EVENTS = 30
_MOST_MISSED = 10
_LONGEST = 118  # letters of an equation that can still be read
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class UserCard(Card):
    """What a user's value comes from.

    Signals
    -------
    explain_pressed : why is the list so?
    try_pressed : take these rows to the workbench
    """

    explain_pressed = Signal()
    try_pressed = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self._appearance = appearance
        self.equation = Canvas(appearance, height=64)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(XS)
        self.explain = button(self.tr("Explain this list"), "primary")
        self.explain.clicked.connect(self.explain_pressed)
        self.take = button(self.tr("Try these rows"))
        self.take.clicked.connect(self.try_pressed)
        self.body.addWidget(self.equation)
        self.body.addLayout(self._rows)
        self.body.addLayout(row(self.explain, self.take, None))
        self.body.addStretch(1)

    def show_user(self, state: RowsState) -> None:
        """Show the user that was chosen."""
        user = state.user
        self.setVisible(user is not None)
        if user is None:
            return
        self.set_words(f"{user.id} · {number(user.value, 4)}", user_sentence(user))
        self.take.setVisible(user.example is not None)
        is_short = user.worked is not None and len(plain(user.worked.substituted)) <= _LONGEST
        self.equation.setVisible(is_short)
        if user.worked is not None and is_short:
            from mtrec_gui.plots.formula import draw_formula

            text = user.worked.substituted
            self.equation.show_plot(
                lambda figure, theme: draw_formula(figure, text, theme),
                self.tr("The equation with this user's numbers: {equation}").format(equation=text),
            )
        clear(self._rows)
        if user.places:
            self._add_list(user)
        else:
            self._add_events(user)

    def _add_list(self, user: UserOfNumber) -> None:
        grid = self._grid()
        for place in user.places:
            grid.addWidget(PlainLabel(f"{place.place}", "muted"), place.place, 0, _RIGHT)
            grid.addWidget(ElidedLabel(place.title), place.place, 1)
            mark = PlainLabel(self.tr("✓ hit") if place.is_hit else self.tr("miss"), "remark")
            mark.set_role("strong" if place.is_hit else "remark")
            grid.addWidget(mark, place.place, 2, _RIGHT)
        self._rows.addLayout(grid)
        if user.missed:
            heading = self.tr("Relevant, and not in the list")
            self._rows.addWidget(PlainLabel(heading, "strong"))
            for title in user.missed[:_MOST_MISSED]:
                self._rows.addWidget(ElidedLabel(title, "muted"))
            self._add_more(len(user.missed) - _MOST_MISSED)

    def _add_events(self, user: UserOfNumber) -> None:
        grid = self._grid()
        for column, title in enumerate((self.tr("truth"), self.tr("model")), start=1):
            grid.addWidget(PlainLabel(title, "remark"), 0, column, _RIGHT)
        for place, event in enumerate(user.events[:_MOST_EVENTS], start=1):
            grid.addWidget(ElidedLabel(event.title), place, 0)
            grid.addWidget(PlainLabel(f"{event.truth:g}"), place, 1, _RIGHT)
            grid.addWidget(PlainLabel(number(event.said)), place, 2, _RIGHT)
        grid.setColumnStretch(1, 0)
        grid.setColumnStretch(0, 1)
        self._rows.addLayout(grid)
        self._add_more(len(user.events) - _MOST_EVENTS)

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(L)
        grid.setVerticalSpacing(S)
        grid.setColumnStretch(1, 1)
        return grid

    def _add_more(self, n: int) -> None:
        if n > 0:
            self._rows.addWidget(PlainLabel(self.tr("and {n} more").format(n=f"{n:,}"), "remark"))
