"""Room for small plots side by side, laid out by hand: matplotlib's own layout takes too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEFT, _BELOW, _ABOVE, _RIGHT = 2.8, 3.7, 2.0, 0.9  # room around a plot, in heights of the text


def panels(figure: Figure, n: int = 1, left: float = _LEFT) -> list[Axes]:
    """Return n plots side by side, with room for a title, for ticks and for a label below.

    Parameters
    ----------
    figure : drawn on
    n : how many
    left : room at the left of each, in heights of the text
    """
    figure.set_layout_engine("none")
    letter = float(mpl.rcParams["font.size"]) / 72 * figure.dpi
    width, height = figure.bbox.width, figure.bbox.height
    across = width / n
    return [
        figure.add_axes(
            (
                (place * across + left * letter) / width,
                _BELOW * letter / height,
                max(across - (left + _RIGHT) * letter, 10) / width,
                max(height - (_BELOW + _ABOVE) * letter, 10) / height,
            )
        )
        for place in range(n)
    ]
