"""The Compare page as it is seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QMenu, QVBoxLayout, QWidget

from algorithms.data.split import SplitMethod
from mtrec_gui.pages.compare.across_card import AcrossCard
from mtrec_gui.pages.compare.cell_panel import CellPanel
from mtrec_gui.pages.compare.charts import GainCard, TradeOffCard
from mtrec_gui.pages.compare.lint_card import LintCard
from mtrec_gui.pages.compare.state import CellDetail, Choice, CompareState, Section, Shown
from mtrec_gui.pages.compare.table_card import TableCard
from mtrec_gui.theme import L
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import Segments, button
from mtrec_gui.widgets.layout import EmptyState, Page
from mtrec_gui.widgets.quiet_controls import QuietCombo

_BESIDE = 900  # from this width on, in pixels at 100 %, the charts stand side by side
_PROGRESS_MS = 250


class ComparePage(Page):
    """Models side by side.

    Signals
    -------
    comparison_chosen : id of a comparison of the project
    section_chosen : which part of the table
    trade_off_chosen : two columns
    cell_asked : row and column of the table
    metric_opened : key of a metric
    table_exported : a path
    exported : a sentence that says what was written
    run_pressed : a person wants the experiment to be run
    width_chosen : gains up to which, in percent, models count as practically equal
    """

    comparison_chosen = Signal(int)
    section_chosen = Signal(object)
    trade_off_chosen = Signal(int, int)
    cell_asked = Signal(int, int)
    metric_opened = Signal(str)
    table_exported = Signal(object)
    exported = Signal(str)
    run_pressed = Signal()
    width_chosen = Signal(float)

    def __init__(
        self,
        appearance: Appearance,
        task_position: Callable[[str], int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", "", appearance, parent)
        self._place: tuple[int | None, Section, float] = (None, Section.MAIN, 0.0)
        self._newest: CompareState | None = None
        self._soon = QTimer(self, singleShot=True, interval=_PROGRESS_MS)
        self._soon.timeout.connect(self._show_newest)
        self.title.setText(self.tr("Compare"))
        self._build_toolbar()
        self.empty = EmptyState(
            self.tr("Nothing has been compared yet"),
            self.tr(
                "Here stand the models side by side, task by task: who gains from learning tasks "
                "together, who pays, and what it costs."
            ),
            self.tr("Run the comparison"),
        )
        self.empty.button.clicked.connect(self.run_pressed)
        self.table_card = TableCard(appearance, task_position)
        self.gains = GainCard(appearance, task_position)
        self.trade_off = TradeOffCard(appearance)
        self._content = QWidget()
        content = QVBoxLayout(self._content)
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(L)
        content.addWidget(self.table_card)
        self._charts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._charts.setSpacing(L)
        self._charts.addWidget(self.gains, 8)
        self._charts.addWidget(self.trade_off, 5)
        content.addLayout(self._charts)
        self.across, self.lint = AcrossCard(), LintCard()
        content.addWidget(self.across)
        content.addWidget(self.lint)
        content.addStretch(1)
        self.body.addWidget(self.empty)
        self.body.addWidget(self._content)
        self.body.addStretch(1)
        self.panel = CellPanel(appearance, self.table_card.words, task_position, self)
        self.table_card.cell_asked.connect(self.cell_asked)
        self.table_card.width_chosen.connect(self.width_chosen)
        self.trade_off.chosen.connect(self.trade_off_chosen)
        self.panel.metric_opened.connect(self.metric_opened)
        self.panel.closed.connect(self.table_card.table.setFocus)
        appearance.changed.connect(self._arrange)

    def _build_toolbar(self) -> None:
        self.picker = QuietCombo()
        self.picker.setAccessibleName(self.tr("Comparison of this project"))
        self.picker.setSizeAdjustPolicy(QuietCombo.SizeAdjustPolicy.AdjustToContents)
        self.picker.activated.connect(
            lambda place: self.comparison_chosen.emit(self.picker.itemData(place))
        )
        self.segments = Segments(
            (
                (Section.MAIN.value, self.tr("Main metrics")),
                (Section.ALL.value, self.tr("All metrics")),
                (Section.COST.value, self.tr("Cost")),
            )
        )
        self.segments.chosen.connect(lambda key: self.section_chosen.emit(Section(key)))
        self.export = button(self.tr("Export"))
        menu = QMenu(self.export)
        menu.addAction(self.tr("Table as CSV…"), self._export_table)
        menu.addAction(self.tr("Chart of gains as picture…"), lambda: self._save(self.gains))
        menu.addAction(self.tr("Trade-off as picture…"), lambda: self._save(self.trade_off))
        self.export.setMenu(menu)
        for widget in (self.picker, self.segments, self.export):
            self.toolbar.addWidget(widget)

    # --- what the presenter asks ---------------------------------------------------------------

    def show_state(self, state: CompareState) -> None:
        """Show everything."""
        self._newest = None
        shown = state.shown
        place = (None if shown is None else shown.choice.id, state.section, state.width)
        if place != self._place:  # what the panel tells of is no longer on the page
            self._place = place
            self.panel.hide()
        self.empty.setVisible(shown is None and not state.is_loading)
        self._content.setVisible(shown is not None)
        self.segments.setVisible(shown is not None)
        self.export.setVisible(shown is not None)
        self._show_choices(state)
        self.segments.choose(state.section.value)
        self.sentence.setText(
            self.tr("Models side by side, task by task.")
            if shown is None
            else self._sentence(shown)
        )
        self.table_card.render_state(state)
        if shown is not None:
            self.gains.render_state(shown)
            self.trade_off.render_state(state)
            self.across.render_state(shown)
        self.lint.show_findings(state.findings)

    def show_pending(self, state: CompareState) -> None:
        """Show how far the runs are; a few times a second is often enough for a table."""
        self._newest = state
        if not self._soon.isActive():
            self._soon.start()

    def _show_newest(self) -> None:
        if self._newest is not None and self._newest.shown is not None:
            self.table_card.render_state(self._newest)

    def show_detail(self, detail: CellDetail) -> None:
        """Show what a number means."""
        self.panel.show_detail(detail)

    def show_exported(self, path: Path) -> None:
        """Say that the table was written."""
        self.exported.emit(self.tr("The table was written to {file}.").format(file=path.name))

    # --- details -------------------------------------------------------------------------------

    def _show_choices(self, state: CompareState) -> None:
        self.picker.setVisible(len(state.choices) > 1)
        wanted = [(self._name(choice), choice.id) for choice in reversed(state.choices)]
        there = [
            (self.picker.itemText(place), self.picker.itemData(place))
            for place in range(self.picker.count())
        ]
        if wanted != there:
            self.picker.clear()
            for name, identifier in wanted:
                self.picker.addItem(name, identifier)
        if state.shown is not None:
            self.picker.setCurrentIndex(self.picker.findData(state.shown.choice.id))

    def _name(self, choice: Choice) -> str:
        when = f"{choice.created.astimezone():%Y-%m-%d %H:%M}"
        return self.tr("No. {number} · {when}").format(number=choice.number, when=when)

    def _sentence(self, shown: Shown) -> str:
        n = len(shown.seeds)
        if n == 1:
            seeds = self.tr("one seed")
        elif shown.split.method is SplitMethod.K_FOLD:
            seeds = self.tr("mean of {n} folds").format(n=n)
        else:
            seeds = self.tr("mean of {n} seeds").format(n=n)
        split = self._split(shown.split.method)
        ask = self.tr("Click any number.")
        return f"{split}, {seeds}. {ask}"

    def _split(self, method: SplitMethod) -> str:
        return {
            SplitMethod.RANDOM: self.tr("Judged on test events drawn at random"),
            SplitMethod.RANDOM_BY_USER: self.tr("Judged on users held out"),
            SplitMethod.LEAVE_LAST_OUT: self.tr("Judged on each user's last events"),
            SplitMethod.LEAVE_K_OUT: self.tr("Judged on random events of each user"),
            SplitMethod.TEMPORAL: self.tr("Judged on the newest events"),
            SplitMethod.K_FOLD: self.tr("Judged on folds of the events"),
        }[method]

    def _export_table(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the table"), "comparison.csv", self.tr("Tables (*.csv)")
        )
        if name:
            self.table_exported.emit(Path(name))

    def _save(self, card: GainCard | TradeOffCard) -> None:
        card.canvas.draw_now()
        card.canvas.save_picture()

    def _arrange(self) -> None:
        beside = self.width() >= self.appearance.px(_BESIDE)
        self._charts.setDirection(
            QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        )
        self.panel.place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the charts beside or under each other."""
        super().resizeEvent(event)
        self._arrange()
