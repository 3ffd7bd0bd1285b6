"""What the project holds of earlier searches or curves, to be looked at again."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QSizePolicy

from mtrec_gui.widgets.quiet_controls import QuietCombo


class PastChoice(QuietCombo):
    """Says which one is shown, newest first.

    Signals
    -------
    chosen : id
    """

    chosen = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self.activated.connect(lambda n: self.chosen.emit(self.itemData(n)))
        self.hide()

    def show_past(
        self, past: Sequence[tuple[int, str]], shown: int | None, is_running: bool
    ) -> None:
        """Offer what there is, as (id, text); nothing while a new one grows."""
        if [(self.itemData(n), self.itemText(n)) for n in range(self.count())] != list(past):
            self.clear()
            for key, text in past:
                self.addItem(text, key)
        place = self.findData(shown)
        self.setCurrentIndex(place)
        # one alone needs no choice where it is the one that is shown
        self.setVisible(len(past) > (place >= 0) and not is_running)
