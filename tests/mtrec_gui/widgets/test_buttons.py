"""Buttons show their text as it stands; of joined segments exactly one is chosen."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from mtrec_gui.widgets.buttons import Segments, button, set_icon

CHOICES = [("rating", "Rating"), ("click", "Click"), ("buy", "Buy")]


@pytest.fixture
def segments(appearance, shown):
    """Three segments in a window."""
    made = Segments(CHOICES)
    shown(made)
    return made


def pressed(segments, key):
    """The button of a segment."""
    return segments._buttons[key]


def test_an_ampersand_is_no_shortcut(qtbot):
    made = button("R&D && more")
    qtbot.addWidget(made)
    assert made.shortcut().isEmpty()
    assert made.text().replace("&&", "&") == "R&D && more"


def test_the_first_is_chosen_at_first(segments):
    assert segments.current == "rating"


def test_a_press_chooses_one_and_tells(segments, qtbot):
    with qtbot.waitSignal(segments.chosen) as told:
        qtbot.mouseClick(pressed(segments, "buy"), Qt.MouseButton.LeftButton)
    assert told.args == ["buy"]
    assert segments.current == "buy"
    assert [pressed(segments, key).isChecked() for key, _ in CHOICES] == [False, False, True]


def test_choosing_in_code_tells_nobody(segments, qtbot):
    with qtbot.assertNotEmitted(segments.chosen):
        segments.choose("click")
        segments.choose("unknown")
    assert segments.current == "click"


def test_arrow_keys_go_through_the_segments(segments, qtbot):
    pressed(segments, "rating").setFocus()
    with qtbot.waitSignal(segments.chosen) as told:
        qtbot.keyClick(pressed(segments, "rating"), Qt.Key.Key_Right)
    assert told.args == ["click"]
    assert pressed(segments, "click").hasFocus()


def test_the_same_choices_keep_what_is_chosen(segments):
    segments.choose("buy")
    segments.set_choices(list(CHOICES))
    assert segments.current == "buy"


def test_the_same_choices_with_an_ampersand_keep_it_too(appearance, shown):
    choices = [("a", "R&D"), ("b", "B")]
    segments = Segments(choices)
    shown(segments)
    segments.choose("b")
    segments.set_choices(choices)
    assert segments.current == "b"


def test_other_choices_begin_anew(segments):
    segments.choose("buy")
    segments.set_choices([("x", "X")])
    assert segments.current == "x"
    assert pressed(segments, "x").property("place") == "only"
    segments.set_choices([])
    assert segments.current is None


@pytest.mark.parametrize("zoom", [0.8, 1.0, 2.0, 2.5])
def test_the_bold_text_of_the_chosen_one_fits(appearance, segments, zoom):
    appearance.set_zoom(zoom)
    for key, _ in CHOICES:
        segments.choose(key)
        made = pressed(segments, key)
        made.ensurePolished()
        assert made.minimumWidth() >= made.sizeHint().width()


def test_an_icon_takes_the_colour_and_size_in_force(appearance, qtbot):
    made = button("Home")
    qtbot.addWidget(made)
    set_icon(made, "house", appearance)
    assert made.iconSize().width() == 16
    picture = made.icon().pixmap(64, 64).toImage()
    strongest = max(
        (picture.pixelColor(x, y) for x in range(64) for y in range(64)), key=QColor.alpha
    )
    assert strongest.name().upper() == appearance.theme.muted
