"""Bars of the data: how dense each task is, and what is left at each step of a funnel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme


@dataclass(frozen=True, slots=True)
class NamedBar:
    """One bar.

    Parameters
    ----------
    name : of a task, or of what is counted first; never taken for a formula
    position : place of the task, which decides the colour; None for no task
    value : its length
    words : stand behind it
    """

    name: str
    position: int | None
    value: float
    words: str


def draw_bars(figure: Figure, groups: Sequence[Sequence[NamedBar]], theme: Theme) -> None:
    """Draw horizontal bars from top to bottom, a gap between groups, each named and told."""
    axes = figure.add_subplot()
    place, places = 0.0, []
    bars = [bar for group in groups for bar in group]
    for group in groups:
        places += [place + number for number in range(len(group))]
        place += len(group) + 0.6
    longest = max((bar.value for bar in bars), default=1.0) or 1.0
    for y, bar in zip(places, bars, strict=True):
        colour = theme.muted if bar.position is None else theme.task_colour(bar.position)
        axes.barh(y, bar.value, 0.62, color=colour)
        axes.annotate(
            bar.words,
            (bar.value, y),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=theme.text,
        )
    axes.set_yticks(places, [bar.name for bar in bars], color=theme.text, parse_math=False)
    axes.set_xticks([])
    axes.set_xlim(0, 1.45 * longest)
    axes.set_ylim((places[-1] if places else 0) + 0.6, -0.6)
    axes.spines[["bottom", "left"]].set_visible(False)


def bars_height(groups: Sequence[Sequence[NamedBar]]) -> int:
    """Return how high the bars want to be, in pixels at 100 %."""
    return 24 + 30 * sum(len(group) for group in groups) + 18 * (len(groups) - 1)
