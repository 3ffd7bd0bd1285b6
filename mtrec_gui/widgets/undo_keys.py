"""Undo in a field that has nothing to undo means the project's last edit.

Text fields keep the keys of undo and redo for their own text even where there is none to take
back, for example after a value was changed with the arrow keys; the window would never hear.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QWidget


class UndoKeys(QObject):
    """Watches the field with the focus in a window, and no other widget."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._watched: QWidget | None = None
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_changed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Leave the keys to the window where the field has no use for them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            field = watched if isinstance(watched, QLineEdit) else watched.findChild(QLineEdit)
            if isinstance(field, QLineEdit) and _is_useless(event, field):
                event.ignore()
                return True
        return super().eventFilter(watched, event)

    def _focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None and old is self._watched:
            old.removeEventFilter(self)
        self._watched = None
        if isinstance(new, QLineEdit | QAbstractSpinBox) and self._window.isAncestorOf(new):
            new.installEventFilter(self)
            self._watched = new


def _is_useless(event: QKeyEvent, field: QLineEdit) -> bool:
    if event.matches(QKeySequence.StandardKey.Undo):
        return not field.isUndoAvailable()
    if event.matches(QKeySequence.StandardKey.Redo):
        return not field.isRedoAvailable()
    return False
