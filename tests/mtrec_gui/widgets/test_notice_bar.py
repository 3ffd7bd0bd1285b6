"""Notices: plain sentences, each once, at most three, closed by a person."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.notice_bar import NoticeBar


@pytest.fixture
def bar(appearance, shown):
    """A bar in a window."""
    made = NoticeBar()
    shown(made, PlainLabel("below"))
    return made


def test_without_notices_it_takes_no_room(bar):
    assert not bar.isVisible()
    bar.show_notice("One.")
    assert bar.isVisible()
    bar.clear()
    assert not bar.isVisible()
    assert bar.sentences() == []


def test_a_sentence_is_shown_as_it_stands(bar):
    bar.show_notice("<b>x</b> is no number & no text")
    words = bar.findChild(PlainLabel)
    assert words.textFormat() == Qt.TextFormat.PlainText
    assert words.text() == words.accessibleName() == "<b>x</b> is no number & no text"


def test_the_same_sentence_is_shown_once(bar):
    bar.show_notice("One.")
    bar.show_notice("One.", "error")
    assert bar.sentences() == ["One."]


def test_of_many_the_last_three_stay(bar):
    for number in range(5):
        bar.show_notice(f"Number {number}.")
    assert bar.sentences() == ["Number 2.", "Number 3.", "Number 4."]


def test_a_notice_can_be_closed_and_come_again(bar, qtbot):
    bar.show_notice("One.")
    bar.show_notice("Two.")
    close = bar.findChildren(QPushButton)[0]
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert bar.sentences() == ["Two."]
    bar.show_notice("One.")
    assert bar.sentences() == ["Two.", "One."]


def test_a_long_sentence_is_shown_whole(bar):
    sentence = "A very long sentence about a column that is not there. " * 8
    bar.show_notice(sentence)
    bar.window().layout().activate()
    words = bar.findChild(PlainLabel)
    assert words.height() >= words.heightForWidth(words.width()) > 40
