"""The frame of the window: reached by mouse and by keyboard, named, seen, and never cut off."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from mtrec_gui.main_window import MainWindow, PageEntry
from mtrec_gui.pages.home.presenter import world_cards
from mtrec_gui.pages.home.view import HomePage
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.labels import ElidedLabel, PlainLabel
from mtrec_gui.widgets.reading_order import stops

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
KEYS = ("home", "data", "tasks", "rules", "experiments", "compare", "explain", "metrics")
FREE = ("home", "metrics")  # pages that need no project


class EditPage(QWidget):
    """A page with a field of each kind."""

    def __init__(self, key):
        super().__init__()
        layout = QVBoxLayout(self)
        self.first = QPushButton(f"{key} first")
        self.line, self.spin = QLineEdit(), QSpinBox()
        for control in (self.first, self.line, self.spin):
            layout.addWidget(control)


@pytest.fixture
def appearance(qapp):
    """The light theme at 100 %."""
    qapp.setStyle("Fusion")
    made = Appearance()
    made.apply()
    return made


@pytest.fixture
def window(appearance, qtbot):
    """The window with eight pages, Home first, as large as the smallest screen."""
    made = MainWindow(appearance)
    qtbot.addWidget(made)
    home = HomePage(appearance)
    home.show_worlds(world_cards())
    home.show_recent([])
    entries = [PageEntry("home", "Home", "house", "", lambda: home, False)]
    entries += [
        PageEntry(
            key,
            key.title(),
            "flask",
            "Set up" if place < 5 else "Look",
            lambda key=key: EditPage(key),
            key not in FREE,
        )
        for place, key in enumerate(KEYS[1:], start=1)
    ]
    made.add_pages(entries)
    made.show_page("home")
    made.resize(1280, 720)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def press(window, qtbot, key, modifier=Qt.KeyboardModifier.NoModifier):
    """Press a key where the focus is."""
    qtbot.keyClick(window.focusWidget() or window, key, modifier)


def navigation(window):
    """The buttons of the navigation, by key."""
    return dict(
        zip(
            KEYS,
            (b for b in window.findChildren(QPushButton) if b.property("kind") == "navigation"),
            strict=True,
        )
    )


class TestNavigation:
    def test_without_a_project_only_what_needs_none_can_be_reached(self, window, qtbot):
        for number, key in enumerate(KEYS, start=1):
            assert navigation(window)[key].isEnabled() is (key in FREE)
            press(window, qtbot, Qt.Key(Qt.Key.Key_0 + number), CTRL)
            assert window.current_page in FREE
        qtbot.mouseClick(navigation(window)["data"], Qt.MouseButton.LeftButton)
        assert window.current_page in FREE

    def test_a_click_shows_a_page_and_marks_it(self, window, qtbot):
        window.set_has_project(True)
        for key in KEYS:
            with qtbot.waitSignal(window.page_shown) as told:
                qtbot.mouseClick(navigation(window)[key], Qt.MouseButton.LeftButton)
            assert told.args == [key]
            assert window.current_page == key
            checked = [name for name, made in navigation(window).items() if made.isChecked()]
            assert checked == [key]

    def test_ctrl_and_a_digit_shows_a_page(self, window, qtbot):
        window.set_has_project(True)
        for number, key in reversed(list(enumerate(KEYS, start=1))):
            press(window, qtbot, Qt.Key(Qt.Key.Key_0 + number), CTRL)
            assert window.current_page == key
            assert navigation(window)[key].toolTip().endswith(f"(Ctrl+{number})")

    def test_a_page_beyond_the_digits_has_the_key_it_was_given(self, window, qtbot):
        window.set_has_project(True)
        more = [("ninth", "Ctrl+J"), ("tenth", "Ctrl+I"), ("eleventh", "")]
        window.add_pages(
            [
                PageEntry(key, key, "eye", "Look", lambda key=key: EditPage(key), shortcut=shortcut)
                for key, shortcut in more
            ]
        )
        for key, modified, page in (
            (Qt.Key.Key_I, CTRL, "tenth"),
            (Qt.Key.Key_9, CTRL, "ninth"),
            (Qt.Key.Key_J, CTRL, "ninth"),  # the digit takes its place
        ):
            press(window, qtbot, key, modified)
            assert window.current_page == page
        tips = [made.toolTip() for made in window.findChildren(QPushButton)]
        assert [tip for tip in tips if "Ctrl+I" in tip] == ["tenth (Ctrl+I)"]
        assert not any("eleventh" in tip for tip in tips)

    def test_arrow_keys_go_through_the_navigation(self, window, qtbot):
        window.set_has_project(True)
        press(window, qtbot, Qt.Key.Key_Down)
        assert window.current_page == "data"
        assert window.focusWidget() is navigation(window)["data"]

    def test_a_page_is_built_when_it_is_first_shown_and_once(self, window):
        window.set_has_project(True)
        assert window.page("data") is None
        window.show_page("data")
        page = window.page("data")
        window.show_page("home")
        window.show_page("data")
        assert window.page("data") is page

    def test_the_focus_never_stays_on_a_page_that_is_hidden(self, window, qtbot):
        window.set_has_project(True)
        window.show_page("data")
        window.page("data").line.setFocus()
        press(window, qtbot, Qt.Key.Key_3, CTRL)
        assert window.focusWidget() is navigation(window)["tasks"]
        window.page("tasks").spin.setFocus()
        press(window, qtbot, Qt.Key.Key_3, CTRL)  # the page that is shown already
        assert window.page("tasks").spin.hasFocus()


class TestUndo:
    def test_buttons_say_what_they_would_do_or_are_off(self, window, qtbot):
        assert not window.undo.isEnabled()
        assert not window.redo.isEnabled()
        assert window.undo.toolTip() == "Nothing to undo"
        window.show_history("Weight of <b>click</b>", None)
        assert window.undo.isEnabled()
        assert "&lt;b&gt;" in window.undo.toolTip()  # markup is shown, not followed
        with qtbot.waitSignal(window.undo_pressed):
            qtbot.mouseClick(window.undo, Qt.MouseButton.LeftButton)
        window.show_history(None, "Weight of click")
        with qtbot.waitSignal(window.redo_pressed):
            qtbot.mouseClick(window.redo, Qt.MouseButton.LeftButton)

    @pytest.mark.parametrize(
        ("signal", "key", "modifier"),
        [
            ("undo_pressed", Qt.Key.Key_Z, CTRL),
            ("redo_pressed", Qt.Key.Key_Z, CTRL | SHIFT),
            ("redo_pressed", Qt.Key.Key_Y, CTRL),
            ("open_pressed", Qt.Key.Key_O, CTRL),
        ],
    )
    def test_keys_do_it_once(self, window, qtbot, signal, key, modifier):
        told = []
        getattr(window, signal).connect(lambda: told.append(1))
        press(window, qtbot, key, modifier)
        assert told == [1]

    def test_a_field_takes_back_its_own_text_first(self, window, qtbot):
        window.set_has_project(True)
        window.show_page("data")
        line = window.page("data").line
        line.setFocus()
        told = []
        window.undo_pressed.connect(lambda: told.append(1))
        qtbot.keyClicks(line, "abc")
        press(window, qtbot, Qt.Key.Key_Z, CTRL)
        assert line.text() == ""
        assert told == []
        press(window, qtbot, Qt.Key.Key_Z, CTRL)
        assert told == [1]

    def test_a_value_changed_by_the_arrows_is_undone_from_its_field(self, window, qtbot):
        """The field has no text of its own to take back, and would keep the key all the same."""
        window.set_has_project(True)
        window.show_page("data")
        spin = window.page("data").spin
        spin.setFocus()
        told = []
        window.undo_pressed.connect(lambda: told.append("undo"))
        window.redo_pressed.connect(lambda: told.append("redo"))
        press(window, qtbot, Qt.Key.Key_Up)
        assert spin.value() == 1
        press(window, qtbot, Qt.Key.Key_Z, CTRL)
        press(window, qtbot, Qt.Key.Key_Z, CTRL | SHIFT)
        assert told == ["undo", "redo"]


class TestZoom:
    @pytest.mark.parametrize(
        ("key", "steps"),
        [(Qt.Key.Key_Plus, 1), (Qt.Key.Key_Equal, 1), (Qt.Key.Key_Minus, -1), (Qt.Key.Key_0, 0)],
    )
    def test_keys(self, window, qtbot, key, steps):
        with qtbot.waitSignal(window.zoom_pressed) as told:
            press(window, qtbot, key, CTRL)
        assert told.args == [steps]

    def test_buttons(self, window, qtbot):
        for made, steps in ((window.zoom_in, 1), (window.zoom_out, -1), (window.zoom, 0)):
            with qtbot.waitSignal(window.zoom_pressed) as told:
                qtbot.mouseClick(made, Qt.MouseButton.LeftButton)
            assert told.args == [steps]

    def test_the_button_says_how_large(self, window, appearance):
        for zoom, words in ((0.8, "80 %"), (1.1, "110 %"), (2.5, "250 %")):
            appearance.set_zoom(zoom)
            assert window.zoom.text() == words


class TestKeyboard:
    def test_the_focus_begins_at_the_navigation(self, window):
        assert window.focusWidget() is navigation(window)["home"]

    def test_one_tab_from_the_navigation_is_the_page(self, window, qtbot):
        press(window, qtbot, Qt.Key.Key_Tab)
        assert window.focusWidget().accessibleName() == "Open E-commerce"

    def test_tab_reaches_every_control_in_reading_order(self, window, qtbot):
        window.set_has_project(True)
        window.show_history("a", "b")
        window.jobs.show_progress("Fit", 0.5)
        window.notices.show_notice("A notice.")
        reached = []
        for _ in range(60):
            press(window, qtbot, Qt.Key.Key_Tab)
            if window.focusWidget() in reached:
                break
            reached.append(window.focusWidget())
        shown = [
            made
            for made in window.findChildren(QAbstractButton)
            if made.isVisible() and made.isEnabled() and made.property("kind") != "navigation"
        ]
        assert {made.text() for made in shown} <= {made.text() for made in reached}
        assert len(reached) == len(shown) + 1  # of the navigation, the page that is shown
        texts = [made.text() or made.accessibleName() for made in reached]
        order = ["Undo", "Redo", "−", "100 %", "+", "Light", "Home", "Close",
                 *["Open", "Show me"] * len(world_cards()),
                 "Open project…", "Bring a file of your own…", "New world…", "Cancel"]  # fmt: skip
        start = texts.index("Undo")
        assert texts[start:] + texts[:start] == order

    def test_back_tab_is_the_same_way_back(self, window, qtbot):
        press(window, qtbot, Qt.Key.Key_Tab)
        second = window.focusWidget()
        press(window, qtbot, Qt.Key.Key_Tab)
        press(window, qtbot, Qt.Key.Key_Backtab, SHIFT)
        assert window.focusWidget() is second

    def test_the_order_stays_after_a_page_was_made_anew(self, window, appearance, qtbot):
        before = [made.text() for made in stops(window)]
        assert "Show me" in before
        appearance.set_zoom(1.1)  # Home makes its cards anew
        appearance.set_zoom(1.0)
        qtbot.waitUntil(lambda: "Show me" in [made.text() for made in stops(window)])
        assert [made.text() for made in stops(window)] == before

    def test_what_has_the_focus_looks_so(self, window, qtbot):
        window.set_has_project(True)
        window.show_history("a", "b")
        window.jobs.show_progress("Fit", 0.5)
        for control in stops(window):
            window.centralWidget().setFocus()
            QApplication.processEvents()
            without = control.grab().toImage()
            control.setFocus(Qt.FocusReason.TabFocusReason)
            QApplication.processEvents()
            with_focus = control.grab().toImage()
            changed = sum(
                without.pixelColor(x, y) != with_focus.pixelColor(x, y)
                for x in range(without.width())
                for y in range(without.height())
            )
            # at least as much as a line round the control
            assert changed >= without.width() + without.height(), control.text()

    def test_every_button_has_a_name(self, window):
        window.notices.show_notice("A notice.")
        for made in window.findChildren(QAbstractButton):
            name = made.accessibleName() or made.text()
            assert any(letter.isalnum() for letter in name), made
        assert window.undo.accessibleName() == "Undo"
        assert window.zoom_out.accessibleName() == "Smaller"
        assert window.jobs.bar.accessibleName() == "Progress"


class TestDrop:
    def drop(self, window, urls):
        """Let go of files over the window."""
        data = QMimeData()
        data.setUrls(urls)
        event = QDropEvent(
            QPointF(QPoint(100, 100)),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        window.dropEvent(event)

    def test_a_file_is_told(self, window, qtbot, tmp_path):
        with qtbot.waitSignal(window.file_dropped) as told:
            self.drop(window, [QUrl.fromLocalFile(str(tmp_path / "数据 a.csv"))])
        assert told.args == [str(tmp_path / "数据 a.csv")]

    def test_what_is_no_file_is_not(self, window, qtbot):
        with qtbot.assertNotEmitted(window.file_dropped):
            self.drop(window, [QUrl("https://example.org/a.csv")])
            self.drop(window, [])


SIZES = [(1.0, 1280, 720), (2.0, 1920, 1080), (0.8, 1280, 720), (2.5, 1920, 1080)]


class TestRoom:
    @pytest.mark.parametrize(("zoom", "width", "height"), SIZES)
    def test_nothing_is_cut_off(self, window, appearance, qtbot, zoom, width, height):
        window.show_project("A world with a long name", "a-long-name-of-a-file.mtrec · saved")
        window.jobs.show_progress("Shared factors · fit · 12 s left", 0.5, "3 waiting")
        window.jobs.show_size("2,000 users · 1,000 items · 100,412 events")
        window.resize(width, height)
        appearance.set_zoom(zoom)
        qtbot.wait(50)
        assert (window.width(), window.height()) == (width, height)
        least = window.minimumSizeHint()
        assert least.width() <= width
        assert least.height() <= height
        for scroll in window.findChildren(QScrollArea):
            if scroll.isVisible():
                assert scroll.horizontalScrollBar().maximum() == 0
        for made in window.findChildren(QPushButton):
            if made.isVisible():
                assert made.width() >= made.sizeHint().width(), made.text()
                assert made.height() >= made.sizeHint().height(), made.text()
        for label in window.findChildren(PlainLabel):
            if not label.isVisible() or isinstance(label, ElidedLabel):
                continue
            if label.wordWrap():
                assert label.height() >= label.heightForWidth(label.width()), label.text()
            else:
                assert label.width() >= label.sizeHint().width(), label.text()
                assert label.height() >= label.sizeHint().height(), label.text()

    def test_a_name_that_is_too_long_is_shortened_and_widens_nothing(self, window, qtbot):
        window.show_project("A world " * 40, "file" * 80 + ".mtrec")
        window.notices.show_notice("A very long sentence " * 40)
        window.jobs.show_idle("A very long sentence " * 40)
        qtbot.wait(50)
        assert window.width() == 1280
        assert window.minimumSizeHint().width() <= 1280
        assert window.data_chip.text().endswith("…")
        assert window.theme.geometry().right() < 1280
