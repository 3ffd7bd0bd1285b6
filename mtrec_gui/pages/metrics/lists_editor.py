"""The workbench of metrics beyond accuracy: several users' lists, whose places are filled anew."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from algorithms.metrics.lab import NOTHING, UserLists
from mtrec_gui.pages.metrics.item_table import ItemTable
from mtrec_gui.pages.metrics.lab_row import set_lit
from mtrec_gui.pages.metrics.lists_words import BY_RELEVANCE, item_text, user_remark
from mtrec_gui.theme import XS, S
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import row, rule
from mtrec_gui.widgets.quiet_controls import QuietCombo, QuietSpin

_Menu = tuple[tuple[int, str], ...]  # items and how they are written


class ListsEditor(QWidget):
    """The lists of several users, a place beside the other, and the items that can stand there.

    Signals
    -------
    item_changed : (row, item)
    k_changed : the number
    pointed : a row, -1 for none
    """

    item_changed = Signal(int, int)
    k_changed = Signal(int)
    pointed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.places: list[PlaceMenu] = []
        self._shape = (0, 0)
        self._holder = QWidget()
        self._grid = QGridLayout(self._holder)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(XS)
        self._grid.setVerticalSpacing(XS)
        self._heads: list[PlainLabel] = []
        self._names: list[PlainLabel] = []
        self.remarks: list[PlainLabel] = []
        self.k = QuietSpin()
        self.k.setAccessibleName(self.tr("k: how many places count"))
        self.k.valueChanged.connect(self.k_changed)
        self.items = ItemTable()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(S)
        layout.addWidget(self._holder)
        layout.addLayout(row(PlainLabel(self.tr("k"), "muted"), self.k, None))
        layout.addWidget(rule())
        layout.addWidget(self.items)

    def show_example(self, example: UserLists, metric: str) -> None:
        """Show the lists, and what the metric looks at beside them."""
        if self._shape != (len(example.users), example.width):
            self._build(example)
        marks = metric in BY_RELEVANCE
        for user, name in enumerate(example.users):
            self._names[user].setText(name)
            menu = tuple(
                (item, item_text(example, user, item, marks))
                for item in (NOTHING, *range(len(example.items)))
            )
            for place in range(example.width):
                at = user * example.width + place
                self.places[at].show_place(menu, example.lists[user][place], place < example.k)
                self.places[at].setAccessibleName(
                    self.tr("Place {place} of {user}'s list").format(place=place + 1, user=name)
                )
            remark = user_remark(example, user, (metric,))
            self.remarks[user].setText(remark)
            self.remarks[user].setVisible(bool(remark))
        for place, head in enumerate(self._heads):
            head.set_role("muted" if place < example.k else "remark")
        self.k.blockSignals(True)
        self.k.setRange(1, example.width)
        self.k.setValue(example.k)
        self.k.blockSignals(False)
        self.items.show_items(example)

    def show_light(self, lit: frozenset[int]) -> None:
        """Light places."""
        for place, menu in enumerate(self.places):
            set_lit(menu, place in lit)

    def _build(self, example: UserLists) -> None:
        """Make the controls for lists of another shape."""
        for old in (*self.places, *self._heads, *self._names, *self.remarks):
            self._grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        m, n = self._shape = len(example.users), example.width
        self._heads = [PlainLabel(f"{place}") for place in range(1, n + 1)]
        self._names = [PlainLabel("", "strong") for _ in range(m)]
        self.remarks = [PlainLabel("", "remark", wrap=True) for _ in range(m)]
        self.places = [PlaceMenu(at) for at in range(m * n)]
        for place, head in enumerate(self._heads):
            self._grid.addWidget(head, 0, place + 1, Qt.AlignmentFlag.AlignCenter)
            self._grid.setColumnStretch(place + 1, 1)
        for at, menu in enumerate(self.places):
            user, place = divmod(at, n)
            if not place:
                self._grid.addWidget(self._names[user], 2 * user + 1, 0)
                self._grid.addWidget(self.remarks[user], 2 * user + 2, 1, 1, n)
            self._grid.addWidget(menu, 2 * user + 1, place + 1)
            menu.activated.connect(partial(self._tell_item, at))
            menu.pointed.connect(self.pointed)

    def _tell_item(self, at: int, _: int) -> None:
        self.item_changed.emit(at, self.places[at].currentData())


class PlaceMenu(QuietCombo):
    """A place of a list: its item is chosen from all there are.

    Signals
    -------
    pointed : the place's row when it is hovered or has the focus, -1 when no longer
    """

    pointed = Signal(int)

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = number
        self._menu: _Menu = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QuietCombo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)

    def show_place(self, menu: _Menu, item: int, counts: bool) -> None:
        """Show what stands in the place, and what could."""
        if menu != self._menu:
            self._menu = menu
            self.clear()
            for each, text in menu:
                self.addItem(text, each)
        self.setCurrentIndex(self.findData(item))
        if self.property("beyond") is counts or self.property("beyond") is None:
            self.setProperty("beyond", not counts)
            self.style().unpolish(self)
            self.style().polish(self)

    def event(self, event: QEvent) -> bool:
        """Follow mouse and focus."""
        if event.type() in (QEvent.Type.Enter, QEvent.Type.FocusIn):
            self.pointed.emit(self._number)
        elif event.type() in (QEvent.Type.Leave, QEvent.Type.FocusOut):
            self.pointed.emit(-1)
        return super().event(event)
