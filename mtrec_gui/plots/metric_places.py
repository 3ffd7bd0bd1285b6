"""What each place of a list is worth to a metric, and which places hold a hit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mtrec_gui.plots.metric_panels import panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme


@dataclass(frozen=True, slots=True)
class Places:
    """A list as bars.

    Parameters
    ----------
    worth : (n,) height of each place's bar
    hits : (n,) whether the place holds a relevant item
    k : places from here on do not count
    title, axis : what the bars and the places are
    """

    worth: tuple[float, ...]
    hits: tuple[bool, ...]
    k: int
    title: str
    axis: str


def draw_places(figure: Figure, places: Places, theme: Theme) -> None:
    """Draw a bar for each place: full where it holds a hit, pale where not, none beyond k."""
    (axes,) = panels(figure, left=1.0)
    n = len(places.worth)
    where = range(1, n + 1)
    colours = [
        theme.line if place >= places.k else theme.accent if hit else theme.edge
        for place, hit in enumerate(places.hits)
    ]
    axes.bar(where, places.worth, 0.7, color=colours, linewidth=0)
    for place, worth in enumerate(places.worth[: places.k]):
        axes.annotate(
            f"{worth:.3g}",
            (place + 1, worth),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            color=theme.text if places.hits[place] else theme.muted,
        )
    if places.k < n:
        axes.axvline(places.k + 0.5, color=theme.muted, linewidth=1, linestyle=(0, (3, 3)))
        axes.annotate(
            f"k = {places.k}",
            (places.k + 0.5, 1),
            xycoords=("data", "axes fraction"),
            xytext=(4, -8),
            textcoords="offset points",
            color=theme.muted,
        )
    axes.set_xlim(0.4, n + 0.6)
    axes.set_ylim(0, 1.18 * max(*places.worth, 1e-9))
    axes.set_xticks(list(where))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(places.axis)
    axes.set_title(places.title, loc="left", color=theme.muted)
