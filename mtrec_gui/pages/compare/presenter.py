"""What the Compare page decides: which comparison is shown, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from algorithms.data.split import SplitMethod
from algorithms.evaluation import RunResult, with_equivalence
from algorithms.metrics import find_metric
from mtrec_gui.asked import NumberAsked
from mtrec_gui.pages.compare import reading
from mtrec_gui.pages.compare.certainty import split_findings_of
from mtrec_gui.pages.compare.export import write_table
from mtrec_gui.pages.compare.state import CellDetail, CompareState, PendingRun, Section, Shown
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from algorithms.evaluation.linter import LintFinding
    from mtrec_gui.run_desk import RunDesk
    from mtrec_gui.storage import Project


class CompareView(Protocol):
    """What the presenter asks of the view."""

    def show_state(self, state: CompareState) -> None:
        """Show everything."""

    def show_pending(self, state: CompareState) -> None:
        """Show how far the runs are; all else is as it was."""

    def show_detail(self, detail: CellDetail) -> None:
        """Show what a number means."""

    def show_exported(self, path: Path) -> None:
        """Say that the table was written."""


class ComparePresenter:
    """Shows a comparison of the open project, the newest unless a person chose another.

    Parameters
    ----------
    workspace, desk : the open project, and what runs
    open_metric : shows a metric in the Metric Lab
    open_number : shows there the rows behind the number that was asked for last
    """

    def __init__(
        self,
        workspace: Workspace,
        desk: RunDesk,
        open_metric: Callable[[str], None],
        open_number: Callable[[NumberAsked], None] | None = None,
    ) -> None:
        self._workspace, self._desk = workspace, desk
        self._open_metric, self._open_number = open_metric, open_number
        self._asked: NumberAsked | None = None
        self._view: CompareView | None = None
        self._state = CompareState()
        self._chosen: int | None = None
        self._request = 0
        self._followed = desk.comparison
        self._results: Mapping[int, RunResult] = {}
        self._over: frozenset[reading.Identity] = frozenset()
        workspace.opened.connect(self._project_opened)
        workspace.runs_changed.connect(lambda _: self._reload())
        workspace.experiment_changed.connect(lambda _: self._render())
        desk.changed.connect(lambda _: self._desk_changed())

    def attach(self, view: CompareView) -> None:
        """Take the view and show what there is."""
        self._view = view
        self._render()
        self._reload()

    # --- what a person does --------------------------------------------------------------------

    def comparison_chosen(self, comparison: int) -> None:
        """A person wants to see a comparison of the project."""
        newest = self._state.choices[-1].id if self._state.choices else None
        self._chosen = None if comparison == newest else comparison
        self._reload()

    def section_chosen(self, section: Section) -> None:
        """A person wants another part of the table."""
        self._state = replace(self._state, section=section)
        self._render()

    def trade_off_chosen(self, x: int, y: int) -> None:
        """A person wants to see two metrics against each other."""
        self._state = replace(self._state, trade_off=(x, y))
        self._render()

    def width_chosen(self, width: float) -> None:
        """A person says up to which gain, in percent, models count as practically equal."""
        shown = self._state.shown
        if shown is not None:
            shown = replace(shown, comparison=with_equivalence(shown.comparison, width))
        self._state = replace(self._state, width=width, shown=shown)
        self._render()

    def run_pressed(self) -> None:
        """A person wants the experiment to be run."""
        self._desk.start(self._workspace.experiment)

    def cell_asked(self, row: int, column: int) -> None:
        """A person asks what a number of the table means."""
        shown = self._state.shown
        if self._view is None or shown is None or column >= len(self._state.columns):
            return
        comparison, place = shown.comparison, self._state.columns[column]
        cell = comparison.cells[row][place] if row < len(comparison.rows) else None
        if cell is None:
            return
        asked, wanted = comparison.rows[row], comparison.columns[place]
        self._asked = NumberAsked(
            comparison=shown.choice.id,
            runs=tuple(key for key, run in self._results.items() if run in asked.runs),
            title=asked.title,
            task=wanted.task,
            metric=wanted.metric,
            k=wanted.k,
        )
        twin = next((t.twin for t in comparison.twins if t.row == row), None)
        self._view.show_detail(
            CellDetail(
                model=comparison.rows[row].title,
                seeds=comparison.rows[row].seeds,
                column=comparison.columns[place],
                metric=find_metric(comparison.columns[place].metric),
                cell=cell,
                gain=shown.gain(row, place),
                twin="" if twin is None else comparison.rows[twin].title,
                test=shown.tests.get((row, place)),
                repeats=shown.repeats.get((row, place)),
                in_folds=shown.split.method is SplitMethod.K_FOLD,
            )
        )

    def metric_opened(self, key: str) -> None:
        """A person wants to learn more about a metric."""
        self._open_metric(key)
        asked = self._asked
        if self._open_number is not None and asked is not None and asked.metric == key:
            self._open_number(asked)

    def table_exported(self, path: Path) -> None:
        """A person wants the table as a file."""
        shown, columns, view = self._state.shown, self._state.columns, self._view
        if shown is None or view is None:
            return
        self._workspace.runner.run(
            lambda progress: write_table(path, shown, columns),
            lambda _: view.show_exported(path),
            self._workspace.failed.emit,
        )

    # --- what happens elsewhere ----------------------------------------------------------------

    def _project_opened(self, project: Project | None) -> None:
        self._request += 1  # answers about the former project are stale
        self._chosen, self._results, self._over = None, {}, frozenset()
        self._asked = None
        self._state = CompareState(section=self._state.section, width=self._state.width)
        self._render()
        self._reload()

    def _desk_changed(self) -> None:
        if self._desk.comparison != self._followed:  # a new comparison began: follow it
            self._followed, self._chosen = self._desk.comparison, None
            self._reload()
        self._state = replace(self._state, pending=self._pending())
        if self._view is not None:
            self._view.show_pending(self._state)

    def _reload(self) -> None:
        if self._workspace.project is None or self._view is None:
            return
        self._request += 1
        request = self._request
        dataset_id, wanted, known = self._workspace.dataset_id, self._chosen, self._results
        if self._state.shown is None:
            self._state = replace(self._state, is_loading=True)
        self._workspace.read(
            lambda project: reading.read(project, dataset_id, wanted, known),
            partial(self._take, request),
        )

    def _take(self, request: int, answer: reading.Reading) -> None:
        if request != self._request:  # something else was asked for meanwhile
            return
        self._results, self._over = answer.results, answer.over
        shown = answer.shown
        if shown is not None:
            judged = with_equivalence(shown.comparison, self._state.width)
            shown = replace(shown, comparison=judged)
        before = self._state.shown
        is_other = shown is None or before is None or before.choice.id != shown.choice.id
        trade_off = self._state.trade_off
        main = shown.main if shown is not None else ()
        if trade_off is None or not set(trade_off) <= set(main):
            trade_off = (main[0], main[1]) if len(main) > 1 else None
        self._state = replace(
            self._state,
            choices=answer.choices,
            shown=shown,
            trade_off=trade_off,
            is_loading=False,
            split_findings=None if is_other else self._state.split_findings,
        )
        self._state = replace(self._state, pending=self._pending())
        self._render()
        if shown is not None and is_other:
            self._lint(shown)

    def _lint(self, shown: Shown) -> None:
        """Let the linter look at the split, beside the window; once for each comparison."""
        log = self._workspace.log

        def take(findings: tuple[LintFinding, ...]) -> None:
            now = self._state.shown
            if now is not None and now.choice.id == shown.choice.id:
                self._state = replace(self._state, split_findings=findings)
                self._render()

        self._workspace.read(lambda _: split_findings_of(shown, log), take)

    def _pending(self) -> tuple[PendingRun, ...]:
        """Return what runs, where it belongs to the comparison on the page."""
        shown = self._state.shown
        if shown is None or shown.choice.id != self._desk.comparison:
            return ()
        in_table = frozenset(
            (model, config)
            for model, _, config in (
                reading.identity(row.model, 0, row.runs[0].config) for row in shown.comparison.rows
            )
        )
        return reading.pending(self._desk.rows, self._over, in_table)

    def _render(self) -> None:
        if self._view is not None:
            self._view.show_state(self._state)
