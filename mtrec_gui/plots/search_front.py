"""A search as it fills up: every setting as a point, the front, and how its volume grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.ticker import MaxNLocator

from mtrec_gui.plots.tradeoff import PointNames, TradeOffAxis, TradeOffPoint

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme

_MOST_NAMES = 8  # more would hide the points


@dataclass(frozen=True, slots=True)
class SearchPoint:
    """One setting.

    Parameters
    ----------
    title : what it is called, such as its number
    values : (t,) what it reached
    on_front : whether nobody dominates it
    is_start : whether it is the model as it stands
    is_chosen : whether a person looks at it
    """

    title: str
    values: tuple[float, ...]
    on_front: bool
    is_start: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class SearchChart:
    """All settings tried, and the words of the axes."""

    axes: tuple[TradeOffAxis, ...]
    points: tuple[SearchPoint, ...]
    trial_title: str


def draw_front(figure: Figure, chart: SearchChart, theme: Theme) -> None:
    """Draw the settings; with three objectives the first against each of the others."""
    if len(chart.axes) == 1:
        _draw_single(figure, chart, theme)
        return
    others = range(1, len(chart.axes))
    for place, other in enumerate(others):
        _draw_pair(figure, chart, theme, place, other, len(others))


@dataclass(frozen=True, slots=True)
class VolumeChart:
    """The hypervolume after each setting, and the words of the axes."""

    volumes: tuple[float, ...]
    trial_title: str
    volume_title: str


def draw_volume(figure: Figure, chart: VolumeChart, theme: Theme) -> None:
    """Draw how the dominated volume grows; it begins with the model as it stands."""
    axes = figure.add_subplot()
    steps = range(len(chart.volumes))
    axes.step(steps, chart.volumes, where="post", color=theme.accent)
    axes.plot(steps[-1:], chart.volumes[-1:], "o", color=theme.accent)
    axes.set_xlabel(chart.trial_title)
    axes.set_ylabel(f"{chart.volume_title} →")
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.grid(visible=True)


def _draw_pair(
    figure: Figure, chart: SearchChart, theme: Theme, place: int, other: int, n: int
) -> None:
    axes = figure.add_subplot(1, n, place + 1)
    size = float(mpl.rcParams["font.size"])
    for point in chart.points:
        x, y = point.values[0], point.values[other]
        colour = theme.accent if point.on_front else theme.muted
        if point.is_chosen:
            axes.plot(x, y, "o", ms=size * 1.7, mfc="none", mec=theme.text, zorder=2)
        axes.plot(
            x,
            y,
            "D" if point.on_front else "o",
            ms=size * (0.8 if point.on_front else 0.5),
            mfc="none" if point.is_start else colour,
            mec=colour,
            zorder=3,
        )
    if n == 1:
        front = sorted(point.values for point in chart.points if point.on_front)
        axes.plot(
            [values[0] for values in front],
            [values[1] for values in front],
            color=theme.accent,
            alpha=0.5,
            zorder=1,
        )
    across, upwards = chart.axes[0], chart.axes[other]
    axes.set_xlabel(f"{across.title} →")
    axes.set_ylabel(f"{upwards.title} →")
    axes.margins(x=0.12, y=0.14)
    if not across.higher_is_better:
        axes.invert_xaxis()
    if not upwards.higher_is_better:
        axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.grid(visible=True)
    named = [p for p in chart.points if p.is_start or p.is_chosen]
    fronts = [p for p in chart.points if p.on_front and p not in named]
    if len(fronts) <= _MOST_NAMES:
        named += fronts
    names = tuple(TradeOffPoint(p.title, "", p.values[0], p.values[other]) for p in named)
    axes.add_artist(PointNames(axes, names, theme.text))


def _draw_single(figure: Figure, chart: SearchChart, theme: Theme) -> None:
    axes = figure.add_subplot()
    (axis,) = chart.axes
    best: list[float] = []
    for point in chart.points:
        better = max if axis.higher_is_better else min
        best.append(better([*best[-1:], point.values[0]]))
    axes.step(range(len(best)), best, where="post", color=theme.accent)
    axes.plot(range(len(best)), [point.values[0] for point in chart.points], "o", color=theme.muted)
    axes.set_xlabel(chart.trial_title)
    axes.set_ylabel(f"{axis.title} →")
    if not axis.higher_is_better:
        axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.grid(visible=True)
