"""Rules: how a person who knows the business would combine the tasks, and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mtrec_gui.context import Context


def build(context: Context) -> QWidget:
    """Make the page."""
    from mtrec_gui.pages.rules.presenter import RulesPresenter
    from mtrec_gui.pages.rules.proposals import ProposalsPresenter
    from mtrec_gui.pages.rules.view import RulesPage
    from mtrec_gui.pages.rules.words import RuleWords

    words = RuleWords()
    page = RulesPage(words, context.appearance)
    presenter = RulesPresenter(context.workspace, words.name_edit)
    page.method_chosen.connect(presenter.method_chosen)
    page.power_ticked.connect(presenter.power_ticked)
    page.power_edited.connect(presenter.power_edited)
    page.rule_chosen.connect(presenter.rule_chosen)
    page.rule_ticked.connect(presenter.rule_ticked)
    page.rule_edited.connect(presenter.rule_edited)
    page.rule_moved.connect(presenter.rule_moved)
    page.rule_removed.connect(presenter.rule_removed)
    page.rule_added.connect(presenter.rule_added)
    page.user_typed.connect(presenter.user_typed)
    page.other_user_pressed.connect(presenter.other_user_pressed)
    page.file_opened.connect(presenter.file_opened)
    page.file_saved.connect(presenter.file_saved)
    page.version_chosen.connect(presenter.version_chosen)
    page.told.connect(lambda sentence: context.notify(sentence, "done"))
    page.page_asked.connect(context.go)
    presenter.attach(page)
    proposals = ProposalsPresenter(context.workspace, presenter.previews, presenter.rule_taken)
    page.proposals.asked.connect(proposals.proposals_asked)
    page.proposals.taken.connect(proposals.proposal_taken)
    page.proposals.left.connect(proposals.proposal_left)
    proposals.attach(page.proposals)
    return page
