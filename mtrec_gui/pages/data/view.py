"""The Data page as widgets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from algorithms.data.filters import FilterColumn
from algorithms.messages import Message
from mtrec_gui.pages.data.figures import FigureStrip
from mtrec_gui.pages.data.filter_bar import FilterBar
from mtrec_gui.pages.data.pictures import PicturePanel
from mtrec_gui.pages.data.state import ColumnState, DataState, Pictures, Section
from mtrec_gui.pages.data.summaries import SummaryCard
from mtrec_gui.pages.data.tables import ColumnRole, DataColumn, TableName
from mtrec_gui.pages.data.words import DataWords
from mtrec_gui.theme import L
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.array_column import Column, plain_number
from mtrec_gui.widgets.array_table import ArrayTable
from mtrec_gui.widgets.buttons import Segments, button
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, EmptyState, Page
from mtrec_gui.widgets.side_by_side import SideBySide


class DataPage(Page):
    """Figures and the filter, and under them a table with its columns in short, or pictures.

    ``leak_slot`` is the place for what was found to be suspicious in the data.

    Signals
    -------
    section_chosen : a ``Section``
    conditions_changed : a tuple of ``Condition``
    export_wanted : a path, and the rows of the table that are shown (None: all)
    home_pressed : a person without a project wants one
    noticed : a sentence and its tone, for the bar above the page
    """

    section_chosen = Signal(object)
    conditions_changed = Signal(object)
    export_wanted = Signal(object, object)
    home_pressed = Signal()
    noticed = Signal(str, str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__("", "", appearance, parent)
        self._words = DataWords(self)
        self._section = Section.INTERACTIONS
        self.title.setText(self.tr("Data"))
        self.segments = Segments(
            [
                (Section.INTERACTIONS, self.tr("Interactions")),
                (Section.ITEMS, self.tr("Items")),
                (Section.USERS, self.tr("Users")),
                (Section.PICTURES, self.tr("Pictures")),
            ]
        )
        self.segments.chosen.connect(lambda key: self.section_chosen.emit(Section(key)))
        self.export_button = button(
            self.tr("Export…"), tip=self.tr("Save the rows that are shown as CSV or Parquet")
        )
        self.export_button.clicked.connect(self._choose_file)
        self.toolbar.addWidget(self.segments)
        self.toolbar.addWidget(self.export_button)
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
        self.leak_slot = QVBoxLayout()
        self.filter = FilterBar(appearance)
        self.filter.changed.connect(self.conditions_changed)
        self.table = ArrayTable(appearance)
        self.note = PlainLabel(role="remark", wrap=True)
        self.card = Card()
        self.card.body.addWidget(self.table, 1)
        self.card.body.addWidget(self.note)
        self.summaries = SummaryCard(appearance)
        self.content = SideBySide(self.card, self.summaries, appearance)
        self.pictures = PicturePanel(appearance)
        self.data = QWidget()
        body = QVBoxLayout(self.data)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(L)
        body.addWidget(self.figures)
        body.addLayout(self.leak_slot)
        body.addWidget(self.filter)
        body.addWidget(self.content, 1)
        body.addWidget(self.pictures, 1)
        self.body.addWidget(self.empty)
        self.body.addWidget(self.data, 1)
        appearance.changed.connect(self._scale)
        self._scale()
        self._show_content(False)

    # --- what the presenter asks -----------------------------------------------------------

    def show_empty(self) -> None:
        """Show that no project is open."""
        self._show_content(False)

    def show_filter(self, columns: Sequence[FilterColumn]) -> None:
        """Offer columns for conditions, without any condition."""
        self.filter.set_columns(columns)

    def show_problem(self, problem: Message | None) -> None:
        """Say what is wrong with the conditions, or that nothing is."""
        self.filter.show_problem(problem)

    def show_state(self, state: DataState) -> None:
        """Show the figures."""
        self._show_content(True)
        self.figures.show_state(state)
        self.filter.show_count(state.n_events, state.n_events_in_all)

    def show_table(self, table: TableName, columns: Sequence[DataColumn]) -> None:
        """Show a table."""
        self._show_section(Section(table.value))
        self.table.table.setAccessibleName(self.sentence.text())
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

    def show_summaries(self, columns: Sequence[ColumnState]) -> None:
        """Show the columns of the table in short."""
        self.summaries.show_columns(columns)

    def show_pictures(self, pictures: Pictures | None) -> None:
        """Show the pictures; None while they are made."""
        self._show_section(Section.PICTURES)
        self.pictures.show_pictures(pictures)

    def show_exported(self, path: Path, n_rows: int) -> None:
        """Say that a table was written."""
        words = self.tr("{n} rows were written to {file}.")
        self.noticed.emit(words.format(n=f"{n_rows:,}", file=str(path)), "done")

    # --- words -----------------------------------------------------------------------------

    def _sentence(self, section: Section) -> str:
        return {
            Section.INTERACTIONS: self.tr(
                "Each row is one event: a user met an item. The labels say what came of it."
            ),
            Section.ITEMS: self.tr(
                "Each row is one item: what is known of it, and how it was received."
            ),
            Section.USERS: self.tr(
                "Each row is one user: what is known of them, and how they responded."
            ),
            Section.PICTURES: self.tr(
                "The shape of the data: what is known, who is active, what goes together."
            ),
        }[section]

    def _column(self, column: DataColumn) -> Column:
        title = self._words.column(column.role, column.name)
        if column.values.dtype.kind == "M":
            return Column(title, column.values, show=_moment)
        is_id = column.role in (ColumnRole.USER_ID, ColumnRole.ITEM_ID)
        return Column(
            title, column.values, column.lookup, str if is_id else partial(_cell, column.digits)
        )

    # --- what a person does ----------------------------------------------------------------

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self,
            self.tr("Export the rows that are shown"),
            f"{self._section.value}.csv",
            self.tr("Tables (*.csv *.parquet)"),
        )
        if name:
            self.export_wanted.emit(Path(name), self.table.model.rows)

    def _show_section(self, section: Section) -> None:
        self._show_content(True)
        self._section = section
        self.segments.choose(section)
        self.sentence.setText(self._sentence(section))
        is_table = section is not Section.PICTURES
        self.content.setVisible(is_table)
        self.pictures.setVisible(not is_table)
        self.export_button.setVisible(is_table)

    def _show_content(self, has_data: bool) -> None:
        self.empty.setVisible(not has_data)
        self.data.setVisible(has_data)
        self.segments.setEnabled(has_data)
        self.export_button.setEnabled(has_data)
        if not has_data:
            self.sentence.setText(self.tr("Who met which item, and what came of it."))

    def _scale(self) -> None:
        self.card.setMinimumHeight(self.appearance.px(300))
        self.summaries.setMinimumWidth(self.appearance.px(280))
        self.summaries.setMinimumHeight(self.appearance.px(240))


def _cell(digits: int, value: Any) -> str:
    """Write a cell, all numbers of a column with the same digits behind the point."""
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else f"{value:,.{digits}f}".replace("-", "−")
    return plain_number(value)


def _moment(value: Any) -> str:
    return "" if np.isnat(value) else str(value).replace("T", " ")
