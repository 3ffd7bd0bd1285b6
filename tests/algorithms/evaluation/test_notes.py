"""Which footnotes belong under which table."""

from algorithms.evaluation import Column, concerns
from algorithms.evaluation.notes import CALIBRATED, NO_LIST, THRESHOLD, UNSCORED
from algorithms.messages import Message

LISTS = [Column("click", "ndcg", 10), Column("stars", "rmse")]
ANSWERS = [Column("click", "auc")]


def note(template, task="click"):
    return Message(template, {"task": task, "n": 3, "threshold": 0.2})


def test_what_was_calibrated_matters_to_answers_only():
    for template in (CALIBRATED, THRESHOLD):
        assert not concerns(note(template), LISTS)
        assert concerns(note(template), ANSWERS)


def test_who_got_no_list_matters_to_lists_only():
    assert concerns(note(NO_LIST), LISTS)
    assert not concerns(note(NO_LIST), ANSWERS)


def test_a_note_belongs_to_its_own_task():
    assert concerns(note(UNSCORED, "stars"), LISTS)
    assert not concerns(note(UNSCORED, "click"), LISTS)


def test_a_note_that_is_not_known_is_never_hidden():
    assert concerns(Message("The model says something."), LISTS)
