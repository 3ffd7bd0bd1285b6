"""The files of the data set: which they are, and what each is taken for."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from algorithms.data.plan import Part, TableKind
from mtrec_gui.pages.import_file.presenter import ImportState
from mtrec_gui.theme import XS, M
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import FlowLayout, clear, row


class FilesRow(QWidget):
    """Names a known data set, and lists the files beside that of the events.

    Signals
    -------
    left_out : a further file that is not wanted
    """

    left_out = Signal(object)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Part, ...] = ()
        self.layout_name = PlainLabel(role="strong", wrap=True)
        self._parts = QWidget()
        self._flow = FlowLayout(self._parts, spacing=appearance.px(M))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(XS)
        outer.addWidget(self.layout_name)
        outer.addWidget(self._parts)

    def show_state(self, state: ImportState) -> None:
        """Show what belongs together."""
        self.layout_name.setText(
            self.tr(
                "Recognised: {layout}. Its columns are set as its authors describe them."
            ).format(layout=state.layout)
        )
        self.layout_name.setVisible(bool(state.layout))
        others = tuple(part for part in state.others if part.table is not TableKind.ITEMS)
        self._parts.setVisible(bool(others))
        if others == self._shown:
            return
        self._shown = others
        clear(self._flow)
        for part in others:
            words = self.tr("{file}: {what}").format(file=part.name, what=self._what(part))
            drop = button(self.tr("Leave out"))
            drop.setAccessibleName(self.tr("Leave {file} out").format(file=part.name))
            drop.clicked.connect(lambda _=False, part=part: self.left_out.emit(part))
            block = QWidget()
            block.setLayout(row(PlainLabel(words), drop))
            self._flow.addWidget(block)

    def _what(self, part: Part) -> str:
        return {
            TableKind.EVENTS: self.tr("further events"),
            TableKind.ITEMS: self.tr("what the items are"),
            TableKind.USERS: self.tr("who the users are"),
            TableKind.LINKS: self.tr("who follows whom"),
        }[part.table]
