"""Rules that events propose: asked for, taken one by one, left, and never late."""

import pytest
from PySide6.QtCore import Qt

from algorithms.messages import Message
from algorithms.rules import Boost
from algorithms.rules.learned import ProposedRule
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.pages.rules.proposal_card import ProposalCard
from mtrec_gui.pages.rules.proposals import ProposalsPresenter, ProposalStatus
from mtrec_gui.pages.rules.words import RuleWords
from mtrec_gui.workspace import Workspace
from tests.mtrec_gui.fakes import LateRunner
from tests.mtrec_gui.pages.test_rules import EXPERIMENT, make_log

FOUND = tuple(
    ProposedRule(
        Boost(condition=f'item.category == "{name}"', factor=1.2),
        Message("{n} events say so.", {"n": 60 + n}),
    )
    for n, name in enumerate(("<b>shelf", "shelf 2"))
)


class Previews:
    """Knows what a run would propose."""

    def __init__(self):
        self.found = {"click": FOUND, "buy": (), "ad <b>": None}

    def proposals(self, project, dataset_id, log, task):
        return self.found[task]


class View:
    def __init__(self):
        self.state = None

    def show_state(self, state):
        self.state = state


class Lab:
    def __init__(self, folder, view):
        self.workspace = Workspace(ImmediateRunner())
        self.workspace.create(folder / "a.mtrec", lambda progress: (make_log(), EXPERIMENT))
        self.taken, self.view = [], view
        self.presenter = ProposalsPresenter(self.workspace, Previews(), self.taken.append)
        self.presenter.attach(view)


@pytest.fixture
def lab(tmp_path):
    made = Lab(tmp_path, View())
    yield made
    made.workspace.close()


def test_proposals_are_taken_one_by_one_and_left(lab):
    assert lab.view.state.status is ProposalStatus.IDLE
    assert lab.view.state.tasks == ("click", "buy", "ad <b>")
    lab.presenter.proposals_asked("click")
    assert lab.view.state.proposals == FOUND
    lab.presenter.proposal_taken(1)
    assert lab.taken == [FOUND[1].rule]
    assert lab.view.state.proposals == FOUND[:1]
    lab.presenter.proposal_left(0)
    assert lab.view.state.proposals == ()
    assert len(lab.taken) == 1


def test_nothing_to_propose_and_no_run_are_two_things(lab):
    lab.presenter.proposals_asked("buy")
    assert lab.view.state.status is ProposalStatus.READY
    lab.presenter.proposals_asked("ad <b>")
    assert lab.view.state.status is ProposalStatus.NO_RUN
    words = RuleWords()
    assert "Experiments" in words.proposals(lab.view.state)


def test_an_answer_for_another_task_does_not_arrive(lab):
    late = LateRunner()
    lab.workspace.runner = late
    lab.presenter.proposals_asked("click")
    lab.presenter.proposals_asked("buy")
    while late.waiting:
        late.do_one()
    assert lab.view.state.task == "buy"
    assert lab.view.state.proposals == ()


def test_the_card_shows_what_was_seen_as_it_stands(tmp_path, qtbot):
    card = ProposalCard(RuleWords())
    qtbot.addWidget(card)
    lab = Lab(tmp_path, card)
    for signal, slot in (
        (card.asked, lab.presenter.proposals_asked),
        (card.taken, lab.presenter.proposal_taken),
        (card.left, lab.presenter.proposal_left),
    ):
        signal.connect(slot)
    card.resize(500, 400)
    card.show()
    qtbot.mouseClick(card.ask, Qt.MouseButton.LeftButton)
    assert len(card.lines) == 2
    assert "<b>shelf" in card.lines[0].take.accessibleName()
    qtbot.mouseClick(card.lines[0].leave, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(card.lines[0].take, Qt.MouseButton.LeftButton)
    assert lab.taken == [FOUND[1].rule]
    assert "looked at" in card.said.text()
    card.task.setCurrentText("buy")
    card.ask.click()
    assert "no rule is proposed" in card.said.text()
    lab.workspace.close()
