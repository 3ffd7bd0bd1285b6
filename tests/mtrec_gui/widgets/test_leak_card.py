"""The card of the leak doctor."""

import pytest

from algorithms.evaluation.leaks import LeakFinding, LeakReport, Severity
from algorithms.messages import Message
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.leak_card import MOST_SHOWN, LeakCard


@pytest.fixture
def card(qtbot):
    made = LeakCard()
    qtbot.addWidget(made)
    return made


def finding(severity, column="a"):
    return LeakFinding(severity, Message("Look at “{column}”.", {"column": column}), column)


def test_hidden_while_there_is_no_report(card):
    assert card.isHidden()
    card.show_leaks(LeakReport((), 5, 5))
    assert not card.isHidden()
    card.show_leaks(None)
    assert card.isHidden()


def test_a_healthy_patient(card):
    card.show_leaks(LeakReport((), 1_234, 1_234))
    assert card.sentences() == ["Nothing suspicious was found in 1,234 events."]
    assert card.remark.isHidden()


def test_each_finding_is_a_word_and_a_sentence_and_markup_stays_text(card):
    found = tuple(finding(severity, "<b>x</b>") for severity in Severity)
    card.show_leaks(LeakReport(found, 10, 20))
    assert card.sentences() == ["Look at “<b>x</b>”."] * 3
    words = {label.text() for label in card.findChildren(PlainLabel)}
    assert {"Leak?", "Check", "Note"} <= words
    assert card.remark.text() == "Columns were examined on 10 of 20 events, drawn at random."


def test_many_findings_are_shown_on_demand(card):
    found = tuple(finding(Severity.LEAK, str(n)) for n in range(MOST_SHOWN + 3))
    card.show_leaks(LeakReport(found, 5, 5))
    assert len(card.sentences()) == MOST_SHOWN
    assert card.more.text() == f"Show all {MOST_SHOWN + 3}"
    card.more.click()
    assert len(card.sentences()) == MOST_SHOWN + 3
    card.more.click()
    assert len(card.sentences()) == MOST_SHOWN
