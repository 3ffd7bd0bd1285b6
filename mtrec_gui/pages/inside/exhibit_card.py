"""A card for one exhibit: its title, its sentence, and its plot or its table."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from algorithms.explanations import Exhibit, Table
from algorithms.messages import Message
from mtrec_gui.plots.exhibits import ExhibitWords, draw_exhibit, plot_height
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.array_column import Column
from mtrec_gui.widgets.array_table import ArrayTableModel
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.copyable_table import CopyableTable
from mtrec_gui.widgets.layout import Card

_MOST_LINES = 12  # of a table; more scroll inside the card
_WIDEST = 340  # that a column is made, so that its neighbours are seen


class ExhibitCard(Card):
    """Shows one exhibit."""

    def __init__(
        self,
        exhibit: Exhibit,
        words: ExhibitWords,
        appearance: Appearance,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words.say(exhibit.title), words.say(exhibit.sentence), parent)
        self._appearance = appearance
        self.canvas: Canvas | None = None
        self.table: CopyableTable | None = None
        if isinstance(exhibit, Table):
            self.table = _table(exhibit, words)
            self.body.addWidget(self.table)
            appearance.changed.connect(self._scale)
            self._scale()
        else:
            self.canvas = Canvas(appearance, plot_height(exhibit))
            self.canvas.show_plot(
                lambda figure, theme: draw_exhibit(figure, exhibit, words, theme),
                f"{words.say(exhibit.title)}. {words.say(exhibit.sentence)}",
            )
            self.body.addWidget(self.canvas)

    def _scale(self) -> None:
        """Be as high as the lines, and as wide in each column as its cells; both up to a limit."""
        table, px = self.table, self._appearance.px
        if table is None:
            return
        line = px(30)
        table.verticalHeader().setDefaultSectionSize(line)
        n_lines = min(table.model().rowCount(), _MOST_LINES)
        table.setFixedHeight(line * n_lines + table.horizontalHeader().sizeHint().height() + 4)
        table.resizeColumnsToContents()
        for column in range(table.model().columnCount()):  # by hand a column can be made wider
            table.setColumnWidth(column, min(table.columnWidth(column), px(_WIDEST)))


def table_columns(table: Table, words: ExhibitWords) -> list[Column]:
    """Return the columns of a table; one that holds nothing but numbers is one of numbers."""
    columns = []
    for place, title in enumerate(table.columns):
        cells = [each[place] for each in table.rows]
        if all(isinstance(cell, (int, float)) for cell in cells):
            values = np.array(cells, dtype=np.float64)
        else:
            values = np.array([_written(cell, words) for cell in cells], dtype=np.str_)
        columns.append(Column(words.say(title), values))
    return columns


def _written(cell: str | float | Message, words: ExhibitWords) -> str:
    if isinstance(cell, Message):
        return words.say(cell)
    return words.text(cell) if isinstance(cell, str) else f"{cell:g}".replace("-", "−")


def _table(exhibit: Table, words: ExhibitWords) -> CopyableTable:
    made = CopyableTable()
    made.setAccessibleName(words.say(exhibit.title))
    made.setModel(ArrayTableModel(table_columns(exhibit, words), made))
    made.setWordWrap(False)
    made.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    return made
