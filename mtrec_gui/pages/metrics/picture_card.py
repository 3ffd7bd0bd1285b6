"""The picture of a metric on the rows of the workbench."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QWidget

from algorithms.metrics.lab import AnswerRows, RankedList, ValueRows, evaluate
from mtrec_gui.pages.metrics.try_state import TryState
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.layout import Card

if TYPE_CHECKING:
    from mtrec_gui.widgets.canvas import Draw

PROBABILITIES = ("log_loss", "brier", "ece")
PAIRS = ("r2", "spearman", "kendall")
_HEIGHT = 172


class PictureCard(Card):
    """What the rows look like to the metric."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(" ", " ", parent)
        self.canvas = Canvas(appearance, height=_HEIGHT)
        self.body.addWidget(self.canvas)

    def show_example(self, state: TryState) -> None:
        """Draw the rows of a workbench."""
        example = state.example
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
        self.set_words(title, sentence)
        self.canvas.show_plot(draw, f"{title}. {sentence}")

    def _places(self, key: str, example: RankedList) -> tuple[str, str, Draw]:
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
            title="",
            axis=self.tr("place; filled where the item is relevant"),
        )
        return (
            self.tr("What a place is worth"),
            sentence,
            (lambda figure, theme: draw_places(figure, places, theme)),
        )

    def _errors(self, example: ValueRows) -> tuple[str, str, Draw]:
        from algorithms.metrics.lab.pictures import error_histogram
        from mtrec_gui.plots.metric_errors import Errors, draw_errors

        errors = Errors(
            error_histogram(example),
            evaluate("mae", example).value,
            evaluate("rmse", example).value,
            "",
            self.tr("prediction less truth"),
        )
        return (
            self.tr("How far off"),
            self.tr("Make one error large: RMSE runs after it, MAE hardly moves."),
            lambda figure, theme: draw_errors(figure, errors, theme),
        )

    def _pairs(self, example: ValueRows) -> tuple[str, str, Draw]:
        from mtrec_gui.plots.metric_errors import draw_pairs

        titles = (self.tr("truth"), self.tr("prediction"))
        truth, said = np.array(example.truth), np.array(example.predicted)
        return (
            self.tr("Prediction over truth"),
            self.tr("Each point is a row; on the line the prediction is the truth."),
            lambda figure, theme: draw_pairs(figure, truth, said, titles, theme),
        )

    def _answers(self, example: AnswerRows) -> tuple[str, str, Draw]:
        from algorithms.metrics.lab.pictures import (
            counts_by_threshold,
            precision_recall_points,
            roc_points,
        )
        from mtrec_gui.plots.metric_answers import AnswerCurve, Matrix, draw_answers

        counts = counts_by_threshold(example)
        place = counts.place(example.threshold)
        matrix = Matrix(
            int(counts.tp[place]),
            int(counts.fp[place]),
            int(counts.fn[place]),
            int(counts.tn[place]),
            self.tr("happened"),
            self.tr("did not"),
            self.tr("yes"),
            self.tr("no"),
        )
        roc = AnswerCurve(
            roc_points(example),
            place,
            self.tr("ROC"),
            self.tr("false alarms"),
            self.tr("recall"),
            True,
        )
        pr = AnswerCurve(
            precision_recall_points(example),
            place,
            self.tr("Precision-recall"),
            self.tr("recall"),
            self.tr("precision"),
            False,
        )

        return (
            self.tr("At this threshold, and at all others"),
            self.tr("The dot is the threshold in force; each point of a curve is another one."),
            lambda figure, theme: draw_answers(figure, matrix, roc, pr, theme),
        )

    def _reliability(self, example: AnswerRows) -> tuple[str, str, Draw]:
        from algorithms.metrics.lab.pictures import reliability_points
        from mtrec_gui.plots.metric_answers import draw_reliability

        points = reliability_points(example)
        titles = ("", self.tr("what was said"), self.tr("what happened"))
        return (
            self.tr("Is 70 % really 70 %?"),
            self.tr("On the diagonal, what was said happens as often as it was said."),
            lambda figure, theme: draw_reliability(figure, points, titles, theme),
        )
