"""Matrices of the data: users by items in pixels, and labels by labels.

Names come from the data and are never taken for formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.description import HeatMap, LabelPairs

if TYPE_CHECKING:
    from matplotlib.axes import Axes
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
    _draw_matrix(left, correlation, lambda value: f"{value:.2f}".replace("-", "−"), theme)
    _draw_matrix(right, shares, lambda value: f"{100 * value:.0f}", theme)
    for axes, title in ((left, titles[0]), (right, titles[1])):
        axes.set_title(title, loc="left", color=theme.muted)
        axes.set_xticks(
            range(n), names, rotation=35, ha="right", rotation_mode="anchor", parse_math=False
        )
        axes.set_yticks(range(n), names if axes is left else [""] * n, parse_math=False)
        for ticks in (axes.get_xticklabels(), axes.get_yticklabels()):
            for tick, colour in zip(ticks, colours, strict=False):
                tick.set_color(colour)


def _draw_matrix(
    axes: Axes, values: FloatArray, write: Callable[[float], str], theme: Theme
) -> None:
    """Draw squares: the accent for what is above zero, grey for what is below."""
    from matplotlib.colors import to_rgb

    n = len(values)
    ground = np.array(to_rgb(theme.surface))
    up, down = np.array(to_rgb(theme.accent)), np.array(to_rgb(theme.muted))
    strength = 0.75 * np.clip(np.abs(np.nan_to_num(values)), 0, 1)[..., None]
    toward = np.where(np.nan_to_num(values)[..., None] >= 0, up, down)
    colours = ground + strength * (toward - ground)  # (n, n, 3)
    inks = (theme.text, theme.on_accent)
    contrasts = np.stack([_contrast(colours, np.array(to_rgb(ink))) for ink in inks])
    axes.imshow(colours, aspect="auto", interpolation="nearest")
    for row in range(n):
        for column in range(n):
            value = values[row, column]
            axes.text(
                column,
                row,
                "–" if np.isnan(value) else write(value),
                ha="center",
                va="center",
                color=inks[int(contrasts[:, row, column].argmax())],
            )
    axes.set_xticks(np.arange(n + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(n + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=theme.surface, linewidth=2)
    axes.tick_params(which="minor", length=0)
    axes.spines[["left", "bottom"]].set_visible(False)


def _contrast(grounds: FloatArray, ink: FloatArray) -> FloatArray:
    """Return the contrast of an ink on each ground, 1 to 21 (as WCAG 2 defines it)."""

    def luminance(colours: FloatArray) -> FloatArray:
        linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
        light: FloatArray = linear @ np.array([0.2126, 0.7152, 0.0722])
        return light

    one, other = luminance(grounds), luminance(ink)
    contrast: FloatArray = (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)
    return contrast
