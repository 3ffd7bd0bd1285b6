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
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
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

_ROW = 27  # height of a row, pixels at 100 %
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

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return QSize(0, self._appearance.px(_ROW))

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
        marks = max(small.horizontalAdvance(self._mark(each)) for each in model.entries)
        categories = min(
            max(small.horizontalAdvance(each.category) for each in model.entries),
            int(inner.width() * _CATEGORY_SHARE),
        )
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

        def write(x: int, width: int, words: str, font: QFont, colour: str, align: Any) -> None:
            painter.setFont(font)
            painter.setPen(QColor(colour))
            shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, width)
            painter.drawText(QRect(x, rect.y(), width, rect.height()), align, shown)

        gap, end = px(10), inner.right() + 1
        write(inner.x(), px(20), str(entry.place), text, theme.muted, right)
        if marks:
            write(end - marks, marks, self._mark(entry), remark, theme.better, right)
            end -= marks + gap
        if categories:
            write(end - categories, categories, entry.category, remark, theme.muted, right)
            end -= categories + gap
        start = inner.x() + px(20) + gap
        write(start, end - start, entry.title, text, theme.text, left)
        painter.restore()

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
        self.setItemDelegate(_Painter(appearance, mark, self))
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

    def _fit(self) -> None:
        self.setFixedHeight(LENGTH * self._appearance.px(_ROW) + 4)
        self.doItemsLayout()
