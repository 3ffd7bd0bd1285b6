"""How far a score falls without its strongest evidence, and without as much other evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from algorithms.evaluation.faithfulness import written_change

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme

_ROOM = 0.4  # free space at the right of the longest bar for its number, in bar lengths
_HEIGHT = 64  # pixels at 100 %


@dataclass(frozen=True, slots=True)
class FallChart:
    """A pair of bars.

    Parameters
    ----------
    strongest, random : what each bar is called
    fall_strongest, fall_random : how long it is
    low, high : between which most of the random falls lie
    """

    strongest: str
    random: str
    fall_strongest: float
    fall_random: float
    low: float
    high: float

    @property
    def height(self) -> int:
        """How high the chart wants to be, in pixels at 100 %."""
        return _HEIGHT


def draw_falls(figure: Figure, chart: FallChart, theme: Theme) -> None:
    """Draw the pair of bars to the right of zero, the random one with the range of its draws."""
    axes = figure.add_subplot()
    falls = (chart.fall_strongest, chart.fall_random)
    for place, (fall, colour) in enumerate(zip(falls, (theme.accent, theme.muted), strict=True)):
        axes.barh(place, fall, height=0.5, color=colour, zorder=2)
        end = max(fall, 0.0) if place == 0 else max(fall, chart.high, 0.0)
        axes.annotate(
            written_change(fall),
            (end, place),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            color=theme.text,
        )
    axes.plot((chart.low, chart.high), (1, 1), color=theme.text, linewidth=1.4, zorder=4)
    for end in (chart.low, chart.high):
        axes.plot((end, end), (0.84, 1.16), color=theme.text, linewidth=1.4, zorder=4)
    axes.axvline(0, color=theme.muted, linewidth=1, zorder=3)
    axes.set_yticks((0, 1), labels=(chart.strongest, chart.random), color=theme.text)
    axes.set_ylim(1.6, -0.6)
    axes.set_xticks([])
    low, high = min(*falls, chart.low, 0.0), max(*falls, chart.high, 0.0)
    length = (high - low) or 1.0
    axes.set_xlim(low - 0.02 * length, high + _ROOM * length)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
