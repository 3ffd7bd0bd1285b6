"""Columns of equal width; where there is no room for all, the rest goes below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from mtrec_gui.theme import L
from mtrec_gui.widgets.appearance import Appearance


class ColumnFlow(QWidget):
    """Shows columns side by side, the widgets of a column one below the other.

    The widgets in one row of neighbouring columns have one height.

    Parameters
    ----------
    narrowest : width of a column in pixels at 100 % below which one fewer stands side by side
    even : leave no column alone in the last line where fewer side by side would fill it
    """

    def __init__(
        self,
        appearance: Appearance,
        narrowest: int = 300,
        parent: QWidget | None = None,
        *,
        even: bool = False,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._narrowest = narrowest
        self._even = even
        self._columns: list[tuple[QWidget, ...]] = []
        self._side_by_side = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(L)
        appearance.changed.connect(self._arrange)

    def set_columns(self, columns: Sequence[tuple[QWidget, ...]]) -> None:
        """Replace the columns; each is as long as the others. The former widgets stay alive."""
        if self._columns == list(columns):
            return
        for old in self._columns:
            for widget in old:
                self._grid.removeWidget(widget)
                widget.hide()
        self._columns = list(columns)
        self._arrange(again=True)
        for new in self._columns:
            for widget in new:
                widget.show()

    @property
    def side_by_side(self) -> int:
        """How many columns stand side by side."""
        return self._side_by_side

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Choose how many columns fit."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self, again: bool = False) -> None:
        fit = (self.width() + L) // (self._appearance.px(self._narrowest) + L)
        n = max(1, min(fit, len(self._columns)))
        if self._even and self._columns:
            n_lines = -(-len(self._columns) // n)
            n = -(-len(self._columns) // n_lines)
        if n == self._side_by_side and not again:
            return
        for place in range(self._grid.columnCount()):
            self._grid.setColumnStretch(place, 0)
        self._side_by_side = n
        for number, column in enumerate(self._columns):
            for row, widget in enumerate(column):
                self._grid.addWidget(widget, (number // n) * len(column) + row, number % n)
        for place in range(n):
            self._grid.setColumnStretch(place, 1)
