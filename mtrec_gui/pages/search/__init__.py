"""Search: many settings of one model and the front they form; curves of what models need."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mtrec_gui.context import Context
    from mtrec_gui.curve_desk import CurveDesk
    from mtrec_gui.pages.search.curve_view import CurvePanel


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
    if context.curves is not None:
        page.add_curves(_build_curves(context, context.curves))
    return page


def _build_curves(context: Context, desk: CurveDesk) -> CurvePanel:
    from mtrec_gui.pages.search.curve_presenter import CurvePresenter
    from mtrec_gui.pages.search.curve_view import CurvePanel

    panel = CurvePanel(context.appearance)
    presenter = CurvePresenter(context.workspace, desk)
    form = panel.form
    form.kind_chosen.connect(presenter.kind_chosen)
    form.model_chosen.connect(presenter.model_chosen)
    form.task_chosen.connect(presenter.task_chosen)
    form.parameter_chosen.connect(presenter.parameter_chosen)
    form.values_edited.connect(presenter.values_edited)
    form.seeds_edited.connect(presenter.seeds_edited)
    form.start_pressed.connect(presenter.start_pressed)
    form.cancel_pressed.connect(presenter.cancel_pressed)
    panel.export_wanted.connect(presenter.export_wanted)
    panel.past_chosen.connect(presenter.past_chosen)
    presenter.attach(panel)
    return panel
