"""From a number to its rows: the equation in short, the users, and one of them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from algorithms.metrics import Direction
from mtrec_gui.pages.metrics.rows_state import NumberRows, RowsState
from mtrec_gui.pages.metrics.rows_words import equation, left_out, metric_title, reading
from mtrec_gui.pages.metrics.user_card import UserCard
from mtrec_gui.theme import L
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.array_column import Column
from mtrec_gui.widgets.array_table import ArrayTable
from mtrec_gui.widgets.buttons import Segments
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, EmptyState
from mtrec_gui.widgets.side_by_side import SideBySide
from mtrec_gui.wording import number

_BESIDE = 640  # from this width on, in pixels at 100 %, the user stands beside the table


class RowsPart(QWidget):
    """The users behind a number.

    Signals
    -------
    compare_pressed : a person wants to choose a number
    run_chosen : id of a run
    user_chosen : place of a user from worst to best
    explain_pressed, try_pressed : see ``UserCard``
    """

    compare_pressed = Signal()
    run_chosen = Signal(int)
    user_chosen = Signal(int)
    explain_pressed = Signal()
    try_pressed = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._number: NumberRows | None = None
        self.empty = EmptyState(
            self.tr("No number was asked for"),
            self.tr(
                "Click a number in Compare and choose “Open in Metric Lab”: here stand the users "
                "that it comes from, from worst to best, and the list of each."
            ),
            self.tr("Go to Compare"),
        )
        self.empty.button.clicked.connect(self.compare_pressed)
        self.summary = Card(" ", " ")
        self.seeds = Segments()
        self.seeds.chosen.connect(lambda run: self.run_chosen.emit(int(run)))
        self.summary.head.addWidget(self.seeds)
        self.value = PlainLabel(role="figure")
        self.equation = PlainLabel(wrap=True)
        self.remark = PlainLabel(role="remark", wrap=True)
        for label in (self.value, self.equation, self.remark):
            self.summary.body.addWidget(label)
        self.users = Card(
            self.tr("Users from worst to best"),
            self.tr("How their own values are spread; choose a user to see what was judged."),
        )
        self.spread = Canvas(appearance, height=130)
        self.table = ArrayTable(appearance)
        self.table.setMinimumHeight(appearance.px(300))
        self.users.body.addWidget(self.spread)
        self.users.body.addWidget(self.table)
        self.table.table.selectionModel().currentRowChanged.connect(
            lambda current, _: self._choose(current.row())
        )
        self.user = UserCard(appearance)
        self.user.explain_pressed.connect(self.explain_pressed)
        self.user.try_pressed.connect(self.try_pressed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(L)
        self._both = SideBySide(self.users, self.user, appearance, _BESIDE, (1, 1))
        for widget in (self.empty, self.summary, self._both):
            layout.addWidget(widget)
        appearance.changed.connect(self._scale)

    def show_rows(self, state: RowsState) -> None:
        """Show everything."""
        shown = state.number
        self.empty.setVisible(shown is None and not state.is_loading)
        self.summary.setVisible(shown is not None or state.is_loading)
        self._both.setVisible(shown is not None and len(shown.order) > 0)
        self._both.setEnabled(not state.is_loading)
        if shown is None:
            self.summary.set_words(self.tr("Reading the run…"))
            return
        if shown is not self._number:
            self._number = shown
            self._show_number(shown)
        self.show_user(state)

    def show_user(self, state: RowsState) -> None:
        """Show the user; the number and its users are as before."""
        self.user.show_user(state)
        shown = state.number
        if shown is not None and shown.result is not None and len(shown.order):
            marked = None if state.user is None else state.user.value
            self._show_spread(shown, marked)

    def _show_number(self, shown: NumberRows) -> None:
        result = shown.result
        self.summary.set_words(
            self.tr("{metric} of {model} for “{task}”").format(
                metric=metric_title(shown), model=shown.asked.title, task=shown.asked.task
            ),
            reading(shown)
            if result is not None
            else self.tr("This run has no such number: it was not measured for this task."),
        )
        self.seeds.set_choices(
            [(f"{run.id}", self.tr("Seed {n}").format(n=run.seed)) for run in shown.runs]
        )
        self.seeds.choose(f"{shown.run.id}")
        self.seeds.setVisible(len(shown.runs) > 1)
        self.value.setText("–" if result is None else number(result.value, 4))
        self.equation.setText(equation(shown))
        self.remark.setText(left_out(shown))
        self.remark.setVisible(bool(self.remark.text()))
        if result is not None:
            self._fill_table(shown)

    def _fill_table(self, shown: NumberRows) -> None:
        arrow = "↑" if shown.metric.card.direction is Direction.HIGHER else "↓"
        columns = [
            Column(self.tr("User"), shown.ids, show=str),
            Column(
                f"{metric_title(shown)} {arrow}",
                shown.values,
                show=lambda value: number(float(value), 4),
            ),
        ]
        if shown.weights is not None:
            columns.append(
                Column(self.tr("counts"), shown.weights, show=lambda value: f"{value:,.0f}")
            )
        self.table.set_columns(columns)
        if len(shown.order):
            blocked = self.table.table.selectionModel().blockSignals(True)
            self.table.table.selectRow(0)
            self.table.table.selectionModel().blockSignals(blocked)

    def _show_spread(self, shown: NumberRows, marked: float | None) -> None:
        from mtrec_gui.plots.metric_users import draw_users

        values = np.array(shown.values)
        titles = (metric_title(shown), self.tr("users"))
        words = self.tr("How {metric} is spread over {n} users.")
        self.spread.show_plot(
            lambda figure, theme: draw_users(figure, values, marked, titles, theme),
            words.format(metric=titles[0], n=f"{len(values):,}"),
        )

    def _choose(self, place: int) -> None:
        if place >= 0:
            self.user_chosen.emit(self.table.model.source_row(place))

    def _scale(self) -> None:
        self.table.setMinimumHeight(self._appearance.px(300))
