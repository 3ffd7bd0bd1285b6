"""One chart for each label, each with its sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from mtrec_gui.pages.data.presenter import LabelState
from mtrec_gui.plots.labels import LabelChart, draw_label
from mtrec_gui.theme import L, S, Theme
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.labels import PlainLabel, TaskTag
from mtrec_gui.widgets.layout import Card, clear, column, row

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHARE_HEIGHT, HISTOGRAM_HEIGHT = 46, 120


class LabelCharts(Card):
    """What came of the events, label by label."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__("-", "-", parent)
        self.set_words(
            self.tr("What came of it"),
            self.tr("One chart for each label; colours are those of the tasks."),
        )
        self._appearance = appearance
        self._labels: Sequence[LabelState] = ()
        self.canvases: list[Canvas] = []
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        inner = QFrame()
        inner.setObjectName("rail")  # the colour of the card
        self._list = QVBoxLayout(inner)
        self._list.setContentsMargins(0, 0, S, 0)
        self._list.setSpacing(L)
        scroll.setWidget(inner)
        self.body.addWidget(scroll, 1)
        appearance.changed.connect(self._refresh)

    def show_labels(self, labels: Sequence[LabelState]) -> None:
        """Show other labels."""
        self._labels = labels
        self._refresh()

    def _refresh(self) -> None:
        clear(self._list)
        self.canvases = []
        for label in self._labels:
            self._list.addLayout(self._block(label))
        if not self._labels:
            self._list.addWidget(
                PlainLabel(
                    self.tr("The data has no labels: it only says who met which item."),
                    "muted",
                    wrap=True,
                )
            )
        self._list.addStretch(1)

    def _block(self, label: LabelState) -> QVBoxLayout:
        sentence = self._sentence(label.chart)
        head: QWidget = PlainLabel(label.name, "strong")
        if label.position is not None:
            colour = self._appearance.theme.task_colour(label.position)
            head = TaskTag(label.name, colour, self._appearance, "strong")
        block = column(spacing=S - 4)
        block.addLayout(row(head, None))
        block.addWidget(PlainLabel(sentence, "remark", wrap=True))
        if label.chart.n_observed:
            height = SHARE_HEIGHT if label.chart.is_binary else HISTOGRAM_HEIGHT
            canvas = Canvas(self._appearance, height)

            def draw(figure: Figure, theme: Theme) -> None:
                place = label.position
                draw_label(
                    figure,
                    label.chart,
                    theme.muted if place is None else theme.task_colour(place),
                    theme,
                )

            canvas.show_plot(draw, f"{label.name}: {sentence}")
            self.canvases.append(canvas)
            block.addWidget(canvas)
        return block

    def _sentence(self, chart: LabelChart) -> str:
        if chart.n_observed == 0:
            return self.tr("Never observed.")
        if chart.n_observed == chart.n_events:
            where = self.tr("Observed in every event")
        else:
            where = self.tr("Observed in {n} of {all} events").format(
                n=f"{chart.n_observed:,}", all=f"{chart.n_events:,}"
            )
        if chart.is_binary and chart.low == chart.high:
            return self.tr("{where}, always {value}.").format(where=where, value=f"{chart.low:g}")
        if chart.is_binary:
            n = round(chart.mean * chart.n_observed)
            return self.tr("{where}; it is 1 in {n} of them.").format(where=where, n=f"{n:,}")
        return self.tr("{where}; from {low} to {high}, mean {mean}.").format(
            where=where,
            low=f"{chart.low:,.4g}",
            high=f"{chart.high:,.4g}",
            mean=f"{chart.mean:,.3g}",
        )
