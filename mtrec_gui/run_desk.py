"""The run desk: sends an experiment's runs to the jobs, and commits what comes back (Qt-free).

Every run is committed to the project as soon as it is complete, by the one process that may
write; a failed run leaves its reason, and the others go on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from algorithms.messages import Message
from algorithms.progress import Stage
from mtrec_gui.events import Event
from mtrec_gui.jobs.port import JobBackend, JobEvent, JobHandle, JobState
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from algorithms.errors import MtrecError
    from algorithms.evaluation import Experiment, RunSpec
    from mtrec_gui.storage import Project


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One run as the desk knows it.

    ``committed`` turns True when the project holds the result.
    """

    job: str
    spec: RunSpec
    state: JobState = JobState.QUEUED
    fraction: float = 0.0
    stage: Stage | None = None
    seconds_left: float | None = None
    message: Message | None = None
    committed: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state.is_final


class RunDesk:
    """Starts, follows, cancels and commits the runs of one comparison at a time."""

    def __init__(self, workspace: Workspace, backend: JobBackend) -> None:
        self._workspace = workspace
        self._backend = backend
        self._handles: dict[str, JobHandle] = {}
        self._rows: dict[str, DeskRow] = {}
        self._project: Project | None = None  # the one that the runs belong to
        self._comparison: int | None = None
        self._to_commit = 0
        self._told = False  # that the comparison is finished
        self.changed: Event[None] = Event()
        self.finished: Event[None] = Event()
        workspace.opened.connect(lambda _: self._leave())

    @property
    def rows(self) -> tuple[DeskRow, ...]:
        """The runs of the newest comparison, in the order in which they were asked for."""
        return tuple(self._rows.values())

    @property
    def comparison(self) -> int | None:
        """Id of the comparison that the rows belong to."""
        return self._comparison

    @property
    def is_running(self) -> bool:
        """Whether a run is waiting, going on, or being committed."""
        return self._to_commit > 0 or any(not row.is_over for row in self._rows.values())

    @property
    def fraction(self) -> float:
        """How much of the comparison is done, 0 to 1."""
        if not self._rows:
            return 1.0
        return sum(1.0 if r.is_over else r.fraction for r in self.rows) / len(self._rows)

    def start(self, experiment: Experiment) -> None:
        """Open a comparison in the project and send its runs to the jobs."""
        specs = experiment.run_specs()
        workspace = self._workspace
        project, dataset_id = workspace.project, workspace.dataset_id
        if self.is_running or not specs or project is None or dataset_id is None:
            return
        log = workspace.log
        self._rows, self._handles = {}, {}
        self._project, self._told = project, False
        self._to_commit = 1  # the comparison itself

        def started(comparison: int) -> None:
            if self._project is not project:
                return
            self._to_commit = 0
            self._comparison = comparison
            for spec in specs:
                handle = self._backend.submit(spec, log)
                self._handles[handle.id] = handle
                self._rows.setdefault(handle.id, DeskRow(handle.id, spec))
            self.changed.emit(None)
            workspace.runs_changed.emit(None)

        workspace.runner.run(
            lambda progress: project.start_comparison(dataset_id, experiment),
            started,
            partial(self._not_written, project),
        )
        self.changed.emit(None)

    def cancel(self, job: str) -> None:
        """Stop one run; what the others have done stays."""
        handle = self._handles.get(job)
        if handle is not None:
            handle.cancel()

    def cancel_all(self) -> None:
        """Stop every run that is not over, those that wait first."""
        for row in reversed(self.rows):
            if not row.is_over:
                self.cancel(row.job)

    def job_happened(self, event: JobEvent) -> None:
        """Take what the jobs report, on the thread of the window."""
        row = self._rows.get(event.job.id)
        if row is None or row.is_over:
            return
        self._rows[event.job.id] = replace(
            row,
            state=event.state,
            fraction=event.fraction,
            stage=event.stage,
            seconds_left=event.seconds_left,
            message=event.message,
        )
        if event.state is JobState.DONE and event.result is not None:
            self._commit(event)
        elif event.state in (JobState.FAILED, JobState.CRASHED, JobState.KILLED):
            self._note_failure(self._rows[event.job.id])
        self.changed.emit(None)
        self._tell_if_finished()

    def _commit(self, event: JobEvent) -> None:
        project, comparison, result = self._project, self._comparison, event.result
        if project is None or comparison is None or result is None:
            return
        self._to_commit += 1

        def committed(_: int) -> None:
            if self._project is not project:
                return
            self._to_commit -= 1
            if event.job.id in self._rows:
                self._rows[event.job.id] = replace(self._rows[event.job.id], committed=True)
            self.changed.emit(None)
            self._workspace.runs_changed.emit(None)
            self._tell_if_finished()

        self._workspace.runner.run(
            lambda progress: project.add_run(comparison, result),
            committed,
            partial(self._not_written, project),
        )

    def _note_failure(self, row: DeskRow) -> None:
        project, comparison, spec = self._project, self._comparison, row.spec
        if project is None or comparison is None:
            return
        reason = row.message or Message("The run ended without a result ({state}).",
                                        {"state": row.state.value})  # fmt: skip
        self._to_commit += 1

        def noted(_: int) -> None:
            if self._project is not project:
                return
            self._to_commit -= 1
            self.changed.emit(None)
            self._workspace.runs_changed.emit(None)
            self._tell_if_finished()

        self._workspace.runner.run(
            lambda progress: project.add_failure(
                comparison, spec.model, dict(spec.config), spec.seed, reason
            ),
            noted,
            partial(self._not_written, project),
        )

    def _not_written(self, project: Project, error: MtrecError) -> None:
        if self._project is not project:
            return
        self._to_commit -= 1
        self._workspace.failed.emit(error)
        self.changed.emit(None)
        self._tell_if_finished()

    def _leave(self) -> None:
        """Stop what belongs to a project that was left; what it holds already stays there."""
        if self._project is self._workspace.project:
            return
        self.cancel_all()
        self._rows, self._handles = {}, {}
        self._project, self._comparison, self._to_commit = None, None, 0
        self.changed.emit(None)

    def _tell_if_finished(self) -> None:
        if self._rows and not self._told and not self.is_running:
            self._told = True
            self.finished.emit(None)
