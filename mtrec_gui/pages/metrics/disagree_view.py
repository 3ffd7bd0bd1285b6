"""When metrics disagree, as it is seen: two examples side by side, and who prefers which."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from algorithms.metrics.lab import Disagreement
from mtrec_gui.pages.metrics.disagree_presenter import DisagreeState
from mtrec_gui.pages.metrics.example_table import ExampleTable
from mtrec_gui.pages.metrics.words import title_of
from mtrec_gui.theme import L
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, row
from mtrec_gui.widgets.quiet_controls import QuietCombo
from mtrec_gui.widgets.side_by_side import SideBySide
from mtrec_gui.wording import number, say

_BESIDE = 420  # from this width on, in pixels at 100 %, the examples stand side by side


class DisagreePart(QWidget):
    """Two metrics, two examples, two winners.

    Signals
    -------
    other_chosen : key of the metric that is compared with
    more_wanted : another pair
    """

    other_chosen = Signal(str)
    more_wanted = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card = Card(" ", " ")
        self.other = QuietCombo()
        self.other.setAccessibleName(self.tr("Metric to compare with"))
        self.other.setSizeAdjustPolicy(QuietCombo.SizeAdjustPolicy.AdjustToContents)
        self.other.activated.connect(lambda at: self.other_chosen.emit(self.other.itemData(at)))
        self.more = button(self.tr("Another pair"))
        self.more.clicked.connect(self.more_wanted)
        self._against = PlainLabel(role="muted")
        self.card.body.addLayout(row(self._against, self.other, self.more, None))
        self.explanation = PlainLabel(wrap=True)
        self.card.body.addWidget(self.explanation)
        self.first, self.second = _ExampleCard(), _ExampleCard()
        self._both = SideBySide(self.first, self.second, appearance, _BESIDE, (1, 1))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(L)
        layout.addWidget(self.card)
        layout.addWidget(self._both)

    def show_disagreement(self, state: DisagreeState) -> None:
        """Show everything."""
        title = title_of(state.metric)
        self.card.set_words(
            self.tr("When they disagree"),
            self.tr("Two models answer the same; one metric prefers the first, one the second.")
            if state.others
            else self.tr("{metric} has no small examples to disagree about.").format(metric=title),
        )
        for widget in (self._against, self.other, self.more, self.explanation):
            widget.setVisible(state.other is not None)
        self._against.setText(self.tr("{metric} against").format(metric=title))
        offered = [metric.key for metric in state.others]
        if offered != [self.other.itemData(place) for place in range(self.other.count())]:
            self.other.clear()
            for metric in state.others:
                self.other.addItem(title_of(metric), metric.key)
        if state.other is not None:
            self.other.setCurrentIndex(self.other.findData(state.other.key))
        found = state.found
        pair = found if isinstance(found, Disagreement) else None
        self._both.setVisible(pair is not None)
        if found is None:
            self.explanation.setText(self.tr("Looking for two examples…"))
        elif pair is None:
            self.explanation.setText("" if isinstance(found, Disagreement) else say(found))
        elif state.other is not None:
            self.explanation.setText("\n".join(say(sentence) for sentence in pair.explanation))
            names = (title, title_of(state.other))
            keys = (state.metric.key, state.other.key)
            self.first.show_model(self.tr("First"), names, pair, 0, keys)
            self.second.show_model(self.tr("Second"), names, pair, 1, keys)


class _ExampleCard(Card):
    """What one of the two models says."""

    def __init__(self) -> None:
        super().__init__(" ", " ")
        self._table = ExampleTable()
        self.body.addWidget(self._table)
        self.body.addStretch(1)

    def show_model(
        self,
        title: str,
        names: tuple[str, str],
        pair: Disagreement,
        place: int,
        keys: tuple[str, str],
    ) -> None:
        """Show a model with the value of both metrics; the one that prefers it is named."""
        values = (pair.values_a[place], pair.values_b[place])
        words = " · ".join(
            f"{name} {number(value)}" for name, value in zip(names, values, strict=True)
        )
        self.set_words(
            title,
            self.tr("{values}; preferred by {metric}").format(values=words, metric=names[place]),
        )
        self._table.show_example(pair.first if place == 0 else pair.second, keys)
