"""Compare: models side by side, who gains, who pays, and what it cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mtrec_gui.context import Context


def build(context: Context) -> QWidget:
    """Make the page."""
    from mtrec_gui.pages.compare.presenter import ComparePresenter
    from mtrec_gui.pages.compare.view import ComparePage

    def open_metric(key: str) -> None:
        context.go("metrics")
        context.metric_asked.emit(key)

    page = ComparePage(context.appearance, context.workspace.task_position)
    presenter = ComparePresenter(
        context.workspace, context.desk, open_metric, context.number_asked.emit
    )
    page.comparison_chosen.connect(presenter.comparison_chosen)
    page.section_chosen.connect(presenter.section_chosen)
    page.trade_off_chosen.connect(presenter.trade_off_chosen)
    page.cell_asked.connect(presenter.cell_asked)
    page.metric_opened.connect(presenter.metric_opened)
    page.table_exported.connect(presenter.table_exported)
    page.width_chosen.connect(presenter.width_chosen)
    page.run_pressed.connect(presenter.run_pressed)
    page.exported.connect(lambda sentence: context.notify(sentence, "done"))
    presenter.attach(page)
    return page
