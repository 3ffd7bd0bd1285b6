"""What a split looks like: its picture, how much lies in each part, and who is a stranger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from algorithms.evaluation.split_facts import PartEvents
from algorithms.messages import Message
from mtrec_gui.pages.experiments.split_watch import SplitShown
from mtrec_gui.plots.split import draw_split, part_colours
from mtrec_gui.theme import XS, L, M, Theme
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.labels import PlainLabel, TaskTag
from mtrec_gui.widgets.layout import clear, column
from mtrec_gui.wording import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PICTURE_HEIGHT = 200


class SplitBox(QWidget):
    """Shows a split. The head of the table of counts is the legend of the picture."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._shown: SplitShown | None = None
        self.sentence = PlainLabel(role="muted", wrap=True)
        self.canvas = Canvas(appearance, PICTURE_HEIGHT)
        self._counts = QGridLayout()
        self._counts.setHorizontalSpacing(L)
        self._counts.setVerticalSpacing(XS)
        self._counts.setColumnStretch(0, 1)
        self.cold = PlainLabel(role="remark", wrap=True)
        self.problem = PlainLabel(role="worse", wrap=True)
        layout = column(self.problem, self.sentence, self.canvas, spacing=M)
        layout.addLayout(self._counts)
        layout.addWidget(self.cold)
        self.setLayout(layout)
        appearance.changed.connect(self._fill)
        self.show_no_split(None)

    def show_split(self, shown: SplitShown) -> None:
        """Show a split."""
        self._shown = shown
        self.problem.hide()
        picture = shown.picture
        n_users = len(picture.cells)
        words = {"n": f"{n_users:,}", "n_all": f"{picture.n_users:,}", "seed": shown.seed}
        sentence = (
            self.tr(
                "{n} of {n_all} users, a row each, with their events from the oldest to the "
                "newest (seed {seed})."
            )
            if picture.dates
            else self.tr(
                "{n} of {n_all} users, a row each, with their events in the order of the data, "
                "which has no times (seed {seed})."
            )
        ).format(**words)
        self.sentence.setText(sentence)

        def draw(figure: Figure, theme: Theme) -> None:
            draw_split(figure, picture, theme)

        self.canvas.show_plot(draw, sentence)
        cold = shown.facts.cold
        self.cold.setText(
            self.tr("Every user and every item of the test has events in training.")
            if cold is None
            else say(cold)
        )
        for widget in (self.sentence, self.canvas, self.cold):
            widget.show()
        self._fill()

    def show_no_split(self, reason: Message | None) -> None:
        """Show why there is no split, or nothing at all."""
        self._shown = None
        clear(self._counts)
        for widget in (self.sentence, self.canvas, self.cold):
            widget.hide()
        self.problem.setText("" if reason is None else say(reason))
        self.problem.setVisible(reason is not None)

    def _fill(self) -> None:
        """Write the counts anew: in this theme, at this zoom."""
        clear(self._counts)
        if self._shown is None:
            return
        theme, facts = self._appearance.theme, self._shown.facts
        titles = (self.tr("Training"), self.tr("Validation"), self.tr("Test"))
        right = Qt.AlignmentFlag.AlignRight
        for place, (title, colour) in enumerate(zip(titles, part_colours(theme), strict=True)):
            tag = TaskTag(title, colour, self._appearance, "strong")
            self._counts.addWidget(tag, 0, place + 1, right)
        self._add(1, PlainLabel(self.tr("All events")), facts.events)
        for place, (task, position) in enumerate(
            zip(facts.tasks, self._shown.task_positions, strict=True), start=2
        ):
            colour = theme.task_colour(position)
            self._add(place, TaskTag(task.name, colour, self._appearance), task)

    def _add(self, place: int, title: QWidget, events: PartEvents) -> None:
        self._counts.addWidget(title, place, 0)
        for column_, n in enumerate((events.n_train, events.n_validation, events.n_test), start=1):
            number = PlainLabel(f"{n:,}", "text" if n else "worse")
            self._counts.addWidget(number, place, column_, Qt.AlignmentFlag.AlignRight)
