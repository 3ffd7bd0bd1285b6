"""Yes and no at a threshold: the confusion matrix beside the curves over all thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.metrics.lab.pictures import Curve, ReliabilityPoints
from mtrec_gui.plots.metric_panels import panels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme


@dataclass(frozen=True, slots=True)
class Matrix:
    """Counts at the threshold, and what rows, columns and the whole are called.

    Parameters
    ----------
    tp, fp, fn, tn : counts
    happened, not_happened, yes, no : heads of the rows and of the columns
    """

    tp: int
    fp: int
    fn: int
    tn: int
    happened: str
    not_happened: str
    yes: str
    no: str


@dataclass(frozen=True, eq=False)
class AnswerCurve:
    """A curve over thresholds, with the point of the threshold in force.

    Parameters
    ----------
    curve : see ``roc_points`` and ``precision_recall_points``
    place : which point
    title, x, y : what the picture and its axes say
    is_roc : the diagonal is drawn, which chance would give
    """

    curve: Curve
    place: int
    title: str
    x: str
    y: str
    is_roc: bool


def draw_answers(
    figure: Figure, matrix: Matrix, first: AnswerCurve, second: AnswerCurve, theme: Theme
) -> None:
    """Draw matrix, ROC and precision-recall curve side by side."""
    left, middle, right = panels(figure, 3)
    _draw_matrix(left, matrix, theme)
    _draw_curve(middle, first, theme)
    _draw_curve(right, second, theme)


def draw_reliability(
    figure: Figure, points: ReliabilityPoints, titles: tuple[str, str, str], theme: Theme
) -> None:
    """Draw what happened over what was said; on the diagonal both agree.

    Parameters
    ----------
    figure : drawn on
    points : of the bins that hold a row
    titles : of the picture, of the axis of what was said and of what happened
    theme : colours
    """
    (axes,) = panels(figure)
    axes.plot((0, 1), (0, 1), color=theme.edge, linewidth=1, linestyle=(0, (3, 3)))
    sizes = 30.0 + 30.0 * points.counts
    axes.plot(points.said, points.happened, color=theme.accent, linewidth=1)
    axes.scatter(points.said, points.happened, sizes, color=theme.accent, zorder=3, clip_on=False)
    for said, happened, count in zip(points.said, points.happened, points.counts, strict=True):
        axes.annotate(
            f"{count}",
            (said, happened),
            xytext=(6, -11),
            textcoords="offset points",
            color=theme.muted,
        )
    _unit(axes)
    axes.set_title(titles[0], loc="left", color=theme.muted)
    axes.set_xlabel(titles[1])
    axes.set_ylabel(titles[2], labelpad=0)


def _draw_matrix(axes: Axes, matrix: Matrix, theme: Theme) -> None:
    cells = (
        (0, 1, "TP", matrix.tp, True),
        (1, 1, "FN", matrix.fn, False),
        (0, 0, "FP", matrix.fp, False),
        (1, 0, "TN", matrix.tn, True),
    )
    for x, y, name, count, is_right in cells:
        colour = theme.accent_soft if is_right else theme.sunk
        axes.bar(x, 0.94, 0.94, bottom=y + 0.03, color=colour, linewidth=0)
        axes.text(x, y + 0.58, f"{count}", ha="center", va="center", color=theme.text, size="large")
        axes.text(x, y + 0.2, name, ha="center", va="center", color=theme.muted)
    axes.set_xlim(-0.5, 1.5)
    axes.set_ylim(0, 2)
    axes.set_xticks((0, 1), (matrix.yes, matrix.no))
    axes.set_yticks((0.5, 1.5), (matrix.not_happened, matrix.happened), rotation=90, va="center")
    for spine in axes.spines.values():
        spine.set_visible(False)


def _draw_curve(axes: Axes, shown: AnswerCurve, theme: Theme) -> None:
    if shown.is_roc:
        axes.plot((0, 1), (0, 1), color=theme.edge, linewidth=1, linestyle=(0, (3, 3)))
    known = np.isfinite(shown.curve.x) & np.isfinite(shown.curve.y)
    axes.plot(shown.curve.x[known], shown.curve.y[known], color=theme.muted, marker=".")
    x, y = shown.curve.x[shown.place], shown.curve.y[shown.place]
    if np.isfinite(x) and np.isfinite(y):
        axes.scatter([x], [y], 60, color=theme.accent, zorder=3)
    _unit(axes)
    axes.set_title(shown.title, loc="left" if shown.is_roc else "right", color=theme.muted)
    axes.set_xlabel(shown.x)
    axes.set_ylabel(shown.y, labelpad=-4)


def _unit(axes: Axes) -> None:
    axes.set_xlim(-0.04, 1.04)
    axes.set_ylim(-0.04, 1.04)
    axes.set_xticks((0, 1))
    axes.set_yticks((0, 1))
