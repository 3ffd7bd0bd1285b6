"""A source file to read: the lab's algorithms are its textbook."""

from __future__ import annotations

import io
import keyword
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from mtrec_gui.theme import L, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import row


class Part(StrEnum):
    """What a stretch of source is."""

    KEYWORD = "keyword"
    NAME = "name"  # of a function or class where it is defined
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of one line, counted from 0."""

    line: int
    start: int
    length: int
    part: Part


def stretches(source: str) -> Iterator[Stretch]:
    """Yield the stretches of Python source that are not plain; texts are, to be read with ease."""
    lines = source.split("\n")
    defines = False
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            part = None
            if token.type == tokenize.COMMENT:
                part = Part.COMMENT
            elif token.type == tokenize.NAME and keyword.iskeyword(token.string):
                part = Part.KEYWORD
            elif token.type == tokenize.NAME and defines:
                part = Part.NAME
            defines = token.string in ("def", "class")
            if part is not None:
                number, column = token.start
                start = _utf16(lines[number - 1][:column])
                yield Stretch(number - 1, start, _utf16(token.string), part)
    except (tokenize.TokenError, SyntaxError):  # shown without colours from there on
        return


def _utf16(text: str) -> int:
    """Return the length as Qt counts it."""
    return len(text.encode("utf-16-le")) // 2


class _Highlighter(QSyntaxHighlighter):
    """Colours a file that does not change."""

    def __init__(self, view: QPlainTextEdit, source: str, appearance: Appearance) -> None:
        super().__init__(view.document())
        self._appearance = appearance
        self._of_line: dict[int, list[Stretch]] = {}
        for stretch in stretches(source):
            self._of_line.setdefault(stretch.line, []).append(stretch)

    def highlightBlock(self, text: str) -> None:  # noqa: N802
        """Colour one line."""
        theme = self._appearance.theme
        for stretch in self._of_line.get(self.currentBlock().blockNumber(), ()):
            look = QTextCharFormat()
            if stretch.part is Part.KEYWORD:
                look.setForeground(QColor(theme.accent))
            elif stretch.part is Part.NAME:
                look.setFontWeight(QFont.Weight.Bold)
            else:
                look.setForeground(QColor(theme.muted))
            self.setFormat(stretch.start, stretch.length, look)


class CodeDialog(QDialog):
    """Shows a source file beside the window.

    Parameters
    ----------
    title : what the file computes
    path : the file
    """

    def __init__(
        self, title: str, path: Path, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"{title} – {path.name}")
        source = path.read_text(encoding="utf-8")
        self.view = QPlainTextEdit(source)
        self.view.setObjectName("code")
        self.view.setReadOnly(True)
        self.view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.view.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.view.setAccessibleName(self.tr("Source of {title}").format(title=title))
        self._highlighter = _Highlighter(self.view, source, appearance)
        appearance.changed.connect(self._highlighter.rehighlight)
        close = button(self.tr("Close"))
        close.clicked.connect(self.close)
        sentence = self.tr("{file}: the code that the lab runs, as it is.").format(file=path.name)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(L, L, L, L)
        layout.setSpacing(S)
        layout.addWidget(PlainLabel(title, "cardTitle"))
        layout.addWidget(PlainLabel(sentence, "muted", wrap=True))
        layout.addWidget(self.view, 1)
        layout.addLayout(row(None, close))
        self.resize(appearance.px(860), appearance.px(640))
