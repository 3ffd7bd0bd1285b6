"""A language model outside: nothing is sent unless a person wants it; every end is a sentence."""

import math
from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from algorithms.errors import MtrecError
from mtrec_gui.events import Event
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.pages.inside import _connect
from mtrec_gui.pages.inside.outside_box import OutsideAnswer, OutsideBox
from mtrec_gui.pages.inside.outside_presenter import OutsidePresenter
from mtrec_gui.pages.inside.outside_state import OutsideReply, OutsideWish
from mtrec_gui.widgets.appearance import Appearance
from tests.language_server import Reply, language_server, said
from tests.mtrec_gui.fakes import LateRunner

THERE = OutsideWish(True, "http://localhost:1/v1", "tiny", "secret")


class NobodyThereError(MtrecError):
    template = "Nobody answers at {address}. Start the server."


@dataclass
class Answer:
    text: str
    seconds: float
    first_words: dict[str, float]


class Server:
    """Repeats what it is asked, and keeps who asked."""

    def __init__(self):
        self.asked, self.refuses = [], False

    def __call__(self, address, model, key):
        self.address, self.model, self.key = address, model, key
        return self

    def answer(self, prompt):
        self.asked.append(prompt)
        if self.refuses:
            raise NobodyThereError(address=self.address)
        return Answer(prompt.upper(), 0.25, {" no": math.log(0.25), "Yes": math.log(0.5)})


class View:
    def __init__(self):
        self.replies = []

    def show_outside(self, reply):
        self.replies.append(reply)


class Workplace:
    def __init__(self, runner):
        self.runner, self.opened = runner, Event()


@pytest.fixture
def server():
    return Server()


class Shelf:
    """Keeps keys by address; the system's store is locked."""

    def __init__(self):
        self.kept = {"http://kept/v1": "old"}

    def keep(self, address, key):
        self.kept[address] = key

    def remember(self, address, key):
        raise NobodyThereError(address="the store")

    def find(self, address):
        return self.kept.get(address, "")


def presented(runner, server, shelf=None):
    presenter = OutsidePresenter(
        Workplace(runner),
        lambda text: text.replace("item_1", "“Lamp”"),
        server,
        Shelf() if shelf is None else shelf,
    )
    view = View()
    presenter.attach(view)
    return presenter, view


class TestPresenter:
    def test_nothing_is_sent_until_it_is_switched_on(self, server):
        presenter, view = presented(ImmediateRunner(), server)
        presenter.asked("will it?")
        presenter.wished(OutsideWish(False, THERE.address, THERE.model, THERE.key))
        presenter.asked("will it?")
        assert server.asked == []
        assert view.replies == [None]
        presenter.wished(THERE)  # to switch it on sends nothing either
        presenter.asked("   ")
        assert server.asked == []

    def test_the_question_goes_with_titles_and_the_answer_with_its_seconds(self, server):
        presenter, view = presented(ImmediateRunner(), server)
        presenter.wished(THERE)
        presenter.asked(" will  user_2 click item_1 ?")
        assert server.asked == ["will user_2 click “Lamp” ?"]
        assert (server.address, server.model, server.key) == (
            "http://localhost:1/v1",
            "tiny",
            "secret",
        )
        waiting, reply = view.replies
        assert waiting.seconds is None
        assert reply.prompt == "will user_2 click item_1 ?"
        assert (reply.text, reply.seconds) == ("WILL USER_2 CLICK “LAMP” ?", 0.25)
        assert [word for word, _ in reply.first_words] == ["Yes", " no"]
        assert reply.first_words[0][1] == pytest.approx(0.5)

    def test_what_goes_wrong_is_a_sentence(self, server):
        presenter, view = presented(ImmediateRunner(), server)
        presenter.wished(THERE)
        server.refuses = True
        presenter.asked("will it?")
        assert "Nobody answers at http://localhost:1/v1" in str(view.replies[-1].problem)

    def test_a_late_answer_is_dropped(self, server):
        late = LateRunner()
        presenter, view = presented(late, server)
        presenter.wished(THERE)
        for text in ("one", "two"):
            presenter.asked(text)
        late.waiting.reverse()
        late.do_all()
        assert view.replies[-1].text == "TWO"
        presenter.asked("three")
        presenter._workspace.opened.emit(None)
        late.do_all()
        assert view.replies[-1] is None
        presenter.asked("four")
        presenter.wished(OutsideWish())
        late.do_all()
        assert view.replies[-1] is None

    def test_a_key_is_kept_for_its_server_and_found_again(self, server):
        shelf = Shelf()
        presenter, view = presented(ImmediateRunner(), server, shelf)
        for wish, key in (
            (OutsideWish(True, "http://kept/v1", "tiny"), "old"),
            (OutsideWish(True, "http://other/v1", "tiny"), ""),
            (THERE, "secret"),
            (OutsideWish(True, THERE.address, "tiny"), "secret"),
            (OutsideWish(True, THERE.address, "tiny", ""), ""),  # it was erased
            (OutsideWish(True, THERE.address, "tiny"), ""),
        ):
            presenter.wished(wish)
            presenter.asked("will it?")
            assert server.key == key
        presenter.wished(replace(THERE, remembers=True))
        presenter.asked("will it?")
        assert view.replies[-1].text == "WILL IT?"
        assert "the store" in str(view.replies[-1].remark)

    def test_the_key_is_in_no_text_of_the_wish(self):
        assert "secret" not in repr(THERE)


def test_a_real_server_is_asked_and_its_refusal_is_a_sentence():
    def answer(asked):
        is_known = asked.headers.get("Authorization") == "Bearer secret"
        return said("yes") if is_known else Reply(status=401)

    with language_server(answer) as server:
        presenter, view = presented(ImmediateRunner(), _connect)
        for key in ("secret", "wrong"):
            presenter.wished(OutsideWish(True, server.address, "tiny", key))
            presenter.asked("will user_2 click item_1 ?")
    assert [each.prompt for each in server.asked] == 2 * ["will user_2 click “Lamp” ?"]
    good, bad = view.replies[1], view.replies[3]
    assert good.text == "yes"
    assert good.seconds > 0
    assert "refused the key" in str(bad.problem)
    assert "wrong" not in str(bad.problem)


class TestBox:
    @pytest.fixture
    def box(self, qtbot):
        made = OutsideBox(Appearance())
        qtbot.addWidget(made)
        with qtbot.waitExposed(made):
            made.show()
        return made

    def test_it_is_folded_and_off_and_hides_the_key(self, box, qtbot):
        assert not box.address.isVisible()
        assert not box.wish.is_on
        qtbot.mouseClick(box.fold, Qt.MouseButton.LeftButton)
        assert box.address.isVisible()
        assert box.key.echoMode() is QLineEdit.EchoMode.Password
        qtbot.mouseClick(box.fold, Qt.MouseButton.LeftButton)
        assert not box.address.isVisible()

    def test_what_is_typed_is_told(self, box, qtbot):
        box.fold.click()
        told = []
        box.wished.connect(told.append)
        for field, text in ((box.address, " http://x/v1 "), (box.model, "m"), (box.key, "k")):
            QTest.keyClicks(field, text)
        assert [wish.key for wish in told] == [*[None] * (len(told) - 1), "k"]
        assert not told[-1].is_on
        assert not box.remember.isVisible()
        box.switch.click()
        assert told[-1] == OutsideWish(True, "http://x/v1", "m", "k")
        QTest.keyClick(box.key, Qt.Key.Key_Backspace)
        assert told[-1].key == ""
        box.offer_to_remember(True)
        box.remember.click()
        assert told[-1].remembers

    def test_an_answer_is_text_and_a_problem_too(self, qtbot):
        shown = OutsideAnswer()
        qtbot.addWidget(shown)
        assert shown.isHidden()
        reply = OutsideReply("will it?", "will it?", "tiny")
        shown.show_reply(reply)
        assert shown.text.text() == "Asking …"
        shown.show_reply(OutsideReply("will it?", "will it?", "tiny", "<b>yes</b>", 0.5))
        assert shown.text.text() == "<b>yes</b>"
        assert shown.text.textFormat() is Qt.TextFormat.PlainText
        assert shown.remark.text() == "0.5 s · Sent: will it?"
        assert shown.words.isHidden()
        told = (("Yes", 0.5), (" no", 0.25))
        shown.show_reply(OutsideReply("will it?", "will it?", "tiny", "Yes", 0.5, told))
        assert shown.words.text() == "Its likeliest first words: Yes 50.0 % · no 25.0 %"
        problem = NobodyThereError(address="x").message
        shown.show_reply(OutsideReply("will it?", "will it?", "tiny", problem=problem))
        assert "Nobody answers" in shown.text.text()
        assert shown.text.property("role") == "worse"
        shown.show_reply(None)
        assert shown.isHidden()
