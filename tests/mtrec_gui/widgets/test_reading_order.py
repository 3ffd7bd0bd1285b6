"""Tab goes through the window as it is read, whenever its parts were made."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mtrec_gui.widgets.reading_order import step, stops


def names(widgets):
    """What the buttons are called."""
    return [widget.text() for widget in widgets]


def test_a_grid_is_read_by_rows(shown):
    holder = QWidget()
    grid = QGridLayout(holder)
    for text, row, column in (("d", 1, 1), ("a", 0, 0), ("c", 1, 0), ("b", 0, 1)):
        grid.addWidget(QPushButton(text), row, column)
    window = shown(holder)
    assert names(stops(window)) == ["a", "b", "c", "d"]


def test_what_is_made_later_has_its_place(shown):
    first, last = QPushButton("first"), QPushButton("last")
    window = shown(first, last)
    window.layout().insertWidget(1, QPushButton("between"))
    window.layout().itemAt(1).widget().show()
    assert names(stops(window)) == ["first", "between", "last"]


def test_what_cannot_take_the_focus_is_passed_by(shown):
    disabled, hidden, quiet = QPushButton("disabled"), QPushButton("hidden"), QPushButton("quiet")
    window = shown(QPushButton("a"), disabled, hidden, quiet, QPushButton("b"))
    disabled.setEnabled(False)
    hidden.hide()
    quiet.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    assert names(stops(window)) == ["a", "b"]


def test_of_stacked_pages_only_the_one_shown_counts(shown):
    stack = QStackedWidget()
    stack.addWidget(QPushButton("shown"))
    stack.addWidget(QPushButton("behind"))
    window = shown(stack, QPushButton("below"))
    assert names(stops(window)) == ["shown", "below"]


def test_a_field_made_of_parts_is_one_stop(shown):
    spin, line = QSpinBox(), QLineEdit()
    line.setClearButtonEnabled(True)
    window = shown(spin, line)
    assert stops(window) == [spin, line]


def test_it_goes_round_both_ways(shown):
    a, b, c = QPushButton("a"), QPushButton("b"), QPushButton("c")
    window = shown(a, b, c)
    c.setFocus()
    assert step(window, True)
    assert window.focusWidget() is a
    assert step(window, False)
    assert window.focusWidget() is c
    assert step(window, False)
    assert window.focusWidget() is b


def test_without_stops_it_says_so(shown):
    assert not step(shown(QWidget()), True)


def test_it_scrolls_to_what_has_the_focus(shown):
    inner = QWidget()
    layout = QVBoxLayout(inner)
    made = [QPushButton(str(number)) for number in range(40)]
    for each in made:
        layout.addWidget(each)
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setWidget(inner)
    window = shown(QPushButton("above"), scroll)
    window.layout().itemAt(0).widget().setFocus()
    assert step(window, False)  # backwards: the last one of the area
    assert made[-1].hasFocus()
    assert not made[-1].visibleRegion().isEmpty()
    assert scroll not in stops(window)


def test_an_area_without_stops_is_one(shown):
    scroll = QScrollArea()
    scroll.setWidget(QWidget())
    window = shown(scroll)
    assert stops(window) == [scroll]
