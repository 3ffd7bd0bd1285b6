"""Filling a box of choices without disturbing the person who has just opened it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox


def fill(box: QComboBox, choices: Sequence[tuple[int, str]], chosen: int | None) -> None:
    """Offer choices, each an id and its words, with one of them chosen."""
    former = [(box.itemData(place), box.itemText(place)) for place in range(box.count())]
    if former != list(choices):
        box.clear()
        for number, words in choices:
            box.addItem(words, number)
    box.setCurrentIndex(box.findData(chosen))
