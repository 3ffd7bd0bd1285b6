"""Curves of a few models: quality with its interval against labels, size or bytes; and time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

import matplotlib as mpl
from matplotlib.lines import Line2D
from matplotlib.ticker import (
    EngFormatter,
    FixedFormatter,
    FixedLocator,
    LogLocator,
    MaxNLocator,
    NullLocator,
)

from mtrec_gui.plots.tradeoff import PointNames, TradeOffPoint

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme

_MARKERS = ("o", "s", "D")
_MOST_TICKS = 7
_LETTER, _KEY = 0.55, 5.0  # widths of a letter, and of a line with its marker and gaps, in sizes


class XKind(StrEnum):
    """How numbers along x are written."""

    SHARE = "share"
    VALUE = "value"
    COUNT = "count"  # large: 12 k


@dataclass(frozen=True, slots=True)
class DrawnPoint:
    """One point: place, mean, interval (NaN where there is none), seconds, and its own name."""

    x: float
    mean: float
    low: float
    high: float
    seconds: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """One model's curve; ``knee`` is the place of a point, where one is marked."""

    title: str
    points: tuple[DrawnPoint, ...]
    knee: int | None = None


@dataclass(frozen=True, slots=True)
class CurveChart:
    """All curves and the words of the axes.

    Parameters
    ----------
    seconds_title : of a second picture, the time of the fits; empty where none is wanted
    joined : whether the points of a model are one line
    """

    lines: tuple[DrawnLine, ...]
    x_title: str
    y_title: str
    seconds_title: str
    higher_is_better: bool
    x_kind: XKind
    joined: bool
    knee_title: str


def draw_curves(figure: Figure, chart: CurveChart, theme: Theme) -> None:
    """Draw quality against x, and beside it the seconds of the fits where they are wanted."""
    if chart.seconds_title:
        left, right = figure.subplots(1, 2, width_ratios=(3, 2))
        _draw_seconds(right, chart, theme)
    else:
        left = figure.add_subplot()
    _draw_quality(left, chart, theme)
    _add_key(figure, chart, theme)


def _add_key(figure: Figure, chart: CurveChart, theme: Theme) -> None:
    """Name the models above all: curves of models that are alike run into each other."""
    style: Literal["-", "none"] = "-" if chart.joined else "none"
    handles = [
        Line2D([], [], color=colour, marker=marker, linestyle=style, label=line.title)
        for line, colour, marker in _looks(chart, theme)
    ]
    size = float(mpl.rcParams["font.size"])
    needed = size * sum(_LETTER * len(line.title) + _KEY for line in chart.lines)  # points
    figure.legend(
        handles=handles,
        loc="outside upper left",
        ncols=len(handles) if needed < 72 * figure.get_figwidth() else 1,
        frameon=False,
        labelcolor=theme.text,
    )


def _draw_quality(axes: Axes, chart: CurveChart, theme: Theme) -> None:
    names = []
    for line, colour, marker in _looks(chart, theme):
        points = [point for point in line.points if math.isfinite(point.mean)]
        xs, means = [point.x for point in points], [point.mean for point in points]
        style = "-" if chart.joined else "none"
        axes.plot(xs, means, marker=marker, linestyle=style, color=colour, zorder=3)
        for point in points:
            if math.isfinite(point.low):
                axes.plot(
                    (point.x, point.x), (point.low, point.high), color=colour, alpha=0.45, zorder=2
                )
        named = [point for point in points if point.name]
        if len(chart.lines) == 1 and named:
            names += [TradeOffPoint(point.name, "", point.x, point.mean) for point in named]
        if line.knee is not None and math.isfinite(line.points[line.knee].mean):
            _mark_knee(axes, line.points[line.knee], chart.knee_title, theme)
    axes.set_ylabel(f"{chart.y_title} →")
    _finish(axes, chart)
    if not chart.higher_is_better:
        axes.invert_yaxis()
    axes.add_artist(PointNames(axes, tuple(names), theme.text))


def _mark_knee(axes: Axes, point: DrawnPoint, title: str, theme: Theme) -> None:
    size = float(mpl.rcParams["font.size"])
    axes.plot(point.x, point.mean, "o", ms=size * 1.5, mfc="none", mec=theme.text, zorder=4)
    axes.axvline(point.x, color=theme.muted, linestyle=(0, (4, 3)), linewidth=1, zorder=1)
    axes.annotate(
        title,
        (point.x, 0.02),
        xycoords=axes.get_xaxis_transform(),
        xytext=(0.3, 0),
        textcoords="offset fontsize",
        color=theme.muted,
        va="bottom",
    )


def _draw_seconds(axes: Axes, chart: CurveChart, theme: Theme) -> None:
    for line, colour, marker in _looks(chart, theme):
        xs = [point.x for point in line.points]
        seconds = [point.seconds for point in line.points]
        axes.plot(xs, seconds, marker=marker, color=colour, zorder=3)
    axes.set_ylabel(f"{chart.seconds_title} →")
    axes.set_ylim(bottom=0)
    _finish(axes, chart)
    axes.set_ylim(bottom=0)


def _looks(chart: CurveChart, theme: Theme) -> list[tuple[DrawnLine, str, str]]:
    """Return each model's colour and marker; colours of tasks are not theirs to take."""
    colours = (theme.accent, theme.muted, theme.text)
    return [
        (line, colours[n % len(colours)], _MARKERS[n % len(_MARKERS)])
        for n, line in enumerate(chart.lines)
    ]


def _finish(axes: Axes, chart: CurveChart) -> None:
    xs = sorted({point.x for line in chart.lines for point in line.points})
    axes.set_xlabel(f"{chart.x_title} →")
    if xs and xs[0] > 0:
        axes.set_xscale("log")
        axes.xaxis.set_minor_locator(NullLocator())
        if chart.x_kind is XKind.COUNT:
            axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axes.xaxis.set_major_formatter(EngFormatter(sep=" "))
        elif len(xs) <= _MOST_TICKS:
            axes.xaxis.set_major_locator(FixedLocator(xs))
            axes.xaxis.set_major_formatter(FixedFormatter([_written(x, chart.x_kind) for x in xs]))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.margins(x=0.14, y=0.16)
    axes.grid(visible=True)


def _written(x: float, kind: XKind) -> str:
    return f"{100 * x:.3g} %" if kind is XKind.SHARE else f"{x:.4g}"
