"""How far predictions are off, and where the mean and the root mean square of it lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.metrics.lab.pictures import ErrorHistogram
from mtrec_gui.plots.metric_panels import DASHES, Dashes, Mark, Panel, panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme

_DOT = 0.75  # width of a row's dot, in heights of the text


@dataclass(frozen=True, eq=False)
class Errors:
    """The histogram, a dot for each row, and two lines.

    Parameters
    ----------
    histogram : of prediction less truth
    errors : (n,) prediction less truth of each row
    mae, rmse : where the lines are; NaN for none
    axis : what is at the axis
    """

    histogram: ErrorHistogram
    errors: tuple[float, ...]
    mae: float
    rmse: float
    axis: str


def draw_errors(
    figure: Figure, errors: Errors, theme: Theme, lit: frozenset[int] = frozenset()
) -> tuple[Panel, tuple[Mark, ...]]:
    """Draw bars around zero with the rows on them, and MAE and RMSE as lines at the right of it.

    Returns the panel, which knows what an error is where, and where the rows are.
    """
    (panel,) = panels(figure, theme, left=1.6)
    edges, counts = errors.histogram.edges, errors.histogram.counts
    top = max(int(counts.max(initial=0)), 1)
    panel.set_limits((float(edges[0]), float(edges[-1])), (0.0, 1.7 * top))
    middles, width = (edges[:-1] + edges[1:]) / 2, 0.9 * float(edges[1] - edges[0])
    for middle, count in zip(middles.tolist(), counts.tolist(), strict=True):
        if count:
            panel.bar(middle, width, 0.0, count, theme.edge)
    panel.line((0.0, 0.0), (0.0, 1.7 * top), theme.muted, 1.0)
    dashed: Dashes = (0.0, (3.0, 2.0))
    for value, name, height, dashes in (
        (errors.mae, "MAE", 1.62, None),
        (errors.rmse, "RMSE", 1.36, dashed),
    ):
        if np.isfinite(value):
            panel.line((value, value), (0.0, height * top), theme.accent, 1.8, dashes)
            x, y = panel.x_at(value) + 4, panel.y_at(height * top) - 0.7 * panel.letter
            panel.write(f"{name} {value:.3g}", x, y, theme.text)
    heights = _stacked([panel.x_at(error) for error in errors.errors], _DOT * panel.letter)
    room = panel.height / (1.7 * top)  # of one row, in points
    y_values = [(0.5 + height) * (_DOT + 0.15) * panel.letter / room for height in heights]
    if lit:
        some = sorted(lit & set(range(len(heights))))
        where = [errors.errors[row] for row in some], [y_values[row] for row in some]
        panel.dots(*where, theme.text, _DOT + 0.5)
    panel.dots(errors.errors, y_values, theme.surface, _DOT + 0.2)
    panel.dots(errors.errors, y_values, theme.accent, _DOT)
    panel.ticks_left([(0, "0"), (top, f"{top}")])
    reach = float(edges[-1])
    ticks = [-reach, -reach / 2, 0.0, reach / 2, reach]
    panel.ticks_below([(tick, f"{tick:g}".replace("-", "−")) for tick in ticks])
    panel.frame(errors.axis)
    panel.finish()
    points = zip(errors.errors, y_values, strict=True)
    return panel, tuple(panel.mark((row,), x, y) for row, (x, y) in enumerate(points))


def draw_pairs(
    figure: Figure,
    truth: FloatArray,
    said: FloatArray,
    titles: tuple[str, str],
    theme: Theme,
    lit: frozenset[int] = frozenset(),
) -> tuple[Mark, ...]:
    """Draw each row as a point, and the line on which prediction and truth are the same.

    Parameters
    ----------
    figure : drawn on
    truth, said : (n,) of the rows
    titles : of both axes
    theme : colours
    lit : rows that are pointed at
    """
    (panel,) = panels(figure, theme)
    both = np.concatenate([truth, said])
    low, high = float(both.min(initial=0.0)), float(both.max(initial=1.0))
    room = 0.06 * (high - low)
    panel.set_limits((low - room, high + room), (low - room, high + room))
    panel.line((low, high), (low, high), theme.edge, 1.0, DASHES)
    x, y = truth.tolist(), said.tolist()
    some = sorted(lit & set(range(len(x))))
    panel.dots([x[row] for row in some], [y[row] for row in some], theme.text, 1.2)
    panel.dots(x, y, theme.accent, 0.75)
    for row in range(len(x)):
        panel.write(f"{row + 1}", panel.x_at(x[row]) + 6, panel.y_at(y[row]) + 3, theme.muted)
    ticks = [(value, f"{value:.3g}".replace("-", "−")) for value in (low, (low + high) / 2, high)]
    panel.ticks_below(ticks)
    panel.ticks_left((ticks[0], ticks[-1]))  # the name of the axis is between them
    panel.frame(*titles)
    panel.finish()
    return tuple(panel.mark((row,), x[row], y[row]) for row in range(len(x)))


def _stacked(places: list[float], width: float) -> list[int]:
    """Return how high each dot lies, so that none covers another."""
    heights = [0] * len(places)
    done: list[int] = []
    for row in sorted(range(len(places)), key=lambda row: places[row]):
        taken = {heights[other] for other in done if abs(places[other] - places[row]) < width}
        heights[row] = next(height for height in range(len(places)) if height not in taken)
        done.append(row)
    return heights
