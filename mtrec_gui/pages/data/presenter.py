"""What Data shows: counts, one of three tables with its columns' summaries, or pictures (Qt-free).

Everything is made beside the window, in steps: the events that satisfy the conditions and their
tables first, then the counts, then what the chosen section needs. An answer about other
conditions, other tasks or another project than those in force is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from algorithms.data.filters import Condition, FilterColumn, FilterError, filter_columns
from mtrec_gui.pages.data.reading import (
    Part,
    describe,
    make_pictures,
    part_of_log,
    summarise_columns,
)
from mtrec_gui.pages.data.state import ColumnState, DataState, Pictures, Section
from mtrec_gui.pages.data.tables import DataColumn, TableName
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from algorithms.arrays import AnyArray
    from algorithms.errors import MtrecError
    from algorithms.evaluation import Experiment
    from algorithms.messages import Message
    from algorithms.tasks import Task
    from mtrec_gui.storage import Project

T = TypeVar("T")


class DataView(Protocol):
    """What the presenter asks of the view."""

    def show_empty(self) -> None:
        """Show that no project is open."""

    def show_filter(self, columns: Sequence[FilterColumn]) -> None:
        """Offer columns for conditions, without any condition."""

    def show_problem(self, problem: Message | None) -> None:
        """Say what is wrong with the conditions, or that nothing is."""

    def show_state(self, state: DataState) -> None:
        """Show the figures."""

    def show_table(self, table: TableName, columns: Sequence[DataColumn]) -> None:
        """Show a table."""

    def show_summaries(self, columns: Sequence[ColumnState]) -> None:
        """Show the columns of the table in short."""

    def show_pictures(self, pictures: Pictures | None) -> None:
        """Show the pictures; None while they are made."""

    def show_exported(self, path: Path, n_rows: int) -> None:
        """Say that a table was written."""


class DataPresenter:
    """Describes the open project's data beside the window, and hands it to the view."""

    def __init__(self, workspace: Workspace, view: DataView) -> None:
        self._workspace = workspace
        self._view = view
        self._section = Section.INTERACTIONS
        self._conditions: tuple[Condition, ...] = ()
        self._part: Part | None = None
        self._tasks: tuple[Task, ...] | None = None
        self._summaries: dict[TableName, tuple[ColumnState, ...]] = {}
        self._pictures: Pictures | None = None
        self._request = 0  # rises with whatever makes older answers stale

    def start(self) -> None:
        """Follow the workspace, and show what is open already."""
        self._workspace.opened.connect(self._project_opened)
        self._workspace.experiment_changed.connect(self._experiment_changed)
        self._project_opened(self._workspace.project)

    # --- what a person does ------------------------------------------------------------------

    def section_chosen(self, section: Section) -> None:
        """A person wants to see something else of the data."""
        self._section = section
        if self._part is not None:
            self._show_section(self._part)

    def conditions_changed(self, conditions: Sequence[Condition]) -> None:
        """A person wants to see the events that satisfy other conditions."""
        if not self._workspace.is_open or tuple(conditions) == self._conditions:
            return
        self._conditions = tuple(conditions)
        self._read()

    def export_wanted(self, path: Path, rows: AnyArray | None) -> None:
        """A person wants the table as a file; ``rows`` are those shown, None for all."""
        if self._part is None or self._section is Section.PICTURES:
            return
        columns = self._part.tables[TableName(self._section.value)]

        def write() -> int:
            from mtrec_gui.pages.data.export import write_table

            return write_table(path, columns, rows)

        self._workspace.runner.run(
            lambda progress: write(),
            lambda n: self._view.show_exported(path, n),
            self._workspace.failed.emit,
        )

    # --- what the workspace tells ------------------------------------------------------------

    def _project_opened(self, _: Project | None) -> None:
        self._request += 1
        self._part, self._conditions = None, ()
        if not self._workspace.is_open:
            self._view.show_empty()
            return
        self._tasks = self._workspace.experiment.tasks
        self._view.show_filter(filter_columns(self._workspace.log))
        self._view.show_problem(None)
        self._read()

    def _experiment_changed(self, experiment: Experiment) -> None:
        if experiment.tasks == self._tasks:
            return
        self._tasks = experiment.tasks
        if self._part is None:
            return  # it is being read, and will be described with these tasks
        self._request += 1
        self._describe(self._part)

    # --- making what is shown ----------------------------------------------------------------

    def _read(self) -> None:
        """Find the events that satisfy the conditions."""
        self._request += 1
        log, conditions = self._workspace.log, self._conditions

        def read(part: Part) -> None:
            self._part = part
            self._view.show_problem(None)
            self._describe(part)

        def failed(error: MtrecError) -> None:
            if isinstance(error, FilterError):
                self._view.show_problem(error.message)
            else:
                self._workspace.failed.emit(error)

        self._ask(lambda: part_of_log(log, conditions), read, failed)

    def _describe(self, part: Part) -> None:
        self._summaries, self._pictures = {}, None
        tasks = self._tasks or ()
        self._ask(lambda: describe(part, tasks), self._view.show_state)
        self._show_section(part)

    def _show_section(self, part: Part) -> None:
        tasks = self._tasks or ()
        if self._section is Section.PICTURES:
            self._view.show_pictures(self._pictures)
            if self._pictures is None:
                self._ask(lambda: make_pictures(part.log, tasks), self._pictures_made)
            return
        table = TableName(self._section.value)
        columns = part.tables[table]
        self._view.show_table(table, columns)

        def summarised(made: tuple[ColumnState, ...]) -> None:
            self._summaries[table] = made
            if self._section.value == table.value:
                self._view.show_summaries(made)

        if table in self._summaries:
            self._view.show_summaries(self._summaries[table])
        else:
            self._view.show_summaries(())
            self._ask(lambda: summarise_columns(columns, tasks), summarised)

    def _pictures_made(self, pictures: Pictures) -> None:
        self._pictures = pictures
        if self._section is Section.PICTURES:
            self._view.show_pictures(pictures)

    def _ask(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[MtrecError], None] | None = None,
    ) -> None:
        """Do work beside the window; its answer counts only while nothing newer was asked."""
        request = self._request

        def deliver(answer: T) -> None:
            if request == self._request:
                done(answer)

        def fail(error: MtrecError) -> None:
            if request == self._request:
                (failed or self._workspace.failed.emit)(error)

        self._workspace.runner.run(lambda progress: work(), deliver, fail)
