"""What the Inside page decides: which run is looked into, and when it is read (Qt-free)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from mtrec_gui.pages.inside.reading import Reader
from mtrec_gui.pages.inside.state import InsideState, Question
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from algorithms.errors import MtrecError
    from mtrec_gui.jobs.background import Errand
    from mtrec_gui.pages.inside.talk_presenter import TalkPresenter


class InsideView(Protocol):
    """What the presenter asks of the view."""

    def show_state(self, state: InsideState) -> None:
        """Show the page."""


class InsidePresenter:
    """Reads one run at a time; nothing while the page is hidden."""

    def __init__(
        self, workspace: Workspace, reader: Reader, talk: TalkPresenter | None = None
    ) -> None:
        self._workspace, self._reader, self._talk = workspace, reader, talk
        self._view: InsideView | None = None
        self._state = InsideState()
        self._question = Question()
        self._request = 0
        self._errand: Errand | None = None
        self._is_shown, self._is_stale = True, False
        self._talked_about: int | None = None  # the run

    def attach(self, view: InsideView) -> None:
        """Take the view, and show the project where one is open."""
        self._view = view
        self._workspace.opened.connect(lambda _: self._project_opened())
        self._workspace.runs_changed.connect(lambda _: self._runs_changed())
        self._project_opened()

    def comparison_chosen(self, comparison: int) -> None:
        """A person looks at another comparison."""
        self._question = Question(comparison)
        self._ask()

    def run_chosen(self, run: int) -> None:
        """A person looks into another run."""
        self._question = Question(self._state.comparison, run)
        self._ask()

    def shown(self) -> None:
        """The page can be seen: read what changed meanwhile."""
        self._is_shown = True
        if self._is_stale:
            self._ask()

    def hidden(self) -> None:
        """Nobody sees the page: what changes now is read when somebody does."""
        self._is_shown = False

    # --- reading -----------------------------------------------------------------------------

    def _project_opened(self) -> None:
        self._question, self._state = Question(), InsideState()
        self._ask()

    def _runs_changed(self) -> None:
        """Look on at the run that is looked at; what is new can be chosen, or comes if none is."""
        if self._state.runs:
            self._question = Question(self._state.comparison, self._state.run)
        self._ask()

    def _ask(self) -> None:
        workspace = self._workspace
        project, dataset_id = workspace.project, workspace.dataset_id
        self._request += 1
        request, question = self._request, self._question
        if self._errand is not None:
            self._errand.cancel()
            self._errand = None
        if project is None or dataset_id is None or not workspace.is_open:
            self._show(InsideState())
            return
        self._is_stale = not self._is_shown
        if self._is_stale:
            return
        log = workspace.log

        def answered(state: InsideState) -> None:
            if request == self._request:
                self._show(state)

        def failed(error: MtrecError) -> None:
            if request == self._request:
                self._show(
                    replace(self._state, inside=None, is_reading=False, problem=error.message)
                )

        self._show(
            replace(
                self._state,
                comparison=question.comparison or self._state.comparison,
                run=question.run or self._state.run,
                is_reading=True,
                problem=None,
            )
        )
        self._errand = workspace.runner.run(
            lambda progress: self._reader.answer(project, log, dataset_id, question, progress),
            answered,
            failed,
        )

    def _show(self, state: InsideState) -> None:
        self._state = state
        if self._view is not None:
            self._view.show_state(state)
        if self._talk is not None and (not state.is_reading or state.run != self._talked_about):
            inside = None if state.is_reading else state.inside
            self._talk.show_talker(None if inside is None else inside.talker)
            self._talked_about = state.run
