"""Source code to read: coloured, searchable, with the model's parameters as links."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QKeyEvent,
    QMouseEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from mtrec_gui.theme import TEXT
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.code_parts import LINKS, Part, Stretch, stretches

_SHARE = 0.88  # size of code in parts of the text's: its letters are wider


class _Highlighter(QSyntaxHighlighter):
    """Colours a file that does not change.

    Colour means task in this window, so code has none of its own: kinds differ by weight, slant
    and ground, and only what can be pressed has the accent's ground.
    """

    def __init__(self, document: QTextDocument, appearance: Appearance) -> None:
        super().__init__(document)
        self._appearance = appearance
        self._of_line: dict[int, list[Stretch]] = {}

    def take(self, found: Sequence[Stretch]) -> None:
        """Colour these stretches from the next change of the text on."""
        self._of_line = {}
        for stretch in found:
            self._of_line.setdefault(stretch.line, []).append(stretch)

    def highlightBlock(self, text: str) -> None:  # noqa: N802
        """Colour one line."""
        for stretch in self._of_line.get(self.currentBlock().blockNumber(), ()):
            self.setFormat(stretch.start, stretch.length, self._look(stretch.part))

    def _look(self, part: Part) -> QTextCharFormat:
        theme, look = self._appearance.theme, QTextCharFormat()
        if part is Part.KEYWORD:
            look.setForeground(QColor(theme.accent))
        elif part is Part.NUMBER:
            look.setForeground(QColor(theme.accent))
            look.setFontWeight(QFont.Weight.Bold)
        elif part is Part.NAME:
            look.setFontWeight(QFont.Weight.Bold)
        elif part is Part.TEXT:
            look.setFontItalic(True)
        elif part is Part.COMMENT:
            look.setForeground(QColor(theme.muted))
        elif part in LINKS:
            look.setForeground(QColor(theme.accent))
            look.setBackground(QColor(theme.accent_soft))
            look.setFontUnderline(True)
        return look


class CodeText(QPlainTextEdit):
    """A source file.

    Signals
    -------
    parameter_chosen : name of a parameter that was clicked, or on which Enter was pressed
    """

    parameter_chosen = Signal(str)

    def __init__(
        self, parameters: Sequence[str], appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("code")
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.viewport().setMouseTracking(True)
        self._appearance = appearance
        self._parameters = tuple(parameters)
        self._links: list[Stretch] = []
        self._prose: list[int] = []
        self._matches: list[QTextCursor] = []
        self._current = -1
        self._highlighter = _Highlighter(self.document(), appearance)
        appearance.changed.connect(self._restyle)
        self._restyle()

    def show_source(self, source: str) -> None:
        """Show another file from its beginning."""
        found = list(stretches(source, self._parameters))
        self._links = [each for each in found if each.part in LINKS]
        self._prose = _prose(source, found)
        self._matches, self._current = [], -1
        self._highlighter.take(found)
        self.setPlainText(source)
        self._paint_grounds()

    # --- parameters --------------------------------------------------------------------------

    def places(self, parameter: str) -> int:
        """Return how often a parameter is marked."""
        return sum(self._name(link) == parameter for link in self._links)

    def show_parameter(self, parameter: str) -> None:
        """Bring the place where a parameter is declared, or else read, into view."""
        links = [link for link in self._links if self._name(link) == parameter]
        if links:
            self._go(self._cursor(min(links, key=lambda link: LINKS.index(link.part))))

    def _name(self, link: Stretch) -> str:
        return self._cursor(link).selectedText()

    def _cursor(self, stretch: Stretch) -> QTextCursor:
        block = self.document().findBlockByNumber(stretch.line)
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + stretch.start)
        cursor.setPosition(cursor.position() + stretch.length, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _link_at(self, cursor: QTextCursor) -> str | None:
        line, column = cursor.blockNumber(), cursor.positionInBlock()
        for link in self._links:
            if link.line == line and link.start <= column <= link.start + link.length:
                return self._name(link)
        return None

    def _go(self, cursor: QTextCursor) -> None:
        self.setTextCursor(cursor)
        self.centerCursor()

    # --- find --------------------------------------------------------------------------------

    def find_all(self, text: str) -> int:
        """Mark every place of a text, go to the next one, and return how many there are."""
        self._matches, self._current = [], -1
        cursor = QTextCursor(self.document())
        while text:
            cursor = self.document().find(text, cursor)
            if cursor.isNull():
                break
            self._matches.append(cursor)
        here = self.textCursor().selectionStart()
        if self._matches:
            later = [n for n, each in enumerate(self._matches) if each.selectionStart() >= here]
            self._show_match(later[0] if later else 0)
        self._paint_grounds()
        return len(self._matches)

    def find_next(self, back: bool = False) -> int:
        """Go to the next place found, or to the one before; return its number from 1, or 0."""
        if self._matches:
            self._show_match((self._current + (-1 if back else 1)) % len(self._matches))
        return self._current + 1

    @property
    def current_match(self) -> int:
        """Number of the place found that is shown, from 1; 0 where there is none."""
        return self._current + 1

    def _show_match(self, number: int) -> None:
        self._current = number
        start = QTextCursor(self._matches[number])
        start.setPosition(start.selectionStart())  # selected, its own ground would be hidden
        self._go(start)
        self._paint_grounds()

    # --- events ------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Follow the link under the cursor with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            name = self._link_at(self.textCursor())
            if name is not None:
                self.parameter_chosen.emit(name)
                return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Show a hand over links."""
        super().mouseMoveEvent(event)
        over = self._link_under(event)
        shape = Qt.CursorShape.IBeamCursor if over is None else Qt.CursorShape.PointingHandCursor
        self.viewport().setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Follow the link that was clicked; who selects text means the text."""
        super().mouseReleaseEvent(event)
        if event.button() is not Qt.MouseButton.LeftButton or self.textCursor().hasSelection():
            return
        name = self._link_under(event)
        if name is not None:
            self.parameter_chosen.emit(name)

    def _link_under(self, event: QMouseEvent) -> str | None:
        point = event.position().toPoint()
        cursor = self.cursorForPosition(point)
        inside = (
            abs(self.cursorRect(cursor).center().x() - point.x()) <= self.fontMetrics().height()
        )
        return self._link_at(cursor) if inside else None

    # --- looks -------------------------------------------------------------------------------

    def _restyle(self) -> None:
        family = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
        size = self._appearance.px(TEXT * _SHARE)
        self.setStyleSheet(f'QPlainTextEdit {{ font-family: "{family}"; font-size: {size}px; }}')
        self._highlighter.rehighlight()
        self._paint_grounds()

    def _paint_grounds(self) -> None:
        """Lay the ground of docstrings, and of what was found."""
        theme = self._appearance.theme
        grounds = []
        for line in self._prose:
            cursor = QTextCursor(self.document().findBlockByNumber(line))
            ground = _ground(cursor, theme.sunk)
            ground.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            grounds.append(ground)
        for number, match in enumerate(self._matches):
            here = number == self._current
            ground = _ground(match, theme.accent if here else theme.accent_soft)
            if here:
                ground.format.setForeground(QColor(theme.on_accent))
            grounds.append(ground)
        self.setExtraSelections(grounds)


def _prose(source: str, found: Sequence[Stretch]) -> list[int]:
    """Return the lines of docstrings, with the empty ones between their paragraphs."""
    lines = source.split("\n")
    prose = sorted({each.line for each in found if each.part is Part.DOCSTRING})
    between = [
        line
        for first, second in pairwise(prose)
        if not any(each.strip() for each in lines[first + 1 : second])
        for line in range(first + 1, second)
    ]
    return prose + between


def _ground(cursor: QTextCursor, colour: str) -> QTextEdit.ExtraSelection:
    ground = QTextEdit.ExtraSelection()
    ground.cursor = cursor
    ground.format.setBackground(QColor(colour))
    return ground
