"""Theme and zoom are put in force for all, at once."""

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from mtrec_gui.preferences import ZOOMS
from mtrec_gui.theme import DARK, ThemeName
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.labels import PlainLabel


def test_lengths_grow_with_the_zoom(appearance):
    assert appearance.px(16) == 16
    appearance.set_zoom(2.5)
    assert appearance.px(16) == 40


def test_the_nearest_step_is_taken(appearance):
    appearance.set_zoom(1.04)
    assert appearance.zoom == 1.0
    appearance.set_zoom(99)
    assert appearance.zoom == 2.5


def test_steps_end_at_the_ends(appearance):
    for _ in range(20):
        appearance.step_zoom(1)
    assert appearance.zoom == ZOOMS[-1] == 2.5
    told = []
    appearance.changed.connect(lambda: told.append(appearance.zoom))
    for _ in range(20):
        appearance.step_zoom(-1)
    assert appearance.zoom == ZOOMS[0] == 0.8
    assert told == list(ZOOMS[-2::-1]), "the last step is not taken again and again"


def test_a_theme_is_told_once_and_reaches_every_widget(appearance, shown, qtbot):
    label = PlainLabel("text")
    shown(label)
    with qtbot.waitSignal(appearance.changed):
        appearance.set_theme(ThemeName.DARK)
    colour = QApplication.palette().color(QPalette.ColorRole.WindowText)
    assert colour.name().upper() == DARK.text
    assert label.palette().color(QPalette.ColorRole.WindowText).name().upper() == DARK.text


@pytest.mark.parametrize("zoom", [0.8, 2.0])
def test_text_is_as_large_as_the_zoom_says(qapp, shown, zoom):
    Appearance(zoom=zoom).apply()
    label = PlainLabel("text")
    shown(label)
    assert label.font().pixelSize() == round(13 * zoom)
