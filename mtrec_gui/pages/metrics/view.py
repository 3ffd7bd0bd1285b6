"""The Metric Lab as it is seen: a shelf at the left, the card of a metric at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from algorithms.metrics import Direction, Level, MetricCard
from algorithms.tasks import TaskKind
from mtrec_gui.pages.metrics.presenter import MetricOnPage, Shelf
from mtrec_gui.theme import XS, L, M, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, Page, clear
from mtrec_gui.wording import engine_text


class MetricsPage(Page):
    """All metrics, and one of them in full.

    Signals
    -------
    metric_chosen : key of a metric
    """

    metric_chosen = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__("", "", appearance, parent)
        self.title.setText(self.tr("Metric Lab"))
        self.sentence.setText(
            self.tr("What each number means, how it is computed, and what it cannot see.")
        )
        self._buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._shelf = Card()
        self._shelf.body.setSpacing(XS)
        self.card = MetricCardView(appearance)
        layout = QHBoxLayout()
        layout.setSpacing(L)
        layout.addWidget(self._shelf, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.card, 1, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(layout)
        self.body.addStretch(1)
        appearance.changed.connect(self._scale)
        self._scale()

    def show_shelves(self, shelves: Sequence[Shelf]) -> None:
        """Show which metrics there are."""
        clear(self._shelf.body)
        self._buttons = {}
        titles = {
            Level.RATING: self.tr("How far off are the values?"),
            Level.BINARY: self.tr("How right is yes or no?"),
            Level.RANKING: self.tr("How good are the lists?"),
        }
        for place, shelf in enumerate(shelves):
            heading = PlainLabel(titles[shelf.level], "remark", wrap=True)
            heading.setContentsMargins(0, M if place else 0, 0, 0)
            self._shelf.body.addWidget(heading)
            for metric in shelf.metrics:
                title = engine_text(metric.card.title)
                made = button(
                    f"{title}@k" if metric.level is Level.RANKING else title, "navigation"
                )
                made.setCheckable(True)
                made.setSizePolicy(
                    made.sizePolicy().Policy.Expanding, made.sizePolicy().Policy.Fixed
                )
                made.clicked.connect(lambda _=False, key=metric.key: self.metric_chosen.emit(key))
                self._group.addButton(made)
                self._shelf.body.addWidget(made)
                self._buttons[metric.key] = made

    def button(self, key: str) -> QPushButton:
        """Return the button of a metric."""
        return self._buttons[key]

    def show_metric(self, shown: MetricOnPage) -> None:
        """Show one of them."""
        self._buttons[shown.metric.key].setChecked(True)
        self.card.show_metric(shown)

    def _scale(self) -> None:
        self._shelf.setFixedWidth(self.appearance.px(220))


class MetricCardView(Card):
    """Everything a card says."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._appearance = appearance
        self.name = PlainLabel(role="title", wrap=True)
        self.facts = PlainLabel(role="muted", wrap=True)
        self.definition = PlainLabel(wrap=True)
        self.formula = Canvas(appearance, height=110)
        self.undefined = PlainLabel(role="muted", wrap=True)
        self.mistake = PlainLabel(role="muted", wrap=True)
        self.reference = PlainLabel(role="muted", wrap=True)
        self.reference.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.body.addWidget(self.name)
        self.body.addWidget(self.facts)
        self.body.addWidget(self.definition)
        self.body.addWidget(self.formula)
        for heading, label in (
            (self.tr("Where it is undefined"), self.undefined),
            (self.tr("A common mistake"), self.mistake),
            (self.tr("Reference"), self.reference),
        ):
            part = QVBoxLayout()
            part.setContentsMargins(0, S, 0, 0)
            part.addWidget(PlainLabel(heading, "strong"))
            part.addWidget(label)
            self.body.addLayout(part)

    def show_metric(self, shown: MetricOnPage) -> None:
        """Show a metric."""
        from mtrec_gui.plots.formula import draw_formula

        metric, card = shown.metric, shown.metric.card
        title = engine_text(card.title)
        self.name.setText(f"{title}@k" if metric.level is Level.RANKING else title)
        kinds = {
            TaskKind.RATING: self.tr("rating"),
            TaskKind.BINARY: self.tr("yes-or-no"),
            TaskKind.QUANTITY: self.tr("quantity"),
        }
        names = ", ".join(words for kind, words in kinds.items() if kind in metric.kinds)
        tasks = (
            self.tr("for every kind of task")
            if len(metric.kinds) == len(kinds)
            else self.tr("for {kinds} tasks").format(kinds=names)
        )
        direction = (
            self.tr("higher is better ↑")
            if card.direction is Direction.HIGHER
            else self.tr("lower is better ↓")
        )
        self.facts.setText(f"{direction} · {self._range(card)} · {tasks}")
        self.definition.setText(engine_text(card.definition))
        self.undefined.setText(engine_text(card.undefined))
        self.mistake.setText(engine_text(card.mistake))
        self.reference.setText(shown.reference)
        self.formula.show_plot(
            lambda figure, theme: draw_formula(figure, card.formula, theme, size=2.2),
            self.tr("Formula of {metric}: {formula}").format(metric=title, formula=card.formula),
        )

    def _range(self, card: MetricCard) -> str:
        if card.low is not None and card.high is not None:
            return self.tr("from {low} to {high}").format(
                low=f"{card.low:g}", high=f"{card.high:g}"
            )
        if card.low is not None:
            return self.tr("from {low} upwards").format(low=f"{card.low:g}")
        return self.tr("any value")
