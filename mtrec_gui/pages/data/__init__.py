"""Data: the interactions, items and users of the open project, and what the labels hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mtrec_gui.context import Context


def build(context: Context) -> QWidget:
    """Return the page with its presenter at work."""
    from mtrec_gui.leak_watch import LeakWatch
    from mtrec_gui.pages.data.presenter import DataPresenter
    from mtrec_gui.pages.data.view import DataPage
    from mtrec_gui.widgets.leak_card import LeakCard

    view = DataPage(context.appearance)
    presenter = DataPresenter(context.workspace, view)
    view.section_chosen.connect(presenter.section_chosen)
    view.conditions_changed.connect(presenter.conditions_changed)
    view.export_wanted.connect(presenter.export_wanted)
    view.noticed.connect(context.notify)
    view.home_pressed.connect(lambda: context.go("home"))
    presenter.start()
    leaks = LeakCard(only_findings=True)
    view.leak_slot.addWidget(leaks)
    LeakWatch(context.workspace, leaks)
    return view
