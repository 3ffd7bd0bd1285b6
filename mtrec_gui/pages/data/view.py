"""Data as it is seen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mtrec_gui.pages.data.figures import FigureStrip
from mtrec_gui.pages.data.label_charts import LabelCharts
from mtrec_gui.pages.data.presenter import DataState
from mtrec_gui.pages.data.tables import ColumnRole, DataColumn, TableName
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.array_column import Column, plain_number
from mtrec_gui.widgets.array_table import ArrayTable
from mtrec_gui.widgets.buttons import Segments
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, EmptyState, Page
from mtrec_gui.widgets.side_by_side import SideBySide


class DataPage(Page):
    """Figures over a table, and a chart for each label beside it.

    Signals
    -------
    table_chosen : a ``TableName``
    home_pressed : a person without a project wants one
    """

    table_chosen = Signal(object)
    home_pressed = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__("", "", appearance, parent)
        self.title.setText(self.tr("Data"))
        self.segments = Segments(
            [
                (TableName.INTERACTIONS, self.tr("Interactions")),
                (TableName.ITEMS, self.tr("Items")),
                (TableName.USERS, self.tr("Users")),
            ]
        )
        self.segments.chosen.connect(lambda key: self.table_chosen.emit(TableName(key)))
        self.toolbar.addWidget(self.segments)
        self.empty = EmptyState(
            self.tr("No data yet"),
            self.tr(
                "Here are the events of a project: who met which item, and what came of it. "
                "Open a sample world, or bring a file of your own."
            ),
            self.tr("Go to Home"),
        )
        self.empty.button.clicked.connect(self.home_pressed)
        self.figures = FigureStrip(appearance)
        self.table = ArrayTable(appearance)
        self.note = PlainLabel(role="remark", wrap=True)
        self.card = Card()
        self.card.body.addWidget(self.table, 1)
        self.card.body.addWidget(self.note)
        self.charts = LabelCharts(appearance)
        self.content = SideBySide(self.card, self.charts, appearance)
        self.body.addWidget(self.empty)
        self.body.addWidget(self.figures)
        self.body.addWidget(self.content, 1)
        appearance.changed.connect(self._scale)
        self._scale()
        self._show_content(False)

    # --- what the presenter asks -----------------------------------------------------------

    def show_empty(self) -> None:
        """Show that no project is open."""
        self._show_content(False)

    def show_state(self, state: DataState) -> None:
        """Show the figures and the charts."""
        self._show_content(True)
        self.figures.show_state(state)
        self.charts.show_labels(state.labels)

    def show_table(self, table: TableName, columns: Sequence[DataColumn]) -> None:
        """Show a table."""
        self._show_content(True)
        self.segments.choose(table)
        self.sentence.setText(self._sentence(table))
        self.table.table.setAccessibleName(self._sentence(table))
        self.table.set_columns([self._column(each) for each in columns])
        roles = {each.role for each in columns}
        notes = []
        if roles & {ColumnRole.LABEL, ColumnRole.MEAN}:
            notes.append(self.tr("An empty cell means: not observed (never “no”)."))
        if ColumnRole.MEAN in roles:
            notes.append(
                self.tr("ø is the mean of a label over the events of the row, where observed.")
            )
        if ColumnRole.TIME in roles:
            notes.append(self.tr("Times are UTC; “2015-03” in the filter finds that month."))
        self.note.setText(" ".join(notes))
        self.note.setVisible(bool(notes))

    # --- words -----------------------------------------------------------------------------

    def _sentence(self, table: TableName) -> str:
        return {
            TableName.INTERACTIONS: self.tr(
                "Each row is one event: a user met an item. The labels say what came of it."
            ),
            TableName.ITEMS: self.tr(
                "Each row is one item: what is known of it, and how it was received."
            ),
            TableName.USERS: self.tr(
                "Each row is one user: what is known of them, and how they responded."
            ),
        }[table]

    def _column(self, column: DataColumn) -> Column:
        title = {
            ColumnRole.USER_ID: self.tr("User"),
            ColumnRole.ITEM_ID: self.tr("Item id"),
            ColumnRole.TITLE: self.tr("Item"),
            ColumnRole.KIND: self.tr("Kind"),
            ColumnRole.CATEGORY: self.tr("Category"),
            ColumnRole.TIME: self.tr("Time (UTC)"),
            ColumnRole.N_EVENTS: self.tr("Events"),
            ColumnRole.MEAN: self.tr("ø {label}").format(label=column.name),
        }.get(column.role, column.name)
        if column.values.dtype.kind == "M":
            return Column(title, column.values, show=_moment)
        is_id = column.role in (ColumnRole.USER_ID, ColumnRole.ITEM_ID)
        return Column(
            title, column.values, column.lookup, str if is_id else partial(_cell, column.digits)
        )

    def _show_content(self, has_data: bool) -> None:
        self.empty.setVisible(not has_data)
        self.figures.setVisible(has_data)
        self.content.setVisible(has_data)
        self.segments.setEnabled(has_data)
        if not has_data:
            self.sentence.setText(self.tr("Who met which item, and what came of it."))

    def _scale(self) -> None:
        self.card.setMinimumHeight(self.appearance.px(300))
        self.charts.setMinimumWidth(self.appearance.px(280))
        self.charts.setMinimumHeight(self.appearance.px(240))


def _cell(digits: int, value: Any) -> str:
    """Write a cell, all numbers of a column with the same digits behind the point."""
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else f"{value:,.{digits}f}".replace("-", "−")
    return plain_number(value)


def _moment(value: Any) -> str:
    return str(value).replace("T", " ")
