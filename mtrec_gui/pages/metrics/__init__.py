"""Metric Lab: what each number means, and what it cannot see."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mtrec_gui.context import Context


def build(context: Context) -> QWidget:
    """Make the page."""
    from mtrec_gui.pages.metrics.presenter import MetricsPresenter
    from mtrec_gui.pages.metrics.view import MetricsPage

    page = MetricsPage(context.appearance)
    presenter = MetricsPresenter()
    page.metric_chosen.connect(presenter.metric_chosen)
    context.metric_asked.connect(presenter.metric_chosen)
    presenter.attach(page)
    return page
