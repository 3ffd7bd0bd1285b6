"""A card for one exhibit: its title, its sentence, and its plot or its table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from algorithms.explanations import Exhibit, Table
from algorithms.messages import Message
from mtrec_gui.plots.exhibits import ExhibitWords, draw_exhibit, plot_height
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.array_column import Column
from mtrec_gui.widgets.array_table import ArrayTableModel
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.copyable_table import CopyableTable
from mtrec_gui.widgets.labels import plain_tip
from mtrec_gui.widgets.layout import Card

_MOST_LINES = 12  # of a table; more scroll inside the card
_WIDEST = 340  # that a column is made, so that its neighbours are seen
_NARROWEST = 120  # that it is made for want of room


class _Cells(ArrayTableModel):
    """Cells that say all of their text when asked, however little of it there is room for."""

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if role == Qt.ItemDataRole.ToolTipRole and index.isValid():
            return plain_tip(super().data(index))
        return super().data(index, role)


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
        columns = range(table.model().columnCount())
        wanted = [min(table.columnWidth(column), px(_WIDEST)) for column in columns]
        room = table.viewport().width()
        for column, width in zip(columns, levelled(wanted, room, px(_NARROWEST)), strict=True):
            table.setColumnWidth(column, width)  # by hand a column can be made wider

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Share the width anew."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._scale()


def levelled(widths: Sequence[int], room: int, least: int) -> list[int]:
    """Return widths that fit into the room, the widest cut to one level; none below ``least``.

    >>> levelled([300, 80, 200], 400, 50)
    [160, 80, 160]
    """
    level = max(widths, default=0)
    ordered = sorted(widths)
    left = room
    for place, width in enumerate(ordered):
        share = left // (len(ordered) - place)
        if width > share:
            level = max(share, least)
            break
        left -= width
    return [min(width, level) for width in widths]


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
    made.setModel(_Cells(table_columns(exhibit, words), made))
    made.setWordWrap(False)
    made.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    return made
