"""A field for one condition: it is completed and checked while a person types.

One line that grows where the condition is long. What cannot be read is underlined at its place
and said in a sentence below; it is not passed on. Positions of the engine count characters,
those of Qt count UTF-16 units.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QRect, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontDatabase,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QTextEdit, QVBoxLayout, QWidget

from algorithms.rules.conditions import (
    Completion,
    ConditionError,
    Fields,
    completions,
    read_condition,
)
from mtrec_gui.theme import XS
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.completion_list import CompletionList
from mtrec_gui.widgets.config_form import TextEditor
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.wording import say

PAUSE_MS = 250  # after the last key, before the text is checked
_MOST_LINES = 6
_MOST_PASTED = 10_000  # characters; a condition may have fewer, and then says so
_OPENS = ".[\"'"  # beside letters, what brings the completions up by itself
_POPUP_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Escape, Qt.Key.Key_Return)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def _units(text: str) -> int:
    """Return the length as Qt counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _characters(text: str, units: int) -> int:
    """Return how many characters take so many units from the start of a text."""
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "ignore"))


def on_one_line(text: str) -> str:
    """Put a blank for whatever breaks a line."""
    return "".join(" " if sign in "\n\r\t\v\f\u2028\u2029" else sign for sign in text)


class ConditionLine(QPlainTextEdit):
    """The text itself.

    Signals
    -------
    entered : a person pressed Enter
    left : the focus went elsewhere
    """

    entered = Signal()
    left = Signal()

    def __init__(self, fields: Fields, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields = fields
        self._offered: tuple[Completion, ...] = ()
        self.setTabChangesFocus(True)
        self.setWordWrapMode(self.wordWrapMode().WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(lambda _: self._grow())
        self.popup = CompletionList(self)
        self.popup.taken.connect(self.take)

    # --- size ------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for as many lines as the text takes."""
        n_lines = max(1, min(_MOST_LINES, int(self.document().size().height())))
        around = self.height() - self.viewport().height()
        height = n_lines * self.fontMetrics().lineSpacing() + around + 1
        return QSize(super().sizeHint().width(), height)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Ask for the height, not for the width."""
        return QSize(0, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Wrap anew."""
        super().resizeEvent(event)
        self._grow()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the zoom."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._grow()

    def _grow(self) -> None:
        is_full = self.document().size().height() > _MOST_LINES
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if is_full else policy.ScrollBarAlwaysOff
        )
        self.updateGeometry()

    # --- keys ------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the completions; leave undo to the window where there is none here."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self.popup.isVisible() and event.key() in (*_POPUP_KEYS, *_ENTER):
                event.accept()
                return True
            document, keys = self.document(), QKeySequence.StandardKey
            is_useless = (event.matches(keys.Undo) and not document.isUndoAvailable()) or (
                event.matches(keys.Redo) and not document.isRedoAvailable()
            )
            if is_useless:
                event.ignore()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Complete, enter, or type."""
        key = event.key()
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if key == Qt.Key.Key_Space and control:
            self.offer()
        elif self.popup.isVisible() and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.popup.step(1 if key == Qt.Key.Key_Down else -1)
        elif self.popup.isVisible() and key == Qt.Key.Key_Escape:
            self.popup.hide()
        elif key in _ENTER:
            if self.popup.isVisible():
                self.take(self.popup.currentRow())
            else:
                self.entered.emit()
        else:
            was_open = self.popup.isVisible()
            super().keyPressEvent(event)
            typed = event.text()
            opens = bool(typed) and not control and (typed.isalnum() or typed in _OPENS)
            opens = opens or (typed == " " and self._is_in_text())
            is_erasing = was_open and key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
            if opens or is_erasing:
                self.offer()
            elif typed or key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
                self.popup.hide()

    def _is_in_text(self) -> bool:
        """Say whether the cursor is between quotes."""
        before = self.textCursor()
        before.movePosition(QTextCursor.MoveOperation.Start, QTextCursor.MoveMode.KeepAnchor)
        return any(before.selectedText().count(quote) % 2 for quote in "\"'")

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Close the completions; tell that the text is finished for now."""
        super().focusOutEvent(event)
        self.popup.hide()
        self.left.emit()

    # --- text ------------------------------------------------------------------------------

    def canInsertFromMimeData(self, source: QMimeData) -> bool:  # noqa: N802
        """Take text alone."""
        return source.hasText()

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802
        """Take what is pasted or dropped as plain text on one line."""
        self.insertPlainText(on_one_line(source.text()[:_MOST_PASTED]))

    def offer(self) -> None:
        """Show what could come next where there is anything."""
        text = self.toPlainText()
        position = _characters(text, self.textCursor().position())
        found = completions(text, position, self.fields)
        self._offered = tuple(
            each for each in found if text[each.start : each.start + each.length] != each.text
        )
        if not self._offered:
            self.popup.hide()
            return
        start = QTextCursor(self.textCursor())
        start.setPosition(_units(text[: self._offered[0].start]))
        where = self.cursorRect(start)
        place = QRect(self.viewport().mapToGlobal(where.topLeft()), where.size())
        self.popup.show_texts([each.text.strip() for each in self._offered], place)

    def take(self, row: int) -> None:
        """Write one of the completions; it is undone in one step."""
        self.popup.hide()
        if not 0 <= row < len(self._offered):
            return
        chosen, text = self._offered[row], self.toPlainText()
        cursor = self.textCursor()
        cursor.setPosition(_units(text[: chosen.start]))
        stop = _units(text[: chosen.start + chosen.length])
        cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(chosen.text)
        self.setTextCursor(cursor)

    def mark(self, start: int, length: int, colour: str) -> None:
        """Underline some characters; at the end of the text the last one; none for length -1."""
        text = self.toPlainText()
        if length < 0 or not text:
            self.setExtraSelections([])
            return
        start = min(start, len(text) - 1)
        marked = QTextEdit.ExtraSelection()
        look = QTextCharFormat()
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        look.setUnderlineColor(QColor(colour))
        look.setForeground(QColor(colour))
        marked.format = look
        cursor = QTextCursor(self.document())
        cursor.setPosition(_units(text[:start]))
        stop = _units(text[: start + max(1, length)])
        cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
        marked.cursor = cursor
        self.setExtraSelections([marked])


class ConditionEdit(TextEditor):
    """Edits a condition.

    Parameters
    ----------
    fields : what it may ask
    may_be_empty : whether it may be left out

    Signals
    -------
    edited : the condition, after it was read without an error
    """

    def __init__(
        self,
        fields: Fields,
        appearance: Appearance,
        parent: QWidget | None = None,
        *,
        may_be_empty: bool = False,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._may_be_empty = may_be_empty
        self._accepted: str | None = None
        self._error: ConditionError | None = None
        self.line = ConditionLine(fields)
        self.setFocusProxy(self.line)
        self.said = PlainLabel(role="remark", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(XS)
        layout.addWidget(self.line)
        layout.addWidget(self.said)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._check)
        self.line.textChanged.connect(self._pause.start)
        self.line.entered.connect(self.finish)
        self.line.left.connect(self.finish)
        appearance.changed.connect(self._show)
        self._show()

    def text(self) -> str:
        """Return the condition that was accepted last."""
        return self._accepted or ""

    def set_text(self, text: str) -> None:
        """Show a condition; one that is already accepted leaves alone what is being typed."""
        if text == self._accepted:
            return
        self._accepted = text
        self._pause.stop()
        with QSignalBlocker(self.line):
            self.line.setPlainText(on_one_line(text))
        self._error = self._read(text)
        self._show()

    def set_fields(self, fields: Fields) -> None:
        """Take other fields, such as after a task was renamed, and check anew."""
        if fields != self.line.fields:
            self.line.fields = fields
            self._error = self._read(self.line.toPlainText())
            self._show()

    def finish(self) -> None:
        """Check at once, and say in full what is missing at the end."""
        self._pause.stop()
        self._check()

    def _read(self, text: str) -> ConditionError | None:
        if self._may_be_empty and not text.strip():
            return None
        try:
            read_condition(text, self.line.fields)
        except ConditionError as error:
            return error
        return None

    def _check(self) -> None:
        text = self.line.toPlainText()
        self.line.document().setModified(False)  # what comes after a pause is undone by itself
        self._error = self._read(text)
        self._show()
        if self._error is None and text != self._accepted:
            self._accepted = text
            self.edited.emit(text)

    def _show(self) -> None:
        """Mark the error and say it; what is merely unfinished is said without alarm."""
        error, theme = self._error, self._appearance.theme
        if error is None:
            sentence, role = self.tr("Ctrl+Space shows what can come next."), "remark"
            self.line.mark(0, -1, theme.worse)
        else:
            sentence = say(error.message)
            at_end = error.start >= len(self.line.toPlainText().rstrip())
            is_unfinished = at_end and self.line.hasFocus()
            role = "remark" if is_unfinished else "worse"
            self.line.mark(error.start, -1 if is_unfinished else error.length, theme.worse)
        self.said.setText(sentence)
        if self.said.property("role") != role:
            self.said.set_role(role)
        self.line.setAccessibleDescription(sentence)
