"""The table of a comparison: models down, tasks and metrics across, every number can be asked.

The models' names are the vertical header, so that they stay while the columns scroll. A verdict
stands beside its number where the width allows, and under it where it does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QSizePolicy, QTableView, QWidget

from mtrec_gui.theme import M, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.metric_table_paint import (
    CellDelegate,
    ColumnHeader,
    CornerLabel,
    RowHeader,
    fonts,
)

Index = QModelIndex | QPersistentModelIndex
CellRole = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class MetricColumn:
    """One column.

    Parameters
    ----------
    title : what is measured, with its direction, such as NDCG@10 ↑
    task : name of the task it is measured for; empty for none
    task_position : decides the colour of the task
    tip : what the head says when asked
    """

    title: str
    task: str = ""
    task_position: int | None = None
    tip: str = ""


@dataclass(frozen=True, slots=True)
class MetricCell:
    """One number.

    Parameters
    ----------
    text : as it is shown
    is_best : whether it is the best of its column
    word : a verdict beside it
    tone : better, worse or muted: the colour of the word
    tip : how sure it is, in words
    can_be_asked : whether a click leads to its meaning
    """

    text: str
    is_best: bool = False
    word: str = ""
    tone: str = "muted"
    tip: str = ""
    can_be_asked: bool = False


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One model.

    Parameters
    ----------
    title, remark : its name, and what is said beside it
    cells : one for each column
    sentence : stands in place of the cells where there are no numbers
    tone : worse where the sentence tells of a failure
    is_quiet : whether it stands apart from the others, in a lighter colour
    """

    title: str
    remark: str = ""
    cells: tuple[MetricCell, ...] = ()
    sentence: str = ""
    tone: str = "muted"
    is_quiet: bool = False


class MetricTableModel(QAbstractTableModel):
    """Rows and columns as a Qt model; a sentence stands in the first cell of its row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns: tuple[MetricColumn, ...] = ()
        self.rows: tuple[MetricRow, ...] = ()

    def set_table(self, columns: Sequence[MetricColumn], rows: Sequence[MetricRow]) -> bool:
        """Show other rows; return whether the shape changed, and with it the selection went."""
        new_columns, new_rows = tuple(columns), tuple(rows)
        if (new_columns, new_rows) == (self.columns, self.rows):
            return False
        same_shape = new_columns == self.columns and len(new_rows) == len(self.rows)
        if not same_shape:
            self.beginResetModel()
        self.columns, self.rows = new_columns, new_rows
        if not same_shape:
            self.endResetModel()
        elif new_rows and new_columns:
            corner = self.index(len(new_rows) - 1, len(new_columns) - 1)
            self.dataChanged.emit(self.index(0, 0), corner)
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, len(new_rows) - 1)
        return not same_shape

    def cell(self, row: int, column: int) -> MetricCell | None:
        """Return a number, None where there is a sentence instead."""
        cells = self.rows[row].cells
        return cells[column] if column < len(cells) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008, D102
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008, D102
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        cell = self.cell(index.row(), index.column())
        if role == CellRole:
            return cell
        if cell is None:
            first = index.column() == 0
            return row.sentence if first and role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{cell.text} {cell.word}".strip()
        if role == Qt.ItemDataRole.ToolTipRole:
            return cell.tip or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            column = self.columns[index.column()]
            parts = (row.title, column.task, column.title, cell.text, cell.word, cell.tip)
            return ", ".join(part for part in parts if part)
        return None

    def headerData(  # noqa: N802, D102
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            row = self.rows[section]
            text = f"{row.title} {row.remark}".strip()
            return text if role == Qt.ItemDataRole.DisplayRole else None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{column.task} {column.title}".strip()
        return (column.tip or None) if role == Qt.ItemDataRole.ToolTipRole else None


class MetricTable(QTableView):
    """Shows a comparison.

    Signals
    -------
    cell_asked : row and column of the number that was clicked, or on which Enter was pressed
    cell_reached : row and column of the number that the keyboard or a click went to
    """

    cell_asked = Signal(int, int)
    cell_reached = Signal(int, int)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._stacked = False
        self._model = MetricTableModel(self)
        self.setModel(self._model)
        self.setHorizontalHeader(ColumnHeader(appearance, self))
        self.setVerticalHeader(RowHeader(appearance, self))
        self._corner = CornerLabel(appearance, self)
        self._delegate = CellDelegate(appearance, self)
        self.setItemDelegate(self._delegate)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._ask)
        appearance.changed.connect(self._arrange)

    # --- what others ask of it ---------------------------------------------------------------

    def set_table(
        self, corner: str, columns: Sequence[MetricColumn], rows: Sequence[MetricRow]
    ) -> None:
        """Show a table; ``corner`` heads the names of the rows."""
        self._corner.text = corner
        current = self.currentIndex()
        place = (current.row(), current.column())
        if self._model.set_table(columns, rows):
            kept = self._model.index(*place)
            if kept.isValid():
                self.setCurrentIndex(kept)
        self._arrange()

    @property
    def rows(self) -> tuple[MetricRow, ...]:
        """The rows shown."""
        return self._model.rows

    @property
    def columns(self) -> tuple[MetricColumn, ...]:
        """The columns shown."""
        return self._model.columns

    @property
    def is_stacked(self) -> bool:
        """Whether verdicts stand under their numbers, for want of width."""
        return self._stacked

    # --- arrangement -------------------------------------------------------------------------

    def _arrange(self) -> None:
        """Choose widths and heights for the width there is."""
        px = self._appearance.px
        self.clearSpans()
        for number, row in enumerate(self.rows):
            if row.sentence and len(self.columns) > 1:
                self.setSpan(number, 0, 1, len(self.columns))
        text, strong, remark, _ = fonts(self.font(), self._appearance)
        titles = [
            QFontMetrics(text).horizontalAdvance(row.title)
            + (QFontMetrics(remark).horizontalAdvance("  " + row.remark) if row.remark else 0)
            for row in self.rows
        ]
        names = min(max([*titles, px(110)]) + px(M), px(250))
        room = self.width() - names - 2
        inline = [self._width_of(column, strong, remark, False) for column in self._places()]
        self._stacked = sum(inline) > room
        widths = (
            [self._width_of(column, strong, remark, True) for column in self._places()]
            if self._stacked
            else inline
        )
        spare = max(0, room - sum(widths))
        for_names = min(spare, max(0, px(250) - names))
        names += for_names
        spare -= for_names
        self._delegate.stacked = self._stacked
        self.verticalHeader().setFixedWidth(names)
        header = self.horizontalHeader()
        share = spare // max(1, len(widths))
        for column, width in enumerate(widths):
            header.resizeSection(column, width + share)
        has_words = any(cell.word for row in self.rows for cell in row.cells)
        height = px(42) if self._stacked and has_words else px(32)
        self.verticalHeader().setDefaultSectionSize(height)
        bar = 0 if sum(widths) <= room else self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(
            self.horizontalHeader().sizeHint().height() + height * len(self.rows) + bar + 2
        )
        self.viewport().update()

    def _places(self) -> range:
        return range(len(self.columns))

    def _width_of(self, number: int, strong: QFont, remark: QFont, stacked: bool) -> int:
        px, column = self._appearance.px, self.columns[number]
        cells = [row.cells[number] for row in self.rows if number < len(row.cells)]
        numbers, words = QFontMetrics(strong), QFontMetrics(remark)
        value = max([numbers.horizontalAdvance(cell.text) for cell in cells], default=0)
        word = max([words.horizontalAdvance(cell.word) for cell in cells], default=0)
        head = QFont(remark)
        head.setWeight(QFont.Weight.DemiBold)
        bold = QFontMetrics(head)
        dot = px(14) if column.task_position is not None else 0
        title = max(bold.horizontalAdvance(column.title), bold.horizontalAdvance(column.task) + dot)
        self._delegate.words[number] = word
        if stacked:
            return max(value, word, title) + px(2 * S)
        return max(value, title) + (word + px(6) if word else 0) + px(2 * S)

    def word_space(self, column: int) -> int:
        """Return how much room verdicts take at the right of a column, in pixels."""
        word = self._delegate.words.get(column, 0)
        return 0 if self._stacked or not word else word + self._appearance.px(6)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for no width of its own."""
        return QSize(self._appearance.px(320), self.height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Give way: what does not fit scrolls."""
        return QSize(self._appearance.px(240), self.height())

    # --- what Qt tells it --------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Arrange the columns anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._arrange()
        header = self.horizontalHeader()
        self._corner.setGeometry(QRect(0, 0, self.verticalHeader().width(), header.height()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Ask for the meaning of a number on Enter or Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._ask(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Show that a number can be pressed."""
        index = self.indexAt(event.position().toPoint())
        cell = index.data(CellRole) if index.isValid() else None
        can = cell is not None and cell.can_be_asked
        self.viewport().setCursor(
            Qt.CursorShape.PointingHandCursor if can else Qt.CursorShape.ArrowCursor
        )
        self._hover(index if can else QModelIndex())
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Forget which number the pointer was on."""
        self._hover(QModelIndex())
        super().leaveEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802
        """Tell where the keyboard is."""
        super().currentChanged(current, previous)
        self.viewport().update()
        if current.isValid():
            self.cell_reached.emit(current.row(), current.column())

    def _hover(self, index: QModelIndex) -> None:
        place = (index.row(), index.column()) if index.isValid() else None
        if place != self._delegate.hovered:
            self._delegate.hovered = place
            self.viewport().update()

    def _ask(self, index: Index) -> None:
        cell = index.data(CellRole) if index.isValid() else None
        if cell is not None and cell.can_be_asked:
            self.cell_asked.emit(index.row(), index.column())
