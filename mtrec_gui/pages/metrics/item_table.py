"""What was known of the items that can be listed: category and popularity, and who shows them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from algorithms.metrics.lab import UserLists
from algorithms.metrics.lab.user_lists import exposures
from mtrec_gui.pages.metrics.lists_words import category_sign
from mtrec_gui.theme import L, S
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.wording import engine_text

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_N_COLUMNS = 3


class ItemTable(QWidget):
    """The items in two columns, most popular first where the example has them so."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(S)
        self._grid.setVerticalSpacing(0)
        self._cells: dict[tuple[int, int], PlainLabel] = {}

    def show_items(self, example: UserLists) -> None:
        """Show the items of an example."""
        facts, counts = example.items, exposures(example)
        height = (len(facts) + 1) // 2
        heads = (self.tr("item"), self.tr("met by"), self.tr("in lists"))
        for block in range(2):
            for column, head in enumerate(heads):
                self._put(0, self._column(block, column), head, "remark", column)
        for item in range(len(facts)):
            block, line = divmod(item, height)
            sign, category = category_sign(facts, item), engine_text(facts.categories[item])
            texts = (
                f"{facts.names[item]} {sign} {category}".strip(),
                f"{facts.n_meetings[item]}/{facts.n_users}",
                f"{counts[item]}",
            )
            role = "text" if counts[item] else "muted"
            for column, text in enumerate(texts):
                self._put(line + 1, self._column(block, column), text, role, column)
        n_lines = (height, len(facts) - height)
        for (line, column), label in self._cells.items():
            label.setVisible(line <= n_lines[column > _N_COLUMNS])
        self._grid.setColumnMinimumWidth(_N_COLUMNS, L)
        self._grid.setColumnStretch(2 * _N_COLUMNS + 1, 1)

    def _column(self, block: int, column: int) -> int:
        return column + block * (_N_COLUMNS + 1)

    def _put(self, line: int, column: int, text: str, role: str, place: int) -> None:
        label = self._cells.get((line, column))
        if label is None:
            label = self._cells[line, column] = PlainLabel()
            self._grid.addWidget(
                label, line, column, _RIGHT if place else Qt.AlignmentFlag.AlignLeft
            )
        label.setText(text)
        label.set_role(role)
