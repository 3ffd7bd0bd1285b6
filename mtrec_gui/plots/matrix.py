"""A table of numbers as coloured fields, each with its number written into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from algorithms.arrays import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mtrec_gui.theme import Theme

_DARKEST = 0.75  # how much of the colour the strongest field has


def draw_matrix(
    axes: Axes,
    values: FloatArray,
    write: Callable[[float], str],
    theme: Theme,
    strengths: FloatArray | None = None,
) -> None:
    """Draw fields: the accent for what is above zero, grey for what is below.

    Parameters
    ----------
    values : (n_rows, n_columns) NaN where unknown
    write : what stands in a field
    strengths : (n_rows, n_columns) -1 to 1, how strongly each is coloured; by default the values
    """
    n_rows, n_columns = values.shape
    strengths = np.clip(np.nan_to_num(values if strengths is None else strengths), -1, 1)
    colours = field_colours(strengths, rgb(theme.surface), rgb(theme.accent), rgb(theme.muted))
    inks = readable_inks(colours, (theme.text, theme.on_accent))
    axes.imshow(colours, aspect="auto", interpolation="nearest")
    for row in range(n_rows):
        for column in range(n_columns):
            value = values[row, column]
            axes.text(
                column,
                row,
                "–" if np.isnan(value) else write(value),
                ha="center",
                va="center",
                color=inks[row][column],
            )
    axes.set_xticks(np.arange(n_columns + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(n_rows + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=theme.surface, linewidth=2)
    axes.tick_params(which="minor", length=0)
    axes.spines[["left", "bottom"]].set_visible(False)


def field_colours(
    strengths: FloatArray, ground: FloatArray, up: FloatArray, down: FloatArray
) -> FloatArray:
    """Return (..., 3) colours: ``ground`` for 0, toward ``up`` above it and ``down`` below."""
    toward = np.where(strengths[..., None] >= 0, up, down)
    colours: FloatArray = ground + _DARKEST * np.abs(strengths)[..., None] * (toward - ground)
    return colours


def readable_inks(colours: FloatArray, inks: Sequence[str]) -> list[list[str]]:
    """Return for each field of (n_rows, n_columns, 3) colours the ink that stands out most."""
    contrasts = [_contrast(colours, rgb(ink)) for ink in inks]
    return [[inks[best] for best in row] for row in np.argmax(contrasts, axis=0)]


def rgb(colour: str) -> FloatArray:
    """Return (3,) the parts, 0 to 1, of a colour such as ``#2F5BEA``."""
    return np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])


def _contrast(grounds: FloatArray, ink: FloatArray) -> FloatArray:
    """Return the contrast of an ink on each ground, 1 to 21 (as WCAG 2 defines it)."""

    def luminance(colours: FloatArray) -> FloatArray:
        linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
        light: FloatArray = linear @ np.array([0.2126, 0.7152, 0.0722])
        return light

    one, other = luminance(grounds), luminance(ink)
    contrast: FloatArray = (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)
    return contrast
