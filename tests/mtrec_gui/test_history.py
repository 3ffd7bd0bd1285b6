"""Undo and redo."""

from itertools import pairwise

from mtrec_gui.history import History


def edited(*values):
    """A history of edits from one value to the next."""
    history = History()
    for before, after in pairwise(values):
        history.record(f"to {after}", before, after)
    return history


def test_what_was_done_is_undone_and_redone_in_order():
    history = edited(1, 2, 3)
    assert history.undo_name == "to 3"
    assert (history.undo(), history.undo(), history.undo()) == (2, 1, None)
    assert history.redo_name == "to 2"
    assert (history.redo(), history.redo(), history.redo()) == (2, 3, None)


def test_a_new_edit_forgets_what_was_undone():
    history = edited(1, 2, 3)
    history.undo()
    history.record("to 9", 2, 9)
    assert history.redo() is None
    assert history.undo() == 2


def test_typing_into_one_field_is_one_step():
    history = History()
    history.record("name", "", "a", merge="name")
    history.record("name", "a", "ab", merge="name")
    history.record("weight", "ab", "ab1", merge="weight")
    history.record("name", "ab1", "abc1", merge="name")
    assert [history.undo(), history.undo(), history.undo()] == ["ab1", "ab", ""]


def test_edits_do_not_merge_across_an_undo():
    history = History()
    history.record("name", 0, 1, merge="name")
    history.record("other", 1, 2)
    history.undo()
    history.record("name", 1, 3, merge="name")
    assert history.undo() == 1


def test_the_history_does_not_grow_for_ever():
    history = edited(*range(1000))
    steps = 0
    while history.undo() is not None:
        steps += 1
    assert steps == History.LIMIT
