"""The picture of a metric on the rows of the workbench; its marks and the rows light each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from algorithms.metrics.lab import AnswerRows, RankedList, ValueRows, evaluate
from mtrec_gui.pages.metrics.try_state import TryState
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.layout import Card

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.plots.metric_panels import Mark, Panel
    from mtrec_gui.theme import Theme

    Lit = frozenset[int]
    DrawLit = Callable[[Figure, Theme, Lit], tuple[Mark, ...]]

PROBABILITIES = ("log_loss", "brier", "ece")
PAIRS = ("r2", "spearman", "kendall")
_HEIGHT = 172
_NEAR = 9.0  # points; so near to a mark it is pointed at
_POINTS = 0.72  # in a pixel of a canvas, whose figures have 100 to the inch


class PictureCard(Card):
    """What the rows look like to the metric.

    Signals
    -------
    rows_pointed : the rows of the mark under the pointer, a frozenset
    error_dragged : (row, prediction) while the row's dot is dragged
    """

    rows_pointed = Signal(object)
    error_dragged = Signal(int, float)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(" ", " ", parent)
        self.canvas = Canvas(appearance, height=_HEIGHT)
        self.canvas.setMouseTracking(True)
        self.canvas.installEventFilter(self)
        self.body.addWidget(self.canvas)
        self._words = ("", "")
        self._draw: DrawLit | None = None
        self._marks: tuple[Mark, ...] = ()
        self._lit: Lit = frozenset()
        self._pointed: Lit = frozenset()
        self._known: set[str] = set()  # metrics whose words have been set once, which takes long
        self._values: ValueRows | None = None  # whose errors are shown
        self._panel: Panel | None = None
        self._dragged: int | None = None
        self._reach: float | None = None  # of the axis, which stands still during a drag

    def show_example(self, state: TryState) -> None:
        """Draw the rows of a workbench."""
        example = state.example
        self._values = None
        if isinstance(example, RankedList):
            title, sentence, draw = self._places(state.metric.key, example)
        elif isinstance(example, ValueRows) and state.metric.key in PAIRS:
            title, sentence, draw = self._pairs(example)
        elif isinstance(example, ValueRows):
            title, sentence, draw = self._errors(example)
        elif isinstance(example, AnswerRows) and state.metric.key in PROBABILITIES:
            title, sentence, draw = self._reliability(example)
        elif isinstance(example, AnswerRows):
            title, sentence, draw = self._answers(example)
        else:
            return
        self._words, self._draw, self._lit = (title, sentence), draw, state.lit_rows
        self.set_words(title, sentence)
        self._show(state.metric.key in self._known)
        self._known.add(state.metric.key)

    def show_light(self, rows: Lit) -> None:
        """Light the marks of rows."""
        if rows != self._lit:
            self._lit = rows
            self._show()

    def _show(self, is_quick: bool = True) -> None:
        made = self._draw
        if made is None:
            return
        lit = self._lit

        def draw(figure: Figure, theme: Theme) -> None:
            self._marks = made(figure, theme, lit)

        self.canvas.show_plot(draw, ". ".join(self._words), is_quick)

    # --- the pointer -------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the mouse over the picture."""
        if isinstance(event, QMouseEvent):
            where = event.position()
            if event.type() == QEvent.Type.MouseMove:
                self._move(where)
            elif event.type() == QEvent.Type.MouseButtonPress:
                if event.button() == Qt.MouseButton.LeftButton and self._values is not None:
                    rows = self._rows_at(where)
                    self._dragged = min(rows) if rows else None
            elif event.type() == QEvent.Type.MouseButtonRelease and self._dragged is not None:
                self._drop()
        elif event.type() == QEvent.Type.Leave and self._dragged is None:
            self._point(frozenset())
        return super().eventFilter(watched, event)

    def _move(self, where: QPointF) -> None:
        if self._dragged is not None:
            self._drag(self._dragged, where)
            return
        rows = self._rows_at(where)
        can_drag = bool(rows) and self._values is not None
        self.canvas.setCursor(
            Qt.CursorShape.SizeHorCursor if can_drag else Qt.CursorShape.ArrowCursor
        )
        self._point(rows)

    def _drag(self, row: int, where: QPointF) -> None:
        """Give a row the error that is under the pointer, as far as the axis goes."""
        values, panel = self._values, self._panel
        if values is None or panel is None or row >= len(values):
            return
        low, high = panel.value_at(panel.left), panel.value_at(panel.left + panel.width)
        self._reach = high
        error = min(max(panel.value_at(_POINTS * where.x()), low), high)
        self.error_dragged.emit(row, round(values.truth[row] + error, 2))

    def _drop(self) -> None:
        """Let the axis fit again."""
        self._dragged = self._reach = None
        if self._values is not None:
            _, _, self._draw = self._errors(self._values)
            self._show()

    def _point(self, rows: Lit) -> None:
        if rows != self._pointed:
            self._pointed = rows
            self.rows_pointed.emit(rows)

    def _rows_at(self, where: QPointF) -> Lit:
        x, y = _POINTS * where.x(), _POINTS * (self.canvas.height() - where.y())
        near = [(mark.distance(x, y), place) for place, mark in enumerate(self._marks)]
        distance, place = min(near, default=(_NEAR, 0))
        return frozenset(self._marks[place].rows) if distance < _NEAR else frozenset()

    # --- the pictures ------------------------------------------------------------------------

    def _places(self, key: str, example: RankedList) -> tuple[str, str, DrawLit]:
        from algorithms.metrics.lab.pictures import discount_curve
        from mtrec_gui.plots.metric_places import Places, draw_places

        n = len(example)
        by_place = {
            "ndcg": discount_curve(n),
            "ndcg_graded": discount_curve(n) * np.maximum(example.relevance, 0.0),
            "mrr": 1 / np.arange(1, n + 1),
        }
        worth = by_place.get(key, np.ones(n))
        sentence = {
            "ndcg": self.tr("A hit counts less the further down it stands: 1 / log₂(place + 1)."),
            "ndcg_graded": self.tr("The grade times what the place is worth: 1 / log₂(place + 1)."),
            "mrr": self.tr("Only the first hit counts, and it is worth 1 / place."),
            "hit_rate": self.tr("One hit in the first k places is enough."),
            "map": self.tr("At each hit: the share of hits down to there."),
            "r_precision": self.tr("As many places count as there are relevant items."),
            "auc_at": self.tr("Every pair of a filled and an empty place is compared."),
        }.get(key, self.tr("Every place up to k is the same; beyond k nothing counts."))
        places = Places(
            worth=tuple(worth.tolist()),
            hits=tuple(grade > 0 for grade in example.relevance),
            k=min(example.n_relevant, n) if key == "r_precision" else example.k,
            axis=self.tr("place; filled where the item is relevant"),
        )
        return (
            self.tr("What a place is worth"),
            sentence,
            lambda figure, theme, lit: draw_places(figure, places, theme, lit),
        )

    def _errors(self, example: ValueRows) -> tuple[str, str, DrawLit]:
        from algorithms.metrics.lab.pictures import error_histogram, error_reach
        from mtrec_gui.plots.metric_errors import Errors, draw_errors

        self._values = example
        off = (said - truth for truth, said in zip(example.truth, example.predicted, strict=True))
        errors = Errors(
            error_histogram(example, reach=self._reach or error_reach(example)),
            tuple(off),
            evaluate("mae", example).value,
            evaluate("rmse", example).value,
            self.tr("prediction less truth"),
        )

        def draw(figure: Figure, theme: Theme, lit: Lit) -> tuple[Mark, ...]:
            self._panel, marks = draw_errors(figure, errors, theme, lit)
            return marks

        return (
            self.tr("How far off"),
            self.tr("Drag a dot far out: RMSE runs after it, MAE moves less."),
            draw,
        )

    def _pairs(self, example: ValueRows) -> tuple[str, str, DrawLit]:
        from mtrec_gui.plots.metric_errors import draw_pairs

        titles = (self.tr("truth"), self.tr("prediction"))
        truth, said = np.array(example.truth), np.array(example.predicted)
        return (
            self.tr("Prediction over truth"),
            self.tr("Each point is a row; on the line the prediction is the truth."),
            lambda figure, theme, lit: draw_pairs(figure, truth, said, titles, theme, lit),
        )

    def _answers(self, example: AnswerRows) -> tuple[str, str, DrawLit]:
        from algorithms.metrics.lab.pictures import (
            counts_by_threshold,
            precision_recall_points,
            roc_points,
            rows_by_threshold,
        )
        from mtrec_gui.plots.metric_answers import AnswerCurve, Matrix, draw_answers

        place = counts_by_threshold(example).place(example.threshold)
        rows = rows_by_threshold(example)
        outcomes = list(zip(example.truth, example.answers, strict=True))

        def cell(*outcome: bool) -> tuple[int, ...]:
            return tuple(row for row, each in enumerate(outcomes) if each == outcome)

        matrix = Matrix(
            cell(True, True),
            cell(False, True),
            cell(True, False),
            cell(False, False),
            self.tr("happened"),
            self.tr("did not"),
            self.tr("yes"),
            self.tr("no"),
        )
        roc = AnswerCurve(
            roc_points(example),
            rows,
            place,
            self.tr("ROC"),
            self.tr("false alarms"),
            self.tr("recall"),
            True,
        )
        pr = AnswerCurve(
            precision_recall_points(example),
            rows,
            place,
            self.tr("Precision-recall"),
            self.tr("recall"),
            self.tr("precision"),
            False,
        )

        return (
            self.tr("At this threshold, and at all others"),
            self.tr("The dot is the threshold in force; each point of a curve is another one."),
            lambda figure, theme, lit: draw_answers(figure, matrix, (roc, pr), theme, lit),
        )

    def _reliability(self, example: AnswerRows) -> tuple[str, str, DrawLit]:
        from algorithms.metrics.lab.pictures import reliability_points
        from mtrec_gui.plots.metric_answers import draw_reliability

        points = reliability_points(example)
        titles = (self.tr("what was said"), self.tr("what happened"))
        return (
            self.tr("Is 70 % really 70 %?"),
            self.tr("On the diagonal, what was said happens as often as it was said."),
            lambda figure, theme, lit: draw_reliability(figure, points, titles, theme, lit),
        )
