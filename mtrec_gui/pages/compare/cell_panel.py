"""What a number means: a panel at the right of the page, over what is under it."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from algorithms.evaluation.gains import SIGNIFICANT
from mtrec_gui.pages.compare.state import CellDetail
from mtrec_gui.pages.compare.words import TableWords
from mtrec_gui.theme import L, M, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.labels import PlainLabel, TaskTag
from mtrec_gui.widgets.layout import clear, row, rule
from mtrec_gui.wording import engine_text, number, percent

WIDTH = 400  # pixels at 100 %


class CellPanel(QFrame):
    """The meaning of one number.

    Signals
    -------
    metric_opened : key of a metric that is to be shown in the Metric Lab
    closed : the panel was closed
    """

    metric_opened = Signal(str)
    closed = Signal()

    def __init__(
        self,
        appearance: Appearance,
        words: TableWords,
        task_position: Callable[[str], int],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._appearance, self._words, self._task_position = appearance, words, task_position
        self._page = parent
        self._detail: CellDetail | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(L, L, L, L)
        outer.setSpacing(M)
        self.close_button = button(self.tr("Close"), "quiet")
        self.close_button.clicked.connect(self.close_panel)
        self.title = PlainLabel(role="cardTitle", wrap=True)
        outer.addLayout(row(self.title, self.close_button))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QFrame()
        inner.setObjectName("rail")
        self._body = QVBoxLayout(inner)
        self._body.setContentsMargins(0, 0, S, 0)
        self._body.setSpacing(S)
        scroll.setWidget(inner)
        outer.addWidget(scroll, 1)
        self.lab_button = button(self.tr("Open in Metric Lab"), "primary")
        self.lab_button.clicked.connect(self._open)
        outer.addLayout(row(self.lab_button, None))
        self.hide()
        appearance.changed.connect(self._restyle)

    def show_detail(self, detail: CellDetail) -> None:
        """Show what a number means."""
        self._detail = detail
        clear(self._body)
        column, card = detail.column, detail.metric.card
        self.title.setText(f"{engine_text(detail.model)} · {self._words.metric_title(column)}")
        colour = self._appearance.theme.task_colour(self._task_position(column.task))
        self._body.addWidget(TaskTag(column.task, colour, self._appearance))
        self._body.addWidget(PlainLabel(number(detail.cell.value, 4), "figure"))
        for sentence in self._sentences(detail):
            self._body.addWidget(PlainLabel(sentence, "muted", wrap=True))
        self._add_gain(detail)
        self._body.addWidget(rule())
        self._body.addWidget(PlainLabel(engine_text(card.definition), wrap=True))
        formula = Canvas(self._appearance, height=64)
        self._body.addWidget(formula)
        from mtrec_gui.plots.formula import draw_formula

        formula.show_plot(
            lambda figure, theme: draw_formula(figure, card.formula, theme),
            self.tr("Formula of {metric}: {formula}").format(
                metric=card.title, formula=card.formula
            ),
        )
        for heading, text in (
            (self.tr("Where it is undefined"), card.undefined),
            (self.tr("A common mistake"), card.mistake),
        ):
            self._body.addWidget(PlainLabel(heading, "strong"))
            self._body.addWidget(PlainLabel(engine_text(text), "muted", wrap=True))
        self._body.addStretch(1)
        self.place()
        self.show()
        self.raise_()
        self.lab_button.setFocus()

    def place(self) -> None:
        """Stand at the right of the parent, as high as it is."""
        parent = self._page
        margin = self._appearance.px(L)
        width = min(self._appearance.px(WIDTH), parent.width() - 2 * margin)
        self.setGeometry(
            parent.width() - width - margin, margin, width, parent.height() - 2 * margin
        )

    def close_panel(self) -> None:
        """Go away."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Close on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        else:
            super().keyPressEvent(event)

    def _sentences(self, detail: CellDetail) -> list[str]:
        cell, said = detail.cell, []
        if math.isfinite(cell.low) and math.isfinite(cell.high):
            said.append(
                self.tr("95 % interval {low} to {high}, drawn over users").format(
                    low=number(cell.low, 4), high=number(cell.high, 4)
                )
            )
        counted = self._words.counted(detail.column, cell.n)
        said.append(
            self.tr("{n}; {left_out} left out because it is undefined for them").format(
                n=counted, left_out=f"{cell.n_undefined:,}"
            )
        )
        if len(detail.seeds) > 1:
            words = (
                self.tr("Mean of {n} folds, standard deviation {spread}")
                if detail.in_folds
                else self.tr("Mean of {n} seeds, standard deviation {spread}")
            )
            line = words.format(n=len(detail.seeds), spread=number(cell.spread, 4))
            repeats = detail.repeats
            if repeats is not None and math.isfinite(repeats.low):
                line += " · " + self.tr("95 % interval of the mean {low} to {high}").format(
                    low=number(repeats.low, 4), high=number(repeats.high, 4)
                )
            said.append(line)
        return said

    def _add_gain(self, detail: CellDetail) -> None:
        if detail.gain is None:
            return
        gain = detail.gain.gain
        words = self.tr("{verdict}: {percent} against {twin} (95 % interval {low} to {high})")
        tones = {"better": "better", "worse": "worse"}
        label = PlainLabel(
            words.format(
                verdict=self._words.verdict(gain.verdict),
                percent=percent(gain.percent / 100),
                twin=engine_text(detail.twin),
                low=percent(gain.low / 100),
                high=percent(gain.high / 100),
            ),
            tones.get(gain.verdict.value, "muted"),
            wrap=True,
        )
        self._body.addWidget(label)
        for sentence in self._witnesses(detail):
            self._body.addWidget(PlainLabel(sentence, "muted", wrap=True))

    def _witnesses(self, detail: CellDetail) -> list[str]:
        """Say what the two tests behind a verdict found."""
        said = []
        gain, test = None if detail.gain is None else detail.gain.gain, detail.test
        if gain is not None and math.isfinite(gain.p_holm):
            words = (
                self.tr("Mean: {p}, and {holm} after Holm's correction over the table.")
                if gain.width == 0
                else self.tr(
                    "Mean beyond ±{width} %: {p}, and {holm} after Holm's correction over the "
                    "table."
                )
            )
            p, corrected = self._words.chance(gain.p), self._words.chance(gain.p_holm)
            said.append(words.format(p=p, holm=corrected, width=f"{gain.width:g}"))
        if gain is None or test is None or not math.isfinite(test.p_holm):
            return said
        words = self.tr(
            "Users: {better} better off, {worse} worse, {same} the same. Effect {effect} "
            "({size}; rank-biserial, −1 to 1), {p} (Wilcoxon, corrected too)."
        )
        said.append(
            words.format(
                better=f"{test.n_better:,}",
                worse=f"{test.n_worse:,}",
                same=f"{test.n_same:,}",
                effect=f"{test.effect:+.2f}".replace("-", "\u2212"),
                size=engine_text(test.size),
                p=self._words.chance(test.p_holm),
            )
        )
        if (gain.p_holm < SIGNIFICANT) != (test.p_holm < SIGNIFICANT):
            said.append(self.tr("Only one of the two sees a difference: look at the users."))
        elif test.p_holm < SIGNIFICANT and gain.percent * test.effect < 0:
            said.append(self.tr("They contradict each other: a few users carry the mean."))
        return said

    def _open(self) -> None:
        if self._detail is not None:
            self.metric_opened.emit(self._detail.metric.key)

    def _restyle(self) -> None:
        if self._detail is not None and self.isVisible():
            self.show_detail(self._detail)
