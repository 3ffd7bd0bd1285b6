"""How the file is written: encoding, separator, header; found out, and open to correction."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from mtrec_gui.pages.import_file.presenter import ImportState
from mtrec_gui.theme import M
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import FlowLayout, row
from mtrec_gui.widgets.quiet_controls import QuietCombo

ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "cp1252", "latin_1", "utf-16", "big5", "shift_jis")


class WritingRow(QWidget):
    """Shows what the file was taken for.

    Signals
    -------
    changed : a dict with what a person knows better
    file_pressed : a person wants another file
    """

    changed = Signal(dict)
    file_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._quiet = False
        other = button(self.tr("Choose another file…"))
        other.clicked.connect(self.file_pressed)
        self.delimiter = QuietCombo()
        for text, value in (
            (self.tr("comma"), ","),
            (self.tr("semicolon"), ";"),
            (self.tr("tab"), "\t"),
            ("|", "|"),
            ("::", "::"),
        ):
            self.delimiter.addItem(text, value)
        self.decimal = QuietCombo()
        self.decimal.addItem(self.tr("point (3.5)"), ".")
        self.decimal.addItem(self.tr("comma (3,5)"), ",")
        self.decimal.activated.connect(lambda _: self._tell("decimal", self.decimal.currentData()))
        self.encoding = QuietCombo()
        self.encoding.setMinimumContentsLength(9)
        self.header = QCheckBox(self.tr("the first line names the columns"))
        self.delimiter.activated.connect(
            lambda _: self._tell("delimiter", self.delimiter.currentData())
        )
        self.encoding.activated.connect(
            lambda _: self._tell("encoding", self.encoding.currentData())
        )
        self.header.toggled.connect(lambda on: self._tell("has_header", on))
        separator, encoding = self.tr("Separator"), self.tr("Encoding")
        decimal = self.tr("Decimals")
        self.decimal.setAccessibleName(decimal)
        self.delimiter.setAccessibleName(separator)
        self.encoding.setAccessibleName(encoding)
        flow = FlowLayout(self, spacing=M)
        for block in (
            row(other),
            row(PlainLabel(separator, "muted"), self.delimiter),
            row(PlainLabel(decimal, "muted"), self.decimal),
            row(PlainLabel(encoding, "muted"), self.encoding, self.header, spacing=M),
        ):
            holder = QWidget()
            holder.setLayout(block)
            flow.addWidget(holder)

    def show_state(self, state: ImportState) -> None:
        """Show what the file was taken for."""
        look = state.look
        self._quiet = True
        names = [*ENCODINGS]
        if look is not None and look.encoding not in names:
            names.insert(0, look.encoding)
        if [self.encoding.itemData(place) for place in range(self.encoding.count())] != names:
            self.encoding.clear()
            for name in names:
                self.encoding.addItem(name.upper().replace("_", "-"), name)
        self.encoding.setCurrentIndex(self.encoding.findData(look.encoding if look else None))
        self.delimiter.setCurrentIndex(self.delimiter.findData(look.delimiter if look else None))
        self.decimal.setCurrentIndex(self.decimal.findData(look.decimal if look else None))
        self.header.setEnabled(look is not None)
        self.header.setChecked(look is not None and look.has_header)
        self._quiet = False

    def _tell(self, name: str, value: object) -> None:
        if not self._quiet:
            self.changed.emit({name: value})
