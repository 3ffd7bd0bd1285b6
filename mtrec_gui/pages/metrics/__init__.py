"""Metric Lab: what each number means, what it cannot see, and which rows it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mtrec_gui.asked import ListAsked
    from mtrec_gui.context import Context


def build(context: Context) -> QWidget:
    """Make the page."""
    from mtrec_gui.pages.metrics.presenter import MetricsPresenter
    from mtrec_gui.pages.metrics.rows_presenter import RowsPresenter
    from mtrec_gui.pages.metrics.view import MetricsPage
    from mtrec_gui.restored import RestoredModels

    def explain(asked: ListAsked) -> None:
        context.go("explain")
        context.list_asked.emit(asked)

    page = MetricsPage(context.appearance)
    presenter = MetricsPresenter()
    rows = RowsPresenter(context.workspace, RestoredModels(), explain)
    page.metric_chosen.connect(presenter.metric_chosen)
    page.searched.connect(presenter.searched)
    page.part_chosen.connect(presenter.part_chosen)
    page.rows.compare_pressed.connect(lambda: context.go("compare"))
    page.rows.run_chosen.connect(rows.run_chosen)
    page.rows.user_chosen.connect(rows.user_chosen)
    page.rows.explain_pressed.connect(rows.explain_pressed)
    context.metric_asked.connect(presenter.metric_chosen)
    context.number_asked.connect(presenter.number_asked)
    context.number_asked.connect(rows.number_asked)
    rows.attach(page.rows)
    presenter.attach(page)
    presenter.metric_changed.connect(rows.metric_chosen)
    return page
