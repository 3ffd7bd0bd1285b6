"""Inside: what a finished model shows of itself, and how its tasks got on while it learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from algorithms.models.prompted.outside import OutsideModel
    from mtrec_gui.context import Context


def build(context: Context) -> QWidget:
    """Make the page."""
    import numpy as np

    from mtrec_gui.pages.inside.outside_presenter import OutsidePresenter
    from mtrec_gui.pages.inside.presenter import InsidePresenter
    from mtrec_gui.pages.inside.reading import Reader
    from mtrec_gui.pages.inside.talk_presenter import TalkPresenter
    from mtrec_gui.pages.inside.view import InsidePage
    from mtrec_gui.restored import RestoredModels

    page = InsidePage(context.appearance, context.workspace.task_position)
    talk = TalkPresenter(context.workspace, np.random.default_rng())
    talk.attach(page.ask)
    outside = OutsidePresenter(context.workspace, talk.readable, _connect, context.keys)
    page.ask.outside.offer_to_remember(context.keys.can_remember)
    outside.attach(page.ask)
    presenter = InsidePresenter(context.workspace, Reader(RestoredModels(most=2)), talk)
    page.comparison_chosen.connect(presenter.comparison_chosen)
    page.run_chosen.connect(presenter.run_chosen)
    page.experiments_wanted.connect(lambda: context.go("experiments"))
    page.ask.task_chosen.connect(talk.task_chosen)
    page.ask.user_sought.connect(talk.user_sought)
    page.ask.user_asked.connect(talk.user_asked)
    page.ask.user_stepped.connect(talk.user_stepped)
    page.ask.surprise_wanted.connect(talk.surprise_wanted)
    page.ask.asked.connect(talk.asked)
    page.ask.asked.connect(outside.asked)
    page.ask.outside.wished.connect(outside.wished)
    page.shown.connect(presenter.shown)
    page.hidden.connect(presenter.hidden)
    presenter.attach(page)
    return page


def _connect(address: str, model: str, key: str) -> OutsideModel:
    from algorithms.models.prompted.outside import OutsideModel

    return OutsideModel(address, model, key)
