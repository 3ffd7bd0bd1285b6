"""The field for a condition: completed by keys, checked as typed, undone inside the field."""

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QApplication, QLineEdit

from algorithms.rules.conditions import Field, Fields, Scope, ValueType
from mtrec_gui.widgets.condition_edit import ConditionEdit

FIELDS = Fields(
    (
        Field(Scope.ITEM, "kind", ValueType.TEXT, ("ad", "product")),
        Field(Scope.ITEM, "price", ValueType.NUMBER),
        Field(Scope.USER, "age", ValueType.NUMBER),
        Field(Scope.SCORE, "ad click", ValueType.NUMBER),
    )
)
KEY = Qt.Key


@pytest.fixture
def edit(appearance, shown, qtbot):
    made, other = ConditionEdit(FIELDS, appearance), QLineEdit()
    made.other = other
    made.heard = []
    made.edited.connect(made.heard.append)
    made.window_kept = shown(made, other, width=500)
    made.line.setFocus()
    qtbot.waitUntil(made.line.hasFocus)
    return made


def marked(edit):
    return [each.cursor.selectedText() for each in edit.line.extraSelections()]


def offered(edit):
    popup = edit.line.popup
    return [popup.item(row).text() for row in range(popup.count())] if popup.isVisible() else []


def test_a_condition_is_passed_on_once_it_can_be_read(edit, qtbot):
    qtbot.keyClicks(edit.line, "item.price <")
    qtbot.waitUntil(lambda: "expected" in edit.said.text())
    assert edit.heard == []
    assert edit.said.property("role") == "remark"  # unfinished, not wrong
    qtbot.keyClicks(edit.line, " 3")
    qtbot.waitUntil(lambda: edit.heard == ["item.price < 3"])
    assert edit.text() == "item.price < 3"
    assert "Ctrl+Space" in edit.said.text()


def test_a_mistake_is_underlined_at_its_place_and_said_below(edit, qtbot):
    qtbot.keyClicks(edit.line, "item.kidn == 'ad'")
    qtbot.waitUntil(lambda: bool(edit.line.extraSelections()))
    assert marked(edit) == ["item.kidn"]
    (shown,) = edit.line.extraSelections()
    assert shown.format.underlineStyle() == QTextCharFormat.UnderlineStyle.WaveUnderline
    assert edit.said.text().startswith("At character 1: expected")
    assert "item.kind" in edit.said.text()
    assert edit.said.property("role") == "worse"
    assert edit.line.accessibleDescription() == edit.said.text()
    assert edit.heard == []


def test_the_mark_stands_right_behind_characters_of_two_units(edit, qtbot):
    edit.line.setPlainText("item.kind == '🛒🛒' and item.prise > 1")
    qtbot.waitUntil(lambda: bool(edit.line.extraSelections()))
    assert marked(edit) == ["item.prise"]


def test_what_is_missing_at_the_end_is_alarming_once_the_field_is_left(edit, qtbot):
    qtbot.keyClicks(edit.line, "item.price <")
    edit.other.setFocus()
    qtbot.waitUntil(lambda: edit.said.property("role") == "worse")
    assert marked(edit) == ["<"]


def test_completions_are_chosen_by_keys(edit, qtbot):
    qtbot.keyClick(edit.line, KEY.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert offered(edit)[:2] == ["item.kind", "item.price"]
    qtbot.keyClick(edit.line, KEY.Key_Down)
    qtbot.keyClick(edit.line, KEY.Key_Return)
    assert edit.line.toPlainText() == "item.price"
    assert offered(edit) == []
    qtbot.keyClick(edit.line, KEY.Key_Space, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(edit.line, KEY.Key_Escape)
    assert offered(edit) == []
    assert edit.line.toPlainText() == "item.price"


def test_completions_come_while_typing_and_go_round(edit, qtbot):
    qtbot.keyClicks(edit.line, "item.")
    assert offered(edit) == ["item.kind", "item.price"]
    qtbot.keyClick(edit.line, KEY.Key_Up)
    assert edit.line.popup.currentRow() == 1
    qtbot.keyClick(edit.line, KEY.Key_Down)
    qtbot.keyClick(edit.line, KEY.Key_Enter)
    qtbot.keyClicks(edit.line, ' == "')
    assert offered(edit) == ['"ad"', '"product"']
    qtbot.keyClick(edit.line, KEY.Key_Return)
    qtbot.waitUntil(lambda: edit.heard == ['item.kind == "ad"'])


def test_a_completion_is_clicked(edit, qtbot):
    qtbot.keyClicks(edit.line, "item.")
    popup = edit.line.popup
    place = popup.visualItemRect(popup.item(1)).center()
    qtbot.mouseClick(popup.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert edit.line.toPlainText() == "item.price"
    assert edit.line.hasFocus()


def test_enter_makes_no_line_and_checks_at_once(edit, qtbot):
    qtbot.keyClicks(edit.line, "item.price > 2")
    qtbot.keyClick(edit.line, KEY.Key_Return)
    assert edit.heard == ["item.price > 2"]
    assert edit.line.blockCount() == 1


def test_tab_leaves_the_field(edit, qtbot):
    qtbot.keyClicks(edit.line, "item.")
    qtbot.keyClick(edit.line, KEY.Key_Tab)
    qtbot.waitUntil(edit.other.hasFocus)
    assert offered(edit) == []
    assert "\t" not in edit.line.toPlainText()


def test_undo_takes_back_a_completion_inside_the_field(edit, qtbot):
    qtbot.keyClicks(edit.line, "item.")
    qtbot.keyClick(edit.line, KEY.Key_Return)
    assert edit.line.toPlainText() == "item.kind"
    qtbot.keyClick(edit.line, KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert edit.line.toPlainText() == "item."


def test_what_was_typed_after_a_pause_is_undone_by_itself(edit, qtbot):
    qtbot.keyClicks(edit.line, "item.price > 1")
    qtbot.waitUntil(lambda: edit.heard == ["item.price > 1"])
    qtbot.keyClicks(edit.line, " and item.prise")
    qtbot.waitUntil(lambda: edit.said.property("role") == "worse")
    qtbot.keyClick(edit.line, KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert edit.line.toPlainText() == "item.price > 1"
    qtbot.waitUntil(lambda: edit.said.property("role") == "remark")
    assert edit.heard == ["item.price > 1"]


def test_what_is_pasted_is_plain_text_on_one_line(edit):
    data = QMimeData()
    data.setHtml("<b>item.price</b> &gt;<br>1")
    data.setText("item.price >\n1")
    edit.line.insertFromMimeData(data)
    assert edit.line.toPlainText() == "item.price > 1"
    data.setText("(" * 100_000)  # says that it is too long, and does not hang
    edit.line.selectAll()
    edit.line.insertFromMimeData(data)
    edit.finish()
    assert "at most 2,000 characters" in edit.said.text()
    assert not edit.line.canInsertFromMimeData(QMimeData())


def test_the_same_condition_again_leaves_alone_what_is_being_typed(edit):
    edit.set_text("item.price > 2")
    edit.line.selectAll()
    edit.line.insertPlainText("item.pri")
    edit.set_text("item.price > 2")
    assert edit.line.toPlainText() == "item.pri"
    edit.set_text("user.age < 18")
    assert edit.line.toPlainText() == "user.age < 18"
    assert edit.heard == []


def test_other_fields_are_checked_anew(edit):
    edit.set_text("item.price > 2")
    assert marked(edit) == []
    edit.set_fields(FIELDS.only(Scope.USER))
    assert len(marked(edit)) == 1
    assert "expected" in edit.said.text()


def test_nothing_is_a_condition_only_where_it_may_be(appearance, shown):
    must, may = (
        ConditionEdit(FIELDS, appearance),
        ConditionEdit(FIELDS, appearance, may_be_empty=True),
    )
    window = shown(must, may)
    for edit in (must, may):
        edit.set_text("")
    assert "expected" in must.said.text()
    assert "expected" not in may.said.text()
    assert window.isVisible()


def test_it_grows_with_its_text_and_with_the_zoom(edit, qtbot, appearance):
    one = edit.line.height()
    edit.line.setPlainText(" and ".join(["item.price > 1"] * 12))
    qtbot.waitUntil(lambda: edit.line.height() > 2 * one)
    edit.line.setPlainText("item.price > 1")
    qtbot.waitUntil(lambda: edit.line.height() == one)
    appearance.set_zoom(2.0)
    qtbot.waitUntil(lambda: edit.line.height() > 1.5 * one)
    appearance.set_zoom(1.0)
    assert QApplication.focusWidget() is edit.line
