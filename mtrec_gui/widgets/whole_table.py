"""A small table that is as high as its rows, with whole sentences and bars of shares in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from mtrec_gui.theme import S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.array_column import Column
from mtrec_gui.widgets.array_table import ArrayTableModel
from mtrec_gui.widgets.copyable_table import CopyableTable
from mtrec_gui.widgets.labels import plain_tip

Index = QModelIndex | QPersistentModelIndex


class _Cells(ArrayTableModel):
    """Columns whose every cell says what it is, and a text all of itself."""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.ToolTipRole and index.isValid():
            column = self.columns[index.column()]
            whole = "" if column.is_number else super().data(index)
            return plain_tip(" – ".join(part for part in (whole, column.tip) if part)) or None
        return super().data(index, role)


class _Bars(QStyledItemDelegate):
    """A number, and a bar as long as its share of the largest."""

    def __init__(self, appearance: Appearance, table: WholeTable) -> None:
        super().__init__(table)
        self._appearance, self._table = appearance, table

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        super().initStyleOption(option, index)
        option.text = ""  # the style draws the ground alone

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        theme, px = self._appearance.theme, self._appearance.px
        rect: QRect = option.rect
        values = self._table.cells.columns[index.column()].values
        value = float(values[self._table.cells.source_row(index.row())])
        text = str(index.data())
        room = option.fontMetrics.horizontalAdvance("100.0 %")
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(theme.text))
        box = QRect(rect.x() + px(S), rect.y(), room, rect.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        start = box.right() + px(S)
        longest = max(0, rect.right() - px(S) - start)
        furthest = float(values.max()) or 1.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.accent))
        height = px(12)
        bar = QRectF(
            start,
            rect.center().y() - height / 2,
            max(px(1), longest * max(0.0, value) / furthest),
            height,
        )
        painter.drawRoundedRect(bar, px(2), px(2))
        painter.restore()


class WholeTable(CopyableTable):
    """Shows a few rows, none of them cut off: long texts go on in the next line.

    Parameters
    ----------
    text_column : the column that takes what width the others leave
    bar_column : the column of shares that is drawn as bars, if any
    """

    def __init__(
        self,
        appearance: Appearance,
        text_column: int = 0,
        bar_column: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance, self._text_column, self._bar_column = appearance, text_column, bar_column
        self._is_fitting = False
        self.cells = _Cells(parent=self)
        self.setModel(self.cells)
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().setStretchLastSection(False)
        self.horizontalHeader().setSectionsClickable(False)
        if bar_column is not None:
            self.setItemDelegateForColumn(bar_column, _Bars(appearance, self))
        appearance.changed.connect(self._fit)

    def show_columns(self, columns: Sequence[Column]) -> None:
        """Show other rows."""
        self.cells.set_columns(columns)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Break the texts anew."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def _fit(self) -> None:
        """Give each column its width, each row its height, and the table the sum of them."""
        if self._is_fitting:
            return
        self._is_fitting = True
        header, px = self.horizontalHeader(), self._appearance.px
        n_columns = self.cells.columnCount()
        for column in range(n_columns):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
        widths = [
            max(self.sizeHintForColumn(column), header.sectionSizeHint(column))
            for column in range(n_columns)
        ]
        width = self.viewport().width()
        for column in range(n_columns):
            if column == self._bar_column:
                widths[column] = max(widths[column], min(px(320), round(0.4 * width)))
            elif column != self._text_column and not self.cells.columns[column].is_number:
                widths[column] = min(widths[column], round(0.3 * width))
        if n_columns:
            others = sum(widths) - widths[self._text_column]
            widths[self._text_column] = max(px(120), width - others)
        for column, each in enumerate(widths):
            self.setColumnWidth(column, each)
        self.verticalHeader().setMinimumSectionSize(px(30))
        self.resizeRowsToContents()
        height = header.sizeHint().height() + self.verticalHeader().length()
        bar = self.horizontalScrollBar()
        if sum(widths) > width:
            height += bar.sizeHint().height()
        self.setFixedHeight(height + 2 * self.frameWidth())
        self._is_fitting = False
