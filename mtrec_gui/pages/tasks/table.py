"""The tasks as a table: one row a task, its dot in its colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QWidget

from algorithms.tasks import TaskKind
from mtrec_gui.pages.tasks.presenter import TaskRow
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.copyable_table import CopyableTable
from mtrec_gui.wording import engine_text

Index = QModelIndex | QPersistentModelIndex
ON, TASK, KIND, LABEL, ITEMS, FROM, WEIGHT, PARENT, EVENTS, MEAN, RELEVANT, STATE = range(12)
NUMBERS = (FROM, WEIGHT, EVENTS, MEAN, RELEVANT)


class TaskTableModel(QAbstractTableModel):
    """Rows of tasks as a Qt model.

    Signals
    -------
    switched : (row, whether it is on now) after a click on its box
    """

    switched = Signal(int, bool)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._rows: Sequence[TaskRow] = ()
        self._titles = (
            self.tr("On"),
            self.tr("Task"),
            self.tr("Kind"),
            self.tr("Label"),
            self.tr("Ranks"),
            self.tr("Relevant ≥"),
            self.tr("Weight"),
            self.tr("Needs"),
            self.tr("Events"),
            self.tr("1s, or ø"),
            self.tr("Relevant"),
            self.tr("State"),
        )

    def set_rows(self, rows: Sequence[TaskRow]) -> None:
        """Show other tasks; the selection stays where their number stays."""
        if len(rows) != len(self._rows):
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
            return
        self._rows = rows
        if rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, STATE))

    def restyle(self) -> None:
        """Paint anew in other colours."""
        self.set_rows(self._rows)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008, D102
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008, D102
        return 0 if parent.isValid() else len(self._titles)

    def flags(self, index: Index) -> Qt.ItemFlag:  # noqa: D102
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == ON else flags

    def headerData(  # noqa: N802, D102
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid():
            return None
        row, column, theme = self._rows[index.row()], index.column(), self._appearance.theme
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.CheckStateRole and column == ON:
            return Qt.CheckState.Checked if row.task.enabled else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DecorationRole and column == TASK:
            return _dot(theme.task_colour(index.row()), self._appearance.px(10))
        if role == Qt.ItemDataRole.AccessibleTextRole and column == ON:
            return self.tr("{task} switched on").format(task=row.task.name)
        if role == Qt.ItemDataRole.ForegroundRole:
            if column == STATE and row.is_impossible:
                return QColor(theme.worse)
            return None if row.task.enabled and column != STATE else QColor(theme.muted)
        if role == Qt.ItemDataRole.FontRole and column == TASK:
            font = QFont()
            font.setWeight(QFont.Weight.DemiBold)
            return font
        return None

    def setData(  # noqa: N802, D102
        self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != ON:
            return False
        self.switched.emit(index.row(), Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def _text(self, row: TaskRow, column: int) -> str:
        task, facts = row.task, row.facts
        match column:
            case 1:
                return task.name
            case 2:
                return engine_text(task.kind.value)
            case 3:
                return task.label
            case 4:
                return task.item_kind
            case 5:
                return f"{task.relevant_from:g}"
            case 6:
                return f"{task.weight:g}"
            case 7:
                return task.parent or "–"
            case 11:
                return self._state(row)
        if facts is None or column == ON:
            return "" if column == ON else "–"
        if column == EVENTS:
            return f"{facts.n_events:,}"
        if column == RELEVANT:
            return f"{facts.n_relevant:,}"
        if facts.n_events == 0:
            return "–"
        mean = facts.chart.mean
        return f"{100 * mean:.1f} %" if task.kind is TaskKind.BINARY else f"ø {mean:,.3g}"

    def _state(self, row: TaskRow) -> str:
        if not row.task.enabled:
            return self.tr("off")
        if row.is_impossible:
            return self.tr("cannot be learned")
        return self.tr("note below") if row.problems else self.tr("ready")


class TaskTable(CopyableTable):
    """The table; as tall as its rows.

    Signals
    -------
    chosen : row of the task that a person went to
    """

    chosen = Signal(int)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.tasks = TaskTableModel(appearance, self)
        self.setModel(self.tasks)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setAccessibleName(self.tr("Tasks"))
        self._quiet = False
        self.selectionModel().currentRowChanged.connect(self._moved)
        appearance.changed.connect(self._scale)

    def show_rows(self, rows: Sequence[TaskRow], chosen: int | None) -> None:
        """Show tasks, one of them chosen."""
        self._quiet = True
        self.tasks.set_rows(rows)
        if chosen is not None and self.currentIndex().row() != chosen:
            self.setCurrentIndex(self.tasks.index(chosen, TASK))
        if chosen is not None and not self.selectionModel().isRowSelected(chosen):
            self.selectRow(chosen)
        self._quiet = False
        self._scale()

    def _moved(self, current: QModelIndex) -> None:
        if not self._quiet and current.isValid():
            self.chosen.emit(current.row())

    def _scale(self) -> None:
        px, header = self._appearance.px, self.horizontalHeader()
        self.verticalHeader().setDefaultSectionSize(px(34))
        self.setIconSize(QSize(px(13), px(10)))
        self.tasks.restyle()
        for column in range(self.tasks.columnCount()):
            width = max(self.sizeHintForColumn(column) + px(4), header.sectionSizeHint(column))
            self.setColumnWidth(column, px(44) if column == ON else width)
        rows = min(self.tasks.rowCount(), 8)
        bar = px(12) if header.length() > self.viewport().width() else 0
        self.setFixedHeight(header.sizeHint().height() + rows * px(34) + bar + 2)

    def resizeEvent(self, event: Any) -> None:  # noqa: N802
        """Leave room for the scroll bar where the columns do not fit."""
        super().resizeEvent(event)
        self._scale()


def _alignment(column: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)


def _dot(colour: str, side: int) -> QIcon:
    """Return the dot, in the same colour when its row is selected."""
    pixmap = QPixmap(side * 5 // 2, side * 2)  # a little air before the name
    pixmap.setDevicePixelRatio(2.0)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(0, 0, side, side)
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon
