"""What is chosen above the lists: the task and the user."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QSizePolicy, QWidget

from mtrec_gui.pages.explain.state import ExplainState
from mtrec_gui.theme import XS, M
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button, set_icon
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import FlowLayout, row
from mtrec_gui.widgets.task_segments import TaskSegments

_PAGE = "page:"  # key of the segment that is no task
_TASK = "task:"


class Controls(QWidget):
    """A segment for each task, and the way from user to user.

    Signals
    -------
    task_chosen : name of a task; None for the page of all kinds
    user_sought : what a person has typed so far
    user_asked : id of a user
    user_stepped : True for the next user, False for the one before
    surprise_wanted : any user
    """

    task_chosen = Signal(object)
    user_sought = Signal(str)
    user_asked = Signal(str)
    user_stepped = Signal(bool)
    surprise_wanted = Signal()

    def __init__(
        self,
        appearance: Appearance,
        task_position: Callable[[str], int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance, self._task_position = appearance, task_position
        self._state = ExplainState()
        self.segments = TaskSegments(appearance)
        self.segments.chosen.connect(
            lambda key: self.task_chosen.emit(None if key == _PAGE else key.removeprefix(_TASK))
        )
        self.surprise = button(self.tr("Surprise me"), tip=self.tr("Any user with held-out items"))
        self.surprise.clicked.connect(self.surprise_wanted)
        flow = FlowLayout(self, spacing=M)
        flow.addWidget(self.segments)
        flow.addWidget(self._user_box())
        flow.addWidget(self.surprise)
        appearance.changed.connect(self._restyle)
        self._restyle()

    def _user_box(self) -> QWidget:
        self.before = button("", tip=self.tr("The user before, of those with held-out items"))
        self.after = button("", tip=self.tr("The next user with held-out items"))
        self.before.setAccessibleName(self.tr("Previous user"))
        self.after.setAccessibleName(self.tr("Next user"))
        self.before.clicked.connect(lambda: self.user_stepped.emit(False))
        self.after.clicked.connect(lambda: self.user_stepped.emit(True))
        self.user = QLineEdit()
        self.user.setAccessibleName(self.tr("Id of the user"))
        self.user.setPlaceholderText(self.tr("User id"))
        self.user.returnPressed.connect(lambda: self.user_asked.emit(self.user.text().strip()))
        self.user.textEdited.connect(self.user_sought)
        self._matches = QStringListModel(self)
        completer = QCompleter(self._matches, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.activated.connect(self.user_asked)
        self.user.setCompleter(completer)
        box = QWidget()
        box.setLayout(
            row(
                PlainLabel(self.tr("User"), "muted"), self.before, self.user, self.after, spacing=XS
            )
        )
        box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        return box

    def show_state(self, state: ExplainState) -> None:
        """Show what is chosen."""
        self._state = state
        self._show_tasks()
        if state.user is not None and (not self.user.hasFocus() or not self.user.isModified()):
            self.user.setText(state.user.id)

    def show_matches(self, ids: Sequence[str]) -> None:
        """Offer users whose id fits what is being typed."""
        self._matches.setStringList(list(ids))

    def _show_tasks(self) -> None:
        state, theme = self._state, self._appearance.theme
        choices: list[tuple[str, str, str | None]] = [
            (_TASK + task.name, task.name, theme.task_colour(self._task_position(task.name)))
            for task in state.tasks
        ]
        if state.has_page:
            choices.append((_PAGE, self.tr("Whole page"), None))
        self.segments.set_tasks(choices)
        question = state.question
        self.segments.choose(_PAGE if question.whole_page else f"{_TASK}{question.task}")

    def _restyle(self) -> None:
        self._show_tasks()
        set_icon(self.before, "caret-left", self._appearance)
        set_icon(self.after, "caret-right", self._appearance)
        set_icon(self.surprise, "shuffle", self._appearance)
        self.surprise.setIconSize(QSize(self._appearance.px(24), self._appearance.px(16)))
        self.user.setFixedWidth(self._appearance.px(92))
