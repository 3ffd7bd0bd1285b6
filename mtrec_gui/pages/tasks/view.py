"""Tasks as they are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from algorithms.messages import Message
from algorithms.tasks import TaskProblem
from mtrec_gui.pages.tasks.editor import TaskEditor
from mtrec_gui.pages.tasks.facts_card import FactsCard
from mtrec_gui.pages.tasks.presenter import EditKind, TasksState
from mtrec_gui.pages.tasks.table import TaskTable
from mtrec_gui.theme import XS, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, EmptyState, Page, clear, row
from mtrec_gui.widgets.leak_card import LeakCard
from mtrec_gui.widgets.side_by_side import SideBySide
from mtrec_gui.wording import say

if TYPE_CHECKING:
    from algorithms.evaluation.leaks import LeakReport


class TasksPage(Page):
    """A table of tasks, the editor of the chosen one, and what the data says about it.

    Signals
    -------
    task_chosen : place of a task
    task_switched : (place, whether it is on now)
    field_edited : (``TaskField``, value) of the chosen task
    task_added, task_removed
    home_pressed : a person without a project wants one
    """

    task_chosen = Signal(int)
    task_switched = Signal(int, bool)
    field_edited = Signal(object, object)
    task_added = Signal()
    task_removed = Signal()
    home_pressed = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__("", "", appearance, parent)
        self.title.setText(self.tr("Tasks"))
        self.sentence.setText(
            self.tr("Each task is one question about a user and an item; models learn them all.")
        )
        self.add = button(self.tr("Add task"), "primary")
        self.remove = button(self.tr("Remove task"))
        self.toolbar.addWidget(self.remove)
        self.toolbar.addWidget(self.add)
        self.empty = EmptyState(
            self.tr("No tasks yet"),
            self.tr(
                "Here are the questions that a project asks of its recommender: will she click, "
                "will she buy, how many stars? Open a sample world, or bring a file of your own."
            ),
            self.tr("Go to Home"),
        )
        self.none = EmptyState(
            self.tr("No task is left"),
            self.tr("A task says which label to predict and which items to rank."),
            self.tr("Add task"),
        )
        self.table = TaskTable(appearance)
        self._problems = QVBoxLayout()
        self._problems.setSpacing(XS)
        self.card = Card()
        self.card.body.addWidget(self.table)
        self.card.body.addLayout(self._problems)
        self.card.body.addWidget(
            PlainLabel(
                self.tr(
                    "1s, or ø: the share of ones of a binary task, the mean of any other. Relevant "
                    "counts the pairs of a user and an item with the label at that value or above."
                ),
                "remark",
                wrap=True,
            )
        )
        self.editor = TaskEditor(appearance)
        self.facts = FactsCard(appearance)
        self.details = SideBySide(self.editor, self.facts, appearance, 780, (3, 2))
        self.leaks = LeakCard()
        for widget in (self.empty, self.none, self.card, self.details, self.leaks):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self._connect()
        self.show_empty()

    def _connect(self) -> None:
        self.table.chosen.connect(self.task_chosen)
        self.table.tasks.switched.connect(self.task_switched)
        self.editor.edited.connect(self.field_edited)
        self.add.clicked.connect(self.task_added)
        self.none.button.clicked.connect(self.task_added)
        self.remove.clicked.connect(self.task_removed)
        self.empty.button.clicked.connect(self.home_pressed)

    # --- what the presenter asks -----------------------------------------------------------

    def show_empty(self) -> None:
        """Show that no project is open."""
        self._show_parts(is_open=False, has_tasks=False)

    def show_state(self, state: TasksState) -> None:
        """Show the tasks."""
        self._show_parts(is_open=True, has_tasks=state.chosen is not None)
        self.add.setEnabled(bool(state.labels))
        self.table.show_rows(state.rows, state.chosen)
        clear(self._problems)
        for problem in (problem for each in state.rows for problem in each.problems):
            self._problems.addWidget(self._problem(problem))
        if state.chosen is not None:
            self.editor.show_task(state)
            self.facts.show_row(state.rows[state.chosen], state.chosen)

    def show_leaks(self, report: LeakReport | None) -> None:
        """Show what the leak doctor found: over the editor where it should worry, else below."""
        self.leaks.show_leaks(report)
        self.body.removeWidget(self.leaks)
        worries = report is not None and report.worries
        beside = self.body.indexOf(self.details)
        self.body.insertWidget(beside if worries else beside + 1, self.leaks)

    def show_refusal(self, reason: Message) -> None:
        """Say why an edit was not taken."""
        self.editor.show_refusal(reason)

    def edit_name(self, kind: EditKind, task: str) -> str:
        """Return what an edit is called."""
        return {
            EditKind.CHANGED: self.tr("change of “{task}”"),
            EditKind.RENAMED: self.tr("new name of “{task}”"),
            EditKind.WEIGHTED: self.tr("weight of “{task}”"),
            EditKind.SWITCHED_ON: self.tr("“{task}” switched on"),
            EditKind.SWITCHED_OFF: self.tr("“{task}” switched off"),
            EditKind.ADDED: self.tr("new task “{task}”"),
            EditKind.REMOVED: self.tr("“{task}” removed"),
        }[kind].format(task=task)

    # --- parts -----------------------------------------------------------------------------

    def _problem(self, problem: TaskProblem) -> QWidget:
        """Return one line: a word in the tone of the problem, and the sentence."""
        line = QWidget()
        word = (
            PlainLabel(self.tr("Cannot be learned"), "worse")
            if problem.fatal
            else PlainLabel(self.tr("Note"), "remark")
        )
        words = PlainLabel(say(problem.message), "text" if problem.fatal else "muted", wrap=True)
        layout = row(word, spacing=S)
        layout.setAlignment(word, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(words, 1)
        line.setLayout(layout)
        return line

    def _show_parts(self, is_open: bool, has_tasks: bool) -> None:
        self.empty.setVisible(not is_open)
        self.none.setVisible(is_open and not has_tasks)
        self.card.setVisible(is_open and has_tasks)
        self.details.setVisible(is_open and has_tasks)
        self.add.setEnabled(is_open)
        self.remove.setEnabled(is_open and has_tasks)
