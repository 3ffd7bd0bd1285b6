"""How the table of a comparison is painted: its two headers, its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from mtrec_gui.theme import REMARK, TEXT, S
from mtrec_gui.widgets.appearance import Appearance

if TYPE_CHECKING:
    from mtrec_gui.widgets.metric_table import MetricCell, MetricTable

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def fonts(base: QFont, appearance: Appearance) -> tuple[QFont, QFont, QFont, QFont]:
    """Return the fonts of text, strong text, remarks and column heads."""
    made = []
    for size, weight in (
        (TEXT, QFont.Weight.Normal),
        (TEXT, QFont.Weight.Bold),
        (REMARK, QFont.Weight.Normal),
        (REMARK, QFont.Weight.DemiBold),
    ):
        font = QFont(base)
        font.setPixelSize(appearance.px(size))
        font.setWeight(weight)
        made.append(font)
    return made[0], made[1], made[2], made[3]


class CellDelegate(QStyledItemDelegate):
    """Paints a number with its verdict, or the sentence of a row without numbers."""

    def __init__(self, appearance: Appearance, table: MetricTable) -> None:
        super().__init__(table)
        self._appearance, self._table = appearance, table
        self.stacked = False
        self.words: dict[int, int] = {}  # room for the verdicts of each column, pixels
        self.hovered: tuple[int, int] | None = None

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one cell."""
        theme, px = self._appearance.theme, self._appearance.px
        rect: QRect = option.rect
        row = self._table.rows[index.row()]
        cell: MetricCell | None = index.data(Qt.ItemDataRole.UserRole)
        text, _, _, _ = fonts(self._table.font(), self._appearance)
        painter.save()
        painter.setPen(QColor(theme.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = rect.adjusted(px(S), 0, -px(S), -1)
        if cell is None:
            painter.setFont(text)
            painter.setPen(QColor(theme.worse if row.tone == "worse" else theme.muted))
            shown = QFontMetrics(text).elidedText(
                row.sentence, Qt.TextElideMode.ElideRight, inner.width()
            )
            painter.drawText(inner, LEFT, shown)
        else:
            self._paint_number(painter, inner, cell, index)
        if self._table.hasFocus() and index == self._table.currentIndex():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.drawRoundedRect(QRectF(rect).adjusted(1.5, 1.5, -1.5, -2.5), 4, 4)
        painter.restore()

    def _paint_number(
        self,
        painter: QPainter,
        inner: QRect,
        cell: MetricCell,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        theme = self._appearance.theme
        text, strong, remark, _ = fonts(self._table.font(), self._appearance)
        tones = {"better": theme.better, "worse": theme.worse}
        number, word = QRect(inner), QRect(inner)
        if cell.word and self.stacked:
            middle = inner.center().y()
            number.setBottom(middle + self._appearance.px(2))
            word.setTop(middle)
        elif not self.stacked:
            space = self._table.word_space(index.column())
            number.setRight(inner.right() - space)
            word.setLeft(inner.right() - self.words.get(index.column(), 0))
        font = QFont(strong if cell.is_best else text)
        hovered = self.hovered == (index.row(), index.column())
        font.setUnderline(hovered)
        painter.setFont(font)
        plain = theme.muted if self._table.rows[index.row()].is_quiet else theme.text
        painter.setPen(QColor(theme.accent if hovered else plain))
        painter.drawText(number, RIGHT, cell.text)
        if cell.word:
            painter.setFont(remark)
            painter.setPen(QColor(tones.get(cell.tone, theme.muted)))
            painter.drawText(word, RIGHT if self.stacked else LEFT, cell.word)


class ColumnHeader(QHeaderView):
    """Task with its dot over the metric with its direction."""

    def __init__(self, appearance: Appearance, table: MetricTable) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._appearance, self._table = appearance, table
        self.setSectionsClickable(False)
        self.setMinimumSectionSize(20)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Make room for two lines where there are tasks."""
        lines = 2 if any(column.task for column in self._table.columns) else 1
        return QSize(0, self._appearance.px(18 * lines + 14))

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N802
        """Paint one head, right-aligned with the numbers under it."""
        theme, px = self._appearance.theme, self._appearance.px
        column = self._table.columns[logicalIndex]
        painter.save()
        painter.fillRect(rect, QColor(theme.surface))
        painter.setPen(QColor(theme.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        _, _, _, head = fonts(self._table.font(), self._appearance)
        painter.setFont(head)
        space = self._table.word_space(logicalIndex)
        inner = rect.adjusted(px(S), px(6), -px(S) - space, -px(7))
        painter.setPen(QColor(theme.muted))
        if not column.task:
            low = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
            painter.drawText(inner, low, column.title)
            painter.restore()
            return
        upper, lower = QRect(inner), QRect(inner)
        upper.setHeight(inner.height() // 2)
        lower.setTop(upper.bottom())
        low = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
        dot, gap = px(8), px(6)
        metrics = QFontMetrics(head)
        task = metrics.elidedText(
            column.task, Qt.TextElideMode.ElideRight, upper.width() - dot - gap
        )
        painter.drawText(upper, RIGHT, task)
        painter.drawText(lower, low, column.title)
        if column.task_position is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.task_colour(column.task_position)))
            left = upper.right() - metrics.horizontalAdvance(task) - gap - dot
            painter.drawEllipse(QRect(left, upper.center().y() - dot // 2 + 1, dot, dot))
        painter.restore()


class RowHeader(QHeaderView):
    """The models' names; they stay where they are while the columns scroll."""

    def __init__(self, appearance: Appearance, table: MetricTable) -> None:
        super().__init__(Qt.Orientation.Vertical, table)
        self._appearance, self._table = appearance, table
        self.setSectionsClickable(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N802
        """Paint one name and what is said beside it."""
        theme, px = self._appearance.theme, self._appearance.px
        row = self._table.rows[logicalIndex]
        painter.save()
        painter.fillRect(rect, QColor(theme.surface))
        painter.setPen(QColor(theme.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        text, _, remark, _ = fonts(self._table.font(), self._appearance)
        inner = rect.adjusted(px(S), 0, -px(4), -1)
        beside = QFontMetrics(remark).horizontalAdvance(row.remark) + px(6) if row.remark else 0
        metrics = QFontMetrics(text)
        title = metrics.elidedText(
            row.title, Qt.TextElideMode.ElideRight, max(0, inner.width() - beside)
        )
        painter.setFont(text)
        painter.setPen(QColor(theme.muted if row.is_quiet else theme.text))
        painter.drawText(inner, LEFT, title)
        if row.remark:
            painter.setFont(remark)
            painter.setPen(QColor(theme.muted))
            inner.setLeft(inner.left() + metrics.horizontalAdvance(title) + px(6))
            painter.drawText(inner, LEFT, row.remark)
        painter.restore()


class CornerLabel(QWidget):
    """The head over the names of the rows."""

    def __init__(self, appearance: Appearance, table: MetricTable) -> None:
        super().__init__(table)
        self._appearance, self._table = appearance, table
        self.text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the word at the lower left."""
        theme, px = self._appearance.theme, self._appearance.px
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.surface))
        painter.setPen(QColor(theme.line))
        bottom = self.rect().bottomLeft()
        painter.drawLine(bottom, self.rect().bottomRight())
        _, _, _, head = fonts(self._table.font(), self._appearance)
        painter.setFont(head)
        painter.setPen(QColor(theme.muted))
        inner = self.rect().adjusted(px(S), px(6), -px(4), -px(7))
        painter.drawText(
            inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, self.text
        )
        painter.end()
