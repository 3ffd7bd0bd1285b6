"""What is decided about the rows behind a number: which users, and whose list (Qt-free)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from algorithms.metrics import METRICS
from algorithms.metrics.lab import Workbench
from mtrec_gui.asked import ListAsked, NumberAsked
from mtrec_gui.events import Event
from mtrec_gui.pages.metrics.rows_reading import read_number, read_user
from mtrec_gui.pages.metrics.rows_state import NumberRows, RowsState, UserOfNumber
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from algorithms.errors import MtrecError
    from mtrec_gui.jobs.background import Errand
    from mtrec_gui.restored import RestoredModels
    from mtrec_gui.storage import Project

T = TypeVar("T")


class RowsView(Protocol):
    """What the presenter asks of the view."""

    def show_rows(self, state: RowsState) -> None:
        """Show everything."""

    def show_user(self, state: RowsState) -> None:
        """Show the user; the number and its users are as before."""


class RowsPresenter:
    """Shows the users behind a number that was asked for on another page.

    Parameters
    ----------
    workspace : the open project
    restored : where fitted models and splits come from
    explain : shows the list of a user in Explain

    Events
    ------
    rows_taken : rows of a user are to be changed: metric, rows, whose they are
    """

    def __init__(
        self,
        workspace: Workspace,
        restored: RestoredModels,
        explain: Callable[[ListAsked], None],
    ) -> None:
        self.rows_taken: Event[tuple[str, Workbench, str]] = Event()
        self._workspace, self._restored, self._explain = workspace, restored, explain
        self._view: RowsView | None = None
        self._state = RowsState()
        self._asked: NumberAsked | None = None
        self._run: int | None = None
        self._request = 0
        self._errand: Errand | None = None
        workspace.opened.connect(self._project_opened)
        workspace.runs_changed.connect(lambda _: self._runs_changed())

    def attach(self, view: RowsView) -> None:
        """Take the view and show that nothing was asked for."""
        self._view = view
        self._render()

    # --- what a person does --------------------------------------------------------------------

    def number_asked(self, asked: NumberAsked) -> None:
        """A person wants to know where a number comes from."""
        self._asked, self._run = asked, None
        self._ask_number()

    def metric_chosen(self, key: str) -> None:
        """Another metric is on the page: of the same runs and the same task."""
        if self._asked is not None and key in METRICS and self._asked.metric != key:
            self._asked = replace(self._asked, metric=key)
            self._ask_number()

    def run_chosen(self, run: int) -> None:
        """A person wants the run of another seed."""
        self._run = run
        self._ask_number()

    def user_chosen(self, position: int) -> None:
        """A person wants to see one user, by the place from worst to best."""
        number = self._state.number
        if number is None or not 0 <= position < len(number.order):
            return
        project, log = self._workspace.project, self._workspace.log
        if project is None:
            return
        self._state = replace(self._state, is_user_loading=True)
        if self._view is not None:
            self._view.show_user(self._state)
        self._run_errand(
            lambda: read_user(project, log, self._restored, number, position), self._take_user
        )

    def explain_pressed(self) -> None:
        """A person wants to know why the list of the user is as it is."""
        number, user = self._state.number, self._state.user
        if number is not None and user is not None:
            asked, run = number.asked, number.run
            self._explain(ListAsked(asked.comparison, run.id, run.seed, asked.task, user.user))

    def try_pressed(self) -> None:
        """A person wants to change the rows of the user."""
        number, user = self._state.number, self._state.user
        if number is not None and user is not None and user.example is not None:
            source = f"{number.asked.title} · {user.id}"
            self.rows_taken.emit((number.asked.metric, user.example, source))

    # --- what happens elsewhere ----------------------------------------------------------------

    def _project_opened(self, project: Project | None) -> None:
        self._asked = self._run = None
        self._request += 1  # what is on its way concerns the former project
        self._state = RowsState()
        self._render()

    def _runs_changed(self) -> None:
        """Forget a number whose run was deleted."""
        number = self._state.number
        if number is None:
            return
        comparison, run = number.asked.comparison, number.run.id

        def take(is_there: bool) -> None:
            if not is_there and self._state.number is number:
                self._project_opened(self._workspace.project)

        self._workspace.read(
            lambda project: any(each.id == run for each in project.runs(comparison)), take
        )

    # --- asking --------------------------------------------------------------------------------

    def _ask_number(self) -> None:
        asked, run, project = self._asked, self._run, self._workspace.project
        if asked is None or project is None or not asked.runs:
            return
        log = self._workspace.log
        self._state = RowsState(number=self._state.number, is_loading=True)
        self._render()
        self._run_errand(lambda: read_number(project, log, asked, run), self._take_number)

    def _run_errand(self, work: Callable[[], T], take: Callable[[T], None]) -> None:
        """Do work in the background; an answer that is no longer wanted is dropped."""
        self._request += 1
        request, project = self._request, self._workspace.project
        if self._errand is not None:
            self._errand.cancel()

        def done(answer: T) -> None:
            if request == self._request and project is self._workspace.project:
                take(answer)

        def failed(error: MtrecError) -> None:
            if request == self._request and project is self._workspace.project:
                self._state = replace(self._state, is_loading=False, is_user_loading=False)
                self._render()
                self._workspace.failed.emit(error)

        self._errand = self._workspace.runner.run(lambda progress: work(), done, failed)

    def _take_number(self, number: NumberRows) -> None:
        self._state = RowsState(number=number)
        self._render()
        self.user_chosen(0)

    def _take_user(self, user: UserOfNumber) -> None:
        self._state = replace(self._state, user=user, is_user_loading=False)
        if self._view is not None:
            self._view.show_user(self._state)

    def _render(self) -> None:
        if self._view is not None:
            self._view.show_rows(self._state)
