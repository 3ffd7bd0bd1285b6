"""A table that is read, selected and copied from, however many rows it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QItemSelectionModel, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QTableView,
    QWidget,
)

MOST_COPIED = 100_000  # rows; more would stop the window, and the clipboard is no file


class CopyableTable(QTableView):
    """A read-only table view whose selection Ctrl+C copies as tab-separated text.

    Signals
    -------
    copy_refused : so many rows are selected that they would not be copied soon
    """

    copy_refused = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setHighlightSections(False)

    def setModel(self, model: QAbstractItemModel | None) -> None:  # noqa: N802
        """Show a model; the heads know no selection.

        To draw a head in the way of a selected column, Qt looks at every row of it: a minute
        for ten million.
        """
        super().setModel(model)
        if model is not None:
            self.horizontalHeader().setSelectionModel(QItemSelectionModel(model, self))

    def keyPressEvent(self, event: Any) -> None:  # noqa: N802
        """Copy on Ctrl+C; all else as usual."""
        if not event.matches(QKeySequence.StandardKey.Copy):
            super().keyPressEvent(event)
        elif len(self.selected_rows()) > MOST_COPIED:
            self.copy_refused.emit(len(self.selected_rows()))
        else:
            QApplication.clipboard().setText(self.selected_text())

    def selected_rows(self) -> Sequence[int]:
        """Return the places of the selected rows, as they were selected."""
        selection = self.selectionModel().selection()
        parts = (selection.at(place) for place in range(selection.count()))
        ranges = [range(part.top(), part.bottom() + 1) for part in parts]
        if len(ranges) == 1:
            return ranges[0]
        return list(dict.fromkeys(place for part in ranges for place in part))

    def selected_text(self) -> str:
        """Return the selected rows, cells apart by tabs."""
        model = self.model()
        lines = [
            "\t".join(
                str(model.index(place, column).data() or "")
                for column in range(model.columnCount())
            )
            for place in self.selected_rows()
        ]
        return "\n".join(lines)
