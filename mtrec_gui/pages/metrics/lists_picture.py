"""The picture of several users' lists: each user's own value, or who is shown how often."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QWidget

from algorithms.metrics import find_metric
from algorithms.metrics.lab import UserLists
from algorithms.metrics.lab.user_lists import exposures
from algorithms.metrics.lab.worked import user_values
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.layout import Card

if TYPE_CHECKING:
    from mtrec_gui.plots.metric_lists import NamedBars

_OF_ITEMS = ("item_coverage", "gini")  # about all lists together
_HEIGHT = 172


class ListsPicture(Card):
    """What several users' lists look like to a metric."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(" ", " ", parent)
        self.canvas = Canvas(appearance, height=_HEIGHT)
        self.body.addWidget(self.canvas)

    def show_example(self, key: str, example: UserLists) -> None:
        """Draw the lists as a metric sees them."""
        from mtrec_gui.plots.metric_lists import NamedBars, draw_named_bars

        if key in _OF_ITEMS:
            title, sentence, bars = self._items(key, example)
        else:
            values = user_values(find_metric(key), example)
            known = values[np.isfinite(values)]
            title = self.tr("Each user's own value")
            sentence = self.tr("The value is the mean over the users who have one.")
            bars = NamedBars(
                names=example.users,
                heights=tuple(values.tolist()),
                level=float(known.mean()) if len(known) else math.nan,
                level_name=self.tr("mean"),
                axis=self.tr("user"),
            )
        self.set_words(title, sentence)
        self.canvas.show_plot(
            lambda figure, theme: draw_named_bars(figure, bars, theme),
            f"{title}. {sentence}",
            is_quick=True,
        )

    def _items(self, key: str, example: UserLists) -> tuple[str, str, NamedBars]:
        from mtrec_gui.plots.metric_lists import NamedBars

        counts = exposures(example)
        by_count = key == "gini"
        order = sorted(range(len(counts)), key=lambda item: counts[item] if by_count else 0)
        sentence = (
            self.tr("The more the bars differ from equal shares, the higher is Gini.")
            if by_count
            else self.tr("A 0 is an item that nobody gets to see; coverage counts the others.")
        )
        bars = NamedBars(
            names=tuple(example.items.names[item] for item in order),
            heights=tuple(float(counts[item]) for item in order),
            level=sum(counts) / len(counts) if by_count else math.nan,
            level_name=self.tr("equal shares"),
            axis=self.tr("item; in how many lists it stands"),
            whole=True,
        )
        return self.tr("Who is shown how often"), sentence, bars
