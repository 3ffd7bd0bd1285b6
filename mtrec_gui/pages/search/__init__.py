"""Search: many settings of one model, judged on validation data, and the front they form."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mtrec_gui.context import Context


def build(context: Context) -> QWidget:
    """Make the page."""
    from mtrec_gui.pages.search.presenter import SearchPresenter
    from mtrec_gui.pages.search.view import SearchPage

    if context.searches is None:
        raise RuntimeError("this application has no search desk")
    page = SearchPage(context.appearance, context.workspace.task_position)
    presenter = SearchPresenter(context.workspace, context.searches, context.desk)
    form = page.form
    form.model_chosen.connect(presenter.model_chosen)
    form.objective_ticked.connect(presenter.objective_ticked)
    form.weights_chosen.connect(presenter.weights_chosen)
    form.parameter_ticked.connect(presenter.parameter_ticked)
    form.range_edited.connect(presenter.range_edited)
    form.method_chosen.connect(presenter.method_chosen)
    form.trials_edited.connect(presenter.trials_edited)
    page.start_pressed.connect(presenter.start_pressed)
    page.cancel_pressed.connect(presenter.cancel_pressed)
    page.past_chosen.connect(presenter.past_chosen)
    page.trial_chosen.connect(presenter.trial_chosen)
    page.run_pressed.connect(presenter.run_pressed)
    presenter.run_started.connect(lambda _: context.go("experiments"))
    presenter.attach(page)
    return page
