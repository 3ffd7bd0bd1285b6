"""Experiments: which models learn, with which settings, how they are judged; and the runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mtrec_gui.context import Context


def build(context: Context) -> QWidget:
    """Make the page."""
    from mtrec_gui.pages.experiments.presenter import ExperimentsPresenter
    from mtrec_gui.pages.experiments.split_watch import SplitWatch
    from mtrec_gui.pages.experiments.view import ExperimentsPage
    from mtrec_gui.pages.experiments.words import ExperimentWords

    words = ExperimentWords()
    page = ExperimentsPage(words, context.appearance)
    presenter = ExperimentsPresenter(context.workspace, context.desk, words.name_edit, context.keys)
    page.model_ticked.connect(presenter.model_ticked)
    page.model_chosen.connect(presenter.model_chosen)
    page.config_edited.connect(presenter.config_edited)
    page.defaults_pressed.connect(presenter.defaults_pressed)
    page.detail.key_entered.connect(presenter.key_entered)
    page.variant_added.connect(presenter.variant_added)
    page.variant_removed.connect(presenter.variant_removed)
    page.split_edited.connect(presenter.split_edited)
    page.seeds_edited.connect(presenter.seeds_edited)
    page.k_edited.connect(presenter.k_edited)
    page.run_pressed.connect(presenter.run_pressed)
    page.run_cancelled.connect(presenter.run_cancelled)
    page.all_cancelled.connect(presenter.all_cancelled)
    page.page_asked.connect(context.go)
    presenter.attach(page)
    SplitWatch(context.workspace, page.judging.picture)
    return page
