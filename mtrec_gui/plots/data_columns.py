"""A column of numbers or times as a small histogram: its ends are written, all else is shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.description import ColumnSummary

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme


def draw_summary(
    figure: Figure, summary: ColumnSummary, colour: str, is_time: bool, theme: Theme
) -> None:
    """Draw the bars of a column's values, one colour, without a frame."""
    axes = figure.add_subplot()
    edges = np.array(summary.edges)
    axes.bar(
        edges[:-1], summary.counts, 0.9 * np.diff(edges), align="edge", color=colour, linewidth=0
    )
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_xticks([])
    ends = (summary.low, summary.high)
    words = [moment(end) if is_time else f"{end:,.4g}" for end in ends]
    if summary.low == summary.high:
        words[1] = ""
    for place, word, side in zip((0, 1), words, ("left", "right"), strict=True):
        axes.annotate(
            word.replace("-", "−") if not is_time else word,
            (place, 0),
            xytext=(0, -3),
            xycoords="axes fraction",
            textcoords="offset points",
            ha=side,
            va="top",
            color=theme.muted,
        )


def moment(seconds: float) -> str:
    """Return the day of a time in seconds since 1970."""
    return str(np.datetime64(int(seconds), "s").astype("datetime64[D]"))
