"""Matrices of the data: users by items in pixels, and labels by labels.

Names come from the data and are never taken for formulas.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from algorithms.description import HeatMap, LabelPairs
from mtrec_gui.plots.matrix import draw_matrix

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme

MOST_LABELS = 8  # more would leave no room for their numbers


def draw_heat_map(figure: Figure, heat: HeatMap, labels: tuple[str, str], theme: Theme) -> None:
    """Draw events per pair; the darker (in the dark theme, brighter) the more, by its root.

    The root lets a pixel with a hundredth of the most still be seen.
    """
    from matplotlib.colors import LinearSegmentedColormap, PowerNorm

    axes = figure.add_subplot(xlabel=labels[0], ylabel=labels[1])
    high = float(heat.events_per_pair.max()) if heat.events_per_pair.size else 1.0
    colours = LinearSegmentedColormap.from_list("events", [theme.sunk, theme.accent])
    if heat.events_per_pair.size:
        axes.imshow(
            heat.events_per_pair,
            aspect="auto",
            interpolation="nearest",
            cmap=colours,
            norm=PowerNorm(0.5, 0, max(high, 1e-9)),
        )
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[["left", "bottom"]].set_visible(False)


def draw_label_pairs(
    figure: Figure,
    pairs: LabelPairs,
    colours: Sequence[str],
    titles: tuple[str, str],
    theme: Theme,
) -> None:
    """Draw two matrices: correlation, and how often the column's label follows on the row's.

    Parameters
    ----------
    colours : (n_labels,) colour of each label's name
    titles : of the two matrices
    """
    left, right = figure.subplots(1, 2)
    names = pairs.names[:MOST_LABELS]
    n = len(names)
    correlation, shares = pairs.correlation[:n, :n], pairs.shares[:n, :n]
    draw_matrix(left, correlation, lambda value: f"{value:.2f}".replace("-", "−"), theme)
    draw_matrix(right, shares, lambda value: f"{100 * value:.0f}", theme)
    for axes, title in ((left, titles[0]), (right, titles[1])):
        axes.set_title(title, loc="left", color=theme.muted)
        axes.set_xticks(
            range(n), names, rotation=35, ha="right", rotation_mode="anchor", parse_math=False
        )
        axes.set_yticks(range(n), names if axes is left else [""] * n, parse_math=False)
        for ticks in (axes.get_xticklabels(), axes.get_yticklabels()):
            for tick, colour in zip(ticks, colours, strict=False):
                tick.set_color(colour)
