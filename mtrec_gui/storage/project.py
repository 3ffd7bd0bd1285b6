"""A project: the file in which data, experiments and results are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import select

from algorithms.data.log import InteractionLog
from algorithms.evaluation.experiment import Experiment
from algorithms.evaluation.results import RunResult
from algorithms.explanations.explanation import Explanation
from algorithms.messages import Message
from algorithms.models.base import CurvePoint, ModelState
from algorithms.progress import Progress, silent
from algorithms.search.curve_spec import CurveOutcome, CurveSpec
from algorithms.search.result import Trial
from algorithms.search.spec import SearchSpec
from mtrec_gui.storage import (
    curve_store,
    experiment_store,
    explanation_store,
    log_store,
    run_store,
    run_writer,
    search_store,
)
from mtrec_gui.storage.column_types import now
from mtrec_gui.storage.database import BUSY_SECONDS, Database
from mtrec_gui.storage.errors import (
    DamagedProjectError,
    OlderReadOnlyError,
)
from mtrec_gui.storage.files import new_file
from mtrec_gui.storage.inspection import can_write, inspect_file
from mtrec_gui.storage.rows import ProjectRow, SolvedExerciseRow
from mtrec_gui.storage.upgrade import known_formats, migrate, upgrade
from mtrec_gui.storage.values import (
    ComparisonSummary,
    CurvesSummary,
    DatasetSummary,
    ProjectInfo,
    SearchSummary,
    StoredRun,
)


class Project:
    """An open project file; made by ``create`` or ``open``.

    Every method is one transaction in a session of its own, so that any thread may call it, and
    what it changes is kept as a whole or not at all. A method raises

    - ``ResourceError`` where the machine refuses (full disk, read-only, another program writes),
    - ``DamagedProjectError`` where the file is not as it was written,
    - ``UnknownRecordError`` for an id that the project does not have.
    """

    def __init__(self, database: Database, info: ProjectInfo, backup: Path | None = None) -> None:
        self._database = database
        self.info = info
        self.backup = backup

    @classmethod
    def create(
        cls,
        path: Path | str,
        *,
        fill: Callable[[Self], object] | None = None,
        busy_seconds: float = BUSY_SECONDS,
    ) -> Self:
        """Make a new project file; what is there already is never overwritten.

        Parameters
        ----------
        path : where
        fill : called with the project before it stands at ``path``, so that nobody, whatever
            happens meanwhile, ever finds it half filled
        busy_seconds : how long to wait for others that hold the file

        Raises
        ------
        ResourceError
            Where there is a file of this name, or the folder cannot be written.
        """
        path = Path(path)
        with new_file(path) as draft:
            _make_tables(draft, path)
            if fill is not None:
                with cls._of(Database(draft, called=path, busy_seconds=busy_seconds)) as project:
                    fill(project)
        return cls.open(path, busy_seconds=busy_seconds)

    @classmethod
    def open(cls, path: Path | str, *, busy_seconds: float = BUSY_SECONDS) -> Self:
        """Open a project file, after checking that it is one.

        An older file is upgraded, after a copy of it was made beside it (``backup``). A file
        that cannot be written is opened read-only (``read_only``).

        Raises
        ------
        ProjectError
            Where it is no project, or one that this version cannot read.
        """
        path = Path(path)
        found = inspect_file(path, busy_seconds)
        writable = can_write(path)
        newest = known_formats()[-1]
        backup = None
        if found < newest:
            if not writable:
                raise OlderReadOnlyError(file=str(path), found=found, known=newest)
            backup = upgrade(path, found, busy_seconds)
            inspect_file(path, busy_seconds)
        database = Database(path, read_only=not writable, busy_seconds=busy_seconds)
        return cls._of(database, backup)

    @classmethod
    def _of(cls, database: Database, backup: Path | None = None) -> Self:
        """Return the project in a database of the newest format."""
        try:
            with database.reading() as session:
                row = session.get(ProjectRow, 1)
            if row is None:
                raise DamagedProjectError(file=str(database.path), what="the table “project”")
            info = ProjectInfo(known_formats()[-1], row.app_version, row.created)
            return cls(database, info, backup)
        except BaseException:
            database.close()
            raise

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._database.path

    @property
    def read_only(self) -> bool:
        """Whether nothing can be changed, because the file or its folder is write-protected."""
        return self._database.read_only

    def close(self) -> None:
        """Let go of the file, after a write that is going on."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # --- data --------------------------------------------------------------------------------

    def save_log(self, log: InteractionLog, progress: Progress = silent) -> int:
        """Store a log; return its dataset id. Where ``progress`` raises, nothing is kept."""
        with self._database.writing() as session:
            return log_store.save_log(session, log, progress)

    def load_log(self, dataset_id: int | None = None) -> InteractionLog:
        """Read and check a log; the newest where no id is given."""
        with self._database.reading() as session:
            return log_store.load_log(session, dataset_id)

    def datasets(self) -> list[DatasetSummary]:
        """Return what is known of each dataset, oldest first."""
        with self._database.reading() as session:
            return log_store.datasets(session)

    # --- experiments ---------------------------------------------------------------------------

    def save_experiment(self, dataset_id: int, experiment: Experiment) -> None:
        """Keep the experiment of a dataset in place of what was there."""
        with self._database.writing() as session:
            experiment_store.save_experiment(session, dataset_id, experiment)

    def load_experiment(self, dataset_id: int) -> Experiment | None:
        """Return the experiment of a dataset as last saved, if any."""
        with self._database.reading() as session:
            return experiment_store.load_experiment(session, dataset_id)

    def start_comparison(self, dataset_id: int, experiment: Experiment) -> int:
        """Keep a snapshot of what is asked for; return the comparison's id."""
        with self._database.writing() as session:
            return experiment_store.start_comparison(session, dataset_id, experiment)

    def comparisons(self) -> list[ComparisonSummary]:
        """Return what is known of each comparison, oldest first."""
        with self._database.reading() as session:
            return experiment_store.comparisons(session)

    # --- runs ------------------------------------------------------------------------------------

    def add_run(self, comparison_id: int, result: RunResult) -> int:
        """Store a finished run; return its id."""
        with self._database.writing() as session:
            return run_writer.add_run(session, comparison_id, result)

    def add_failure(
        self,
        comparison_id: int,
        model: str,
        config: Mapping[str, Any],
        seed: int,
        message: Message,
    ) -> int:
        """Store that a run failed, and why; return its id."""
        with self._database.writing() as session:
            return run_writer.add_failure(session, comparison_id, model, config, seed, message)

    def runs(self, comparison_id: int) -> list[StoredRun]:
        """Return what is known of each run of a comparison, oldest first."""
        with self._database.reading() as session:
            return run_store.runs(session, comparison_id)

    def learning_curve(self, run_id: int) -> tuple[CurvePoint, ...]:
        """Return what was noted of a run while its model learned."""
        with self._database.reading() as session:
            return run_store.learning_curve(session, run_id)

    def runs_with_a_curve(self, comparison_id: int) -> frozenset[int]:
        """Return the runs of a comparison of which something was noted while they learned."""
        with self._database.reading() as session:
            return run_store.runs_with_a_curve(session, comparison_id)

    def load_result(self, run_id: int, with_state: bool = False) -> RunResult:
        """Read and check a run; without its fitted parameters unless ``with_state``.

        Raises
        ------
        FailedRunError
            Where the run failed and so has no result.
        """
        with self._database.reading() as session:
            return run_store.load_result(session, run_id, with_state)

    def load_state(self, run_id: int) -> ModelState:
        """Read and check what the model of a run learned (errors as in ``load_result``)."""
        with self._database.reading() as session:
            return run_store.load_state(session, run_id)

    def delete_run(self, run_id: int) -> None:
        """Remove a run and all that belongs to it; its id is never used again."""
        with self._database.writing() as session:
            run_writer.delete_run(session, run_id)

    # --- explanations ------------------------------------------------------------------------

    def save_explanation(self, run_id: int, explanation: Explanation) -> None:
        """Store an explanation in place of the run's former one for the same user and item."""
        with self._database.writing() as session:
            explanation_store.save_explanation(session, run_id, explanation)

    def explanations(self, run_id: int) -> list[Explanation]:
        """Return the explanations of a run, oldest first."""
        with self._database.reading() as session:
            return explanation_store.explanations(session, run_id)

    # --- searches ----------------------------------------------------------------------------

    def start_search(self, dataset_id: int, spec: SearchSpec) -> int:
        """Keep what a search is asked for; return its id."""
        with self._database.writing() as session:
            return search_store.start_search(session, dataset_id, spec)

    def add_trial(self, search_id: int, trial: Trial) -> None:
        """Store a trial of a search that ended."""
        with self._database.writing() as session:
            search_store.add_trial(session, search_id, trial)

    def searches(self, dataset_id: int) -> list[SearchSummary]:
        """Return what is known of each search of a dataset, oldest first."""
        with self._database.reading() as session:
            return search_store.searches(session, dataset_id)

    def load_trials(self, search_id: int) -> tuple[Trial, ...]:
        """Read and check the trials of a search, by their numbers."""
        with self._database.reading() as session:
            return search_store.load_trials(session, search_id)

    def delete_search(self, search_id: int) -> None:
        """Remove a search and its trials; runs that were made from them stay."""
        with self._database.writing() as session:
            search_store.delete_search(session, search_id)

    # --- curves ------------------------------------------------------------------------------

    def start_curves(self, dataset_id: int, specs: Sequence[CurveSpec]) -> int:
        """Keep what curves, drawn together, are asked for; return the id of their sheet."""
        with self._database.writing() as session:
            return curve_store.start_curves(session, dataset_id, specs)

    def add_curve_run(self, sheet_id: int, curve: int, outcome: CurveOutcome) -> None:
        """Store what a run of a sheet's curve, counted from 0, said."""
        with self._database.writing() as session:
            curve_store.add_curve_run(session, sheet_id, curve, outcome)

    def curves(self, dataset_id: int) -> list[CurvesSummary]:
        """Return what is known of each sheet of curves of a dataset, oldest first."""
        with self._database.reading() as session:
            return curve_store.curves(session, dataset_id)

    def load_curve_runs(self, sheet_id: int) -> tuple[tuple[CurveOutcome, ...], ...]:
        """Read and check what the runs of a sheet said, for each of its curves."""
        with self._database.reading() as session:
            return curve_store.load_curve_runs(session, sheet_id)

    def delete_curves(self, sheet_id: int) -> None:
        """Remove a sheet of curves."""
        with self._database.writing() as session:
            curve_store.delete_curves(session, sheet_id)

    # --- exercises ---------------------------------------------------------------------------

    def add_solved_exercises(self, keys: Iterable[str]) -> None:
        """Note exercises as solved; those already noted keep their time."""
        with self._database.writing() as session:
            for key in keys:
                if session.get(SolvedExerciseRow, key) is None:
                    session.add(SolvedExerciseRow(exercise=key, created=now()))

    def solved_exercises(self) -> tuple[str, ...]:
        """Return the keys of the exercises that were solved, in the order of the alphabet."""
        with self._database.reading() as session:
            found = session.scalars(
                select(SolvedExerciseRow.exercise).order_by(SolvedExerciseRow.exercise)
            )
            return tuple(found)


def _make_tables(draft: Path, path: Path) -> None:
    database = Database(draft, called=path)
    try:
        with database.writing() as session:
            migrate(session.connection())
            session.add(ProjectRow(id=1, created=now(), app_version=_app_version()))
    finally:
        database.close()


def _app_version() -> str:
    try:
        return metadata.version("mtrec-lab")
    except metadata.PackageNotFoundError:  # run from a checkout that was not installed
        return "unknown"
