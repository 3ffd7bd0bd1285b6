"""A table over NumPy columns: virtual, sorted and filtered without copying a row.

A hundred thousand rows cost nothing to show, because the view asks only for the cells it
paints. Sorting and filtering compute an order of row numbers, in NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
)
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from mtrec_gui.theme import S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import row

Index = QModelIndex | QPersistentModelIndex


def plain_number(value: Any) -> str:
    """Write a number shortly; nothing for NaN."""
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else f"{value:,.4g}"
    return f"{value:,}" if isinstance(value, int | np.integer) else str(value)


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a table.

    Parameters
    ----------
    title : head of the column
    values : (n,) numbers or texts; with ``lookup``, positions in it
    lookup : (m,) what the positions stand for, so that no text is repeated in memory
    show : how a value becomes text
    tip : what the head says when asked
    """

    title: str
    values: NDArray[Any]
    lookup: NDArray[Any] | None = None
    show: Callable[[Any], str] = plain_number
    tip: str = ""

    @property
    def is_number(self) -> bool:
        """Whether cells are numbers, which stand at the right."""
        return (self.values if self.lookup is None else self.lookup).dtype.kind in "iuf"

    def text(self, position: int) -> str:
        """Return the cell of a row as text."""
        value = self.values[position]
        return self.show(value if self.lookup is None else self.lookup[value])

    def order(self, descending: bool = False) -> NDArray[np.intp]:
        """Return the rows in the order of the column; what is not observed comes last."""
        if self.lookup is None:
            keys = self.values
        else:
            keys = np.empty(len(self.lookup), dtype=np.int32)
            keys[np.argsort(self.lookup, kind="stable")] = np.arange(len(self.lookup))
            keys = keys[self.values]
        order = np.argsort(keys, kind="stable")  # NaN and NaT behind all others
        if not descending:
            return order
        n_observed = len(keys) - int(np.count_nonzero(_is_missing(keys)))
        return np.concatenate([order[:n_observed][::-1], order[n_observed:]])

    def contains(self, text: str) -> NDArray[np.bool_]:
        """Return (n,) True where the cell contains a text, whatever its case.

        A number is found by its whole value.
        """
        source = self.values if self.lookup is None else self.lookup
        found: NDArray[np.bool_]
        if source.dtype.kind in "iuf":
            try:
                found = source == float(text.replace(",", ""))
            except ValueError:
                found = np.zeros(len(source), dtype=np.bool_)
        else:
            found = np.strings.find(self._words, text.lower()) >= 0
        return found if self.lookup is None else found[self.values]

    @cached_property
    def _words(self) -> NDArray[np.str_]:
        """What is searched: texts in small letters, made once."""
        source = self.values if self.lookup is None else self.lookup
        return np.strings.lower(source.astype(np.str_))


def _is_missing(keys: NDArray[Any]) -> NDArray[np.bool_]:
    missing: NDArray[np.bool_] = np.zeros(len(keys), dtype=np.bool_)
    if keys.dtype.kind == "f":
        missing = np.isnan(keys)
    elif keys.dtype.kind in "mM":
        missing = np.isnat(keys)
    return missing


class ArrayTableModel(QAbstractTableModel):
    """Columns as a Qt model; rows are shown in ``rows`` order."""

    def __init__(self, columns: Sequence[Column] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = list(columns)
        self._rows: NDArray[np.intp] | None = None  # None: all rows as they are
        self._sorted_by: tuple[int, bool] | None = None
        self._filter = ""

    @property
    def n_rows(self) -> int:
        """How many rows there are in all."""
        return len(self._columns[0].values) if self._columns else 0

    def source_row(self, shown: int) -> int:
        """Return which row of the data is shown in a place."""
        return shown if self._rows is None else int(self._rows[shown])

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other data."""
        self.beginResetModel()
        self._columns = list(columns)
        self._sorted_by, self._filter, self._rows = None, "", None
        self.endResetModel()

    def set_filter(self, text: str) -> None:
        """Keep the rows of which some cell contains the text."""
        self.beginResetModel()
        self._filter = text.strip()
        self._arrange()
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008, D102
        if parent.isValid():
            return 0
        return self.n_rows if self._rows is None else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008, D102
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid():
            return None
        column = self._columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(self.source_row(index.row()))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(  # noqa: N802, D102
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation == Qt.Orientation.Vertical or not 0 <= section < len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def sort(  # noqa: D102
        self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder
    ) -> None:
        self.layoutAboutToBeChanged.emit()
        if 0 <= column < len(self._columns):
            self._sorted_by = (column, order == Qt.SortOrder.DescendingOrder)
        else:
            self._sorted_by = None
        self._arrange()
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        rows: NDArray[np.intp] | None = None
        if self._sorted_by is not None:
            column, descending = self._sorted_by
            rows = self._columns[column].order(descending)
        if self._filter:
            kept = np.zeros(self.n_rows, dtype=np.bool_)
            for each in self._columns:
                kept |= each.contains(self._filter)
            rows = np.flatnonzero(kept) if rows is None else rows[kept[rows]]
        self._rows = rows


class ArrayTable(QWidget):
    """The table with its filter line and a count of what is shown.

    ``table`` is the view and ``model`` the data; the filter waits until typing pauses.
    """

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.model = ArrayTableModel(parent=self)
        self.table = CopyableTable()
        self.table.setModel(self.model)
        self.table.setSortingEnabled(True)
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.filter = QLineEdit()
        self.filter.setClearButtonEnabled(True)
        self.filter.setPlaceholderText(self.tr("Show only rows that contain …"))
        self.filter.setAccessibleName(self.tr("Filter of the table"))
        self.count = PlainLabel(role="remark")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(150)
        self._pause.timeout.connect(self._apply_filter)
        self.filter.textChanged.connect(lambda _: self._pause.start())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(S)
        layout.addLayout(row(self.filter, self.count))
        layout.addWidget(self.table, 1)
        appearance.changed.connect(self._scale)
        self._scale()

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other data, unsorted and unfiltered."""
        self.filter.clear()
        self.model.set_columns(columns)
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self._fit_columns()
        self._say_count()

    def _apply_filter(self) -> None:
        self.model.set_filter(self.filter.text())
        self._say_count()

    def _say_count(self) -> None:
        shown, n = self.model.rowCount(), self.model.n_rows
        text = self.tr("{shown} of {n} rows") if shown != n else self.tr("{n} rows")
        self.count.setText(text.format(shown=f"{shown:,}", n=f"{n:,}"))

    def _fit_columns(self) -> None:
        header = self.table.horizontalHeader()
        for column in range(self.model.columnCount()):
            width = header.sectionSizeHint(column) + self._appearance.px(S)
            for shown in range(min(self.model.rowCount(), 40)):
                text = str(self.model.index(shown, column).data() or "")
                needed = self.table.fontMetrics().horizontalAdvance(text)
                width = max(width, needed + self._appearance.px(24))
            self.table.setColumnWidth(column, min(width, self._appearance.px(320)))

    def _scale(self) -> None:
        self.table.verticalHeader().setDefaultSectionSize(self._appearance.px(30))
        self._fit_columns()


class CopyableTable(QTableView):
    """A read-only table view whose selection Ctrl+C copies as tab-separated text."""

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

    def keyPressEvent(self, event: Any) -> None:  # noqa: N802
        """Copy on Ctrl+C; all else as usual."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QApplication.clipboard().setText(self.selected_text())
        else:
            super().keyPressEvent(event)

    def selected_text(self) -> str:
        """Return the selected rows, cells apart by tabs."""
        model = self.model()
        lines = [
            "\t".join(
                str(model.index(index.row(), column).data() or "")
                for column in range(model.columnCount())
            )
            for index in self.selectionModel().selectedRows()
        ]
        return "\n".join(lines)
