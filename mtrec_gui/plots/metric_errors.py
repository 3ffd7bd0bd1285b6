"""How far predictions are off, and where the mean and the root mean square of it lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.metrics.lab.pictures import ErrorHistogram
from mtrec_gui.plots.metric_panels import panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme


@dataclass(frozen=True, eq=False)
class Errors:
    """The histogram and two lines in it.

    Parameters
    ----------
    histogram : of prediction less truth
    mae, rmse : where the lines are; NaN for none
    title, axis : what the picture and its axis say
    """

    histogram: ErrorHistogram
    mae: float
    rmse: float
    title: str
    axis: str


def draw_errors(figure: Figure, errors: Errors, theme: Theme) -> None:
    """Draw bars around zero, and MAE and RMSE as lines at the right of it."""
    (axes,) = panels(figure, left=1.6)
    edges = errors.histogram.edges
    axes.bar(
        edges[:-1],
        errors.histogram.counts,
        0.9 * np.diff(edges),
        align="edge",
        color=theme.edge,
        linewidth=0,
    )
    top = max(int(errors.histogram.counts.max(initial=0)), 1)
    axes.set_ylim(0, 1.7 * top)
    lines = ((errors.mae, "MAE", 1.62, "-"), (errors.rmse, "RMSE", 1.36, (0, (3, 2))))
    for value, name, height, dashes in lines:
        if np.isfinite(value):
            axes.plot((value, value), (0, height * top), color=theme.accent, linestyle=dashes)
            axes.annotate(
                f"{name} {value:.3g}",
                (value, height * top),
                xytext=(4, -6),
                textcoords="offset points",
                color=theme.text,
            )
    axes.axvline(0, color=theme.muted, linewidth=1)
    axes.set_yticks(sorted({0, top}))
    axes.set_xlabel(errors.axis)
    axes.set_title(errors.title, loc="left", color=theme.muted)


def draw_pairs(
    figure: Figure, truth: FloatArray, said: FloatArray, titles: tuple[str, str], theme: Theme
) -> None:
    """Draw each row as a point, and the line on which prediction and truth are the same.

    Parameters
    ----------
    figure : drawn on
    truth, said : (n,) of the rows
    titles : of both axes
    theme : colours
    """
    (axes,) = panels(figure)
    both = np.concatenate([truth, said])
    low, high = float(both.min(initial=0.0)), float(both.max(initial=1.0))
    room = 0.06 * (high - low)
    axes.plot((low, high), (low, high), color=theme.edge, linewidth=1, linestyle=(0, (3, 3)))
    axes.scatter(truth, said, 40, color=theme.accent, zorder=3)
    for row, (x, y) in enumerate(zip(truth.tolist(), said.tolist(), strict=True), start=1):
        axes.annotate(
            f"{row}", (x, y), xytext=(6, 3), textcoords="offset points", color=theme.muted
        )
    axes.set_xlim(low - room, high + room)
    axes.set_ylim(low - room, high + room)
    axes.set_xlabel(titles[0])
    axes.set_ylabel(titles[1], labelpad=0)
