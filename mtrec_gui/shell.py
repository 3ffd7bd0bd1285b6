"""Keeps the frame of the window true: names, undo, what runs, how large the data is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject

from mtrec_gui.context import Context
from mtrec_gui.jobs.port import JobState
from mtrec_gui.main_window import MainWindow
from mtrec_gui.wording import engine_text, say, seconds

if TYPE_CHECKING:
    from algorithms.errors import MtrecError
    from mtrec_gui.storage import Project


class Shell(QObject):
    """Connects the workspace and the run desk with the frame of the window."""

    def __init__(self, context: Context, window: MainWindow) -> None:
        super().__init__(window)
        self._context, self._window = context, window
        self._clock = QElapsedTimer()
        self._loading: float | None = None
        self._last = self.tr("Nothing is running.")
        workspace, desk = context.workspace, context.desk
        workspace.opened.connect(self._project_opened)
        workspace.experiment_changed.connect(lambda _: self._show_history())
        workspace.failed.connect(self._show_error)
        workspace.progressed.connect(self._show_loading)
        desk.changed.connect(lambda _: self._show_jobs())
        if context.searches is not None:
            context.searches.changed.connect(lambda _: self._show_jobs())
        if context.curves is not None:
            context.curves.changed.connect(lambda _: self._show_jobs())
        window.undo_pressed.connect(workspace.undo)
        window.redo_pressed.connect(workspace.redo)
        window.jobs.cancel_pressed.connect(self._cancel)

    def _project_opened(self, project: Project | None) -> None:
        log = self._context.workspace.log
        self._window.set_has_project(True)
        name = "" if project is None else project.path.name
        self._window.show_project(log.name, self.tr("{file} · saved").format(file=name))
        self._window.jobs.show_size(
            self.tr("{users} users · {items} items · {events} events").format(
                users=f"{log.n_users:,}", items=f"{log.n_items:,}", events=f"{len(log):,}"
            )
        )
        self._show_history()
        self._show_jobs()

    def _show_history(self) -> None:
        history = self._context.workspace.history
        self._window.show_history(history.undo_name, history.redo_name)

    def _show_error(self, error: MtrecError) -> None:
        self._window.notices.show_notice(say(error.message), "error")

    def _cancel(self) -> None:
        """Give up what the bar tells of."""
        if self._loading is not None:
            self._context.workspace.cancel()
        elif self._context.desk.is_running:
            self._context.desk.cancel_all()
        elif self._context.searches is not None and self._context.searches.is_running:
            self._context.searches.cancel()
        elif self._context.curves is not None:
            self._context.curves.cancel()

    def _show_loading(self, fraction: float | None) -> None:
        self._loading = fraction
        self._show_jobs()

    def _show_jobs(self) -> None:
        """Say in one line what runs, how far, and how long still."""
        bar, rows = self._window.jobs, self._context.desk.rows
        if self._loading is not None:
            bar.show_progress(self.tr("Opening the data …"), self._loading)
            return
        searches = self._context.searches
        if not self._context.desk.is_running and searches is not None and searches.is_running:
            done = round(searches.fraction * searches.n_runs)
            words = self.tr("Searching: {done} of {n} settings …")
            bar.show_progress(words.format(done=done, n=searches.n_runs), searches.fraction)
            return
        curves = self._context.curves
        if not self._context.desk.is_running and curves is not None and curves.is_running:
            words = self.tr("Drawing curves: {done} of {n} runs …")
            bar.show_progress(words.format(done=curves.n_done, n=curves.n_runs), curves.fraction)
            return
        if not self._context.desk.is_running:
            if not rows:
                self._last = self.tr("Nothing is running.")
            elif self._clock.isValid():
                self._last = self.tr("{done} of {n} runs finished · {time}").format(
                    done=sum(row.state is JobState.DONE for row in rows),
                    n=len(rows),
                    time=seconds(self._clock.elapsed() / 1000),
                )
            self._clock.invalidate()
            bar.show_idle(self._last)
            return
        if not self._clock.isValid():
            self._clock.start()
        going = [r for r in rows if r.state in (JobState.STARTED, JobState.PROGRESS)]
        waiting = sum(row.state is JobState.QUEUED for row in rows)
        bar.show_progress(
            self._sentence(going[0].spec.model, going[0].stage, going[0].seconds_left)
            if going
            else self.tr("Starting …"),
            self._context.desk.fraction,
            self.tr("{n} waiting").format(n=waiting) if waiting else "",
        )

    def _sentence(self, model: str, stage: str | None, left: float | None) -> str:
        from mtrec_gui.model_shelf import find_model

        parts = [engine_text(find_model(model).title)]
        if stage is not None:
            parts.append(engine_text(str(stage)))
        if left is not None:
            parts.append(self.tr("{time} left").format(time=seconds(left)))
        return " · ".join(parts)
