"""The card of one model's reasons: the sentence, what adds up, the rules, the remarks."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from algorithms.tasks import Task
from mtrec_gui.pages.explain.state import ExplainState, ModelList, Why
from mtrec_gui.pages.explain.trial_box import TrialBox
from mtrec_gui.pages.explain.words import Words
from mtrec_gui.plots.contributions import (
    ContributionBar,
    ContributionChart,
    draw_contributions,
    signed,
)
from mtrec_gui.theme import XS, M
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.labels import PlainLabel, TaskTag
from mtrec_gui.widgets.layout import Card, FlowLayout, clear
from mtrec_gui.wording import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme


class WhyCard(Card):
    """Why the chosen item stands where it does in one list.

    Signals
    -------
    trial_asked, trial_cancelled : id of the run whose explanation is to be tested, or not
    amount_chosen : see ``TrialBox``
    """

    trial_asked = Signal(int)
    trial_cancelled = Signal(int)
    amount_chosen = Signal(str)

    def __init__(
        self,
        appearance: Appearance,
        words: Words,
        task_position: Callable[[str], int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(" ", " ", parent)
        self._appearance, self._words = appearance, words
        self._task_position = task_position
        self._shown: tuple[Why, ExplainState] | None = None
        self._run: int | None = None
        self._said: object = None
        self.sentence.set_role("text")
        self._legend = QWidget()
        self._tags = FlowLayout(self._legend, spacing=M)
        self._chart_words = PlainLabel("", "remark", wrap=True)
        self._canvas = Canvas(appearance, 60)
        self._canvas.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._sum = PlainLabel("", "remark", wrap=True)
        self._moves = QVBoxLayout()
        self._moves.setSpacing(XS)
        self._remarks = QVBoxLayout()
        self._remarks.setSpacing(XS)
        for widget in (self._chart_words, self._legend, self._canvas, self._sum):
            self.body.addWidget(widget)
        self.body.addLayout(self._moves)
        self.body.addLayout(self._remarks)
        self.trial = TrialBox(appearance, words, self)
        self.trial.asked.connect(lambda: self._send(self.trial_asked))
        self.trial.cancelled.connect(lambda: self._send(self.trial_cancelled))
        self.trial.amount_chosen.connect(self.amount_chosen)
        self.trial.hide()
        self.body.addWidget(self.trial)
        self.body.addStretch(1)
        appearance.changed.connect(self._show_legend)

    def show_why(self, shown: ModelList, why: Why, state: ExplainState) -> None:
        """Show the reasons for one list."""
        self._run = shown.run.id
        positions = tuple(self._task_position(task.name) for task in state.tasks)
        said = (shown, why, state.chosen, positions)
        if said == self._said:  # drawing again would only cost time
            return
        self._said = said
        self._shown = (why, state)
        self.set_words(self._words.why_title(shown, state), self._words.why_sentence(shown, why))
        self._show_chart(why, state)
        self._show_legend()
        self._show_lines(why)

    def show_trial(self, state: ExplainState) -> None:
        """Show how far the test of these reasons is."""
        trial = None if self._run is None else state.trials.get(self._run)
        self.trial.setVisible(trial is not None)
        if trial is not None:
            self.trial.show_trial(trial, state.amount)

    def _send(self, signal: SignalInstance) -> None:
        if self._run is not None:
            signal.emit(self._run)

    def _show_chart(self, why: Why, state: ExplainState) -> None:
        tasks = {task.name: task for task in state.tasks}
        bars = [
            ContributionBar(
                self._words.part(part, tasks.get(part.task or "")),
                part.amount,
                self._position(part.task),
            )
            for part in why.parts
        ]
        bars += [
            ContributionBar(self._words.smaller(each), each.amount, self._position(each.task))
            for each in why.smaller
        ]
        chart = ContributionChart(tuple(bars))
        for widget in (self._canvas, self._chart_words):
            widget.setVisible(bool(bars))
        if bars:
            self._chart_words.setText(self.tr("What adds to the score, in the colour of its task:"))
            said = [f"{bar.label} {signed(bar.amount, chart.digits)}" for bar in bars]
            self._canvas.set_plot_height(chart.height)
            self._canvas.show_plot(partial(_draw, chart), "; ".join(said))
            self._canvas.setToolTip(_tip(said))
        self._sum.setText(self._words.sum(why))
        self._sum.setVisible(bool(self._sum.text()))

    def _position(self, task: str | None) -> int | None:
        return None if task is None else self._task_position(task)

    def _show_legend(self) -> None:
        clear(self._tags)
        why, state = self._shown or (None, None)
        names: list[str] = []
        if why is not None:
            names += [part.task for part in why.parts if part.task]
            names += [each.task for each in why.smaller if each.task]
        tasks: tuple[Task, ...] = () if state is None else state.tasks
        order = [task.name for task in tasks]
        for name in sorted(set(names), key=lambda n: order.index(n) if n in order else len(order)):
            colour = self._appearance.theme.task_colour(self._task_position(name))
            self._tags.addWidget(TaskTag(name, colour, self._appearance, "remark"))
        self._legend.setVisible(bool(names))

    def _show_lines(self, why: Why) -> None:
        clear(self._moves)
        clear(self._remarks)
        for move in why.moves:
            self._moves.addWidget(_line(say(move), "text"))
        remarks = why.remarks if why.explanation is None else why.explanation.remarks
        for remark in remarks:
            self._remarks.addWidget(_line(say(remark), "remark"))


def _tip(lines: Sequence[str]) -> str:
    """Return the labels in full, one below the other, with nothing in them taken for markup."""
    return "<qt>" + "<br>".join(html.escape(line) for line in lines) + "</qt>"


def _draw(chart: ContributionChart, figure: Figure, theme: Theme) -> None:
    draw_contributions(figure, chart, theme)


def _line(text: str, role: str) -> PlainLabel:
    label = PlainLabel(text, role, wrap=True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
