"""What adds up to a score: a bar for each piece of evidence, in the colour of its task."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme

_WIDEST = 27  # characters of a label; a Chinese one counts twice
_ROOM = 0.45  # free space at the right of the longest bar for its number, in bar lengths


@dataclass(frozen=True, slots=True)
class ContributionBar:
    """One piece of evidence.

    Parameters
    ----------
    label : what it is
    amount : what it adds to the score
    task_position : decides the colour; None for evidence of no task
    """

    label: str
    amount: float
    task_position: int | None


@dataclass(frozen=True, slots=True)
class ContributionChart:
    """The bars from top to bottom."""

    bars: tuple[ContributionBar, ...]

    @property
    def height(self) -> int:
        """How high the chart wants to be, in pixels at 100 %."""
        return 10 + 22 * len(self.bars)

    @property
    def digits(self) -> int:
        """How many decimals tell the bars apart."""
        largest = max((abs(bar.amount) for bar in self.bars), default=0.0)
        return 0 if largest >= 100 else 1 if largest >= 10 else 2 if largest >= 0.1 else 3


def draw_contributions(figure: Figure, chart: ContributionChart, theme: Theme) -> None:
    """Draw horizontal bars from zero, the label at the left, the amount at the end."""
    axes = figure.add_subplot()
    places = range(len(chart.bars))
    for place, bar in zip(places, chart.bars, strict=True):
        none = bar.task_position is None
        colour = theme.muted if none else theme.task_colour(bar.task_position or 0)
        axes.barh(place, bar.amount, height=0.56, color=colour, zorder=2)
        axes.annotate(  # at the right of zero even where the bar is not: left stands the label
            signed(bar.amount, chart.digits),
            (max(bar.amount, 0.0), place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color=theme.muted,
        )
    axes.axvline(0, color=theme.muted, linewidth=1, zorder=3)
    axes.set_yticks(places, labels=[shortened(bar.label) for bar in chart.bars], color=theme.text)
    axes.set_ylim(len(chart.bars) - 0.4, -0.6)
    axes.set_xticks([])
    low = min((bar.amount for bar in chart.bars), default=0.0)
    high = max((bar.amount for bar in chart.bars), default=0.0)
    low, high = min(low, 0.0), max(high, 0.0)
    length = (high - low) or 1.0
    axes.set_xlim(low - 0.02 * length, high + _ROOM * length)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def signed(value: float, digits: int) -> str:
    """Write an amount with its sign, a true minus; what rounds to nothing has none."""
    nothing = f"{0.0:.{digits}f}"
    written = f"{value:+.{digits}f}"
    return nothing if written[1:] == nothing else written.replace("-", "−")


def shortened(text: str, widest: int = _WIDEST) -> str:
    """Cut a label that would leave no room for its bar."""
    width = 0
    for place, letter in enumerate(text):
        width += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if width > widest:
            return text[: place - 1].rstrip(" ,·") + "…"
    return text
