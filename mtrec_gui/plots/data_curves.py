"""Curves of the data: the long tail, activity over time, the degrees of the social graph.

Words come from whoever asks for the plot, so that they are in the language of the window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.arrays import IntArray
from algorithms.description import ActivityOverTime, DegreeDistribution, LongTail

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme


def draw_long_tail(
    figure: Figure,
    tails: tuple[LongTail, LongTail],
    names: tuple[str, str],
    labels: tuple[str, str],
    theme: Theme,
) -> None:
    """Draw cumulative shares of the events, of items and of users; the diagonal is equality."""
    axes = figure.add_subplot(xlabel=labels[0], ylabel=labels[1])
    axes.plot([0, 100], [0, 100], color=theme.line)
    for tail, name, colour, height in zip(
        tails, names, (theme.accent, theme.muted), (0.16, 0.05), strict=True
    ):
        if tail.n == 0:
            continue
        axes.plot(100 * tail.share, 100 * tail.events, color=colour)
        axes.text(
            0.98,
            height,
            f"{name} · Gini {tail.gini:.2f}",
            transform=axes.transAxes,
            ha="right",
            color=colour,
        )
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 102)
    axes.set_xticks([0, 25, 50, 75, 100])
    axes.set_yticks([0, 25, 50, 75, 100])


def draw_activity(figure: Figure, activity: ActivityOverTime, theme: Theme) -> None:
    """Draw events in each stretch of time."""
    axes = figure.add_subplot()
    n = len(activity.counts)
    axes.bar(np.arange(n), activity.counts, 0.85, color=theme.accent, linewidth=0)
    shown = np.unique(np.linspace(0, n - 1, min(n, 4)).astype(int))
    precision = {"hour": "h", "day": "D", "week": "D", "month": "M", "year": "Y"}[activity.unit]
    names = [
        str(activity.starts[at].astype(f"datetime64[{precision}]")).replace("T", " ")
        for at in shown
    ]
    if activity.unit == "hour":
        names = [f"{name}:00" for name in names]
    axes.set_xticks(shown, names)
    for tick, place in zip(axes.get_xticklabels(), shown, strict=True):
        if n > 2:
            tick.set_horizontalalignment(
                "left" if place == 0 else "right" if place == n - 1 else "center"
            )
    axes.set_xlim(-0.6, max(n, 3) - 0.4)
    _quiet_counts(axes)


def _quiet_counts(axes: Axes) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.grid(axis="y")
    axes.spines["left"].set_visible(False)


def draw_degrees(
    figure: Figure,
    degrees: DegreeDistribution,
    names: tuple[str, str],
    labels: tuple[str, str],
    theme: Theme,
) -> None:
    """Draw how many have how many links, both axes logarithmic; the names stand in a corner."""
    axes = figure.add_subplot(xlabel=labels[0], ylabel=labels[1], xscale="log", yscale="log")
    for (x, y), name, colour, marker in zip(
        ((degrees.in_degrees, degrees.n_persons), (degrees.out_degrees, degrees.n_users)),
        names,
        (theme.accent, theme.muted),
        ("o", "s"),
        strict=True,
    ):
        axes.plot(x, y, marker, color=colour, markersize=4, label=name, alpha=0.85)
    axes.legend(loc="upper right", handletextpad=0.2)
    _whole_numbers(axes, degrees.in_degrees, degrees.out_degrees)


def _whole_numbers(axes: Axes, *degrees: IntArray) -> None:
    from matplotlib.ticker import FuncFormatter, NullFormatter

    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axis.set_minor_formatter(NullFormatter())
        axis.set_tick_params(which="minor", length=0)
    axes.set_xlim(0.8, 1.6 * max(int(each.max()) for each in degrees))
    axes.set_ylim(bottom=0.7)
