"""The search desk: sends a search's trials to the jobs, and keeps what comes back (Qt-free).

Every trial is a process of its own, judged on validation data, and is written to the project as
soon as it ended: a search that is stopped, or whose worker crashes, keeps what it has found.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from algorithms.messages import Message
from mtrec_gui.events import Event
from mtrec_gui.jobs.port import JobBackend, JobEvent, JobHandle, JobState
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from algorithms.errors import MtrecError
    from algorithms.search import Attempt, Course, SearchResult, SearchSpec, Trial
    from mtrec_gui.storage import Project

FUNCTION = "mtrec_gui.model_shelf:study"
"""What the workers of the backend call."""

_AHEAD = 8  # trials that wait in the queue; more would only take memory


class SearchDesk:
    """Starts, follows, cancels and keeps one search at a time.

    Parameters
    ----------
    workspace : the open project
    backend : does single trials (its function is ``FUNCTION``)

    Events
    ------
    changed : a search was started, a trial ended or got on, or all is over
    finished : the search is over and all of it is in the project
    failed : it could not be started; the error says why
    """

    def __init__(self, workspace: Workspace, backend: JobBackend) -> None:
        self._workspace = workspace
        self._backend = backend
        self._project: Project | None = None  # the one that the search belongs to
        self._course: Course | None = None
        self._open: dict[str, tuple[JobHandle, Attempt]] = {}
        self._fractions: dict[str, float] = {}
        self._to_keep = 0
        self._is_wanted = False
        self.search: int | None = None
        self.changed: Event[None] = Event()
        self.finished: Event[None] = Event()
        self.failed: Event[MtrecError] = Event()
        workspace.opened.connect(lambda _: self._leave())

    @property
    def result(self) -> SearchResult | None:
        """What the newest search has found so far."""
        return None if self._course is None else self._course.result

    @property
    def is_running(self) -> bool:
        """Whether a trial is to come, going on, or being written."""
        return self._is_wanted or bool(self._open) or self._to_keep > 0

    @property
    def n_attempts(self) -> int:
        """How many rehearsals the newest search has, with the floor and the start."""
        return 0 if self._course is None else self._course.n_attempts

    @property
    def fraction(self) -> float:
        """How much of the search is done, 0 to 1."""
        if self._course is None:
            return 0.0
        done = len(self._course.result.trials) + sum(self._fractions.values())
        return min(done / self._course.n_attempts, 1.0)

    def start(self, spec: SearchSpec) -> None:
        """Check a search, note it in the project, and send its first trials to the jobs."""
        workspace = self._workspace
        project, dataset_id = workspace.project, workspace.dataset_id
        if self.is_running or project is None or dataset_id is None:
            return
        self._project, self._course, self.search = project, None, None
        self._is_wanted = True

        def work(_: object) -> tuple[Course, int]:
            from algorithms.search import Course
            from mtrec_gui.model_shelf import MODELS

            course = Course(spec, MODELS)
            return course, project.start_search(dataset_id, spec)

        def started(made: tuple[Course, int]) -> None:
            if self._project is project:
                self._course, self.search = made
                self._send()
                self.changed.emit(None)

        def failed(error: MtrecError) -> None:
            if self._project is project:
                self._is_wanted = False
                self.failed.emit(error)
                self.changed.emit(None)

        workspace.runner.run(work, started, failed)
        self.changed.emit(None)

    def cancel(self) -> None:
        """Stop the search; what its trials have found stays."""
        self._is_wanted = False
        for handle, _ in reversed(list(self._open.values())):
            handle.cancel()
        self.changed.emit(None)

    def job_happened(self, event: JobEvent) -> None:
        """Take what the jobs report, on the thread of the window."""
        if event.job.id not in self._open or self._course is None:
            return
        if not event.state.is_final:
            self._fractions[event.job.id] = event.fraction
            self.changed.emit(None)
            return
        _, attempt = self._open.pop(event.job.id)
        self._fractions.pop(event.job.id, None)
        if event.state is JobState.DONE and event.result is not None:
            self._keep(self._course.tell(attempt, event.result))
        elif event.state is not JobState.CANCELLED and self._is_wanted:
            reason = event.message or Message(
                "The run ended without a result ({state}).", {"state": event.state.value}
            )
            self._keep(self._course.tell(attempt, reason))
        self._send()
        self.changed.emit(None)
        self._tell_if_finished()

    def _send(self) -> None:
        """Send as many trials as the search can tell, a few ahead of the workers."""
        course = self._course
        while self._is_wanted and course is not None and len(self._open) < _AHEAD:
            attempt = course.ask()
            if attempt is None:
                self._is_wanted = bool(self._open)
                return
            handle = self._backend.submit(attempt.run, self._workspace.log)
            self._open[handle.id] = handle, attempt

    def _keep(self, trial: Trial) -> None:
        project, search = self._project, self.search
        if project is None or search is None:
            return
        self._to_keep += 1

        def over() -> bool:
            if self._project is not project:
                return False
            self._to_keep -= 1
            return True

        def kept(_: None) -> None:
            if over():
                self.changed.emit(None)
                self._tell_if_finished()

        def failed(error: MtrecError) -> None:
            if over():
                self._workspace.failed.emit(error)
                self._tell_if_finished()

        self._workspace.runner.run(partial(_write, project, search, trial), kept, failed)

    def _leave(self) -> None:
        """Stop what belongs to a project that was left; what it holds already stays there."""
        if self._project is None or self._project is self._workspace.project:
            return
        for handle, _ in self._open.values():
            handle.cancel()
        self._project, self._course, self.search = None, None, None
        self._open, self._fractions = {}, {}
        self._to_keep, self._is_wanted = 0, False
        self.changed.emit(None)

    def _tell_if_finished(self) -> None:
        if self._course is not None and not self.is_running:
            self.finished.emit(None)


def _write(project: Project, search: int, trial: Trial, _: object) -> None:
    project.add_trial(search, trial)
