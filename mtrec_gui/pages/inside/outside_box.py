"""The folded part of the card of questions: the same question to a language model outside."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QWidget

from mtrec_gui.pages.inside.outside_state import OutsideReply, OutsideWish
from mtrec_gui.theme import M, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button, set_icon
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import column, row
from mtrec_gui.wording import say, seconds


class OutsideBox(QWidget):
    """Says what leaves the machine, and asks where it may go; off until a person switches it on.

    Signals
    -------
    wished : an ``OutsideWish``
    """

    wished = Signal(object)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.fold = button(self.tr("Ask an outside model too"), "quiet")
        self.fold.clicked.connect(self._fold_pressed)
        self.switch = QCheckBox(self.tr("Send what I ask to this address"))
        self.address, self.model, self.key = QLineEdit(), QLineEdit(), QLineEdit()
        self.address.setPlaceholderText("http://localhost:11434/v1")
        self.model.setPlaceholderText(self.tr("The server's name of the model"))
        self.key.setPlaceholderText(self.tr("The one that is kept for the server, if any"))
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        lines = QGridLayout()
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(S)
        for field in (self.address, self.model):
            field.textEdited.connect(lambda _: self._tell())
        for place, (field, title) in enumerate(
            (
                (self.address, self.tr("Address")),
                (self.model, self.tr("Model")),
                (self.key, self.tr("Key")),
            )
        ):
            field.setAccessibleName(title)
            lines.addWidget(PlainLabel(title), place, 0)
            lines.addWidget(field, place, 1)
        self.remember = QCheckBox(self.tr("Remember the key in the system's own key store"))
        self.remember.hide()
        self._has_key = False
        self.key.textEdited.connect(lambda _: self._key_typed())
        for box in (self.switch, self.remember):
            box.toggled.connect(lambda _: self._tell())
        self._fields = QWidget()
        words = PlainLabel(
            self.tr(
                "For a language model that you run or rent, at an address that speaks OpenAI's "
                "protocol. While the box is ticked, each question that you ask is sent there, with "
                "all that it says of the user, the titles of its items, a line that wants a short "
                "answer, the model's name and the key. Nothing else is sent, and nothing at all "
                "while the box is not ticked. The key is kept in memory until the window closes, "
                "for this server alone; runs of the outside language model use it too. No project "
                "and no settings hold it."
            ),
            "remark",
            wrap=True,
        )
        inside = column(words)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addLayout(lines)
        inside.addWidget(self.remember)
        inside.addWidget(self.switch)
        self._fields.setLayout(inside)
        outer = column()
        outer.addLayout(row(self.fold, None))
        outer.addWidget(self._fields)
        self.setLayout(outer)
        self._fields.hide()
        appearance.changed.connect(self._restyle)
        self._restyle()

    @property
    def wish(self) -> OutsideWish:
        """Where questions are sent, if anywhere."""
        return OutsideWish(
            self.switch.isChecked(),
            self.address.text().strip(),
            self.model.text().strip(),
            self.key.text().strip() if self._has_key else None,
            self.remember.isChecked(),
        )

    def offer_to_remember(self, can_remember: bool) -> None:
        """Say whether keys can go to the system's own store."""
        self.remember.setVisible(can_remember)

    def _key_typed(self) -> None:
        self._has_key = True
        self._tell()

    def _tell(self) -> None:
        self.wished.emit(self.wish)

    def _fold_pressed(self) -> None:
        self._fields.setVisible(self._fields.isHidden())
        self._restyle()

    def _restyle(self) -> None:
        is_open = not self._fields.isHidden()
        set_icon(self.fold, "caret-down" if is_open else "caret-right", self._appearance)


class OutsideAnswer(QWidget):
    """What the model outside answered, and how long it took."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = PlainLabel(role="strong", wrap=True)
        self.text = PlainLabel(wrap=True)
        self.words = PlainLabel(role="muted", wrap=True)
        self.remark = PlainLabel(role="remark", wrap=True)
        layout = column(self.title, self.text, self.words, self.remark)
        layout.setContentsMargins(0, M, 0, 0)
        self.setLayout(layout)
        self.show_reply(None)

    def show_reply(self, reply: OutsideReply | None) -> None:
        """Show an answer, or that it is waited for; None hides it."""
        self.setVisible(reply is not None)
        if reply is None:
            return
        self.title.setText(self.tr("{model}, outside").format(model=reply.model))
        if reply.problem is not None:
            self.text.set_role("worse")
            self.text.setText(say(reply.problem))
        else:
            self.text.set_role("text")
            self.text.setText(self.tr("Asking …") if reply.seconds is None else reply.text)
        words = " · ".join(f"{word.strip()} {100 * p:.1f} %" for word, p in reply.first_words)
        self.words.setText(self.tr("Its likeliest first words: {words}").format(words=words))
        self.words.setVisible(bool(words))
        sent = self.tr("Sent: {sent}").format(sent=reply.sent)
        if reply.seconds is not None:
            sent = self.tr("{time} · {sent}").format(time=seconds(reply.seconds), sent=sent)
        if reply.remark is not None:
            sent = f"{sent}\n{say(reply.remark)}"
        self.remark.setText(sent)
