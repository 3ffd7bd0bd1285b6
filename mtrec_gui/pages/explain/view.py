"""The Explain page as it is seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QDateTime, QLocale, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QMenu, QVBoxLayout, QWidget

from mtrec_gui.pages.explain.controls import Controls
from mtrec_gui.pages.explain.list_card import ListCard
from mtrec_gui.pages.explain.state import MOST_LISTS, ExplainState
from mtrec_gui.pages.explain.why_card import WhyCard
from mtrec_gui.pages.explain.words import Words
from mtrec_gui.theme import L
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.boxes import fill
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.column_flow import ColumnFlow
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import EmptyState, Page


class ExplainPage(Page):
    """The lists of one user by several models, and why an item stands where it does.

    Signals
    -------
    comparison_chosen, seed_chosen : id of a comparison, a seed
    task_chosen : name of a task; None for the page of all kinds
    user_sought, user_asked, user_stepped, surprise_wanted : see ``Controls``
    model_replaced : place of a list, and the id of the run wanted there
    model_added, model_removed : id of a run; place of a list
    item_chosen : index of an item
    trial_asked, trial_cancelled : id of the run whose explanation is to be tested, or not
    amount_chosen : how much evidence a test takes away, the value of an ``Amount``
    keep_pressed : the explanations on the page are to be kept
    kept : a sentence that says what was kept
    experiments_wanted : a person wants to run models
    shown, hidden : the page came to the front, or went to the back
    """

    comparison_chosen = Signal(int)
    seed_chosen = Signal(object)
    task_chosen = Signal(object)
    user_sought = Signal(str)
    user_asked = Signal(str)
    user_stepped = Signal(bool)
    surprise_wanted = Signal()
    model_replaced = Signal(int, int)
    model_added = Signal(int)
    model_removed = Signal(int)
    item_chosen = Signal(int)
    trial_asked = Signal(int)
    trial_cancelled = Signal(int)
    amount_chosen = Signal(str)
    keep_pressed = Signal()
    kept = Signal(str)
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
        self.title.setText(self.tr("Explain"))
        self._task_position = task_position
        self.words = Words(self)
        self.list_cards: list[ListCard] = []
        self.why_cards: list[WhyCard] = []
        self._build_toolbar()
        self.empty = EmptyState(
            self.tr("No fitted model to explain yet"),
            self.tr(
                "Here stand the lists of several models for one user side by side; choose an item, "
                "and each model says why it stands where it does. Run the models first."
            ),
            self.tr("Go to Experiments"),
        )
        self.empty.button.clicked.connect(self.experiments_wanted)
        self.waiting = PlainLabel(self.tr("The fitted models are being restored …"), "muted")
        self.controls = Controls(appearance, task_position)
        self.columns = ColumnFlow(appearance)
        self._content = QWidget()
        content = QVBoxLayout(self._content)
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(L)
        content.addWidget(self.controls)
        content.addWidget(self.columns)
        self.footnote = PlainLabel("", "remark", wrap=True)
        content.addWidget(self.footnote)
        for widget in (self.empty, self.waiting, self._content):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        for signal, mine in (
            (self.controls.task_chosen, self.task_chosen),
            (self.controls.user_sought, self.user_sought),
            (self.controls.user_asked, self.user_asked),
            (self.controls.user_stepped, self.user_stepped),
            (self.controls.surprise_wanted, self.surprise_wanted),
        ):
            signal.connect(mine)

    def _build_toolbar(self) -> None:
        self.picker, self.seeds = QComboBox(), QComboBox()
        self.picker.setAccessibleName(self.tr("Comparison of this project"))
        self.seeds.setAccessibleName(self.tr("Seed of the runs"))
        for box, chosen in ((self.picker, self.comparison_chosen), (self.seeds, self.seed_chosen)):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.activated.connect(
                lambda place, box=box, chosen=chosen: chosen.emit(box.itemData(place))
            )
        self.add = button(self.tr("Add a model"))
        self._models = QMenu(self.add)
        self.add.setMenu(self._models)
        self.keep = button(
            self.tr("Keep"), "quiet", self.tr("Keep these explanations in the project")
        )
        self.keep.clicked.connect(self.keep_pressed)
        for widget in (self.picker, self.seeds, self.add, self.keep):
            self.toolbar.addWidget(widget)

    # --- what the presenter asks ---------------------------------------------------------------

    def show_state(self, state: ExplainState) -> None:
        """Show everything."""
        has_lists = state.user is not None
        self.empty.setVisible(not has_lists and not state.is_loading)
        self.waiting.setVisible(not has_lists and state.is_loading)
        self._content.setVisible(has_lists)
        self._show_toolbar(state)
        self.sentence.setText(
            self.tr("Why does a model show this to that person?")
            if state.user is None
            else self.words.user(state.user)
        )
        if not has_lists:
            return
        self.controls.show_state(state)
        while len(self.list_cards) < len(state.lists):
            self._add_column()
        columns: list[tuple[QWidget, ...]] = []
        for place, shown in enumerate(state.lists):
            self.list_cards[place].show_list(shown, state)
            column: tuple[QWidget, ...] = (self.list_cards[place],)
            if state.whys:
                self.why_cards[place].show_why(shown, state.whys[place], state)
                column = (self.list_cards[place], self.why_cards[place])
            columns.append(column)
        self.show_trials(state)
        self.columns.set_columns(columns)
        self.footnote.setText(self.words.held_out(state))

    def show_trials(self, state: ExplainState) -> None:
        """Show how far the tests of the explanations are."""
        for card, _ in zip(self.why_cards, state.whys, strict=False):
            card.show_trial(state)

    def show_matches(self, ids: Sequence[str]) -> None:
        """Offer users whose id fits what is being typed."""
        self.controls.show_matches(ids)

    def show_kept(self, n: int) -> None:
        """Say that the explanations of n models were kept."""
        self.kept.emit(self.tr("{n} explanations are kept in the project.").format(n=n))

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that the page can be seen."""
        super().showEvent(event)
        self.shown.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that it can be seen no longer."""
        super().hideEvent(event)
        self.hidden.emit()

    # --- parts -----------------------------------------------------------------------------------

    def _add_column(self) -> None:
        place = len(self.list_cards)
        card = ListCard(self.appearance, self.words, self.columns)
        card.model_replaced.connect(lambda run: self.model_replaced.emit(place, run))
        card.removed.connect(lambda: self.model_removed.emit(place))
        card.item_chosen.connect(self.item_chosen)
        self.list_cards.append(card)
        why = WhyCard(self.appearance, self.words, self._task_position, self.columns)
        why.trial_asked.connect(self.trial_asked)
        why.trial_cancelled.connect(self.trial_cancelled)
        why.amount_chosen.connect(self.amount_chosen)
        self.why_cards.append(why)

    def _show_toolbar(self, state: ExplainState) -> None:
        words = self.tr("Comparison {number} · {when}")
        comparisons = [
            (each.id, words.format(number=each.number, when=_when(each.created)))
            for each in state.comparisons
        ]
        fill(self.picker, comparisons, state.comparison)
        self.picker.setVisible(len(comparisons) > 1)
        seeds = [(seed, self.tr("Seed {seed}").format(seed=seed)) for seed in state.seeds]
        fill(self.seeds, seeds, state.question.seed)
        self.seeds.setVisible(len(seeds) > 1)
        on_page = {shown.run.id for shown in state.lists}
        others = [run for run in state.runs if run.id not in on_page]
        self._models.clear()
        for run in others:
            action = self._models.addAction(self.words.run(run))
            action.triggered.connect(lambda _=False, run=run.id: self.model_added.emit(run))
        is_full = len(state.lists) >= MOST_LISTS
        self.add.setVisible(bool(state.lists) and not state.question.whole_page)
        self.add.setEnabled(bool(others) and not is_full)
        self.keep.setVisible(any(why.explanation is not None for why in state.whys))


def _when(moment: datetime) -> str:
    return QLocale().toString(
        QDateTime.fromSecsSinceEpoch(int(moment.timestamp())), QLocale.FormatType.ShortFormat
    )
