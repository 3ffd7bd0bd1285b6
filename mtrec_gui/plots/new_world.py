"""What a new world will be like: how often its labels happen, the ceilings, the correlations."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.patches import Rectangle

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme


@dataclass(frozen=True, slots=True)
class TaskBar:
    """One task: its place in the world, and share of events and ceiling from 0 to 1, or NaN."""

    task_position: int
    name: str
    share: float
    ceiling: float


@dataclass(frozen=True, slots=True)
class TaskBars:
    """All tasks, and the headings of the two columns."""

    share_title: str
    ceiling_title: str
    bars: tuple[TaskBar, ...]

    @property
    def height(self) -> int:
        """How high the chart wants to be, in pixels at 100 %."""
        return 34 + 24 * len(self.bars)


@dataclass(frozen=True, slots=True)
class CorrelationTable:
    """Correlations between labels as asked for and as measured, rows of rows."""

    labels: tuple[str, ...]
    asked: tuple[tuple[float, ...], ...]
    measured: tuple[tuple[float, ...], ...]

    @property
    def height(self) -> int:
        """How high the chart wants to be, in pixels at 100 %."""
        return 26 + 40 * max(1, len(self.labels) - 1)


def draw_tasks(figure: Figure, chart: TaskBars, theme: Theme) -> None:
    """Draw two columns of bars, a row for each task in its colour."""
    left, right = figure.subplots(1, 2, sharey=True)
    colours = [theme.task_colour(bar.task_position) for bar in chart.bars]
    shares = [bar.share for bar in chart.bars]
    ceilings = [bar.ceiling for bar in chart.bars]
    _columns(left, shares, colours, theme, percent=True)
    _columns(right, ceilings, colours, theme, percent=False)
    left.set_title(chart.share_title, loc="left", color=theme.muted)
    right.set_title(chart.ceiling_title, loc="left", color=theme.muted)
    left.set_yticks(range(len(chart.bars)), [bar.name for bar in chart.bars])
    left.tick_params(axis="y", labelcolor=theme.text)
    left.set_ylim(len(chart.bars) - 0.4, -0.6)


def _columns(
    axes: Axes, values: list[float], colours: list[str], theme: Theme, percent: bool
) -> None:
    for place, (value, colour) in enumerate(zip(values, colours, strict=True)):
        if math.isnan(value):
            axes.text(0, place, "–", va="center", color=theme.muted)
            continue
        axes.barh(place, 1, 0.56, color=theme.sunk)
        axes.barh(place, value, 0.56, color=colour)
        text = f"{100 * value:.1f} %" if percent else f"{value:.2f}"
        axes.annotate(
            text,
            (value, place),
            xytext=(0.4, 0),
            textcoords="offset fontsize",
            va="center",
            color=theme.text,
        )
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def draw_correlations(figure: Figure, table: CorrelationTable, theme: Theme) -> None:
    """Draw the lower triangle: measured in figures and in depth of colour, asked for below."""
    axes = figure.add_subplot()
    n = len(table.labels)
    small = 0.86 * float(mpl.rcParams["font.size"])
    for row in range(1, n):
        for column in range(row):
            value = table.measured[row][column]
            colour = theme.accent if value >= 0 else theme.muted
            axes.add_patch(
                Rectangle(
                    (column + 0.03, row + 0.06),
                    0.94,
                    0.88,
                    facecolor=colour,
                    alpha=0.06 + 0.3 * min(abs(value), 1.0),
                    linewidth=0,
                )
            )
            axes.text(column + 0.5, row + 0.36, _signed(value), ha="center", va="center")
            axes.text(
                column + 0.5,
                row + 0.72,
                f"({_signed(table.asked[row][column])})",
                ha="center",
                va="center",
                color=theme.text,
                fontsize=small,
            )
    axes.set_xlim(0, max(n - 1, 1))
    axes.set_ylim(n, 1)
    axes.set_yticks([row + 0.5 for row in range(1, n)], table.labels[1:])
    axes.set_xticks([column + 0.5 for column in range(n - 1)], table.labels[:-1])
    axes.xaxis.tick_top()
    axes.tick_params(labelcolor=theme.text)
    for side in ("left", "bottom", "top"):
        axes.spines[side].set_visible(False)


def _signed(value: float) -> str:
    """Write a correlation with a true minus; what rounds to nothing has no sign."""
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text.replace("-", "−")
