"""A line for a sentence of known words: completed while it is typed, with what was asked before."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from mtrec_gui.widgets.completion_list import CompletionList

_LONGEST = 2_000  # characters of a sentence
_MOST_OFFERED = 8
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PromptField(QLineEdit):
    """Up and Down go through what was asked; while words are offered, through these.

    Signals
    -------
    entered : the sentence that a person wants an answer to
    """

    entered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaxLength(_LONGEST)
        self._words: tuple[str, ...] = ()
        self._history: tuple[str, ...] = ()
        self._place = 0  # in the history; its end is what is being typed
        self._draft = ""
        self._offered: list[str] = []
        self.popup = CompletionList(self)
        self.popup.taken.connect(self._take)
        self.textEdited.connect(lambda _: self._offer())

    def set_words(self, words: tuple[str, ...]) -> None:
        """Take the words that can be completed, in order but for their case."""
        self._words = words

    def set_history(self, history: Sequence[str]) -> None:
        """Take what was asked, oldest first."""
        if tuple(history) != self._history:
            self._history = tuple(history)
            self._place = len(self._history)

    def show_prompt(self, text: str) -> None:
        """Show a sentence from its beginning."""
        self.popup.hide()
        self.setText(text)
        self.home(False)
        self._place = len(self._history)

    def enter(self) -> None:
        """Want an answer to what stands here."""
        self.popup.hide()
        self.setModified(False)
        self.entered.emit(self.text())

    # --- keys ------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the offered words: Tab takes one, Escape closes them."""
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if event.type() in kinds and isinstance(event, QKeyEvent) and self.popup.isVisible():
            if event.key() == Qt.Key.Key_Tab and not event.modifiers():
                if event.type() == QEvent.Type.KeyPress:
                    self._take(max(0, self.popup.currentRow()))
                event.accept()
                return True
            if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter, complete, go through what was asked, or type."""
        key, is_open = event.key(), self.popup.isVisible()
        if key in _ENTER:
            if is_open and self.popup.currentRow() >= 0:
                self._take(self.popup.currentRow())
            else:
                self.enter()
        elif is_open and key == Qt.Key.Key_Escape:
            self.popup.hide()
        elif is_open and key == Qt.Key.Key_Down:
            self.popup.step(1)
        elif is_open and key == Qt.Key.Key_Up and self.popup.currentRow() >= 0:
            self.popup.step(-1)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.popup.hide()
            self._recall(-1 if key == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Close the offered words."""
        super().focusOutEvent(event)
        self.popup.hide()

    def _recall(self, steps: int) -> None:
        """Show what was asked before or after; what was being typed comes back at the end."""
        place = self._place + steps
        if not 0 <= place <= len(self._history):
            return
        if self._place == len(self._history):
            self._draft = self.text()
        self._place = place
        self.setText(self._draft if place == len(self._history) else self._history[place])

    # --- completing --------------------------------------------------------------------------

    def _offer(self) -> None:
        """Offer the words that begin like the one at the cursor."""
        begun = self._begun()
        self._offered = self._matching(begun) if begun else []
        if not self._offered or self._offered == [begun]:
            self.popup.hide()
            return
        where = self.cursorRect()
        self.popup.show_texts(self._offered, QRect(self.mapToGlobal(where.topLeft()), where.size()))
        self.popup.setCurrentRow(-1)  # Enter asks, unless a person chose a word

    def _begun(self) -> str:
        """Return what stands before the cursor of its word; none within a word."""
        text, cursor = self.text(), self.cursorPosition()
        if cursor < len(text) and not text[cursor].isspace():
            return ""
        return text[:cursor].rsplit(" ", 1)[-1]

    def _matching(self, begun: str) -> list[str]:
        key = begun.lower()
        start = bisect_left(self._words, key, key=str.lower)
        found = []
        for word in self._words[start : start + _MOST_OFFERED]:
            if not word.lower().startswith(key):
                break
            found.append(word)
        return found

    def _take(self, row: int) -> None:
        """Write an offered word in the place of the one that was begun."""
        self.popup.hide()
        if not 0 <= row < len(self._offered):
            return
        begun = self._begun()
        start = self.cursorPosition() - len(begun)
        self.setSelection(start, len(begun))
        self.insert(self._offered[row] + " ")
