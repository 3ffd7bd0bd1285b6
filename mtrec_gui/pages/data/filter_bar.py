"""The filter in plain form: column, comparison, value; and as many of these as a person wants."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from algorithms.data.filters import ColumnGroup, Comparison, Condition, FilterColumn
from algorithms.messages import Message
from mtrec_gui.pages.data.words import DataWords
from mtrec_gui.theme import L, M, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import FlowLayout, row
from mtrec_gui.widgets.quiet_controls import QuietCombo
from mtrec_gui.wording import say

PAUSE_MS = 300  # typing is over
TEXTS = (ColumnGroup.USER, ColumnGroup.ITEM, ColumnGroup.TITLE, ColumnGroup.CATEGORY)


class FilterBar(QFrame):
    """Shows conditions and lets a person change them.

    Signals
    -------
    changed : the complete conditions, a tuple of ``Condition``; those without a value are left out
    """

    changed = Signal(object)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._appearance = appearance
        self._columns: tuple[FilterColumn, ...] = ()
        self.lines: list[ConditionLine] = []
        self.add_button = button(self.tr("Add a condition"), "quiet")
        self.clear_button = button(self.tr("Clear"), "quiet")
        self.count = PlainLabel(role="remark")
        self.problem = PlainLabel(role="worse", wrap=True)
        self.problem.hide()
        self._holder = QWidget()
        self._flow = FlowLayout(self._holder, spacing=S)
        self._words = PlainLabel(self.tr("Show only events where"), "muted")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(L, M, L, M)
        outer.setSpacing(S)
        head = row(self._words, None, self.count, self.add_button, self.clear_button)
        outer.addLayout(head)
        outer.addWidget(self._holder)
        outer.addWidget(self.problem)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(lambda: self.changed.emit(self.conditions()))
        self.add_button.clicked.connect(self.add_line)
        self.clear_button.clicked.connect(self.clear)
        self._refresh()

    def set_columns(self, columns: Sequence[FilterColumn]) -> None:
        """Offer other columns, without any condition."""
        self._columns = tuple(columns)
        self._remove(*self.lines)
        self._pause.stop()
        self.count.setText("")
        self.show_problem(None)

    def conditions(self) -> tuple[Condition, ...]:
        """Return the conditions that say all they need."""
        made = (line.condition() for line in self.lines)
        return tuple(each for each in made if each is not None)

    def add_line(self) -> None:
        """Add a condition that says nothing yet."""
        line = ConditionLine(self._columns, self._appearance)
        line.changed.connect(self._pause.start)
        line.removed.connect(lambda: self._drop(line))
        self.lines.append(line)
        self._flow.addWidget(line)
        self._refresh()
        line.column.setFocus()

    def clear(self) -> None:
        """Show all events again."""
        self._remove(*self.lines)
        self._pause.start(0)

    def show_count(self, n: int, n_in_all: int) -> None:
        """Say how many events satisfy the conditions."""
        words = self.tr("{n} of {all} events").format(n=f"{n:,}", all=f"{n_in_all:,}")
        self.count.setText(words if self.lines else "")

    def show_problem(self, problem: Message | None) -> None:
        """Say what is wrong with the conditions."""
        self.problem.setText("" if problem is None else say(problem))
        self.problem.setVisible(problem is not None)

    def _drop(self, line: ConditionLine) -> None:
        self._remove(line)
        self.add_button.setFocus()
        self._pause.start()

    def _remove(self, *lines: ConditionLine) -> None:
        for line in lines:
            self.lines.remove(line)
            self._flow.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._refresh()

    def _refresh(self) -> None:
        has_lines = bool(self.lines)
        self._holder.setVisible(has_lines)
        self.clear_button.setVisible(has_lines)
        self._words.setText(
            self.tr("Tables and pictures show only events where all of this holds:")
            if has_lines
            else self.tr("Tables and pictures show all events.")
        )
        if not has_lines:
            self.count.setText("")
        self.updateGeometry()


class ConditionLine(QFrame):
    """One condition.

    Signals
    -------
    changed : any part of it
    removed : a person wants it no more
    """

    changed = Signal()
    removed = Signal()

    def __init__(
        self,
        columns: Sequence[FilterColumn],
        appearance: Appearance,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("well")
        self._columns = tuple(columns)
        words = DataWords(self)
        self.column, self.comparison = QuietCombo(), QuietCombo()
        for column in self._columns:
            self.column.addItem(words.filter_column(column))
        for comparison in Comparison:
            self.comparison.addItem(words.comparison(comparison), comparison)
        self.value = QLineEdit()
        self.value.setPlaceholderText(self.tr("value"))
        self.remove_button = button("×", "quiet", self.tr("Remove this condition"))
        self.remove_button.setAccessibleName(self.tr("Remove this condition"))
        for widget, name in (
            (self.column, self.tr("Column of the condition")),
            (self.comparison, self.tr("Comparison of the condition")),
            (self.value, self.tr("Value of the condition")),
        ):
            widget.setAccessibleName(name)
        line = row(self.column, self.comparison, self.value, self.remove_button, spacing=S - 2)
        line.setContentsMargins(S - 2, S - 2, S - 2, S - 2)
        self.setLayout(line)
        self.column.currentIndexChanged.connect(self._column_changed)
        self.comparison.currentIndexChanged.connect(self._comparison_changed)
        self.value.textChanged.connect(self.changed)
        self.remove_button.clicked.connect(self.removed)
        self._appearance = appearance
        appearance.changed.connect(self._scale)
        self._scale()
        first = next(
            (at for at, each in enumerate(self._columns) if each.group is ColumnGroup.LABEL), 0
        )
        self.column.setCurrentIndex(first)

    def condition(self) -> Condition | None:
        """Return the condition; None while it lacks a value."""
        comparison = Comparison(self.comparison.currentData())
        value = self.value.text().strip()
        if self.column.currentIndex() < 0 or (comparison.needs_value and not value):
            return None
        column = self._columns[self.column.currentIndex()]
        return Condition(column, comparison, value if comparison.needs_value else "")

    def _column_changed(self) -> None:
        """Propose the comparison that is wanted most: texts contain, numbers equal."""
        group = self._columns[self.column.currentIndex()].group
        wanted = Comparison.CONTAINS if group in TEXTS else Comparison.EQUAL
        if self.comparison.currentData() in (Comparison.CONTAINS, Comparison.EQUAL):
            self.comparison.setCurrentIndex(list(Comparison).index(wanted))
        self.changed.emit()

    def _comparison_changed(self) -> None:
        self.value.setVisible(Comparison(self.comparison.currentData()).needs_value)
        self.changed.emit()

    def _scale(self) -> None:
        for widget, width in ((self.column, 170), (self.comparison, 130), (self.value, 120)):
            widget.setFixedWidth(self._appearance.px(width))
