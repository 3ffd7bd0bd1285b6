"""Asks the leak doctor anew whenever data, tasks or split change (Qt-free).

The doctor takes seconds on much data, so he works beside the window, one visit at a time: edits
made meanwhile are looked at together in the next. A visit that was overtaken tells nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from algorithms.errors import MtrecError
    from algorithms.evaluation.leaks import LeakReport


class LeakView(Protocol):
    """What is asked of the one who shows it."""

    def show_leaks(self, report: LeakReport | None) -> None:
        """Show what was found; None where no project is open."""


class LeakWatch:
    """Tells a view what the leak doctor found in the open project, for its first seed."""

    def __init__(self, workspace: Workspace, view: LeakView) -> None:
        self._workspace = workspace
        self._view = view
        self._wanted: object = None
        self._in_work = False
        workspace.opened.connect(lambda _: self._look())
        workspace.experiment_changed.connect(lambda _: self._look())
        self._look()

    def _look(self) -> None:
        """Examine what there is now, unless that was done or is being done."""
        visit = self._visit()
        if visit is None:
            self._wanted = None
            self._view.show_leaks(None)
            return
        wanted, work = visit
        if wanted == self._wanted:
            return
        self._wanted = wanted
        if not self._in_work:
            self._start(wanted, work)

    def _start(self, wanted: object, work: Callable[[], LeakReport]) -> None:
        self._in_work = True

        def done(report: LeakReport) -> None:
            if self._over(wanted):
                self._view.show_leaks(report)

        def failed(error: MtrecError) -> None:
            if self._over(wanted):
                self._workspace.failed.emit(error)

        self._workspace.runner.run(lambda progress: work(), done, failed)

    def _over(self, wanted: object) -> bool:
        """Return whether the answer is the one that is wanted; go on where it is not."""
        self._in_work = False
        if wanted == self._wanted:
            return True
        visit = self._visit()
        if visit is not None:
            self._wanted = visit[0]
            self._start(*visit)
        return False

    def _visit(self) -> tuple[object, Callable[[], LeakReport]] | None:
        """Return what an answer depends on, and how to get it; None where nothing is open."""
        if not self._workspace.is_open:
            return None
        experiment, log = self._workspace.experiment, self._workspace.log
        # weights change how models learn, not what the data gives away
        tasks = tuple(task.model_copy(update={"weight": 1.0}) for task in experiment.tasks)
        split, seed = experiment.split, experiment.seeds[0]

        def work() -> LeakReport:
            from algorithms.evaluation.leaks import examine

            return examine(log, tasks, split, seed)

        return (log, tasks, split, seed), work
