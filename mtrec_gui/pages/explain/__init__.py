"""Explain: the top lists of several models side by side, and why an item stands where it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mtrec_gui.context import Context


def build(context: Context) -> QWidget:
    """Make the page."""
    import numpy as np

    from mtrec_gui.pages.explain.presenter import ExplainPresenter
    from mtrec_gui.pages.explain.reading import Reader
    from mtrec_gui.pages.explain.state import Amount
    from mtrec_gui.pages.explain.view import ExplainPage
    from mtrec_gui.restored import RestoredModels

    restored = RestoredModels()
    presenter = ExplainPresenter(
        context.workspace,
        Reader(restored, np.random.default_rng()),
        restored,
        lambda: context.go("experiments"),
    )
    page = ExplainPage(context.appearance, context.workspace.task_position)
    page.comparison_chosen.connect(presenter.comparison_chosen)
    page.seed_chosen.connect(presenter.seed_chosen)
    page.task_chosen.connect(presenter.task_chosen)
    page.user_sought.connect(presenter.user_sought)
    page.user_asked.connect(presenter.user_asked)
    page.user_stepped.connect(presenter.user_stepped)
    page.surprise_wanted.connect(presenter.surprise_wanted)
    page.model_replaced.connect(presenter.model_replaced)
    page.model_added.connect(presenter.model_added)
    page.model_removed.connect(presenter.model_removed)
    page.item_chosen.connect(presenter.item_chosen)
    page.trial_asked.connect(presenter.trial_asked)
    page.trial_cancelled.connect(presenter.trial_cancelled)
    page.amount_chosen.connect(lambda chosen: presenter.amount_chosen(Amount(chosen)))
    page.keep_pressed.connect(presenter.keep_pressed)
    page.experiments_wanted.connect(presenter.experiments_wanted)
    page.shown.connect(presenter.shown)
    page.hidden.connect(presenter.hidden)
    context.list_asked.connect(presenter.list_asked)
    page.kept.connect(lambda sentence: context.notify(sentence, "done"))
    presenter.attach(page)
    return page
