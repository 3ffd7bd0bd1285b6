"""The gain ledger: who gains and who pays when tasks are learnt together."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QWidget

from algorithms.metrics.lab import TaskGains, task_gains
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card
from mtrec_gui.wording import number


class GainsPicture(Card):
    """A bar for each task, and how many gained."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(" ", " ", parent)
        self.canvas = Canvas(appearance, height=172)
        self.remark = PlainLabel(role="remark", wrap=True)
        self.body.addWidget(self.canvas)
        self.body.addWidget(self.remark)

    def show_example(self, example: TaskGains) -> None:
        """Draw the gain of each task."""
        from mtrec_gui.plots.metric_ledger import draw_ledger

        gains = task_gains(example).tolist()
        title = self.tr("Who gains, who pays")
        sentence = self.tr(
            "Tasks that gain: {better}; that lose: {worse}. The mean lets one pay for the others."
        )
        sentence = sentence.format(
            better=sum(gain > 0 for gain in gains), worse=sum(gain < 0 for gain in gains)
        )
        mean = sum(gains) / len(gains)
        words = self.tr(
            "Mean gain {gain} %: higher is better, as here. Others print the mean drop, {drop} %: "
            "lower is better."
        )
        self.remark.setVisible(not math.isnan(mean))
        self.remark.setText(words.format(gain=number(mean, 2), drop=number(-mean, 2)))
        self.set_words(title, sentence)
        self.canvas.show_plot(
            lambda figure, theme: draw_ledger(figure, example.tasks, gains, theme),
            f"{title}. {sentence}",
        )
