"""The columns of a table in short: a sentence for each, and a small picture."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from mtrec_gui.pages.data.frequent import FrequentTexts
from mtrec_gui.pages.data.state import ColumnState
from mtrec_gui.pages.data.words import DataWords
from mtrec_gui.plots.data_columns import draw_summary
from mtrec_gui.plots.labels import LabelChart, draw_label
from mtrec_gui.theme import L, S, Theme
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.labels import PlainLabel, TaskTag
from mtrec_gui.widgets.layout import Card, clear, column, row

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from algorithms.description import ColumnSummary

SHARE_HEIGHT, HISTOGRAM_HEIGHT, SMALL_HEIGHT = 46, 120, 62


class SummaryCard(Card):
    """What each column of the table holds."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__("-", "-", parent)
        self.set_words(
            self.tr("Column by column"),
            self.tr("What each column of the table holds; labels have the colours of their tasks."),
        )
        self._appearance = appearance
        self._words = DataWords(self)
        self._columns: Sequence[ColumnState] = ()
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

    def show_columns(self, columns: Sequence[ColumnState]) -> None:
        """Show other columns; none while they are counted."""
        self._columns = columns
        self._refresh()

    def _refresh(self) -> None:
        clear(self._list)
        self.canvases = []
        # labels first: they are what everything else is about
        for each in sorted(self._columns, key=lambda column: column.chart is None):
            self._list.addLayout(self._block(each))
        if not self._columns:
            self._list.addWidget(PlainLabel(self.tr("Counting…"), "muted"))
        self._list.addStretch(1)

    def _block(self, state: ColumnState) -> QVBoxLayout:
        title = self._words.column(state.role, state.name)
        head: QWidget = PlainLabel(title, "strong")
        if state.position is not None:
            colour = self._appearance.theme.task_colour(state.position)
            head = TaskTag(title, colour, self._appearance, "strong")
        block = column(spacing=S - 4)
        block.addLayout(row(head, None))
        if state.chart is not None:
            sentence = self._words.label(state.chart)
            block.addWidget(PlainLabel(sentence, "remark", wrap=True))
            if state.chart.n_observed:
                height = SHARE_HEIGHT if state.chart.is_binary else HISTOGRAM_HEIGHT
                draw = partial(_draw_label, state.chart, state.position)
                block.addWidget(self._canvas(height, draw, f"{title}: {sentence}"))
        elif state.summary is not None:
            sentence = self._words.summary(state)
            block.addWidget(PlainLabel(sentence, "remark", wrap=True))
            if len(state.summary.frequent) > 0 and state.summary.n_distinct < state.summary.n:
                block.addWidget(
                    FrequentTexts(state.summary.frequent, state.summary.n, self._appearance)
                )
            elif state.summary.counts:
                draw = partial(_draw_summary, state.summary, state.position, state.is_time)
                block.addWidget(self._canvas(SMALL_HEIGHT, draw, f"{title}: {sentence}"))
        return block

    def _canvas(self, height: int, draw: partial[None], description: str) -> Canvas:
        canvas = Canvas(self._appearance, height)
        canvas.show_plot(draw, description)
        self.canvases.append(canvas)
        return canvas


def _draw_label(chart: LabelChart, position: int | None, figure: Figure, theme: Theme) -> None:
    draw_label(figure, chart, _colour(position, theme), theme)


def _draw_summary(
    summary: ColumnSummary, position: int | None, is_time: bool, figure: Figure, theme: Theme
) -> None:
    draw_summary(figure, summary, _colour(position, theme), is_time, theme)


def _colour(position: int | None, theme: Theme) -> str:
    return theme.muted if position is None else theme.task_colour(position)
