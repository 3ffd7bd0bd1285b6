"""The way from user to user: an id to type, and arrows to those beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QSizePolicy, QWidget

from mtrec_gui.theme import XS
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button, set_icon
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import row


class UserBox(QWidget):
    """A field for a user's id between two arrows.

    Signals
    -------
    sought : what a person has typed so far
    asked : id of a user
    stepped : True for the next user, False for the one before
    """

    sought = Signal(str)
    asked = Signal(str)
    stepped = Signal(bool)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.before, self.after = button(""), button("")
        self.before.setAccessibleName(self.tr("Previous user"))
        self.after.setAccessibleName(self.tr("Next user"))
        self.set_tips(self.tr("The user before"), self.tr("The next user"))
        self.before.clicked.connect(lambda: self.stepped.emit(False))
        self.after.clicked.connect(lambda: self.stepped.emit(True))
        self.field = QLineEdit()
        self.field.setAccessibleName(self.tr("Id of the user"))
        self.field.setPlaceholderText(self.tr("User id"))
        self.field.returnPressed.connect(lambda: self.asked.emit(self.field.text().strip()))
        self.field.textEdited.connect(self.sought)
        self._matches = QStringListModel(self)
        completer = QCompleter(self._matches, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.activated.connect(self.asked)
        self.field.setCompleter(completer)
        self.setLayout(
            row(
                PlainLabel(self.tr("User"), "muted"),
                self.before,
                self.field,
                self.after,
                spacing=XS,
            )
        )
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self._restyle)
        self._restyle()

    def set_tips(self, before: str, after: str) -> None:
        """Say who the arrows lead to."""
        self.before.setToolTip(before)
        self.after.setToolTip(after)

    def show_user(self, user: str) -> None:
        """Show an id, unless another is being typed."""
        if not self.field.hasFocus() or not self.field.isModified():
            self.field.setText(user)

    def show_matches(self, ids: Sequence[str]) -> None:
        """Offer users whose id fits what is being typed."""
        self._matches.setStringList(list(ids))

    def _restyle(self) -> None:
        set_icon(self.before, "caret-left", self._appearance)
        set_icon(self.after, "caret-right", self._appearance)
        self.field.setFixedWidth(self._appearance.px(92))
