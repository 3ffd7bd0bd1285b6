"""Yes and no at a threshold: the confusion matrix beside the curves over all thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.metrics.lab.pictures import Curve, ReliabilityPoints
from mtrec_gui.plots.metric_lettering import CAP_HEIGHT
from mtrec_gui.plots.metric_panels import DASHES, Mark, Panel, panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme

_ENDS = ((0.0, "0"), (1.0, "1"))


@dataclass(frozen=True, slots=True)
class Matrix:
    """The rows in each cell at the threshold, and what rows and columns of the matrix are called.

    Parameters
    ----------
    tp, fp, fn, tn : rows of the example
    happened, not_happened, yes, no : heads of the rows and of the columns
    """

    tp: tuple[int, ...]
    fp: tuple[int, ...]
    fn: tuple[int, ...]
    tn: tuple[int, ...]
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
    rows : of each point, the rows that become a yes there
    place : which point is in force
    title, x, y : what the picture and its axes say
    is_roc : the diagonal is drawn, which chance would give
    """

    curve: Curve
    rows: tuple[tuple[int, ...], ...]
    place: int
    title: str
    x: str
    y: str
    is_roc: bool


def draw_answers(
    figure: Figure,
    matrix: Matrix,
    curves: tuple[AnswerCurve, AnswerCurve],
    theme: Theme,
    lit: frozenset[int] = frozenset(),
) -> tuple[Mark, ...]:
    """Draw matrix, ROC and precision-recall curve side by side; return where rows are."""
    left, *others = panels(figure, theme, 3)
    marks = _draw_matrix(left, matrix, lit)
    for panel, curve in zip(others, curves, strict=True):
        marks += _draw_curve(panel, curve, lit)
    return tuple(marks)


def draw_reliability(
    figure: Figure,
    points: ReliabilityPoints,
    titles: tuple[str, str],
    theme: Theme,
    lit: frozenset[int] = frozenset(),
) -> tuple[Mark, ...]:
    """Draw what happened over what was said; on the diagonal both agree.

    Parameters
    ----------
    figure : drawn on
    points : of the bins that hold a row
    titles : of the axis of what was said and of what happened
    theme : colours
    lit : rows that are pointed at
    """
    (panel,) = panels(figure, theme)
    panel.set_limits((-0.04, 1.04), (-0.04, 1.04))
    panel.line((0, 1), (0, 1), theme.edge, 1.0, DASHES)
    said, happened = points.said.tolist(), points.happened.tolist()
    panel.line(said, happened, theme.accent, 1.0)
    marks = []
    for place, rows in enumerate(points.rows):
        x, y, size = [said[place]], [happened[place]], 0.6 + 0.25 * len(rows) ** 0.5
        if lit & set(rows):
            panel.dots(x, y, theme.text, size + 0.45)
        panel.dots(x, y, theme.accent, size)
        beside = panel.x_at(x[0]) + 6, panel.y_at(y[0]) - 11
        panel.write(f"{len(rows)}", *beside, theme.muted)
        marks.append(panel.mark(rows, x[0], y[0], size))
    panel.ticks_below(_ENDS)
    panel.ticks_left(_ENDS)
    panel.frame(*titles)
    panel.finish()
    return tuple(marks)


def _draw_matrix(panel: Panel, matrix: Matrix, lit: frozenset[int]) -> list[Mark]:
    theme, letter = panel.theme, panel.letter
    panel.set_limits((-0.5, 1.5), (0.0, 2.0))
    marks = []
    for x, y, name, rows, is_right in (
        (0, 1, "TP", matrix.tp, True),
        (1, 1, "FN", matrix.fn, False),
        (0, 0, "FP", matrix.fp, False),
        (1, 0, "TN", matrix.tn, True),
    ):
        if lit & set(rows):
            panel.bar(x, 1.0, y, y + 1.0, theme.accent)
        panel.bar(x, 0.94, y + 0.03, y + 0.97, theme.accent_soft if is_right else theme.sunk)
        middle = panel.x_at(x)
        count_y = panel.y_at(y + 0.6) - CAP_HEIGHT * 0.6 * letter
        panel.write(f"{len(rows)}", middle, count_y, theme.text, 0.5, 1.2)
        panel.write(name, middle, panel.y_at(y + 0.2) - CAP_HEIGHT / 2 * letter, theme.muted, 0.5)
        marks.append(panel.box(rows, x, 0.94, y + 0.03, y + 0.97))
    panel.ticks_below(((0, matrix.yes), (1, matrix.no)))
    panel.ticks_left(((0.5, matrix.not_happened), (1.5, matrix.happened)), is_upright=True)
    panel.finish()
    return marks


def _draw_curve(panel: Panel, shown: AnswerCurve, lit: frozenset[int]) -> list[Mark]:
    theme = panel.theme
    panel.set_limits((-0.04, 1.04), (-0.04, 1.04))
    if shown.is_roc:
        panel.line((0, 1), (0, 1), theme.edge, 1.0, DASHES)
    x, y = shown.curve.x, shown.curve.y
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y)).tolist()
    x_values, y_values = x.tolist(), y.tolist()
    curve = [x_values[place] for place in known], [y_values[place] for place in known]
    panel.line(*curve, theme.muted)
    panel.dots(*curve, theme.muted, 0.4)
    marks = []
    for place in known:
        point = [x_values[place]], [y_values[place]]
        if lit & set(shown.rows[place]):
            panel.dots(*point, theme.text, 1.2)
        if place == shown.place:
            panel.dots(*point, theme.accent, 0.85)
        if shown.rows[place]:
            marks.append(panel.mark(shown.rows[place], point[0][0], point[1][0]))
    panel.ticks_below(_ENDS)
    panel.ticks_left(_ENDS)
    panel.frame(shown.x, shown.y, shown.title)
    panel.finish()
    return marks
