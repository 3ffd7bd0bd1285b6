"""What is chosen above the lists: the task and the user."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QWidget

from mtrec_gui.pages.explain.state import ExplainState
from mtrec_gui.theme import M
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button, set_icon
from mtrec_gui.widgets.layout import FlowLayout
from mtrec_gui.widgets.task_segments import TaskSegments
from mtrec_gui.widgets.user_box import UserBox

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
        self.box = UserBox(appearance)
        self.box.set_tips(
            self.tr("The user before, of those with held-out items"),
            self.tr("The next user with held-out items"),
        )
        self.box.sought.connect(self.user_sought)
        self.box.asked.connect(self.user_asked)
        self.box.stepped.connect(self.user_stepped)
        self.surprise = button(self.tr("Surprise me"), tip=self.tr("Any user with held-out items"))
        self.surprise.clicked.connect(self.surprise_wanted)
        flow = FlowLayout(self, spacing=M)
        flow.addWidget(self.segments)
        flow.addWidget(self.box)
        flow.addWidget(self.surprise)
        appearance.changed.connect(self._restyle)
        self._restyle()

    def show_state(self, state: ExplainState) -> None:
        """Show what is chosen."""
        self._state = state
        self._show_tasks()
        if state.user is not None:
            self.box.show_user(state.user.id)

    def show_matches(self, ids: Sequence[str]) -> None:
        """Offer users whose id fits what is being typed."""
        self.box.show_matches(ids)

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
        set_icon(self.surprise, "shuffle", self._appearance)
        self.surprise.setIconSize(QSize(self._appearance.px(24), self._appearance.px(16)))
