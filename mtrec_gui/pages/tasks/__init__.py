"""Tasks: what is asked of the recommender, how much it counts, and whether the data can answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mtrec_gui.context import Context


def build(context: Context) -> QWidget:
    """Return the page with its presenter at work."""
    from mtrec_gui.leak_watch import LeakWatch
    from mtrec_gui.pages.tasks.presenter import TasksPresenter
    from mtrec_gui.pages.tasks.view import TasksPage

    view = TasksPage(context.appearance)
    presenter = TasksPresenter(context.workspace, view)
    view.task_chosen.connect(presenter.task_chosen)
    view.task_switched.connect(presenter.task_switched)
    view.field_edited.connect(presenter.field_edited)
    view.task_added.connect(presenter.task_added)
    view.task_removed.connect(presenter.task_removed)
    view.home_pressed.connect(lambda: context.go("home"))
    presenter.start()
    LeakWatch(context.workspace, view)
    return view
