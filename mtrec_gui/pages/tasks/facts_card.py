"""What the data says about the chosen task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from algorithms.tasks import TaskKind
from mtrec_gui.pages.tasks.presenter import TaskRow
from mtrec_gui.plots.labels import draw_label
from mtrec_gui.theme import L, Theme
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, clear, column

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHARE_HEIGHT, HISTOGRAM_HEIGHT = 56, 150


class FactsCard(Card):
    """Counts, and the label's values with those that count as relevant in the task's colour."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__("-", "-", parent)
        self._appearance = appearance
        self._figures = QHBoxLayout()
        self._figures.setSpacing(L)
        self.words = PlainLabel(role="muted", wrap=True)
        self.canvas = Canvas(appearance, HISTOGRAM_HEIGHT)
        self.body.addLayout(self._figures)
        self.body.addWidget(self.words)
        self.body.addWidget(self.canvas)
        self.body.addStretch(1)

    def show_row(self, row: TaskRow, position: int) -> None:
        """Show the facts of a task."""
        task, facts = row.task, row.facts
        self.set_words(
            self.tr("What the data says about “{task}”").format(task=task.name),
            self.tr("Counted over all events, before they are split."),
        )
        clear(self._figures)
        has_events = facts is not None and facts.n_events > 0
        self.canvas.setVisible(has_events)
        self.words.setVisible(facts is not None)
        if facts is None:
            return
        self._add(f"{facts.n_events:,}", self.tr("events"))
        if has_events and task.kind is TaskKind.BINARY:
            self._add(f"{100 * facts.chart.mean:.1f} %", self.tr("are 1"))
        elif has_events:
            self._add(f"{facts.chart.mean:,.3g}", self.tr("mean"))
        self._add(f"{facts.n_relevant:,}", self.tr("relevant pairs"))
        self._figures.addStretch(1)
        if not has_events:
            self.words.setText(self.tr("The label is never observed on items of this kind."))
            return
        sentence = self.tr(
            "{n} users have at least one relevant item. In colour: values from {limit} up, which "
            "count as relevant."
        ).format(n=f"{facts.n_users:,}", limit=f"{task.relevant_from:g}")
        self.words.setText(sentence)

        def draw(figure: Figure, theme: Theme) -> None:
            draw_label(figure, facts.chart, theme.task_colour(position), theme)

        self.canvas.set_plot_height(SHARE_HEIGHT if facts.chart.is_binary else HISTOGRAM_HEIGHT)
        self.canvas.show_plot(draw, f"{task.label}: {sentence}")

    def _add(self, figure: str, words: str) -> None:
        block = QWidget()
        block.setLayout(column(PlainLabel(figure, "figure"), PlainLabel(words, "muted"), spacing=0))
        self._figures.addWidget(block)
