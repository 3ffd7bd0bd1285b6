"""Small plots side by side that are drawn in a few milliseconds.

matplotlib's axes take 15 ms and more to be made and drawn, mostly for their ticks. What the Metric
Lab shows needs little of them: a line below and at the left, a few words, bars, lines and dots.
These are put on the figure here directly, in points from its lower left corner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Transform

from mtrec_gui.plots.metric_lettering import CAP_HEIGHT, Ink, lettered, painted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme

LEFT, BELOW, ABOVE, RIGHT = 2.8, 3.7, 2.0, 0.9  # room around a plot, in heights of the text
DASHES = (0.0, (3.0, 3.0))
Dashes = tuple[float, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a picture shows rows, in points from the lower left corner of the figure.

    Parameters
    ----------
    rows : of the example
    left, right, below, above : the box that is pointed at
    """

    rows: tuple[int, ...]
    left: float
    right: float
    below: float
    above: float

    def distance(self, x: float, y: float) -> float:
        """Return how far a point is from the box, 0 inside."""
        across = max(self.left - x, 0.0, x - self.right)
        up = max(self.below - y, 0.0, y - self.above)
        return float(np.hypot(across, up))


class Panel:
    """A plot on a part of a figure.

    Parameters
    ----------
    figure : drawn on
    box : (left, below, width, height) in points
    theme : colours
    """

    def __init__(
        self, figure: Figure, box: tuple[float, float, float, float], theme: Theme
    ) -> None:
        self.theme = theme
        self.left, self.below, self.width, self.height = box
        self.letter = float(mpl.rcParams["font.size"])
        self._line = float(mpl.rcParams["axes.linewidth"])
        self._families = tuple(mpl.rcParams["font.family"])
        self._figure = figure
        self._points: Transform = Affine2D().scale(1 / 72) + figure.dpi_scale_trans
        self._x, self._y = (0.0, 1.0), (0.0, 1.0)
        self._words: dict[str, list[Ink]] = {}

    def set_limits(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Say which values are at the ends."""
        self._x, self._y = x, y

    def x_at(self, value: float) -> float:
        """Return where a value is, in points."""
        low, high = self._x
        return self.left + (value - low) / (high - low) * self.width

    def y_at(self, value: float) -> float:
        """Return where a value is, in points."""
        low, high = self._y
        return self.below + (value - low) / (high - low) * self.height

    def value_at(self, x: float) -> float:
        """Return which value on the lower axis is at a place in points."""
        low, high = self._x
        return low + (x - self.left) / self.width * (high - low)

    def bar(self, x: float, width: float, low: float, high: float, colour: str) -> None:
        """Draw a bar around ``x``, in values."""
        left, right = self.x_at(x - width / 2), self.x_at(x + width / 2)
        below, above = self.y_at(low), self.y_at(high)
        corners = [(left, below), (right, below), (right, above), (left, above), (left, below)]
        self._figure.add_artist(
            PathPatch(
                Path(corners, closed=True), transform=self._points, facecolor=colour, linewidth=0
            )
        )

    def line(
        self,
        x: Sequence[float],
        y: Sequence[float],
        colour: str,
        width: float = 1.8,
        dashes: Dashes | None = None,
    ) -> None:
        """Draw a line through points, in values; ``width`` is that of an axis."""
        self._figure.add_artist(
            Line2D(
                [self.x_at(value) for value in x],
                [self.y_at(value) for value in y],
                transform=self._points,
                color=colour,
                linewidth=width * self._line,
                linestyle=dashes or "-",
                solid_capstyle="butt",
                zorder=2,
            )
        )

    def dots(self, x: Sequence[float], y: Sequence[float], colour: str, size: float = 0.62) -> None:
        """Draw dots, in values; ``size`` is their width in heights of the text."""
        self._figure.add_artist(
            Line2D(
                [self.x_at(value) for value in x],
                [self.y_at(value) for value in y],
                transform=self._points,
                color=colour,
                linestyle="",
                marker="o",
                markersize=size * self.letter,
                markeredgewidth=0,
                zorder=3,
            )
        )

    def write(
        self,
        text: str,
        x: float,
        y: float,
        colour: str,
        align: float = 0.0,
        size: float = 1.0,
        is_upright: bool = False,
    ) -> None:
        """Write at a place in points.

        Parameters
        ----------
        text : one line
        x, y : of the baseline; where it is upright, too
        colour : of the theme
        align : 0 where the text begins there, 0.5 where its middle is there, 1 where it ends
        size : relative to the text of plots
        is_upright : it reads from below
        """
        if not text:
            return
        ink = lettered(text, self._families)
        size *= self.letter
        shift = -align * ink.width * size
        x, y = (x, y + shift) if is_upright else (x + shift, y)
        self._words.setdefault(colour, []).append(ink.placed(x, y, size, is_upright))

    def frame(
        self, x_label: str, y_label: str = "", title: str = "", has_left: bool = True
    ) -> None:
        """Draw the lines below and at the left, and write what they are."""
        right, above = self.left + self.width, self.below + self.height
        corners = [(self.left, above)] if has_left else []
        corners += [(self.left, self.below), (right, self.below)]
        self._figure.add_artist(
            Line2D(
                [x for x, _ in corners],
                [y for _, y in corners],
                transform=self._points,
                color=self.theme.line,
                linewidth=self._line,
                zorder=2.5,
            )
        )
        middle = self.left + self.width / 2
        self.write(x_label, middle, self.below - 2.75 * self.letter, self.theme.muted, 0.5)
        self.write(
            y_label,
            self.left - 1.55 * self.letter,
            self.below + self.height / 2,
            self.theme.muted,
            0.5,
            is_upright=True,
        )
        self.write(title, self.left, above + 0.55 * self.letter, self.theme.muted)

    def ticks_below(self, ticks: Sequence[tuple[float, str]]) -> None:
        """Write at values of the lower axis."""
        for value, text in ticks:
            self.write(
                text, self.x_at(value), self.below - 1.35 * self.letter, self.theme.muted, 0.5
            )

    def ticks_left(self, ticks: Sequence[tuple[float, str]], is_upright: bool = False) -> None:
        """Write at values of the axis at the left."""
        for value, text in ticks:
            x, y = self.left - 0.45 * self.letter, self.y_at(value)
            if is_upright:
                self.write(text, x, y, self.theme.muted, 0.5, is_upright=True)
            else:
                self.write(text, x, y - CAP_HEIGHT / 2 * self.letter, self.theme.muted, 1.0)

    def mark(self, rows: Sequence[int], x: float, y: float, around: float = 0.5) -> Mark:
        """Return the place of a dot for the pointer, in values; ``around`` in heights of text."""
        across, up, reach = self.x_at(x), self.y_at(y), around * self.letter
        return Mark(tuple(rows), across - reach, across + reach, up - reach, up + reach)

    def box(self, rows: Sequence[int], x: float, width: float, low: float, high: float) -> Mark:
        """Return the place of a bar for the pointer; see ``bar``."""
        left, right = self.x_at(x - width / 2), self.x_at(x + width / 2)
        return Mark(tuple(rows), left, right, self.y_at(low), self.y_at(high))

    def finish(self) -> None:
        """Put all that was written on the figure."""
        for colour, inks in self._words.items():
            shapes = painted(inks, colour, self._points)
            if shapes is not None:
                self._figure.add_artist(shapes)
        self._words = {}


def panels(figure: Figure, theme: Theme, n: int = 1, left: float = LEFT) -> list[Panel]:
    """Return n plots side by side, with room for a title, for ticks and for a label below.

    Parameters
    ----------
    figure : drawn on
    theme : colours
    n : how many
    left : room at the left of each, in heights of the text
    """
    figure.set_layout_engine("none")
    letter = float(mpl.rcParams["font.size"])
    width, height = (72 * inches for inches in figure.get_size_inches())
    across = width / n
    return [
        Panel(
            figure,
            (
                place * across + left * letter,
                BELOW * letter,
                max(across - (left + RIGHT) * letter, letter),
                max(height - (BELOW + ABOVE) * letter, letter),
            ),
            theme,
        )
        for place in range(n)
    ]
