"""How far predictions are off, and where the mean and the root mean square of it lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

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
