"""The value at once, the formula with the rows' numbers in it, and its terms to point at."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from algorithms.metrics.lab import Part, Worked
from mtrec_gui.pages.metrics.lab_row import TermChip, set_lit
from mtrec_gui.pages.metrics.mathtext_words import plain
from mtrec_gui.pages.metrics.try_state import TryState
from mtrec_gui.pages.metrics.words import title_of
from mtrec_gui.theme import XS, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, FlowLayout
from mtrec_gui.wording import number, say

_LOW, _TALL = 58, 96  # of a formula; a tall one has sums above and below a line


class EquationCard(Card):
    """What the rows give.

    Signals
    -------
    pointed : a term, -1 for none
    """

    pointed = Signal(int)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(" ", "", parent)
        self.set_words(self.tr("The formula, with these numbers"))
        self.value = PlainLabel(role="figure")
        self.head.addWidget(self.value)
        self.formula = Canvas(appearance, height=_LOW)
        self.equation = Canvas(appearance, height=66)
        self.undefined = PlainLabel(role="muted", wrap=True)
        self.body.addWidget(self.formula)
        self.body.addWidget(self.equation)
        self._lines: dict[Part, tuple[QWidget, FlowLayout]] = {}
        self.chips: list[TermChip] = []
        self._parts: tuple[Part, ...] = ()
        titles = {
            Part.LINE: self.tr("Terms"),
            Part.NUMERATOR: self.tr("Above the line"),
            Part.DENOMINATOR: self.tr("Below the line"),
        }
        for part, title in titles.items():
            holder, terms = QWidget(), QWidget()
            box = QHBoxLayout(holder)
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(S)
            flow = FlowLayout(terms, spacing=XS)
            box.addWidget(PlainLabel(title, "remark"), 0, Qt.AlignmentFlag.AlignTop)
            box.addWidget(terms, 1)
            self.body.addWidget(holder)
            self._lines[part] = (holder, flow)
        self.body.addWidget(self.undefined)
        self._formula_of = ""
        self._known: set[str] = set()  # metrics whose letters have been set once, which takes long

    def show_worked(self, state: TryState, worked: Worked) -> None:
        """Show a metric's value and where it comes from."""
        from mtrec_gui.plots.formula import draw_formula

        title, text = title_of(state.metric), worked.substituted
        self.value.setText(number(worked.value, 4))
        self.undefined.setVisible(worked.undefined is not None)
        if worked.undefined is not None:
            self.undefined.setText(say(worked.undefined))
        if self._formula_of != state.metric.key:
            self._formula_of = state.metric.key
            formula = state.metric.card.formula
            self.formula.set_plot_height(_TALL if r"\dfrac" in formula else _LOW)
            self.formula.show_plot(
                lambda figure, theme: draw_formula(figure, formula, theme),
                self.tr("Formula of {metric}: {formula}").format(metric=title, formula=formula),
            )
        self.equation.show_plot(
            lambda figure, theme: draw_formula(figure, text, theme),
            self.tr("{metric} with these numbers: {equation}").format(metric=title, equation=text),
            is_quick=state.metric.key in self._known,
        )
        self._known.add(state.metric.key)
        self._show_terms(worked)

    def show_light(self, lit: frozenset[int]) -> None:
        """Light terms."""
        for place, chip in enumerate(self.chips):
            set_lit(chip, place in lit)

    def _show_terms(self, worked: Worked) -> None:
        parts = tuple(step.part for step in worked.steps)
        if parts != self._parts:  # else the chips stay, and with them the focus
            self._parts = parts
            for chip in self.chips:
                chip.hide()
                chip.deleteLater()
            for _, flow in self._lines.values():
                while flow.count():
                    flow.takeAt(0)
            self.chips = []
            for place, part in enumerate(parts):
                chip = TermChip(place)
                chip.pointed.connect(self.pointed)
                self._lines[part][1].addWidget(chip)
                self.chips.append(chip)
            for part, (holder, _) in self._lines.items():
                holder.setVisible(part in parts)
        for chip, step in zip(self.chips, worked.steps, strict=True):
            text = plain(step.mathtext)
            if chip.text() != text:
                chip.setText(text)
                chip.setAccessibleName(self.tr("Term {term}").format(term=text))
