"""The worlds to start from, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from mtrec_gui.pages.new_world.state import WorldChoice
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.choice_button import ChoiceButton
from mtrec_gui.widgets.column_flow import ColumnFlow
from mtrec_gui.widgets.labels import ElidedLabel, PlainLabel
from mtrec_gui.widgets.layout import column


class WorldRow(QWidget):
    """A button for each world, of which one is chosen, or none.

    Signals
    -------
    chosen : key of a world
    """

    chosen = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._worlds: Sequence[WorldChoice] = ()
        self.buttons: dict[str, ChoiceButton] = {}
        self._flow = ColumnFlow(appearance, narrowest=190, even=True)
        self._group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._flow)

    def show_worlds(self, worlds: Sequence[WorldChoice], start: str | None) -> None:
        """Show the worlds and which one is the start."""
        if worlds != self._worlds:
            self._worlds = worlds
            self._build()
        self._group.setExclusive(False)  # after a file was opened, none is chosen
        for key, made in self.buttons.items():
            made.setChecked(key == start)
        self._group.setExclusive(start is not None)

    def _build(self) -> None:
        for world in self._worlds:
            made = ChoiceButton(self._appearance)
            made.setProperty("framed", True)
            made.setAccessibleName(self.tr("Start from {world}").format(world=world.title))
            words = QWidget()
            words.setLayout(
                column(
                    PlainLabel(world.title, "strong"),
                    ElidedLabel(world.subtitle, "remark"),
                    spacing=2,
                )
            )
            made.put(words, 1)
            made.clicked.connect(lambda _=False, key=world.key: self.chosen.emit(key))
            self._group.addButton(made)
            self.buttons[world.key] = made
        self._flow.set_columns([(made,) for made in self.buttons.values()])
