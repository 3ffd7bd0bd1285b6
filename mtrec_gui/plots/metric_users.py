"""How the users' own values of a metric are spread, and where one of them stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from algorithms.arrays import FloatArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme

_BINS = 20


def draw_users(
    figure: Figure,
    values: FloatArray,
    marked: float | None,
    titles: tuple[str, str],
    theme: Theme,
) -> None:
    """Draw a histogram of users.

    Parameters
    ----------
    figure : drawn on
    values : (m,) the users' values, finite
    marked : the value of the user who is looked at
    titles : what the values are, and what is counted
    theme : colours
    """
    axes = figure.add_subplot()
    counts, edges = np.histogram(values, bins=_BINS)
    marked_bin = None
    if marked is not None and np.isfinite(marked):
        marked_bin = min(int(np.searchsorted(edges, marked, side="right")) - 1, _BINS - 1)
    colours = [theme.accent if n == marked_bin else theme.edge for n in range(_BINS)]
    axes.bar(edges[:-1], counts, 0.9 * np.diff(edges), align="edge", color=colours, linewidth=0)
    axes.set_xlabel(titles[0])
    axes.set_ylabel(titles[1])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.margins(x=0.01)
