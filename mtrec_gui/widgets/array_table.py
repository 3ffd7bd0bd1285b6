"""A table over NumPy columns: virtual, sorted and filtered without copying a row.

Ten million rows cost nothing to show, because the view asks only for the cells it paints. Sorting
and filtering compute an order of row numbers, in NumPy, and where there are many rows in a
thread, so that the window goes on meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtWidgets import (
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from mtrec_gui.theme import S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.array_column import Column, arranged
from mtrec_gui.widgets.copyable_table import MOST_COPIED, CopyableTable
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import row

Index = QModelIndex | QPersistentModelIndex

MANY_ROWS = 50_000  # from here on rows are arranged in a thread


class ArrayTableModel(QAbstractTableModel):
    """Columns as a Qt model; rows are shown in an order of their own.

    Signals
    -------
    arranging : rows are being sorted or filtered; what is shown stays until they are
    arranged : other rows are shown, or the same in another order
    """

    arranging = Signal()
    arranged = Signal()
    _answered = Signal(object)  # a callable of no arguments

    def __init__(self, columns: Sequence[Column] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = list(columns)
        self._rows: NDArray[np.intp] | None = None  # None: all rows as they are
        self._sorted_by: tuple[int, bool] | None = None
        self._filter = ""
        self._request = 0
        self._one_at_a_time = threading.Lock()
        self._answered.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    @property
    def n_rows(self) -> int:
        """How many rows there are in all."""
        return len(self._columns[0].values) if self._columns else 0

    @property
    def rows(self) -> NDArray[np.intp] | None:
        """The rows that are shown, in order; None for all rows as they are."""
        return self._rows

    @property
    def columns(self) -> list[Column]:
        """The columns."""
        return self._columns

    def source_row(self, shown: int) -> int:
        """Return which row of the data is shown in a place."""
        return shown if self._rows is None else int(self._rows[shown])

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other data."""
        self._request += 1  # what is being arranged is of the former data
        self.beginResetModel()
        self._columns = list(columns)
        self._sorted_by, self._filter, self._rows = None, "", None
        self.endResetModel()

    def set_filter(self, text: str) -> None:
        """Keep the rows of which some cell contains the text."""
        self._filter = text.strip()
        self._arrange()

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
        if 0 <= column < len(self._columns):
            self._sorted_by = (column, order == Qt.SortOrder.DescendingOrder)
        else:
            self._sorted_by = None
        self._arrange()

    def _arrange(self) -> None:
        """Sort and filter, at once or in a thread; an answer to a former question is dropped."""
        self._request += 1
        request, wanted = self._request, (self._columns, self._sorted_by, self._filter)
        if self.n_rows < MANY_ROWS:
            self._take(request, arranged(*wanted))
            return
        self.arranging.emit()

        def work() -> None:
            with self._one_at_a_time:
                if request != self._request:
                    return
                rows = arranged(*wanted)
            if shiboken6.isValid(self):
                self._answered.emit(lambda: self._take(request, rows))

        threading.Thread(target=work, name="table", daemon=True).start()

    def _take(self, request: int, rows: NDArray[np.intp] | None) -> None:
        if request != self._request:
            return
        self.beginResetModel()  # not layoutChanged, which looks for each selected row
        self._rows = rows
        self.endResetModel()
        self.arranged.emit()

    @Slot(object)
    def _answer(self, tell: Callable[[], None]) -> None:
        tell()


class ArrayTable(QWidget):
    """The table with its filter line and a count of what is shown.

    ``table`` is the view and ``model`` the data; the filter waits until typing pauses.
    """

    rows_shown = Signal()  # other rows than before, or in another order

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
        self._pause.timeout.connect(lambda: self.model.set_filter(self.filter.text()))
        self.model.arranging.connect(self._say_arranging)
        self.model.arranged.connect(self._say_count)
        self.model.arranged.connect(self.rows_shown)
        self.table.copy_refused.connect(self._say_refused)
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
        self._pause.stop()
        self.model.set_columns(columns)
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self._fit_columns()
        self._say_count()

    def _say_arranging(self) -> None:
        self.count.setText(self.tr("Arranging {n} rows…").format(n=f"{self.model.n_rows:,}"))

    def _say_refused(self, n: int) -> None:
        words = self.tr("{n} rows are too many to copy (up to {most}): export them instead.")
        self.count.setText(words.format(n=f"{n:,}", most=f"{MOST_COPIED:,}"))

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
