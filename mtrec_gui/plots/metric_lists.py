"""Several users' lists: each user's own value, or how often each item is shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mtrec_gui.plots.metric_panels import panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme


@dataclass(frozen=True, slots=True)
class NamedBars:
    """A bar for each user or item.

    Parameters
    ----------
    names : (n,) under the bars
    heights : (n,) NaN where there is none
    level : a line across, NaN for none
    level_name : what the line is
    axis : what the bars are
    whole : whether the heights are counts
    """

    names: tuple[str, ...]
    heights: tuple[float, ...]
    level: float
    level_name: str
    axis: str
    whole: bool = False


def draw_named_bars(figure: Figure, bars: NamedBars, theme: Theme) -> None:
    """Draw the bars with their heights above them, and the line across."""
    (axes,) = panels(figure, left=1.0)
    n = len(bars.names)
    known = [0.0 if math.isnan(height) else height for height in bars.heights]
    axes.bar(range(n), known, 0.62, color=theme.accent, linewidth=0)
    for place, (height, shown) in enumerate(zip(bars.heights, known, strict=True)):
        text = "–" if math.isnan(height) else f"{height:.0f}" if bars.whole else f"{height:.3g}"
        axes.annotate(
            text,
            (place, shown),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            color=theme.text if shown else theme.muted,
        )
    if math.isfinite(bars.level):
        axes.axhline(bars.level, color=theme.muted, linewidth=1, linestyle=(0, (3, 3)))
        axes.annotate(
            bars.level_name,
            (0 if bars.whole else 1, bars.level),
            xycoords=("axes fraction", "data"),
            xytext=(0, 2),
            textcoords="offset points",
            ha="left" if bars.whole else "right",  # where there is room
            color=theme.muted,
        )
    top = max(*known, 0.0 if math.isnan(bars.level) else bars.level, 1e-9)
    axes.set_xlim(-0.6, n + 0.2)  # room for the name of the line
    axes.set_ylim(0, 1.22 * top)
    axes.set_xticks(list(range(n)), labels=list(bars.names))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(bars.axis)
