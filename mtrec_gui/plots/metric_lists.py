"""Several users' lists: each user's own value, or how often each item is shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mtrec_gui.plots.metric_panels import DASHES, panels

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
    (panel,) = panels(figure, theme, left=1.0)
    n = len(bars.names)
    known = [0.0 if math.isnan(height) else height for height in bars.heights]
    top = max(*known, 0.0 if math.isnan(bars.level) else bars.level, 1e-9)
    panel.set_limits((-0.6, n + 0.2), (0.0, 1.22 * top))  # room for the name of the line
    for place, (height, shown) in enumerate(zip(bars.heights, known, strict=True)):
        panel.bar(place, 0.62, 0.0, shown, theme.accent)
        text = "–" if math.isnan(height) else f"{height:.0f}" if bars.whole else f"{height:.3g}"
        x, y = panel.x_at(place), panel.y_at(shown) + 2
        panel.write(text, x, y, theme.text if shown else theme.muted, 0.5)
    if math.isfinite(bars.level):
        panel.line((-0.6, n + 0.2), (bars.level, bars.level), theme.muted, 1.0, DASHES)
        y = panel.y_at(bars.level) + 2
        x = panel.left if bars.whole else panel.left + panel.width  # counts rise to the right
        panel.write(bars.level_name, x, y, theme.muted, 0.0 if bars.whole else 1.0)
    panel.ticks_below(list(enumerate(bars.names)))
    panel.frame(bars.axis, has_left=False)
    panel.finish()
