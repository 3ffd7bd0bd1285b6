"""Buttons, and the row of segments of which one is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.icons import icon


def button(
    text: str,
    kind: str = "secondary",
    tip: str = "",
    parent: QWidget | None = None,
) -> QPushButton:
    """Return a push button; ``kind`` is primary, secondary, quiet, bar, navigation or row.

    The text is shown as it stands: an ampersand, as in the name of a task or a file, makes no
    letter a shortcut.
    """
    made = QPushButton(text.replace("&", "&&"), parent)
    made.setProperty("kind", kind)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    if tip:
        made.setToolTip(tip)
    return made


def set_icon(target: QPushButton, name: str, appearance: Appearance, muted: bool = True) -> None:
    """Give a button an icon in the colours of the theme in force."""
    theme = appearance.theme
    target.setIcon(icon(name, theme.muted if muted else theme.text, theme.accent))
    side = appearance.px(16)
    target.setIconSize(QSize(side, side))


class Segments(QWidget):
    """A row of joined buttons of which exactly one is chosen.

    Signals
    -------
    chosen : key of the segment that a person pressed
    """

    chosen = Signal(str)

    def __init__(
        self, choices: Sequence[tuple[str, str]] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._choices: list[tuple[str, str]] = []
        self._buttons: dict[str, QPushButton] = {}
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_choices(choices)

    def set_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Replace the segments by ``(key, text)`` pairs; the first one is chosen."""
        if self._choices == list(choices):
            return
        self._choices = list(choices)
        for old in self._buttons.values():
            self._group.removeButton(old)
            self._layout.removeWidget(old)
            old.hide()  # else it is seen under the new ones until it is deleted
            old.deleteLater()
        self._buttons = {}
        for place, (key, text) in enumerate(choices):
            made = button(text, "segment", parent=self)
            made.setCheckable(True)
            ends = (place == 0, place == len(choices) - 1)
            made.setProperty(
                "place",
                {(True, True): "only", (True, False): "first", (False, True): "last"}.get(
                    ends, "middle"
                ),
            )
            made.clicked.connect(lambda _=False, key=key: self.chosen.emit(key))
            self._group.addButton(made)
            self._layout.addWidget(made)
            self._buttons[key] = made
        if choices:
            self._buttons[choices[0][0]].setChecked(True)
        self._widen()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Make room anew after the size of text changed."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._widen()

    def _widen(self) -> None:
        """Leave room for the bold text of the chosen segment, which the style does not count."""
        for made in self._buttons.values():
            made.ensurePolished()
            bold = QFont(made.font())
            bold.setWeight(QFont.Weight.Bold)
            more = QFontMetrics(bold).horizontalAdvance(made.text())
            usual = QFontMetrics(made.font()).horizontalAdvance(made.text())
            made.setMinimumWidth(0)
            made.setMinimumWidth(made.sizeHint().width() + more - usual)

    @property
    def current(self) -> str | None:
        """Key of the segment chosen."""
        return next((key for key, b in self._buttons.items() if b.isChecked()), None)

    def choose(self, key: str) -> None:
        """Choose a segment without telling anybody."""
        if key in self._buttons:
            self._buttons[key].setChecked(True)
