"""Experiments as it is seen."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from mtrec_gui.pages.experiments.detail import DetailCard
from mtrec_gui.pages.experiments.judging_card import JudgingCard
from mtrec_gui.pages.experiments.model_list import ModelList
from mtrec_gui.pages.experiments.runs_card import RunsCard
from mtrec_gui.pages.experiments.state import ExperimentsState, Obstacle, RunsState
from mtrec_gui.pages.experiments.words import ExperimentWords
from mtrec_gui.theme import L, M, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.code_view import CodeDialog, CodePage
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, Page, column, row
from mtrec_gui.widgets.side_by_side import SideBySide


class ExperimentsPage(Page):
    """The models with their settings, how they are judged, and the runs.

    Signals
    -------
    model_ticked : (place, whether it takes part)
    model_chosen : place
    config_edited, split_edited : (field, values that differ)
    defaults_pressed, variant_added, variant_removed : of the model that is looked at
    seeds_edited : what was typed
    k_edited : length of the lists
    run_pressed, run_cancelled (job), all_cancelled
    page_asked : key of another page
    """

    model_ticked = Signal(int, bool)
    model_chosen = Signal(int)
    config_edited = Signal(str, dict)
    defaults_pressed = Signal()
    variant_added = Signal()
    variant_removed = Signal()
    split_edited = Signal(str, dict)
    seeds_edited = Signal(str)
    k_edited = Signal(int)
    run_pressed = Signal()
    run_cancelled = Signal(str)
    all_cancelled = Signal()
    page_asked = Signal(str)

    def __init__(
        self, words: ExperimentWords, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__("", "", appearance, parent)
        self._words = words
        self._shown_place: int | None = None  # of the model that is looked at
        self.title.setText(self.tr("Experiments"))
        self.sentence.setText(
            self.tr("Tick the models that shall learn, look at each, and run them side by side.")
        )
        self.remark = PlainLabel(role="remark")
        self.warning = PlainLabel(wrap=True)
        self.tasks = button(self.tr("Go to Tasks"))
        self.tasks.clicked.connect(lambda: self.page_asked.emit("tasks"))
        self.run = button(self.tr("Run"), "primary")
        self.run.clicked.connect(self.run_pressed)
        self.toolbar.addWidget(self.remark)
        self.toolbar.addWidget(self.run)
        self.runs = RunsCard(words, appearance)
        self.runs.run_cancelled.connect(self.run_cancelled)
        self.runs.all_cancelled.connect(self.all_cancelled)
        self.runs.compare_asked.connect(lambda: self.page_asked.emit("compare"))
        self.runs.inside_asked.connect(lambda: self.page_asked.emit("inside"))
        self.models = ModelList(words, appearance)
        self.models.ticked.connect(self.model_ticked)
        self.models.chosen.connect(self.model_chosen)
        self.detail = DetailCard(words, appearance)
        self.detail.config_edited.connect(self.config_edited)
        self.detail.defaults_pressed.connect(self.defaults_pressed)
        self.detail.variant_added.connect(self.variant_added)
        self.detail.variant_removed.connect(self.variant_removed)
        self.detail.code_asked.connect(self._show_code)
        self.detail.rules_asked.connect(lambda: self.page_asked.emit("rules"))
        self.judging = JudgingCard(words, appearance)
        self.judging.split_edited.connect(self.split_edited)
        self.judging.seeds_edited.connect(self.seeds_edited)
        self.judging.k_edited.connect(self.k_edited)
        card = Card(self.tr("Models"), self.tr("The dots are the tasks that a model serves."))
        card.body.addWidget(self.models)
        card.body.addStretch(1)
        left = QWidget()
        left.setLayout(column(card, self.judging, None, spacing=L))
        right = QWidget()
        right.setLayout(column(self.detail, None))
        self._notice = QFrame()
        self._notice.setObjectName("notice")
        self._notice.setProperty("tone", "error")
        words_row = row(self.warning, self.tasks)
        words_row.setContentsMargins(M, S, S, S)
        self._notice.setLayout(words_row)
        self._notice.hide()
        self.body.addWidget(self._notice)
        self.body.addWidget(self.runs)
        self.body.addWidget(SideBySide(left, right, appearance, 800, (5, 6)))
        self.body.addStretch(1)

    # --- what the presenter asks -----------------------------------------------------------

    def show_state(self, state: ExperimentsState) -> None:
        """Show models, settings and what Run would do."""
        detail, plan = state.detail, state.plan
        self._shown_place = None if detail is None else detail.row.place
        self.models.show_rows(state.rows, self._shown_place)
        self.detail.show_detail(detail)
        self.judging.show_judging(state.judging)
        self.run.setText(self._words.run_button(plan))
        self.run.setEnabled(plan.obstacle is None)
        remark, warning = self._words.run_remark(plan), self._words.run_warning(plan)
        self.remark.setText(remark)
        self.remark.setVisible(bool(remark))
        self.warning.setText(warning)
        self._notice.setVisible(bool(warning))
        self.run.setAccessibleDescription(remark or warning)
        self.tasks.setVisible(plan.obstacle in (Obstacle.NO_TASK, Obstacle.ALL_BLOCKED))

    def show_runs(self, runs: RunsState) -> None:
        """Show the runs of the newest comparison."""
        self.runs.show_runs(runs)

    def _show_code(self, code: CodePage) -> None:
        place = self._shown_place
        dialog = CodeDialog(code, self.appearance, self)
        dialog.parameter_chosen.connect(lambda name: self._show_field(place, name))
        dialog.show()

    def _show_field(self, place: int | None, name: str) -> None:
        """Bring the field of a parameter to the front, of the model whose code is read."""
        if place is not None and place != self._shown_place:
            self.model_chosen.emit(place)
        control = self.detail.focus_field(name)
        if control is not None:
            self.window().activateWindow()
            self._scroll.ensureWidgetVisible(control)
