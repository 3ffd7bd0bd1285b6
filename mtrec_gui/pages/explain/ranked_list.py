"""One ranked list: place, title, category, and what the held-out truth says."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from mtrec_gui.pages.explain.state import LENGTH, Entry
from mtrec_gui.theme import REMARK, TEXT, S
from mtrec_gui.widgets.appearance import Appearance

_ROW, _TALL_ROW = 27, 33  # height of a row of one and of two lines, pixels at 100 %
_ONE_LINE = 400  # from this width on a row is one line, pixels at 100 %
_CATEGORY_SHARE = 0.3  # of the width, at most

Index = QModelIndex | QPersistentModelIndex


class _Entries(QAbstractListModel):
    def __init__(self, mark: Callable[[Entry], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark = mark
        self.entries: Sequence[Entry] = ()

    def set_entries(self, entries: Sequence[Entry]) -> None:
        if entries != self.entries:
            self.beginResetModel()
            self.entries = entries
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return html.escape(f"{entry.title} · {entry.category}".rstrip(" ·"))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            parts = (f"{entry.place}", entry.title, entry.category, self._mark(entry))
            return ", ".join(part for part in parts if part)
        return None


class _Painter(QStyledItemDelegate):
    def __init__(
        self, appearance: Appearance, mark: Callable[[Entry], str], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._mark = mark
        self.is_tall = False  # whether the category stands under the title

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return QSize(0, self._appearance.px(_TALL_ROW if self.is_tall else _ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, _Entries):
            return
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        theme, px = self._appearance.theme, self._appearance.px
        entry = model.entries[index.row()]
        text, remark = self._fonts(painter.font())
        small = QFontMetrics(remark)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(QColor(theme.accent_soft))
            painter.drawRoundedRect(rect, px(6), px(6))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(QColor(theme.sunk))
            painter.drawRoundedRect(rect, px(6), px(6))
        inner = rect.adjusted(px(4), 0, -px(S), 0)
        mark = self._mark(entry)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

        def write(box: QRect, words: str, font: QFont, colour: str, align: Any) -> None:
            painter.setFont(font)
            painter.setPen(QColor(colour))
            shown = QFontMetrics(font).elidedText(
                words, Qt.TextElideMode.ElideRight, box.width() + 1
            )
            painter.drawText(box, align, shown)

        gap, number = px(10), px(20)
        upper, lower, end = inner, inner, inner.right() + 1
        if self.is_tall:
            half = px(_TALL_ROW - 2) // 2
            upper = QRect(inner.x(), inner.y() + px(1), inner.width(), half)
            lower = QRect(inner.x(), upper.bottom(), inner.width(), half)
        start = inner.x() + number + gap
        box = QRect(inner.x(), upper.y(), number, upper.height())
        write(box, str(entry.place), text, theme.muted, right)
        marks = max(self._width(self._mark(each), small) for each in model.entries)
        if self.is_tall:
            marks = self._width(mark, small)
        if marks:
            box = QRect(end - marks, lower.y(), marks, lower.height())
            write(box, mark, remark, theme.better, right)
            end -= marks + gap
        if self.is_tall:
            box = QRect(start, lower.y(), end - start, lower.height())
            write(box, entry.category, remark, theme.muted, left)
            end = inner.right() + 1
        else:
            widest = max(self._width(each.category, small) for each in model.entries)
            wide = min(widest, int(inner.width() * _CATEGORY_SHARE))
            box = QRect(end - wide, lower.y(), wide, lower.height())
            write(box, entry.category, remark, theme.muted, right)
            end -= wide + gap
        box = QRect(start, upper.y(), end - start, upper.height())
        write(box, entry.title, text, theme.text, left)
        painter.restore()

    def _width(self, words: str, metrics: QFontMetrics) -> int:
        """Return the room that words take; the tick comes from another font, hence the more."""
        return metrics.horizontalAdvance(words) + self._appearance.px(3) if words else 0

    def _fonts(self, base: QFont) -> tuple[QFont, QFont]:
        text, remark = QFont(base), QFont(base)
        text.setPixelSize(self._appearance.px(TEXT))
        remark.setPixelSize(self._appearance.px(REMARK))
        return text, remark


class RankedList(QListView):
    """A list of a fixed number of places, in which one item can be chosen.

    Signals
    -------
    item_chosen : index of the item that a person chose
    """

    item_chosen = Signal(int)

    def __init__(
        self,
        appearance: Appearance,
        mark: Callable[[Entry], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._entries = _Entries(mark, self)
        self._is_telling = True
        self.setModel(self._entries)
        self._painter = _Painter(appearance, mark, self)
        self.setItemDelegate(self._painter)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.selectionModel().currentChanged.connect(self._current_changed)
        appearance.changed.connect(self._fit)
        self._fit()

    def show_entries(self, entries: Sequence[Entry], chosen: int | None) -> None:
        """Show entries, with the item ``chosen`` among them, if it is."""
        self._is_telling = False
        self._entries.set_entries(entries)
        place = next((n for n, entry in enumerate(entries) if entry.item == chosen), None)
        selection = self.selectionModel()
        if place is None:
            selection.clearSelection()
            selection.setCurrentIndex(QModelIndex(), QItemSelectionModel.SelectionFlag.NoUpdate)
        else:
            self.setCurrentIndex(self._entries.index(place))
        self._is_telling = True

    @property
    def chosen(self) -> int | None:
        """The item that is highlighted."""
        indexes = self.selectedIndexes()
        return self._entries.entries[indexes[0].row()].item if indexes else None

    def _current_changed(self, current: QModelIndex) -> None:
        if self._is_telling and current.isValid():
            self.item_chosen.emit(self._entries.entries[current.row()].item)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Choose between rows of one and of two lines."""
        super().resizeEvent(event)
        if self._painter.is_tall != self._wants_two_lines():
            self._fit()

    def _wants_two_lines(self) -> bool:
        return self.width() < self._appearance.px(_ONE_LINE)

    def _fit(self) -> None:
        self._painter.is_tall = self._wants_two_lines()
        height = _TALL_ROW if self._painter.is_tall else _ROW
        self.setFixedHeight(LENGTH * self._appearance.px(height) + 4)
        self.scheduleDelayedItemsLayout()
