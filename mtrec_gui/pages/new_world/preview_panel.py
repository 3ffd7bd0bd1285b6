"""What the world will be like: its size, and of each task how much and how far one can go."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from mtrec_gui.pages.new_world.state import NewWorldState
from mtrec_gui.theme import L, M, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.labels import PlainLabel, TaskTag
from mtrec_gui.widgets.layout import Card, clear
from mtrec_gui.wording import number

if TYPE_CHECKING:
    from sample_data.preview import Preview, TaskPreview

_METRICS = {"ndcg": "NDCG@10", "rmse": "RMSE", "mae": "MAE"}


class PreviewPanel(QWidget):
    """The size of the world, a table of its tasks, and two small plots."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._shown: Preview | None = None
        self.size_line = PlainLabel(role="strong", wrap=True)
        self.status = PlainLabel(role="remark", wrap=True)
        self._figures = Card(
            self.tr("What it will be like"),
            self.tr("Turn a dial: this follows. The ceiling is what the truth itself would score."),
        )
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(L)
        self._grid.setVerticalSpacing(S)
        self._grid.setColumnStretch(0, 1)
        self._figures.body.addWidget(self.size_line)
        self._figures.body.addLayout(self._grid)
        self.tasks = Canvas(appearance, 120)
        self._figures.body.addWidget(self.tasks)
        self._figures.body.addWidget(self.status)
        self._alike = Card(
            self.tr("How alike the tastes behind the labels are"),
            self.tr("Correlation as measured over the sampled users; in brackets as asked for."),
        )
        self.correlations = Canvas(appearance, 150)
        self._alike.body.addWidget(self.correlations)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(M)
        layout.addWidget(self._figures)
        layout.addWidget(self._alike)
        layout.addStretch(1)
        appearance.changed.connect(self._show_tasks)

    def show_state(self, state: NewWorldState) -> None:
        """Show the preview; one that is about to be replaced says so."""
        seen = state.preview
        self.size_line.setVisible(seen is not None)
        if seen is None:
            self.tasks.hide()
            self._alike.hide()
        if seen is None:
            self.status.setText(self.tr("Looking ahead …"))
            clear(self._grid)
            self._shown = None
            return
        self.status.setText(
            self.tr("Looking ahead …") if state.is_waiting else self._footnote(seen)
        )
        if seen is self._shown:
            return
        self._shown = seen
        self.size_line.setText(
            self.tr("{events} interactions of {users} users with {items} items").format(
                events=f"{seen.n_interactions:,}",
                users=f"{seen.n_users:,}",
                items=f"{seen.n_items:,}",
            )
        )
        self._show_tasks()
        self._show_plots(seen)

    def _footnote(self, seen: Preview) -> str:
        """Say how the figures came about, and which of them flatter."""
        sentences = [
            self.tr(
                "Estimated from {n} of the users and all of the items. Density: how many of all "
                "pairs of user and item have a relevant label. NDCG@10: lists of ten, judged by a "
                "fifth of the events. ±: standard error."
            ).format(n=f"{seen.n_sampled:,}")
        ]
        sentences += [
            self.tr("“{task}” ranks people, of whom too few are here for a ceiling.").format(
                task=task.name
            )
            for task in seen.tasks
            if not task.is_whole
        ]
        return " ".join(sentences)

    def _show_tasks(self) -> None:
        clear(self._grid)
        if self._shown is None:
            return
        heads = (
            self.tr("task"),
            self.tr("mean"),
            self.tr("observed"),
            self.tr("density"),
            self.tr("ceiling"),
        )
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for column, head in enumerate(heads):
            self._grid.addWidget(
                PlainLabel(head, "remark"), 0, column, right if column else Qt.AlignmentFlag(0)
            )
        for place, task in enumerate(self._shown.tasks):
            colour = self._appearance.theme.task_colour(place)
            self._grid.addWidget(TaskTag(task.name, colour, self._appearance), place + 1, 0)
            for column, text in enumerate(self._cells(task)):
                self._grid.addWidget(PlainLabel(text), place + 1, column + 1, right)

    def _cells(self, task: TaskPreview) -> tuple[str, str, str, str]:
        if math.isnan(task.rate):
            mean = "–"
        elif task.metric == "ndcg":
            mean = f"{100 * task.rate:.1f} %"
        else:
            mean = f"{task.rate:.2f}"
        arrow = "↑" if task.metric == "ndcg" else "↓"
        return (
            mean,
            f"{task.n_observed:,}",
            f"{100 * task.density:.2f} %",
            f"{_METRICS[task.metric]} {arrow} {_with_error(task)}",
        )

    def _show_plots(self, seen: Preview) -> None:
        from mtrec_gui.plots.new_world import (
            CorrelationTable,
            TaskBar,
            TaskBars,
            draw_correlations,
            draw_tasks,
        )

        bars = TaskBars(
            self.tr("how often it happens"),
            self.tr("ceiling, NDCG@10"),
            tuple(
                TaskBar(place, task.name, task.rate, task.ceiling)
                for place, task in enumerate(seen.tasks)
                if task.metric == "ndcg"
            ),
        )
        table = CorrelationTable(
            seen.labels,
            tuple(tuple(row) for row in seen.asked.tolist()),
            tuple(tuple(row) for row in seen.measured.tolist()),
        )
        self.tasks.set_plot_height(bars.height)
        self.correlations.set_plot_height(table.height)
        self.tasks.show_plot(
            lambda figure, theme: draw_tasks(figure, bars, theme),
            self.tr("For each task how often its label happens, and its ceiling"),
        )
        self.correlations.show_plot(
            lambda figure, theme: draw_correlations(figure, table, theme),
            self.tr("Correlation between the tastes behind each two labels"),
        )
        self.tasks.setVisible(bool(bars.bars))
        self._alike.setVisible(len(seen.labels) > 1)


def _with_error(task: TaskPreview) -> str:
    """Write a ceiling with its standard error, and no more digits than that allows."""
    if math.isnan(task.ceiling):
        return number(task.ceiling)
    digits = 0 if task.ceiling >= 10 else 2
    return f"{number(task.ceiling, digits)} ± {number(task.ceiling_error, digits)}"
