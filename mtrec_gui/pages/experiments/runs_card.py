"""The runs of the newest comparison, one line each."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from mtrec_gui.jobs.port import JobState
from mtrec_gui.pages.experiments.state import RunRow, RunsState
from mtrec_gui.pages.experiments.words import ExperimentWords
from mtrec_gui.theme import L, M
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import ElidedLabel, PlainLabel
from mtrec_gui.widgets.layout import Card
from mtrec_gui.wording import say

_ROLES = {JobState.DONE: "text", JobState.FAILED: "worse", JobState.CRASHED: "worse"}
MOST_LINES = 8  # more scroll inside the card


class RunLine(QWidget):
    """One run: name, progress, state, Cancel, and under it the reason of a failure."""

    cancelled = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._job = ""
        self._shown: RunRow | None = None
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(L)
        grid.setVerticalSpacing(0)
        self._title = ElidedLabel()
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.state = PlainLabel(role="muted")
        self.cancel = button(self.tr("Cancel"), "quiet")
        self.cancel.clicked.connect(lambda: self.cancelled.emit(self._job))
        for widget in (self.bar, self.cancel):
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            widget.setSizePolicy(policy)
        self.reason = PlainLabel(role="muted", wrap=True)
        self.reason.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.reason.hide()
        grid.addWidget(self._title, 0, 0)
        grid.addWidget(self.bar, 0, 1)
        grid.addWidget(self.state, 0, 2)
        grid.addWidget(self.cancel, 0, 3)
        grid.addWidget(self.reason, 1, 0, 1, 4)
        grid.setColumnStretch(0, 5)
        grid.setColumnStretch(1, 3)
        appearance.changed.connect(self._scale)
        self._scale()

    def show_run(self, shown: RunRow, words: ExperimentWords) -> None:
        """Show how a run gets on."""
        if shown == self._shown:
            return
        self._shown, self._job = shown, shown.job
        title = words.run_title(shown)
        self._title.setText(title)
        over = shown.state.is_final
        self.bar.setValue(round(1000 * shown.fraction))
        self.bar.setVisible(not over)
        self.bar.setAccessibleName(self.tr("Progress of {model}").format(model=title))
        self.state.setText(words.run_state(shown))
        self.state.set_role(_ROLES.get(shown.state, "muted"))
        self.cancel.setVisible(not over)
        self.cancel.setAccessibleName(self.tr("Cancel {model}").format(model=title))
        reason = "" if shown.message is None else say(shown.message)
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))

    def _scale(self) -> None:
        self.state.setFixedWidth(self._appearance.px(190))


class RunsCard(Card):
    """All runs, and what can be done with them.

    Signals
    -------
    run_cancelled : a job
    all_cancelled, compare_asked, inside_asked
    """

    run_cancelled = Signal(str)
    all_cancelled = Signal()
    compare_asked = Signal()
    inside_asked = Signal()

    def __init__(
        self, words: ExperimentWords, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self._words, self._appearance = words, appearance
        self.cancel_all = button(self.tr("Cancel all"))
        self.cancel_all.clicked.connect(self.all_cancelled)
        self.fold = button(self.tr("Hide the runs"), "quiet")
        self.fold.clicked.connect(self._fold_pressed)
        self.compare = button(self.tr("See the comparison"))
        self.compare.clicked.connect(self.compare_asked)
        self.inside = button(self.tr("Look inside"))
        self.inside.setToolTip(self.tr("What the finished models show of what they learned"))
        self.inside.clicked.connect(self.inside_asked)
        for widget in (self.fold, self.cancel_all, self.inside, self.compare):
            self.head.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        inner = QWidget()
        inner.setObjectName("runLines")
        self._lines = QVBoxLayout(inner)
        self._lines.setContentsMargins(0, 0, M, 0)
        self._lines.setSpacing(0)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setObjectName("runScroll")
        self._scroll.setWidget(inner)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.addWidget(self._scroll)
        self.lines: dict[str, RunLine] = {}
        appearance.changed.connect(self._fit)
        self.hide()

    def show_runs(self, runs: RunsState) -> None:
        """Show the runs; lines are kept, so that the focus stays where it is."""
        self.setVisible(bool(runs.rows))
        self.set_words(self.tr("Runs"), self._words.runs_sentence(runs))
        jobs = [row.job for row in runs.rows]
        if jobs != list(self.lines):
            for line in self.lines.values():
                self._lines.removeWidget(line)
                line.hide()
                line.deleteLater()
            self.lines = {job: RunLine(self._appearance) for job in jobs}
            for line in self.lines.values():
                line.cancelled.connect(self.run_cancelled)
                self._lines.addWidget(line)
        for row in runs.rows:
            self.lines[row.job].show_run(row, self._words)
        self.cancel_all.setVisible(runs.is_running)
        self.compare.setEnabled(any(row.committed or row.message for row in runs.rows))
        self.inside.setEnabled(any(row.committed for row in runs.rows))
        self._fit()

    def _fit(self) -> None:
        """Be as high as the lines, up to so many."""
        lines = list(self.lines.values())
        height = sum(line.sizeHint().height() for line in lines[:MOST_LINES])
        self._scroll.setFixedHeight(height)

    def _fold_pressed(self) -> None:
        hidden = self._scroll.isHidden()
        self._scroll.setVisible(hidden)
        self.fold.setText(self.tr("Hide the runs") if hidden else self.tr("Show the runs"))
