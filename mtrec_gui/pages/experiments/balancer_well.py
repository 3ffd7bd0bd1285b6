"""The card of a balancer, shown where it is chosen: what it does, and what is doubted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from mtrec_gui.pages.experiments.state import BalancerFacts
from mtrec_gui.theme import M, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.wording import engine_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme


class BalancerWell(QFrame):
    """Shows one balancer."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("well")
        self._shown: BalancerFacts | None = None
        self.title = PlainLabel(role="strong", wrap=True)
        self.summary = PlainLabel(wrap=True)
        self.equation = Canvas(appearance, 48)
        self.agree = PlainLabel(wrap=True)
        self.conflict = PlainLabel(wrap=True)
        self.doubt = PlainLabel(wrap=True)
        self.reference = PlainLabel(role="remark", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(M, M, M, M)
        layout.setSpacing(S)
        layout.addWidget(self.title)
        layout.addWidget(self.summary)
        layout.addWidget(self.equation)
        for heading, words in (
            (self.tr("When the tasks agree"), self.agree),
            (self.tr("When they conflict"), self.conflict),
            (self.tr("What is doubted"), self.doubt),
        ):
            layout.addWidget(PlainLabel(heading, "muted"))
            layout.addWidget(words)
        layout.addWidget(self.reference)
        self.hide()

    def show_balancer(self, facts: BalancerFacts | None) -> None:
        """Show a balancer, or nothing where a model has none."""
        self.setVisible(facts is not None)
        if facts is None or facts == self._shown:
            return
        self._shown = facts
        title = engine_text(facts.title)
        self.title.setText(title)
        self.summary.setText(engine_text(facts.summary))
        self.agree.setText(engine_text(facts.when_agree))
        self.conflict.setText(engine_text(facts.when_conflict))
        self.doubt.setText(engine_text(facts.doubt))
        self.reference.setText(facts.reference)
        self._draw(facts.equation, title)

    def _draw(self, equation: str, title: str) -> None:
        from mtrec_gui.plots.formula import draw_formula

        def draw(figure: Figure, theme: Theme) -> None:
            figure.set_facecolor(theme.sunk)  # as the well it stands in
            draw_formula(figure, equation, theme)

        self.equation.show_plot(
            draw,
            self.tr("The equation of {balancer}").format(balancer=title),
        )
