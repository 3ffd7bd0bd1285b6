"""The first lines of the file beside what the lab understands, and the use of each column."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFontDatabase
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QPlainTextEdit,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from algorithms.data.duplicates import Duplicates
from algorithms.data.sieve import TimeFormat
from mtrec_gui.pages.import_file.columns import N_SHOWN, ColumnUse
from mtrec_gui.pages.import_file.presenter import ImportState
from mtrec_gui.theme import REMARK, M
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, FlowLayout, row
from mtrec_gui.widgets.quiet_controls import QuietCombo
from mtrec_gui.widgets.side_by_side import SideBySide


class PreviewCard(QWidget):
    """The raw lines, the understood values with a choice over each column, and the titles.

    Signals
    -------
    use_chosen : (place of the column, ``ColumnUse``)
    time_format_chosen : value of a ``TimeFormat``
    duplicates_chosen : value of a ``Duplicates``
    kind_named : what the items are called
    items_pressed : a person has a file with titles
    items_dropped : a person wants no titles
    """

    use_chosen = Signal(int, object)
    time_format_chosen = Signal(str)
    duplicates_chosen = Signal(str)
    kind_named = Signal(str)
    items_pressed = Signal()
    items_dropped = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._state: ImportState | None = None
        self.raw = QPlainTextEdit()
        self.raw.setReadOnly(True)
        self.raw.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.raw.setAccessibleName(self.tr("First lines of the file"))
        self.raw.setTabChangesFocus(True)
        self.table = QTableWidget()
        self.table.setAccessibleName(self.tr("First lines as they are understood"))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.combos: list[QuietCombo] = []
        raw_card = Card(self.tr("The file"), self.tr("Its first lines, as they are."))
        raw_card.body.addWidget(self.raw, 1)
        self.understood = Card(
            self.tr("What the lab understands"),
            self.tr("Say over each column what it is; the lab has made a proposal."),
        )
        self.understood.body.addWidget(self.table, 1)
        self.understood.body.addWidget(self._more())
        layout = row(SideBySide(raw_card, self.understood, appearance, 700, (2, 5)))
        self.setLayout(layout)
        appearance.changed.connect(self._scale)
        self._scale()

    def _more(self) -> QWidget:
        """Return the line below the table: time, kind of items, titles."""
        self.time_format = QuietCombo()
        for text, value in (
            (self.tr("seconds since 1970"), TimeFormat.SECONDS),
            (self.tr("milliseconds since 1970"), TimeFormat.MILLISECONDS),
            (self.tr("dates such as 2015-03-01"), TimeFormat.ISO),
            (self.tr("dates such as 20150301"), TimeFormat.COMPACT),
            (self.tr("day first: 31.03.2015"), TimeFormat.DAY_FIRST),
            (self.tr("month first: 03/31/2015"), TimeFormat.MONTH_FIRST),
        ):
            self.time_format.addItem(text, value.value)
        self.time_format.setAccessibleName(self.tr("Time is written as"))
        self.time_format.activated.connect(
            lambda _: self.time_format_chosen.emit(self.time_format.currentData())
        )
        self.kind = QLineEdit()
        self.kind.setAccessibleName(self.tr("One item is called"))
        self.kind.setMaxLength(40)
        self.kind.editingFinished.connect(lambda: self.kind_named.emit(self.kind.text()))
        self.titles = PlainLabel()
        self.other_titles = button("")
        self.other_titles.clicked.connect(self.items_pressed)
        self.no_titles = button(self.tr("Leave out"))
        self.no_titles.clicked.connect(self.items_dropped)
        self._time_block = QWidget()
        self._time_block.setLayout(
            row(PlainLabel(self.tr("Time is written as"), "muted"), self.time_format)
        )
        kind_block = QWidget()
        kind_block.setLayout(row(PlainLabel(self.tr("One item is called"), "muted"), self.kind))
        titles_block = QWidget()
        titles_block.setLayout(row(self.titles, self.other_titles, self.no_titles))
        more = QWidget()
        flow = FlowLayout(more, spacing=M)
        for block in (titles_block, self._time_block, kind_block, self._duplicates_block()):
            flow.addWidget(block)
        return more

    def _duplicates_block(self) -> QWidget:
        self.duplicates = QuietCombo()
        for text, value in (
            (self.tr("keep all"), Duplicates.KEEP_ALL),
            (self.tr("keep the last"), Duplicates.KEEP_LAST),
            (self.tr("add up"), Duplicates.SUM),
            (self.tr("take the mean"), Duplicates.MEAN),
        ):
            self.duplicates.addItem(text, value.value)
        words = self.tr("The same user and item again")
        self.duplicates.setAccessibleName(words)
        self.duplicates.activated.connect(
            lambda _: self.duplicates_chosen.emit(self.duplicates.currentData())
        )
        block = QWidget()
        block.setLayout(row(PlainLabel(words, "muted"), self.duplicates))
        return block

    # --- what the dialog asks --------------------------------------------------------------

    def show_state(self, state: ImportState) -> None:
        """Show the first lines."""
        before, self._state = self._state, state
        self.setVisible(state.look is not None)
        look, columns = state.look, state.columns
        if look is None or columns is None:
            return
        text = "\n".join(line[:500] for line in look.lines[: N_SHOWN + look.has_header])
        if self.raw.toPlainText() != text:
            self.raw.setPlainText(text)
        if before is None or before.look is not look:
            self._make_columns(state)
        for combo, use in zip(self.combos, columns.uses, strict=True):
            combo.setCurrentIndex(combo.findData(use.value))
        if before is None or before.rows is not state.rows or before.look is not look:
            self._fill()
        self._time_block.setVisible(ColumnUse.TIME in columns.uses)
        self.time_format.setCurrentIndex(self.time_format.findData(columns.time_format.value))
        self.duplicates.setCurrentIndex(self.duplicates.findData(columns.duplicates.value))
        if not self.kind.hasFocus():
            self.kind.setText(columns.item_kind)
        self._show_titles(state)

    def _show_titles(self, state: ImportState) -> None:
        has_titles = state.items is not None
        if state.items is not None:
            self.titles.setText(self.tr("Titles from {file}").format(file=state.items.path.name))
            self.other_titles.setText(self.tr("Other…"))
        else:
            self.titles.setText(self.tr("No titles: items are shown by their ids"))
            self.other_titles.setText(self.tr("Choose a file with titles…"))
        self.no_titles.setVisible(has_titles)

    def _make_columns(self, state: ImportState) -> None:
        """Make the head of the table, with a choice over each column."""
        look = state.look
        if look is None:
            return
        self.table.clear()
        self.table.setColumnCount(len(look.columns))
        self.table.setRowCount(1)
        self.table.setHorizontalHeaderLabels(list(look.columns))
        self.combos = []
        for place, column in enumerate(look.columns):
            combo = QuietCombo()
            for text, use in (
                (self.tr("user"), ColumnUse.USER),
                (self.tr("item"), ColumnUse.ITEM),
                (self.tr("label"), ColumnUse.LABEL),
                (self.tr("time"), ColumnUse.TIME),
                (self.tr("feature"), ColumnUse.FEATURE),
                (self.tr("ignore"), ColumnUse.IGNORE),
            ):
                combo.addItem(text, use.value)
            combo.setAccessibleName(self.tr("What “{column}” is").format(column=column))
            combo.activated.connect(
                lambda _, place=place, combo=combo: self.use_chosen.emit(
                    place, ColumnUse(combo.currentData())
                )
            )
            self.combos.append(combo)
            self.table.setCellWidget(0, place, combo)

    def _fill(self) -> None:
        """Put the understood values into the table."""
        state, theme = self._state, self._appearance.theme
        if state is None or state.columns is None:
            return
        self.table.setRowCount(1 + len(state.rows))
        for number, cells in enumerate(state.rows, start=1):
            for place, (cell, use) in enumerate(zip(cells, state.columns.uses, strict=True)):
                text = (
                    cell.text
                    if cell.fits
                    else self.tr("{text} – not {use}").format(
                        text=cell.text or self.tr("empty"), use=self._use_word(use)
                    )
                )
                item = QTableWidgetItem(text)
                right = use is ColumnUse.LABEL and cell.fits
                side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                if not cell.fits:
                    item.setForeground(QColor(theme.worse))
                elif use is ColumnUse.IGNORE:
                    item.setForeground(QColor(theme.muted))
                self.table.setItem(number, place, item)
        self._scale()

    def _use_word(self, use: ColumnUse) -> str:
        return {
            ColumnUse.USER: self.tr("an id"),
            ColumnUse.ITEM: self.tr("an id"),
            ColumnUse.LABEL: self.tr("a number"),
            ColumnUse.TIME: self.tr("a time"),
            ColumnUse.FEATURE: "",
            ColumnUse.IGNORE: "",
        }[use]

    def _scale(self) -> None:
        px = self._appearance.px
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self.raw.setStyleSheet(f"font-family: '{font.family()}'; font-size: {px(REMARK)}px;")
        self.kind.setFixedWidth(px(90))
        self.table.verticalHeader().setDefaultSectionSize(px(26))
        if self.table.rowCount():
            self.table.setRowHeight(0, px(36))
        for place in range(self.table.columnCount()):
            wanted = max(self.table.sizeHintForColumn(place), px(104))
            self.table.setColumnWidth(place, min(wanted + px(12), px(260)))
        self.table.setMinimumHeight(px(210))
        self.raw.setMinimumHeight(px(150))
