"""Everything that a metric's card says, and who computes it how."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from algorithms.metrics import MetricCard
from mtrec_gui.pages.metrics.state import MetricOnPage
from mtrec_gui.pages.metrics.words import example_lines, facts, title_of
from mtrec_gui.theme import XS, L, M, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, clear, rule
from mtrec_gui.wording import engine_text


class MeaningView(QWidget):
    """The card of a metric and its variants in other libraries."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(L)
        self.card = Card(self.tr("What it means"))
        self.definition = PlainLabel(wrap=True)
        self.formula = Canvas(appearance, height=96)
        self.facts = PlainLabel(role="muted", wrap=True)
        self.undefined = PlainLabel(role="muted", wrap=True)
        self.blind = PlainLabel(role="muted", wrap=True)
        self.mistake = PlainLabel(role="muted", wrap=True)
        self.example = PlainLabel(role="muted", wrap=True)
        self.reference = PlainLabel(role="muted", wrap=True)
        self.reference.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.card.body.addWidget(self.definition)
        self.card.body.addWidget(self.formula)
        self._sections: dict[PlainLabel, QWidget] = {}
        for heading, label in (
            (self.tr("Range and direction"), self.facts),
            (self.tr("Where it is undefined"), self.undefined),
            (self.tr("What it cannot see"), self.blind),
            (self.tr("A common mistake"), self.mistake),
            (self.tr("A worked example"), self.example),
            (self.tr("Reference"), self.reference),
        ):
            section = QWidget()
            words = QVBoxLayout(section)
            words.setContentsMargins(0, S, 0, 0)
            words.setSpacing(XS)
            words.addWidget(PlainLabel(heading, "strong"))
            words.addWidget(label)
            self.card.body.addWidget(section)
            self._sections[label] = section
        self.variants = VariantsCard()
        layout.addWidget(self.card)
        layout.addWidget(self.variants)
        layout.addStretch(1)

    def show_metric(self, shown: MetricOnPage) -> None:
        """Show a metric."""
        from mtrec_gui.plots.formula import draw_formula

        metric, card = shown.metric, shown.metric.card
        self.definition.setText(engine_text(card.definition))
        self.facts.setText(facts(metric))
        for label, text in (
            (self.undefined, card.undefined),
            (self.blind, card.blind),
            (self.mistake, card.mistake),
        ):
            label.setText(engine_text(text))
            self._sections[label].setVisible(bool(text))
        self.example.setText("\n".join(example_lines(card.example)))
        self._sections[self.example].setVisible(bool(card.example))
        self.reference.setText(shown.reference)
        self.formula.show_plot(
            lambda figure, theme: draw_formula(figure, card.formula, theme, size=2.0),
            self.tr("Formula of {metric}: {formula}").format(
                metric=title_of(metric), formula=card.formula
            ),
        )
        self.variants.show_variants(title_of(metric), card)


class VariantsCard(Card):
    """Who computes what bears the same name, and in what it differs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Who computes it how"), " ", parent)
        self._rows = QVBoxLayout()
        self.body.addLayout(self._rows)

    def show_variants(self, title: str, card: MetricCard) -> None:
        """Show the variants of a metric; nothing where none was written down."""
        clear(self._rows)
        self.setVisible(bool(card.variants))
        self.set_words(
            self.tr("Who computes it how"),
            self.tr("What libraries call {metric}, and whether their number is this one.").format(
                metric=title
            ),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(L)
        grid.setVerticalSpacing(M)
        grid.setColumnStretch(2, 1)
        for place, variant in enumerate(card.variants):
            if place:
                grid.addWidget(rule(), 2 * place - 1, 0, 1, 3)
            verdict = self.tr("same number") if variant.same else self.tr("differs")
            for column, label in enumerate(
                (
                    PlainLabel(engine_text(variant.who), "strong", wrap=True),
                    PlainLabel(verdict, "muted" if variant.same else "strong"),
                    PlainLabel(engine_text(variant.how), "muted", wrap=True),
                )
            ):
                grid.addWidget(label, 2 * place, column, Qt.AlignmentFlag.AlignTop)
        grid.setColumnMinimumWidth(0, 120)
        self._rows.addLayout(grid)
