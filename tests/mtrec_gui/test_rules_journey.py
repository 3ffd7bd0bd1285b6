"""The Rules page used from end to end, in the real window with a real run."""

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from algorithms.evaluation import ModelChoice
from algorithms.rules import Boost, Drop, Pin, Quota
from algorithms.rules.toml_file import open_rules
from mtrec_gui.app import make_qt_application
from mtrec_gui.pages.rules.state import PreviewStatus
from tests.mtrec_gui.person import CTRL, LEFT, Person

pytestmark = pytest.mark.slow

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def person(qapp, qtbot):
    """A person with the e-commerce world open and the rule blend fitted, at the page of rules."""
    make_qt_application([])
    there = Person(qtbot)
    there.open_world()
    there.choose_models(ModelChoice(model="rule_blend", config={"base": "shared_factors"}))
    there.run()
    there.wait_for_runs()
    there.rules_page = there.go(4)
    there.wait_for(lambda: there.rules_page.preview.state.status is PreviewStatus.READY)
    yield there
    there.leave()


def choose(page, group, words):
    """Add a rule from the menu."""
    menu = page.rules.add.menu().actions()[group].menu()
    next(action for action in menu.actions() if words in action.text()).trigger()


def in_dialog(path):
    """Answer the next dialog for a file with a path, by typing."""

    def answer():
        dialog = next(
            (w for w in QApplication.topLevelWidgets() if isinstance(w, QFileDialog)), None
        )
        if dialog is None or not dialog.isVisible():
            QTimer.singleShot(50, answer)
            return
        dialog.findChild(QLineEdit, "fileNameEdit").setText(str(path))
        dialog.accept()

    QTimer.singleShot(50, answer)


def test_rules_are_added_typed_ordered_switched_undone_and_sent(person, qtbot, tmp_path):
    page, workspace, window = person.rules_page, person.workspace, person.window
    preview = page.preview

    def rules():
        return workspace.experiment.rules.rules

    def shown():
        return preview.state.preview

    # the page of one user follows a condition as soon as it is typed
    preview.user.setFocus()
    preview.user.setText("u7")
    person.press(Qt.Key.Key_Return)
    person.wait_for(lambda: shown() is not None and shown().user == "u7")
    before = shown()
    top = before.items[0].detail.partition(" · ")[2]
    choose(page, 0, "by a condition")
    assert isinstance(rules()[-1], Drop)
    person.wait_for(lambda: not any(item.detail.startswith("ad") for item in shown().items))
    n = len(rules())
    edit = page.rules.lines[-1].form.control("condition")
    edit.line.setFocus()
    edit.line.selectAll()
    qtbot.keyClicks(edit.line, "item.cate")
    person.wait_for(edit.line.popup.isVisible)
    person.press(Qt.Key.Key_Return)
    qtbot.keyClicks(edit.line, f' == "{top}')
    assert edit.said.property("role") == "remark"
    qtbot.keyClicks(edit.line, '"')
    person.wait_for(lambda: rules()[-1].condition == f'item.category == "{top}"')
    person.wait_for(lambda: not any(item.detail.endswith(top) for item in shown().items))
    assert shown().user == "u7"
    gone = next(item for item in shown().off_page if item.detail.endswith(top))
    assert any(f"Rule {n} drops it" in str(move) for move in gone.moves)

    # a mistake is said at its place, and the rule stays as it was
    edit.line.setFocus()
    qtbot.keyClicks(edit.line, " and item.prise > 1")
    person.wait_for(lambda: edit.said.property("role") == "worse")
    assert "item.price" in edit.said.text()
    assert rules()[-1].condition == f'item.category == "{top}"'
    person.press(Qt.Key.Key_Z, CTRL)  # takes back what was typed, not the rule
    assert edit.line.toPlainText() == f'item.category == "{top}"'
    person.wait_for(lambda: edit.said.property("role") == "remark")
    assert rules()[-1].condition == f'item.category == "{top}"'

    # the order: by dragging to the top, and by keys back down
    page.rules.lines[-1].button.click()  # closes the form
    line, first = page.rules.lines[-1], page.rules.lines[0]
    page._scroll.ensureWidgetVisible(first)
    person.wait_for(lambda: first.height() > 0 and line.y() > first.y())
    where = line.handle.mapFromGlobal(first.mapToGlobal(QPoint(5, 2)))
    qtbot.mousePress(line.handle, LEFT)
    qtbot.mouseMove(line.handle, where + QPoint(0, 12))
    qtbot.mouseMove(line.handle, where)
    qtbot.mouseRelease(line.handle, LEFT, pos=where)
    assert isinstance(rules()[0], Drop)
    page.rules.lines[0].button.setFocus()
    person.press(Qt.Key.Key_Down, ALT)
    assert isinstance(rules()[1], Drop)
    assert page.rules.lines[1].button.hasFocus()

    # switched off, it does nothing; the window's undo brings it back
    page.rules.lines[1].tick.setFocus()
    person.press(Qt.Key.Key_Space)
    assert not rules()[1].enabled
    person.wait_for(lambda: any(item.detail.endswith(top) for item in shown().items))
    person.click(window.undo)
    assert rules()[1].enabled
    person.wait_for(lambda: not any(item.detail.endswith(top) for item in shown().items))

    # rules that clash are named
    workspace.edit(
        "clash",
        workspace.experiment.model_copy(
            update={
                "rules": workspace.experiment.rules.model_copy(
                    update={
                        "rules": (
                            Quota(item_kind="ad", at_most=0),
                            Pin(condition='item.kind == "ad"', place=1),
                        )
                    }
                )
            }
        ),
    )
    person.wait_for(lambda: preview.remarks.isVisible() and "clash" in preview.remarks.text())
    person.press(Qt.Key.Key_Z, CTRL)
    assert len(rules()) == n

    # out to a file and back
    kept = workspace.experiment.rules
    path = tmp_path / "house.toml"
    in_dialog(path)
    person.click(page.save)
    person.wait_for(path.exists)
    person.wait_for(lambda: any("house.toml" in said for said in window.notices.sentences()))
    assert open_rules(path) == kept
    page.rules.lines[0].remove.click()
    assert len(rules()) == n - 1
    in_dialog(path)
    person.click(page.open)
    person.wait_for(lambda: workspace.experiment.rules == kept)
    assert not any(line.problem.text() for line in page.rules.lines)


def test_rules_are_proposed_from_the_run_and_taken(person):
    page, workspace = person.rules_page, person.workspace
    before = workspace.experiment.rules.rules
    page._scroll.ensureWidgetVisible(page.proposals.ask)
    for task in [page.proposals.task.itemText(n) for n in range(page.proposals.task.count())]:
        page.proposals.task.setCurrentText(task)
        person.click(page.proposals.ask)
        person.wait_for(page.proposals.ask.isEnabled)
        if page.proposals.lines:
            break
    n = len(page.proposals.lines)
    assert n > 0  # the world plants what the scores do not say
    page._scroll.ensureWidgetVisible(page.proposals.lines[0])
    person.click(page.proposals.lines[0].take)
    assert isinstance(workspace.experiment.rules.rules[-1], Boost)
    assert len(page.proposals.lines) == n - 1
    assert not page.rules.lines[-1].problem.text()
    person.click(person.window.undo)
    assert workspace.experiment.rules.rules == before
