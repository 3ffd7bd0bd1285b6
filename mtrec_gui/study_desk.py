"""What the desks of searches and of curves have in common (Qt-free).

A study is many runs of one question. They go to the jobs a few ahead, each a process of its own,
and what a run says is written to the project as soon as it ended: a study that is stopped, or whose
worker crashes, keeps what it has found.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from algorithms.messages import Message
from mtrec_gui.events import Event
from mtrec_gui.jobs.port import JobBackend, JobEvent, JobHandle, JobState
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from algorithms.errors import MtrecError
    from algorithms.evaluation import RunResult, RunSpec
    from mtrec_gui.storage import Project

FUNCTION = "mtrec_gui.model_shelf:study"
"""What the workers of the backend call."""

Plan = TypeVar("Plan")  # what is to be done, once it was found to be possible
Subject = TypeVar("Subject")  # which run of it a job does
Found = TypeVar("Found")  # what the project keeps of a run


class StudyDesk(ABC, Generic[Plan, Subject, Found]):
    """Starts, follows, cancels and keeps one study at a time.

    Parameters
    ----------
    workspace : the open project
    backend : does single runs (its function is ``FUNCTION``)

    Events
    ------
    changed : a study was started, a run ended or got on, or all is over
    finished : the study is over and all of it is in the project
    failed : it could not be started; the error says why
    """

    ahead = 8  # runs that wait in the queue; more would only take memory

    def __init__(self, workspace: Workspace, backend: JobBackend) -> None:
        self._workspace = workspace
        self._backend = backend
        self._project: Project | None = None  # the one that the study belongs to
        self._open: dict[str, tuple[JobHandle, Subject]] = {}
        self._fractions: dict[str, float] = {}
        self._to_keep = 0
        self._is_wanted = False
        self.id: int | None = None  # of the study in the project
        self.changed: Event[None] = Event()
        self.finished: Event[None] = Event()
        self.failed: Event[MtrecError] = Event()
        workspace.opened.connect(lambda _: self._leave())

    # --- what a kind of study says -----------------------------------------------------------

    @property
    @abstractmethod
    def n_runs(self) -> int:
        """How many runs the newest study has."""

    @property
    @abstractmethod
    def n_done(self) -> int:
        """How many of them have ended."""

    @abstractmethod
    def _take_plan(self, plan: Plan) -> None:
        """A study begins."""

    @abstractmethod
    def _clear(self) -> None:
        """Nothing of a study is left."""

    @abstractmethod
    def _next(self) -> tuple[RunSpec, Subject] | None:
        """Return the next run; None where there is none now, or no more."""

    @abstractmethod
    def _tell(self, subject: Subject, outcome: RunResult | Message) -> Found:
        """Take what a run says, or why it says nothing; return what is kept of it."""

    @abstractmethod
    def _write(self, project: Project, study: int, found: Found) -> None:
        """Put what a run says into the project; this is not the window's thread."""

    # --- what all do -------------------------------------------------------------------------

    @property
    def is_running(self) -> bool:
        """Whether a run is to come, going on, or being written."""
        return self._is_wanted or bool(self._open) or self._to_keep > 0

    @property
    def fraction(self) -> float:
        """How much of the study is done, 0 to 1."""
        if not self.n_runs:
            return 0.0
        return min((self.n_done + sum(self._fractions.values())) / self.n_runs, 1.0)

    def cancel(self) -> None:
        """Stop; what the runs have found stays."""
        self._is_wanted = False
        for handle, _ in reversed(list(self._open.values())):
            handle.cancel()
        self.changed.emit(None)

    def job_happened(self, event: JobEvent) -> None:
        """Take what the jobs report, on the thread of the window."""
        if event.job.id not in self._open:
            return
        if not event.state.is_final:
            self._fractions[event.job.id] = event.fraction
            self.changed.emit(None)
            return
        _, subject = self._open.pop(event.job.id)
        self._fractions.pop(event.job.id, None)
        if event.state is JobState.DONE and event.result is not None:
            self._keep(self._tell(subject, event.result))
        elif event.state is not JobState.CANCELLED and self._is_wanted:
            reason = event.message or Message(
                "The run ended without a result ({state}).", {"state": event.state.value}
            )
            self._keep(self._tell(subject, reason))
        self._send()
        self.changed.emit(None)
        self._tell_if_finished()

    def _begin(self, prepare: Callable[[Project, int], tuple[Plan, int]]) -> None:
        """Note a study in the project of the dataset, and send its first runs to the jobs.

        ``prepare`` checks it, which may take a while or fail, and returns its id as well.
        """
        workspace = self._workspace
        project, dataset_id = workspace.project, workspace.dataset_id
        if self.is_running or project is None or dataset_id is None:
            return
        self._project, self.id = project, None
        self._clear()
        self._is_wanted = True

        def started(made: tuple[Plan, int]) -> None:
            if self._project is project:
                plan, self.id = made
                self._take_plan(plan)
                self._send()
                self.changed.emit(None)

        def failed(error: MtrecError) -> None:
            if self._project is project:
                self._is_wanted = False
                self.failed.emit(error)
                self.changed.emit(None)

        workspace.runner.run(lambda _: prepare(project, dataset_id), started, failed)
        self.changed.emit(None)

    def _send(self) -> None:
        """Send as many runs as are known, a few ahead of the workers."""
        while self._is_wanted and len(self._open) < self.ahead:
            asked = self._next()
            if asked is None:
                self._is_wanted = bool(self._open)
                return
            run, subject = asked
            handle = self._backend.submit(run, self._workspace.log)
            self._open[handle.id] = handle, subject

    def _keep(self, found: Found) -> None:
        project, study = self._project, self.id
        if project is None or study is None:
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

        self._workspace.runner.run(lambda _: self._write(project, study, found), kept, failed)

    def _leave(self) -> None:
        """Stop what belongs to a project that was left; what it holds already stays there."""
        if self._project is None or self._project is self._workspace.project:
            return
        for handle, _ in self._open.values():
            handle.cancel()
        self._project, self.id = None, None
        self._open, self._fractions = {}, {}
        self._to_keep, self._is_wanted = 0, False
        self._clear()
        self.changed.emit(None)

    def _tell_if_finished(self) -> None:
        if self.id is not None and not self.is_running:
            self.finished.emit(None)
