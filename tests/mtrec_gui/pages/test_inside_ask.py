"""Asking the prompted model: what is asked and answered, and that the card shows and offers it."""

import html
from dataclasses import dataclass, replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.errors import MtrecError
from algorithms.models.prompting import AnswersPrompts
from mtrec_gui.events import Event
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.pages.inside.ask_card import AskCard
from mtrec_gui.pages.inside.outside_state import OutsideReply
from mtrec_gui.pages.inside.talk_presenter import TalkPresenter
from mtrec_gui.pages.inside.talk_state import AnswerLine, Reply, Talk, TalkState
from mtrec_gui.pages.inside.talking import Talker
from mtrec_gui.widgets.appearance import Appearance
from tests.mtrec_gui.fakes import LateRunner

TASKS = ("click", "stars")
TITLES = ("Teapot <b>", "Lamp & shade", "Saw")


class NoIdeaError(MtrecError):
    template = "The model does not know the word “{word}”."


@dataclass
class Beam:
    words: tuple[str, ...]
    probability: float
    item: int | None = None


@dataclass
class Neighbour:
    sentence: str
    answer: str
    similarity: float


class Model:
    """Knows a dozen words; who asks what comes next gets items, else yes and no."""

    def prompts(self, task, user):
        return (f"what will user_{user + 7} {task} next ?", f"will user_{user + 7} {task} item_1 ?")

    def complete(self, prompt, n_beams=5):
        for word in prompt.rstrip("?").split():
            if word.rstrip("?") not in self.known_words():
                raise NoIdeaError(word=word)
        if prompt.startswith("what"):
            return (Beam(("home", "item_0"), 0.5, 0), Beam(("home", "item_1"), 0.2, 1))
        return (Beam(("no",), 0.75), Beam(("yes",), 0.25))

    def nearest_sentences(self, prompt, n=5):
        answer = "home item_2" if prompt.startswith("what") else "yes"
        return (Neighbour("what will user_8 click next ?", answer, 0.9),)

    def known_words(self):
        users, items = [f"user_{n}" for n in (7, 8, 9)], [f"item_{n}" for n in range(3)]
        return ("will", "what", "next", "click", "stars", "home", *users, *items)

    def item_named(self, word):
        return {"item_0": 0, "item_1": 1, "item_2": 2}.get(word)

    def user_named(self, word):
        return {"user_7": 0, "user_8": 1, "user_9": 2}.get(word)


LOG = InteractionLog(
    name="three",
    users=np.array([0, 1, 1, 2], dtype=np.int32),
    items=np.array([0, 1, 2, 0], dtype=np.int32),
    labels={"click": np.ones(4, dtype=np.float32)},
    user_table=UserTable(IdMap(np.array(["ann", "bob", "cleo"]))),
    item_table=ItemTable(
        IdMap(np.array(["a", "b", "c"])),
        np.array(TITLES),
        ("thing",),
        np.zeros(3, dtype=np.int16),
        np.array(["home"] * 3),
    ),
)


@pytest.fixture
def talker():
    return Talker(Model(), LOG, TASKS)


class TestTalker:
    def test_the_stand_in_can_do_what_a_model_must(self):
        assert isinstance(Model(), AnswersPrompts)

    def test_it_begins_with_whom_the_model_knows_best(self, talker):
        talk = talker.talk(None, None)
        assert (talk.task, talk.user, talk.user_id, talk.user_word) == ("click", 1, "bob", "user_8")
        assert talk.prompts == ("what will user_8 click next ?", "will user_8 click item_1 ?")

    def test_answers_have_titles_and_what_is_left_has_a_share(self, talker):
        reply = talker.reply("  what will  user_7 click next ?")
        assert reply.prompt == "what will user_7 click next ?"
        assert reply.answers[0] == AnswerLine("home item_0", TITLES[0], 0.5)
        assert reply.rest == pytest.approx(0.3)
        assert [(each.answer, each.title) for each in reply.neighbours] == [("home item_2", "Saw")]

    def test_who_and_what_the_prompt_names_is_said(self, talker):
        named = talker.reply("will user_9 click item_1? ").named
        assert [(each.word, each.name, each.is_item) for each in named] == [
            ("user_9", "cleo", False),
            ("item_1", TITLES[1], True),
        ]

    def test_each_unknown_word_is_named_with_those_like_it(self, talker):
        reply = talker.reply("will user_9 klick itm_1?")
        assert "“klick”" in str(reply.problem)
        assert [offer.word for offer in reply.offers] == ["klick", "itm_1"]
        assert reply.offers[0].near == ("click",)
        assert "item_1" in reply.offers[1].near
        assert reply.answers == reply.neighbours == ()
        assert talker.reply("will qqqqq ?").offers == ()

    def test_items_can_be_read_by_their_titles(self, talker):
        assert talker.readable("will user_9 click item_2?") == "will user_9 click “Saw”?"

    def test_nothing_asked_is_said_so(self, talker):
        assert "Type a question" in str(talker.reply("   ").problem)

    def test_words_are_sorted_for_completion(self, talker):
        assert list(talker.words) == sorted(Model().known_words())


# --- presenter -----------------------------------------------------------------------------------


class View:
    def __init__(self):
        self.states, self.matches = [TalkState()], []

    @property
    def state(self):
        return self.states[-1]

    def show_talk(self, state):
        self.states.append(state)

    def show_matches(self, ids):
        self.matches = list(ids)


class Workplace:
    """All that the presenter needs of a workspace."""

    def __init__(self, runner):
        self.runner, self.failed = runner, Event()


def presented(runner):
    presenter, view = TalkPresenter(Workplace(runner), np.random.default_rng(0)), View()
    presenter.attach(view)
    return presenter, view


class TestPresenter:
    def test_without_a_model_to_ask_there_is_nothing(self):
        presenter, view = presented(ImmediateRunner())
        presenter.show_talker(None)
        for act in (presenter.asked, presenter.task_chosen, presenter.user_asked):
            act("click")
        presenter.user_stepped(True)
        presenter.surprise_wanted()
        presenter.user_sought("b")
        assert view.state == TalkState()

    def test_the_first_sentence_is_asked_at_once_and_is_no_history(self, talker):
        presenter, view = presented(ImmediateRunner())
        presenter.show_talker(talker)
        assert view.state.talk.user_id == "bob"
        assert view.state.reply.prompt == view.state.talk.prompts[0]
        assert view.state.words == talker.words
        assert view.state.history == ()
        assert not view.state.is_asking

    def test_task_and_user_are_chosen_and_the_users_go_round(self, talker):
        presenter, view = presented(ImmediateRunner())
        presenter.show_talker(talker)
        presenter.task_chosen("stars")
        assert (view.state.talk.task, view.state.talk.user) == ("stars", 1)
        seen = []
        for forward in (True, True, False):
            presenter.user_stepped(forward)
            seen.append(view.state.talk.user)
        assert seen == [2, 0, 2]
        assert view.state.talk.task == "stars"
        presenter.user_asked("ann")
        assert view.state.reply.prompt == "what will user_7 stars next ?"
        presenter.surprise_wanted()
        assert view.state.talk.user in (0, 1, 2)
        presenter.user_sought("o")
        assert view.matches == ["bob", "cleo"]

    def test_an_unknown_user_is_said_and_the_talk_goes_on(self, talker):
        presenter, view = presented(ImmediateRunner())
        presenter.show_talker(talker)
        before = view.state.talk
        presenter.user_asked("nobody")
        assert "nobody" in str(view.state.problem)
        assert view.state.talk == before
        presenter.user_asked("cleo")
        assert view.state.problem is None

    def test_what_was_asked_is_kept_once_and_survives_another_model(self, talker):
        presenter, view = presented(ImmediateRunner())
        presenter.show_talker(talker)
        for text in ("will user_7 click item_0 ?", "will  user_7 click item_0 ?", " ", "oops"):
            presenter.asked(text)
        assert view.state.history == ("will user_7 click item_0 ?", "oops")
        assert view.state.reply.problem is not None
        presenter.show_talker(Talker(Model(), LOG, TASKS))
        assert view.state.history == ("will user_7 click item_0 ?", "oops")
        assert view.state.reply.problem is None

    def test_the_same_model_read_anew_disturbs_nothing(self, talker):
        presenter, view = presented(ImmediateRunner())
        presenter.show_talker(talker)
        presenter.asked("will user_7 click item_0 ?")
        before = view.state
        presenter.show_talker(Talker(talker.model, LOG, TASKS))
        assert view.state is before
        presenter.show_talker(None)
        assert view.state.talk is None

    def test_answers_to_what_is_no_longer_asked_are_dropped(self, talker):
        late = LateRunner()
        presenter, view = presented(late)
        presenter.show_talker(talker)
        late.do_all()
        presenter.asked("will user_7 click item_0 ?")
        presenter.asked("will user_9 click item_2 ?")
        assert view.state.is_asking
        late.waiting.reverse()
        late.do_all()
        assert view.state.reply.prompt == "will user_9 click item_2 ?"
        assert not view.state.is_asking
        for text in ("an", "o"):
            presenter.user_sought(text)
        late.waiting.reverse()
        late.do_all()
        assert view.matches == ["bob", "cleo"]
        presenter.asked("will user_7 click item_0 ?")
        presenter.show_talker(None)
        late.do_all()
        assert view.state.talk is view.state.reply is None


# --- the card ------------------------------------------------------------------------------------


@pytest.fixture
def card(talker, qtbot):
    made = AskCard(Appearance(), lambda task: TASKS.index(task))
    qtbot.addWidget(made)
    presenter = TalkPresenter(Workplace(ImmediateRunner()), np.random.default_rng(0))
    presenter.attach(made)
    made.asked.connect(presenter.asked)
    made.task_chosen.connect(presenter.task_chosen)
    made.user_asked.connect(presenter.user_asked)
    made.user_stepped.connect(presenter.user_stepped)
    presenter.show_talker(talker)
    made.resize(900, 700)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    made.presenter = presenter
    return made


def rows(table):
    model = table.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


class TestCard:
    def test_it_shows_beams_shares_titles_and_neighbours(self, card):
        assert rows(card.answers) == [
            ["home item_0", TITLES[0], "50.0 %"],
            ["home item_1", TITLES[1], "20.0 %"],
        ]
        assert "30.0 %" in card.rest.text()
        assert rows(card.near) == [["what will user_8 click next ?", "home item_2", "Saw", "0.900"]]
        assert card.named.text() == "user_8 is user bob"
        assert "bob is called user_8" in card.called.text()
        assert card.user.field.text() == "bob"

    def test_every_number_says_what_it_is_and_every_text_all_of_itself(self, card):
        tip_role = Qt.ItemDataRole.ToolTipRole
        for table in (card.answers, card.near):
            model = table.model()
            for column in range(model.columnCount()):
                head = model.headerData(column, Qt.Orientation.Horizontal, tip_role)
                tip = model.index(0, column).data(tip_role)
                assert len(head) > 30
                assert html.escape(head) in tip or head in tip
        assert html.escape(TITLES[0]) in card.answers.model().index(0, 1).data(tip_role)

    def test_a_sentence_of_the_model_is_asked_by_a_press(self, card, qtbot):
        qtbot.mouseClick(card.sentences[1], Qt.MouseButton.LeftButton)
        assert card.field.text() == "will user_8 click item_1 ?"
        assert [row[::2] for row in rows(card.answers)] == [["no", "75.0 %"], ["yes", "25.0 %"]]
        assert not card.rest.isVisible()
        assert TITLES[1] in card.named.text()

    def test_a_typed_prompt_is_answered_and_found_again(self, card, qtbot):
        for text in ("will user_7 click item_0 ?", "will user_9 click item_2 ?"):
            card.field.setFocus()
            card.field.selectAll()
            QTest.keyClicks(card.field, text)
            QTest.keyClick(card.field, Qt.Key.Key_Return)
            assert card.asked_words.text() == f"“{text}”"
        QTest.keyClicks(card.field, " and")
        seen = []
        for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down):
            QTest.keyClick(card.field, key)
            seen.append(card.field.text()[5:11])
        assert seen == ["user_9", "user_7", "user_7", "user_9", "user_9"]
        assert card.field.text().endswith(" and")

    def test_words_are_completed_and_enter_still_asks(self, card, qtbot):
        card.field.setFocus()
        card.field.clear()
        QTest.keyClicks(card.field, "will us")
        assert card.field.popup.isVisible()
        QTest.keyClick(card.field, Qt.Key.Key_Tab)
        assert card.field.text() == "will user_7 "
        QTest.keyClicks(card.field, "cl")
        QTest.keyClick(card.field, Qt.Key.Key_Escape)
        assert not card.field.popup.isVisible()
        QTest.keyClicks(card.field, "ick it")
        QTest.keyClick(card.field, Qt.Key.Key_Down)
        QTest.keyClick(card.field, Qt.Key.Key_Down)
        QTest.keyClick(card.field, Qt.Key.Key_Return)
        assert card.field.text() == "will user_7 click item_1 "
        QTest.keyClicks(card.field, "it")
        assert card.field.popup.isVisible()
        QTest.keyClick(card.field, Qt.Key.Key_Return)  # no word was chosen: it asks
        assert not card.field.popup.isVisible()
        assert "“it”" in card.said.text()

    def test_an_unknown_word_is_said_and_put_right_by_a_press(self, card, qtbot):
        card.field.setFocus()
        card.field.selectAll()
        QTest.keyClicks(card.field, "will user_7 klick item_0?")
        qtbot.mouseClick(card.go, Qt.MouseButton.LeftButton)
        assert "“klick”" in card.said.text()
        assert card.said.property("role") == "worse"
        assert card.field.accessibleDescription() == card.said.text()
        assert not card.answers.isVisible()
        (near,) = card.offers.findChildren(QPushButton)
        assert near.text() == "click"
        qtbot.mouseClick(near, Qt.MouseButton.LeftButton)
        assert card.field.text() == "will user_7 click item_0?"
        assert card.answers.isVisible()
        assert not card.offers.isVisible()

    def test_another_user_brings_other_sentences_but_leaves_what_is_being_typed(self, card, qtbot):
        qtbot.mouseClick(card.user.after, Qt.MouseButton.LeftButton)
        assert card.field.text() == "what will user_9 click next ?"
        card.field.setFocus()
        card.field.selectAll()
        QTest.keyClicks(card.field, "will someone")
        qtbot.mouseClick(card.user.after, Qt.MouseButton.LeftButton)
        assert card.field.text() == "will someone"
        assert card.asked_words.text() == "“what will user_7 click next ?”"

    def test_an_unknown_user_is_said(self, card):
        card.user.field.setText("zoe")
        card.user.asked.emit("zoe")
        assert card.problem.isVisible()
        assert "zoe" in card.problem.text()

    def test_where_no_item_could_answer_it_says_so(self, card):
        state = TalkState(Talk(TASKS, "click", 0, "ann", "user_7", ()), reply=Reply("what ?"))
        card.show_talk(state)
        assert card.rest.text() == "There is no item that could answer."
        assert not card.near.isVisible()
        card.show_talk(replace(state, talk=None))
        assert not card.isVisible()

    def test_an_answer_from_outside_stands_with_its_question_alone(self, card):
        asked = "will user_8 click item_1 ?"
        card.field.show_prompt(asked)
        card.field.enter()
        card.show_outside(OutsideReply(asked, asked, "tiny", "no", 0.5))
        assert card.outside_answer.isVisible()
        card.sentences[0].click()
        assert not card.outside_answer.isVisible()

    @pytest.mark.parametrize("width", [420, 900])
    def test_tables_are_as_high_as_their_rows_and_no_wider_than_the_card(self, card, qtbot, width):
        card.resize(width, 700)
        qtbot.wait(20)
        for table in (card.answers, card.near):
            assert table.verticalScrollBar().maximum() == 0
            assert table.width() <= card.width()
        near = card.near
        assert near.rowHeight(0) >= near.sizeHintForRow(0)
