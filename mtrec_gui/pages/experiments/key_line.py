"""The key of the server that a model asks: typed here, handed over, and never shown again."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from mtrec_gui.pages.experiments.state import KeyPlace
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import column, row


class KeyLine(QWidget):
    """A field, what becomes of what is typed into it, and whether a key is kept.

    Signals
    -------
    entered : (key, whether the system's own store is to remember it); an empty key goes
    """

    entered = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._address = ""
        self.key = QLineEdit()
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setAccessibleName(self.tr("Key of the server"))
        self.key.setPlaceholderText(self.tr("Key of the server, if it asks for one"))
        self.key.returnPressed.connect(self._pressed)
        self.key.textEdited.connect(lambda _: self._restate())
        self.keep = button(self.tr("Keep the key"))
        self.keep.clicked.connect(self._pressed)
        self.remember = QCheckBox(self.tr("Remember it in the system's own key store"))
        self.remember.setAccessibleName(self.remember.text())
        self.words = PlainLabel(role="remark", wrap=True)
        self._place: KeyPlace | None = None
        layout = column()
        layout.addLayout(row(self.key, self.keep))
        layout.addWidget(self.remember)
        layout.addWidget(self.words)
        self.setLayout(layout)
        self.hide()

    def show_place(self, place: KeyPlace | None) -> None:
        """Show whether there is a key, or nothing where a model asks nobody."""
        if place is None or place.address != self._address:
            self.key.clear()  # a key belongs to one server
        self._place, self._address = place, "" if place is None else place.address
        self.setVisible(place is not None)
        if place is None:
            return
        self.key.setEnabled(bool(place.address))
        self.remember.setVisible(place.can_remember)
        self.words.setText(self._words(place))
        self._restate()

    def _words(self, place: KeyPlace) -> str:
        if not place.address:
            return self.tr("Enter the address first: a key belongs to one server.")
        if place.is_kept:
            return self.tr(
                "A key for this server is in memory until the lab is closed. Type another to "
                "change it; press the button with the field empty to forget it."
            )
        return self.tr(
            "It stays in memory until the lab is closed, is sent to this server alone, and no "
            "project, settings or file hold it."
        )

    def _restate(self) -> None:
        place = self._place
        if place is None:
            return
        is_typed = bool(self.key.text())
        forgets = place.is_kept and not is_typed
        self.keep.setText(self.tr("Forget the key") if forgets else self.tr("Keep the key"))
        self.keep.setEnabled(bool(place.address) and (is_typed or place.is_kept))

    def _pressed(self) -> None:
        if not self.keep.isEnabled():
            return
        key = self.key.text().strip()
        self.key.clear()
        self.entered.emit(key, self.remember.isChecked() and not self.remember.isHidden())
