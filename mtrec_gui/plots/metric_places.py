"""What each place of a list is worth to a metric, and which places hold a hit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mtrec_gui.plots.metric_panels import DASHES, Mark, panels

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
    axis : what the bars and the places are
    """

    worth: tuple[float, ...]
    hits: tuple[bool, ...]
    k: int
    axis: str


def draw_places(
    figure: Figure, places: Places, theme: Theme, lit: frozenset[int] = frozenset()
) -> tuple[Mark, ...]:
    """Draw a bar for each place: full where it holds a hit, pale where not, none beyond k.

    Returns where each place is, its row being its number from 0.
    """
    (panel,) = panels(figure, theme, left=1.0)
    n, top = len(places.worth), 1.18 * max(*places.worth, 1e-9)
    panel.set_limits((0.4, n + 0.6), (0.0, top))
    for place, (worth, hit) in enumerate(zip(places.worth, places.hits, strict=True)):
        if place in lit:
            panel.bar(place + 1, 0.94, 0.0, top, theme.accent_soft)
        counts = place < places.k
        colour = (theme.accent if hit else theme.edge) if counts else theme.line
        panel.bar(place + 1, 0.7, 0.0, worth, colour)
        if counts:
            x, y = panel.x_at(place + 1), panel.y_at(worth) + 2
            panel.write(f"{worth:.3g}", x, y, theme.text if hit else theme.muted, 0.5)
    if places.k < n:
        edge = places.k + 0.5
        panel.line((edge, edge), (0.0, top), theme.muted, 1.0, DASHES)
        y = panel.y_at(top) - panel.letter
        panel.write(f"k = {places.k}", panel.x_at(edge) + 4, y, theme.muted)
    panel.ticks_below([(place, f"{place}") for place in range(1, n + 1)])
    panel.frame(places.axis, has_left=False)
    panel.finish()
    return tuple(panel.box((place,), place + 1, 0.94, 0.0, top) for place in range(n))
