"""What the import decides: look, propose, read on trial, and make the project (Qt-free).

Nothing is written before a person says so. Each answer that a person changes starts the step
after it anew; an answer that comes too late is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from algorithms.data.duplicates import Duplicates
from algorithms.data.look import FileLook
from algorithms.data.plan import ImportPlan, Part, TableKind, look_at, propose_plan
from algorithms.data.proposals import propose_columns
from algorithms.data.readers import ColumnRoles
from algorithms.data.sieve import TimeFormat
from algorithms.errors import MissingColumnError, MtrecError
from algorithms.messages import Message
from algorithms.tasks import Task
from algorithms.tasks.proposals import keep_tasks
from mtrec_gui import preferences
from mtrec_gui.bringing import Brought, items_part, read_files, rejected_lines, write_rejected
from mtrec_gui.pages.import_file.columns import (
    Columns,
    ColumnUse,
    PreviewCell,
    Reason,
    as_proposed,
    first_reasons,
    preview,
    unknown_columns,
)
from mtrec_gui.project_files import free_name
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from algorithms.data import InteractionLog
    from algorithms.evaluation import Experiment
    from algorithms.progress import Progress
    from mtrec_gui.jobs.background import Errand

N_REASONS = 4


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the lines."""

    n_read: int
    n_accepted: int
    n_rejected: int
    n_users: int
    n_items: int
    n_events: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ImportState:
    """All that the dialog shows.

    Parameters
    ----------
    path : the file with the events
    look : what it is taken for; None before the look and where there can be none
    columns : the use of each column
    rows : the first lines as they are understood
    main : the part that the look is of
    others : the further files of the data set
    layout : name of the data set where it is a known one
    account : None before the reading, and where it failed
    tasks : proposed
    ticked : names of the tasks that the project gets
    problem : what is wrong, in one sentence
    is_busy : whether something is being read
    """

    path: Path
    look: FileLook | None = None
    columns: Columns | None = None
    rows: tuple[tuple[PreviewCell, ...], ...] = ()
    main: Part | None = None
    others: tuple[Part, ...] = ()
    layout: str = ""
    account: Account | None = None
    tasks: tuple[Task, ...] = ()
    ticked: frozenset[str] = frozenset()
    problem: Message | None = None
    is_busy: bool = False

    @property
    def items(self) -> Part | None:
        """The file with titles."""
        return next((part for part in self.others if part.table is TableKind.ITEMS), None)

    def with_items(self, items: Part | None) -> ImportState:
        """Return the state with another file with titles, or none."""
        rest = tuple(part for part in self.others if part.table is not TableKind.ITEMS)
        return replace(self, others=rest if items is None else (*rest, items))

    @property
    def can_create(self) -> bool:
        """Whether a project can be made."""
        return self.account is not None and bool(self.ticked) and not self.is_busy


class ImportView(Protocol):
    """What the presenter asks of the view."""

    def show_state(self, state: ImportState) -> None:
        """Show how far it is."""

    def show_progress(self, fraction: float) -> None:
        """Show how much of the file is read."""

    def say_saved(self, path: Path) -> None:
        """Say where the rejected lines were written."""

    def close_dialog(self) -> None:
        """The project is being made."""


class ImportPresenter:
    """Leads from a file to a project.

    Parameters
    ----------
    workspace : makes the project; its runner does the reading
    view : the dialog
    show_data : what to do once the project is open
    """

    def __init__(
        self, workspace: Workspace, view: ImportView, show_data: Callable[[], None]
    ) -> None:
        self._workspace = workspace
        self._view = view
        self._show_data = show_data
        self._state: ImportState | None = None
        self._brought: Brought | None = None
        self._errand: Errand | None = None
        self._known: dict[str, Any] = {}
        self._request = 0

    # --- what a person does ----------------------------------------------------------------

    def files_chosen(self, paths: Sequence[Path]) -> None:
        """A person named the file, or the files of one data set."""
        self._known = {}
        state = ImportState(paths[0])

        def propose(progress: Progress) -> tuple[ImportPlan, Part, FileLook]:
            try:
                plan = propose_plan(paths).plan
            except MissingColumnError:  # a person may know better
                plan = ImportPlan(name=paths[0].stem, parts=(_unknown(paths[0]),))
            main = next((part for part in plan.parts if _is_events(part)), plan.parts[0])
            return plan, main, look_at(main)

        def proposed(answer: tuple[ImportPlan, Part, FileLook]) -> None:
            plan, main, look = answer
            roles = main.columns
            self._read(
                replace(
                    state,
                    path=main.path,
                    look=look,
                    columns=as_proposed(look, roles)
                    if isinstance(roles, ColumnRoles)
                    else unknown_columns(look),
                    main=main,
                    others=tuple(part for part in plan.parts if part is not main),
                    layout=plan.layout,
                )
            )

        self._start(propose, proposed, replace(state, is_busy=True), on_failure=state)

    def writing_chosen(self, **known: Any) -> None:
        """A person knows the encoding, delimiter or has_header of the file better."""
        self._look(self._there, {**self._known, **known})

    def use_chosen(self, place: int, use: ColumnUse) -> None:
        """A person said what a column is."""
        if self._there.columns is not None:
            self._read(replace(self._there, columns=self._there.columns.with_use(place, use)))

    def question_answered(self, key: str, answer: str) -> None:
        """A person decided what the file leaves open."""
        if key == "date":
            self.time_format_chosen(TimeFormat(answer))
        else:
            self.writing_chosen(**{key: answer})

    def duplicates_chosen(self, duplicates: Duplicates) -> None:
        """A person said what becomes of several events of one user and one item."""
        columns = self._there.columns
        if columns is not None and duplicates is not columns.duplicates:
            self._read(replace(self._there, columns=replace(columns, duplicates=duplicates)))

    def part_left_out(self, part: Part) -> None:
        """A person does not want one of the further files."""
        rest = tuple(other for other in self._there.others if other is not part)
        self._read(replace(self._there, others=rest))

    def time_format_chosen(self, time_format: TimeFormat) -> None:
        """A person said how times are written."""
        if self._there.columns is not None:
            columns = replace(self._there.columns, time_format=time_format)
            self._read(replace(self._there, columns=columns))

    def kind_named(self, kind: str) -> None:
        """A person said what the items are called."""
        columns = self._there.columns
        if columns is not None and kind.strip() and kind.strip() != columns.item_kind:
            self._read(replace(self._there, columns=replace(columns, item_kind=kind.strip())))

    def items_chosen(self, path: Path | None) -> None:
        """A person named a file with titles, or wants none."""
        state = self._there
        if path is None or state.look is None or state.columns is None:
            self._read(state.with_items(None))
            return
        look, columns = state.look, state.columns
        self._start(
            lambda progress: items_part(path, columns.roles(look)),
            lambda items: self._read(state.with_items(items)),
            replace(state, is_busy=True),
            on_failure=state,
        )

    def task_ticked(self, name: str, is_ticked: bool) -> None:
        """A person wants a task, or does not."""
        ticked = self._there.ticked | {name} if is_ticked else self._there.ticked - {name}
        self._show(replace(self._there, ticked=ticked))

    def rejected_saved(self, path: Path) -> None:
        """A person wants the rejected lines in a file."""
        brought = self._brought
        if brought is None:
            return
        self._workspace.runner.run(
            lambda progress: write_rejected(path, brought.read),
            lambda _: self._view.say_saved(path),
            lambda error: self._show(replace(self._there, problem=error.message)),
        )

    def create_pressed(self) -> None:
        """A person wants the project."""
        brought, state = self._brought, self._there
        if brought is None or not state.can_create:
            return
        log = brought.log
        tasks = keep_tasks(brought.tasks, state.ticked)

        def make(progress: Progress) -> tuple[InteractionLog, Experiment]:
            from algorithms.evaluation import default_experiment
            from algorithms.progress import Stage

            progress(0.5, Stage.LOAD)
            return log, default_experiment(log, tasks)

        path = free_name(preferences.project_folder(), state.path.stem)
        self._view.close_dialog()
        self._workspace.create(path, make, self._show_data)

    def cancelled(self) -> None:
        """A person wants nothing of it; nothing was written."""
        self._request += 1
        if self._errand is not None:
            self._errand.cancel()
        self._brought = None

    # --- the steps -------------------------------------------------------------------------

    @property
    def _there(self) -> ImportState:
        if self._state is None:
            raise RuntimeError("no file was chosen")
        return self._state

    def _look(self, state: ImportState, known: dict[str, Any]) -> None:
        """Look at the file again, as a person says it is written."""

        def look(progress: Progress) -> tuple[Part, FileLook, Columns]:
            main = (state.main or _unknown(state.path)).model_copy(update=known)
            seen = look_at(main)
            try:
                roles = propose_columns(seen)
            except MissingColumnError:  # a person may know better
                return main, seen, unknown_columns(seen)
            return main, seen, as_proposed(seen, roles)

        def seen(answer: tuple[Part, FileLook, Columns]) -> None:
            main, found, columns = answer
            if state.look is not None and state.columns is not None:
                columns = state.columns.kept(state.look, found, columns)
            self._known = known
            self._read(replace(state, main=main, look=found, columns=columns))

        if state.look is None:  # what is named after this adds to it, even if this fails
            self._known = known
        self._start(
            look,
            seen,
            replace(state, is_busy=True, problem=None),
            on_failure=replace(state, account=None, rows=()),
        )

    def _read(self, state: ImportState) -> None:
        """Read the whole file on trial, by what is said of its columns."""
        look, columns, main = state.look, state.columns, state.main
        if look is None or columns is None or main is None:
            return
        self._brought = None
        shown = replace(state, problem=None, account=None, is_busy=True)

        def read(progress: Progress) -> Brought:
            roles = columns.roles(look)
            events = main.model_copy(update={"columns": roles})
            plan = ImportPlan(
                name=state.path.stem,
                parts=(events, *state.others),
                duplicates=columns.duplicates,
                layout=state.layout,
            )
            return read_files(plan, progress)

        def first_lines(rows: tuple[tuple[PreviewCell, ...], ...]) -> None:
            self._start(
                read, brought, replace(shown, rows=rows), on_failure=replace(shown, rows=rows)
            )

        def brought(found: Brought) -> None:
            self._brought = found
            names = frozenset(task.name for task in found.tasks)
            kept = state.ticked & names if {t.name for t in state.tasks} == names else names
            self._show(
                replace(
                    self._there,
                    account=_account(found),
                    tasks=found.tasks,
                    ticked=kept,
                    is_busy=False,
                )
            )

        self._start(lambda progress: preview(look, columns), first_lines, shown, on_failure=shown)

    def _start(
        self,
        work: Callable[[Progress], Any],
        done: Callable[[Any], None],
        meanwhile: ImportState,
        on_failure: ImportState,
    ) -> None:
        """Do a step; only the newest one may answer."""
        self._request += 1
        request = self._request
        if self._errand is not None:
            self._errand.cancel()
        self._errand = None
        self._show(meanwhile)

        def answered(answer: Any) -> None:
            if request == self._request:
                done(answer)

        def failed(error: MtrecError) -> None:
            if request == self._request:
                self._show(replace(on_failure, problem=error.message, is_busy=False))

        errand = self._workspace.runner.run(
            work, answered, failed, lambda fraction, stage: self._view.show_progress(fraction)
        )
        if request == self._request:  # an immediate runner has begun the next step already
            self._errand = errand

    def _show(self, state: ImportState) -> None:
        self._state = state
        self._view.show_state(state)


def _unknown(path: Path) -> Part:
    """Return a table of events of which nothing is known yet."""
    return Part(path=path, table=TableKind.EVENTS, columns=ColumnRoles(user=None, item=None))


def _is_events(part: Part) -> bool:
    return part.table is TableKind.EVENTS


def _account(brought: Brought) -> Account:
    read = brought.read
    return Account(
        n_read=read.n_read,
        n_accepted=read.n_accepted,
        n_rejected=read.n_rejected,
        n_users=brought.log.n_users,
        n_items=brought.log.n_items,
        n_events=len(brought.log),
        reasons=first_reasons(rejected_lines(read), N_REASONS),
    )
