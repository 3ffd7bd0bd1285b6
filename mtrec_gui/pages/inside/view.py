"""The Inside page as it is seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QDateTime, QLocale, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mtrec_gui.pages.inside.ask_card import AskCard
from mtrec_gui.pages.inside.exhibit_card import ExhibitCard
from mtrec_gui.pages.inside.microscope_card import MicroscopeCard
from mtrec_gui.pages.inside.state import ComparisonChoice, Inside, InsideState, RunChoice
from mtrec_gui.plots.exhibits import ExhibitWords
from mtrec_gui.theme import L
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.boxes import fill
from mtrec_gui.widgets.config_form import field_title
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, EmptyState, Page, clear, row
from mtrec_gui.widgets.quiet_controls import QuietCombo
from mtrec_gui.wording import engine_text, say


class InsidePage(Page):
    """Choose a finished run and see what its model shows of itself.

    Signals
    -------
    comparison_chosen, run_chosen : ids
    experiments_wanted : a person wants to run models
    shown, hidden : the page came to the front, or went to the back
    """

    comparison_chosen = Signal(int)
    run_chosen = Signal(int)
    experiments_wanted = Signal()
    shown = Signal()
    hidden = Signal()

    def __init__(
        self,
        appearance: Appearance,
        task_position: Callable[[str], int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", "", appearance, parent)
        self._task_position = task_position
        self._shown: Inside | None = None
        self.title.setText(self.tr("Inside"))
        self.sentence.setText(
            self.tr(
                "Look into a finished run: what its model learned, and how its tasks got on with "
                "each other while it did."
            )
        )
        self.comparison = QuietCombo()
        self.comparison.setAccessibleName(self.tr("Comparison"))
        self.comparison.activated.connect(
            lambda n: self.comparison_chosen.emit(self.comparison.itemData(n))
        )
        self.run = QuietCombo()
        self.run.setAccessibleName(self.tr("Run"))
        self.run.activated.connect(lambda n: self.run_chosen.emit(self.run.itemData(n)))
        for box in (self.comparison, self.run):
            box.setMinimumContentsLength(8)
            box.setSizeAdjustPolicy(QuietCombo.SizeAdjustPolicy.AdjustToContentsOnFirstShow)
        self.choice = Card()
        self.choice.body.addLayout(
            row(
                PlainLabel(self.tr("Run")),
                self.run,
                PlainLabel(self.tr("of comparison")),
                self.comparison,
                None,
            )
        )
        self.summary = PlainLabel(role="muted", wrap=True)
        self.remark = PlainLabel(role="remark", wrap=True)
        self.problem = PlainLabel(role="worse", wrap=True)
        for label in (self.summary, self.remark, self.problem):
            self.choice.body.addWidget(label)
        self.empty = EmptyState(
            self.tr("No finished run yet"),
            self.tr(
                "Here stands what a trained model shows of its inside. Run a few models first, "
                "such as a shared-bottom network."
            ),
            self.tr("Go to Experiments"),
        )
        self.empty.button.clicked.connect(self.experiments_wanted)
        self.nothing = EmptyState(
            self.tr("This model shows nothing of its inside"),
            self.tr(
                "Its single recommendations are explained on the page Explain. Networks, policies "
                "and prompted models show more here, and whatever learned in passes shows its "
                "learning curves; choose the run of such a model above."
            ),
        )
        self.ask = AskCard(appearance, task_position)
        self.microscope = MicroscopeCard(appearance, task_position)
        self.cards: list[ExhibitCard] = []
        self._place = QVBoxLayout()
        self._place.setSpacing(L)
        for widget in (self.choice, self.empty, self.nothing, self.ask, self.microscope):
            self.body.addWidget(widget)
        self.body.addLayout(self._place)
        self.body.addStretch(1)
        self.show_state(InsideState())

    # --- what the presenter asks -------------------------------------------------------------

    def show_state(self, state: InsideState) -> None:
        """Show the page."""
        self.choice.setVisible(bool(state.runs))
        self.empty.setVisible(not state.runs and not state.is_reading)
        fill(
            self.comparison,
            [(each.id, self._comparison_words(each)) for each in state.comparisons],
            state.comparison,
        )
        fill(self.run, [(each.id, self._run_words(each)) for each in state.runs], state.run)
        inside = None if state.is_reading else state.inside
        if inside is not self._shown:
            self._shown = inside
            self._show_inside(inside)
        self.nothing.setVisible(inside is not None and inside.is_empty)
        self.problem.setText("" if state.problem is None else say(state.problem))
        self.problem.setVisible(state.problem is not None)
        words = [] if inside is None else [say(note) for note in inside.notes]
        if state.is_reading:
            words = [self.tr("Reading the model…")]
        self.remark.setText("\n".join(words))
        self.remark.setVisible(bool(words))
        self.summary.setText("" if inside is None else engine_text(inside.summary))
        self.summary.setVisible(inside is not None)

    def _show_inside(self, inside: Inside | None) -> None:
        self.microscope.show_record(None if inside is None else inside.record)
        clear(self._place)
        self.cards = []
        if inside is None:
            return
        words = ExhibitWords(
            say, engine_text, {task: self._task_position(task) for task in inside.tasks}
        )
        for exhibit in inside.exhibits:
            card = ExhibitCard(exhibit, words, self.appearance)
            self.cards.append(card)
            self._place.addWidget(card)

    # --- words -------------------------------------------------------------------------------

    def _comparison_words(self, choice: ComparisonChoice) -> str:
        created = QDateTime.fromSecsSinceEpoch(int(choice.created.timestamp()))
        moment = QLocale().toString(created, QLocale.FormatType.ShortFormat)
        return f"{choice.number} · {moment}"

    def _run_words(self, choice: RunChoice) -> str:
        parts = [engine_text(choice.title), *_settings(choice.differs)]
        if choice.seed is not None:
            parts.append(self.tr("seed {seed}").format(seed=choice.seed))
        if not choice.is_telling:
            parts.append(self.tr("nothing to see"))
        return " · ".join(parts)

    # --- what Qt tells it --------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that the page can be seen."""
        super().showEvent(event)
        self.shown.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that nobody sees it."""
        super().hideEvent(event)
        self.hidden.emit()


def _settings(differs: Mapping[str, Any]) -> list[str]:
    return [
        f"{field_title(name)} {f'{value:g}' if isinstance(value, float) else value}"
        for name, value in differs.items()
    ]
