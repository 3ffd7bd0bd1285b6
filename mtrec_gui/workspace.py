"""The open project, as all pages see it: its data, its experiment, its comparisons (Qt-free).

The workspace is the only one that changes a project. Reading and writing happen in the
background, in order; the window hears of a change through the events.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mtrec_gui.events import Event
from mtrec_gui.history import History

if TYPE_CHECKING:
    from algorithms.data import InteractionLog
    from algorithms.errors import MtrecError
    from algorithms.evaluation import Experiment
    from algorithms.progress import Progress
    from algorithms.tasks import TaskProblem
    from mtrec_gui.jobs.background import Errand, Runner
    from mtrec_gui.storage import Project

T = TypeVar("T")


class Workspace:
    """One open project, or none.

    Parameters
    ----------
    runner : does background work and calls back on the thread of the window

    Events
    ------
    opened : another project was opened or created (or, with None, closed)
    experiment_changed : tasks, rules, split, models or seeds were edited
    runs_changed : a run was committed, failed or deleted
    failed : something went wrong that a person should know of
    busy : a sentence about what is being waited for, or None
    """

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.opened: Event[Project | None] = Event()
        self.experiment_changed: Event[Experiment] = Event()
        self.runs_changed: Event[None] = Event()
        self.failed: Event[MtrecError] = Event()
        self.progressed: Event[float | None] = Event()
        self.history: History[Experiment] = History()
        self.project: Project | None = None
        self.dataset_id: int | None = None
        self._log: InteractionLog | None = None
        self._experiment: Experiment | None = None
        self._saving = False
        self._unsaved = False
        self._errand: Errand | None = None

    # --- what is there ---------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether a project is open."""
        return self._log is not None

    @property
    def log(self) -> InteractionLog:
        """The interactions of the open project."""
        if self._log is None:
            raise RuntimeError("no project is open")
        return self._log

    @property
    def experiment(self) -> Experiment:
        """The experiment as edited so far."""
        if self._experiment is None:
            raise RuntimeError("no project is open")
        return self._experiment

    def problems(self) -> list[TaskProblem]:
        """Return what stands in the way of the tasks."""
        from algorithms.tasks import check_tasks

        return check_tasks(self.experiment.tasks, self.log)

    def task_position(self, name: str) -> int:
        """Return the place of a task in the experiment; it decides the task's colour."""
        if self._experiment is None:  # a page is painted once more while the project closes
            return 0
        names = [task.name for task in self._experiment.tasks]
        return names.index(name) if name in names else len(names)

    # --- opening and closing ---------------------------------------------------------------

    def create(
        self,
        path: Path,
        make: Callable[[Progress], tuple[InteractionLog, Experiment]],
        then: Callable[[], None] | None = None,
    ) -> None:
        """Make a project file from the log and experiment that ``make`` returns."""

        def work(progress: Progress) -> tuple[Project, int, InteractionLog, Experiment]:
            from algorithms.progress import Stage, part_of
            from mtrec_gui.project_files import make_folder
            from mtrec_gui.storage import Project

            log, experiment = make(part_of(progress, 0.0, 0.7))
            make_folder(path.parent)
            saving = part_of(progress, 0.7, 1.0)
            project = Project.create(
                path,
                fill=lambda made: made.save_experiment(made.save_log(log, saving), experiment),
            )
            try:
                progress(1.0, Stage.SAVE)
            except BaseException:  # not wanted any more: nothing is left behind
                project.close()
                path.unlink()
                raise
            return project, project.datasets()[-1].id, log, experiment

        self._do(work, lambda made: self._take(*made, then=then))

    def open(self, path: Path, then: Callable[[], None] | None = None) -> None:
        """Open a project file."""

        def work(progress: Progress) -> tuple[Project, int, InteractionLog, Experiment]:
            from algorithms.errors import ProjectError
            from algorithms.progress import Stage
            from algorithms.tasks.proposals import propose
            from mtrec_gui.model_shelf import default_experiment
            from mtrec_gui.storage import Project

            project = Project.open(path)
            try:
                datasets = project.datasets()
                if not datasets:
                    raise ProjectError(
                        file=str(path), problem="it holds no data", remedy="Import a file first."
                    )
                dataset_id = datasets[-1].id
                log = project.load_log(dataset_id)
                experiment = project.load_experiment(dataset_id)
                if experiment is None:
                    log, tasks = propose(log)
                    experiment = default_experiment(log, tasks)
                progress(1.0, Stage.LOAD)
            except BaseException:
                project.close()
                raise
            return project, dataset_id, log, experiment

        self._do(work, lambda opened: self._take(*opened, then=then))

    def cancel(self) -> None:
        """Give up what is being opened or created; the project before stays open."""
        errand, self._errand = self._errand, None
        if errand is not None:
            errand.cancel()
            self.progressed.emit(None)

    def close(self) -> None:
        """Close the project; all of it is on disk already."""
        if self.project is not None:
            unsaved = self._unsaved or self._saving  # what is on its way would come too late
            if unsaved and self._experiment is not None and self.dataset_id is not None:
                self.project.save_experiment(self.dataset_id, self._experiment)
            self.project.close()
        self.project = self._log = self._experiment = self.dataset_id = None
        self._saving = self._unsaved = False
        self.history.clear()

    def _take(
        self,
        project: Project,
        dataset_id: int,
        log: InteractionLog,
        experiment: Experiment,
        then: Callable[[], None] | None = None,
    ) -> None:
        self.close()
        self.project, self.dataset_id = project, dataset_id
        self._log, self._experiment = log, experiment
        self.opened.emit(project)
        if then is not None:
            then()

    # --- editing ---------------------------------------------------------------------------

    def edit(self, name: str, experiment: Experiment, merge: str | None = None) -> None:
        """Replace the experiment as one step that can be undone, called ``name``."""
        before = self.experiment
        if experiment == before:
            return
        self.history.record(name, before, experiment, merge)
        self._set_experiment(experiment)

    def undo(self) -> None:
        """Take back the last edit."""
        before = self.history.undo()
        if before is not None:
            self._set_experiment(before)

    def redo(self) -> None:
        """Do the edit taken back last again."""
        after = self.history.redo()
        if after is not None:
            self._set_experiment(after)

    def _set_experiment(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._unsaved = True
        self._save()
        self.experiment_changed.emit(experiment)

    def _save(self) -> None:
        """Write the newest experiment; edits made while writing are written after it."""
        if self._saving or self.project is None or self.dataset_id is None:
            return
        project, dataset_id, experiment = self.project, self.dataset_id, self.experiment
        self._saving, self._unsaved = True, False

        def saved(_: None) -> None:
            if self.project is not project:
                return
            self._saving = False
            if self._unsaved:
                self._save()

        def failed(error: MtrecError) -> None:
            if self.project is not project:  # closed, and saved at that
                return
            self._saving = False
            self._unsaved = True
            self.failed.emit(error)

        self.runner.run(
            lambda progress: project.save_experiment(dataset_id, experiment), saved, failed
        )

    # --- asking the project ----------------------------------------------------------------

    def read(
        self,
        question: Callable[[Project], T],
        done: Callable[[T], None],
    ) -> None:
        """Ask the open project something in the background; silent where none is open."""
        project = self.project
        if project is None:
            return

        def deliver(answer: T) -> None:
            if self.project is project:  # what concerns a project that was closed is stale
                done(answer)

        def fail(error: MtrecError) -> None:
            if self.project is project:
                self.failed.emit(error)

        self.runner.run(lambda progress: question(project), deliver, fail)

    def _do(self, work: Callable[[Progress], T], done: Callable[[T], None]) -> None:
        """Do long work with its progress shown."""
        is_over = False

        def over() -> None:
            nonlocal is_over
            is_over, self._errand = True, None
            self.progressed.emit(None)

        def finished(value: T) -> None:
            over()
            done(value)

        def failed(error: MtrecError) -> None:
            over()
            self.failed.emit(error)

        self.progressed.emit(0.0)
        errand = self.runner.run(
            work, finished, failed, lambda fraction, stage: self.progressed.emit(fraction)
        )
        if not is_over:  # an immediate runner has finished already
            self._errand = errand
