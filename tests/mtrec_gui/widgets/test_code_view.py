"""The source of a model in a real dialog: links, the list beside it, finding a text."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextCursor

from mtrec_gui.theme import ThemeName
from mtrec_gui.widgets.code_view import CodeDialog, CodePage, Parameter

BLANK = "\n" * 60
SOURCE = f'''"""Counts.

Of alpha.
"""

def read(config):
    return config.beta

class Config:
    alpha: float = 1.5  # how
{BLANK}
def fit(self):
    return self.config.alpha * 'alpha'
'''


@pytest.fixture
def dialog(qtbot, appearance, tmp_path):
    file = tmp_path / "counts.py"
    file.write_text(SOURCE, encoding="utf-8")
    base = tmp_path / "base.py"
    base.write_text("class Base:\n    beta: int = 3\n", encoding="utf-8")
    page = CodePage(
        "Counts & sums",
        "Counts <b>things</b>.",
        (file, base),
        r"$x^2$",
        "Somebody (2001). Something.",
        (
            Parameter("alpha", "Alpha", "How much · 0 to 9"),
            Parameter("beta", "Beta", "In another file"),
            Parameter("gamma", "Gamma", "In none"),
        ),
    )
    made = CodeDialog(page, appearance)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # else qtbot closes nothing
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def at(view, text: str, which: int = 0) -> QTextCursor:
    """Return a cursor inside an occurrence of a text."""
    cursor = QTextCursor(view.document())
    for _ in range(which + 1):
        cursor = view.document().find(text, cursor)
    cursor.setPosition(cursor.selectionStart() + 2)
    return cursor


def test_a_click_on_a_parameter_follows_it_and_a_click_beside_does_not(qtbot, dialog):
    asked: list[str] = []
    dialog.parameter_chosen.connect(asked.append)
    view = dialog.view
    for text, which, follows in (("alpha", 1, True), ("Config", 0, False), ("alpha", 0, False)):
        asked.clear()
        cursor = at(view, text, which)
        view.setTextCursor(cursor)
        view.centerCursor()
        point = view.cursorRect(cursor).center()
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point)
        assert asked == (["alpha"] if follows else [])


def test_enter_follows_the_parameter_under_the_cursor(qtbot, dialog):
    asked: list[str] = []
    dialog.parameter_chosen.connect(asked.append)
    dialog.view.setTextCursor(QTextCursor(dialog.view.document()))
    qtbot.keyClick(dialog.view, Qt.Key.Key_Return)
    assert asked == []
    cursor = dialog.view.document().find("config.alpha")
    cursor.setPosition(cursor.selectionEnd() - 1)
    dialog.view.setTextCursor(cursor)
    qtbot.keyClick(dialog.view, Qt.Key.Key_Return)
    assert asked == ["alpha"]
    assert dialog.isVisible()


def test_the_list_shows_where_a_parameter_is_declared_and_enter_follows_it(qtbot, dialog):
    asked: list[str] = []
    dialog.parameter_chosen.connect(asked.append)
    dialog.list.setFocus()
    dialog.list.setCurrentRow(0)
    assert dialog.view.textCursor().blockNumber() == 9
    assert dialog.view.textCursor().selectedText() == "alpha"
    assert "How much" in dialog.list.item(0).text()
    qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    assert asked == []
    assert dialog.files.currentText() == "base.py"
    assert dialog.view.textCursor().selectedText() == "beta"
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    assert asked == ["beta"]
    qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    assert dialog.files.currentText() == "base.py"  # nothing better to show
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    assert asked == ["beta", "gamma"]


def test_a_search_goes_on_in_another_file(qtbot, dialog):
    dialog.search.line.setText("beta:")
    assert dialog.search.count.text() == "not found"
    dialog.files.setCurrentIndex(1)
    assert dialog.search.count.text() == "1 of 1"
    assert dialog.view.toPlainText().startswith("class Base:")


def test_a_text_is_found_by_keyboard(qtbot, dialog):
    dialog.activateWindow()
    dialog.search.begin()
    qtbot.keyClicks(dialog.search.line, "ALPHA")
    assert dialog.search.count.text() == "1 of 4"
    qtbot.keyClick(dialog.search.line, Qt.Key.Key_Return)
    assert dialog.search.count.text() == "2 of 4"
    assert dialog.view.textCursor().blockNumber() == 9
    qtbot.keyClick(dialog.search.line, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(dialog.search.line, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert dialog.search.count.text() == "4 of 4"
    qtbot.keyClicks(dialog.search.line, "bet")
    assert dialog.search.count.text() == "not found"
    assert not dialog.search.on.isEnabled()
    qtbot.keyClick(dialog.search.line, Qt.Key.Key_Escape)
    assert dialog.search.line.text() == ""
    assert dialog.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_ctrl_f_leads_to_the_search(qtbot, dialog):
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.view.setFocus()
    qtbot.keyClick(dialog.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert dialog.search.line.hasFocus()


def test_the_kinds_look_different_and_follow_the_theme(dialog, appearance):
    def looks(line: int) -> list[tuple[int, str]]:
        formats = dialog.view.document().findBlockByNumber(line).layout().formats()
        return [(each.start, each.format.foreground().color().name()) for each in formats]

    light = looks(9)
    assert len(light) == 3  # the parameter, the number, the comment
    appearance.set_theme(ThemeName.DARK)
    dark = looks(9)
    assert [start for start, _ in dark] == [start for start, _ in light]
    assert dark[0][1] == QColor(appearance.theme.accent).name() != light[0][1]
    prose = [each for each in dialog.view.extraSelections() if each.cursor.blockNumber() < 4]
    assert len(prose) == 4  # the empty line of the docstring as well


def test_what_a_file_is_called_is_never_markup(dialog):
    from PySide6.QtWidgets import QLabel

    labels = dialog.findChildren(QLabel)
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)
    assert any("<b>things</b>" in label.text() for label in labels)
