"""The gain ledger of the workbench: a bar for each task, few enough to name them all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mtrec_gui.plots.gains import GainBar, GainChart, GainGroup, draw_gains

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme

_ROOM = 0.3  # beside the bars, for the numbers, in widths of the plot


def draw_ledger(figure: Figure, tasks: Sequence[str], gains: Sequence[float], theme: Theme) -> None:
    """Draw the gain of each task in percent; NaN where there is none."""
    chart = GainChart(
        tuple(
            GainGroup(task, (GainBar(place, gain, math.nan, math.nan),))
            for place, (task, gain) in enumerate(zip(tasks, gains, strict=True))
        )
    )
    draw_gains(figure, chart, theme)
    (axes,) = figure.axes
    axes.margins(x=_ROOM)
