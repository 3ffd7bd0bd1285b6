"""What the canvas shows and writes, what it does with a plot that fails, how its thread ends."""

import logging
import threading

import pytest
from PySide6.QtGui import QColor, QImage

from mtrec_gui.theme import DARK, LIGHT, ThemeName
from mtrec_gui.widgets.canvas import Canvas, stop_drawing


@pytest.fixture
def canvas(appearance, shown):
    """A canvas in a window."""
    made = Canvas(appearance, height=120)
    shown(made, width=300, height=200)
    yield made
    stop_drawing()


def plot(figure, theme):
    """A line in the colour of the first task."""
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color=theme.task_colour(0))


def ground(canvas):
    """The colour in the corner of the canvas."""
    return canvas.grab().toImage().pixelColor(2, 2).name().upper()


def test_it_shows_what_was_drawn(canvas, qtbot):
    canvas.show_plot(plot, "A line that rises.")
    qtbot.waitUntil(lambda: canvas.figure is not None)
    picture = canvas.grab().toImage()
    line = QColor(LIGHT.task_colour(0))
    assert any(
        picture.pixelColor(x, y) == line
        for x in range(picture.width())
        for y in range(picture.height())
    )


def test_it_follows_the_theme_and_the_zoom(canvas, appearance, qtbot):
    canvas.show_plot(plot, "A line.")
    qtbot.waitUntil(lambda: canvas.figure is not None)
    first = canvas.figure
    appearance.set_theme(ThemeName.DARK)
    qtbot.waitUntil(lambda: canvas.figure is not first)
    assert ground(canvas) == DARK.surface
    second = canvas.figure
    appearance.set_zoom(2.0)
    assert canvas.sizeHint().height() == canvas.minimumHeight() == 240
    qtbot.waitUntil(lambda: canvas.figure is not second)


def test_a_plot_that_fails_is_logged_and_the_next_is_drawn(canvas, qtbot, caplog):
    def fail(figure, theme):
        raise ValueError("no such column")

    with caplog.at_level(logging.ERROR):
        canvas.show_plot(fail, "Broken.")
        qtbot.waitUntil(lambda: "no such column" in caplog.text)
    canvas.show_plot(plot, "A line.")
    qtbot.waitUntil(lambda: canvas.figure is not None)


@pytest.mark.parametrize(("name", "expected"), [("a.png", "a.png"), ("plain", "plain.png")])
def test_it_writes_a_picture(canvas, tmp_path, name, expected):
    canvas.show_plot(plot, "A line.")
    canvas.draw_now()
    canvas.write_picture(tmp_path / name)
    picture = QImage(str(tmp_path / expected))
    assert picture.width() > canvas.width()
    assert picture.pixelColor(2, 2).name().upper() == LIGHT.surface


def test_it_writes_vectors_with_text_in_them(canvas, tmp_path):
    def draw(figure, theme):
        figure.add_subplot().set_title("Gain over alone")

    canvas.show_plot(draw, "A title.")
    canvas.draw_now()
    canvas.write_picture(tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text("utf-8").startswith("<?xml")


def test_a_place_that_cannot_be_written_is_an_error_to_be_told(canvas, tmp_path):
    canvas.show_plot(plot, "A line.")
    canvas.draw_now()
    with pytest.raises(OSError, match="nowhere"):
        canvas.write_picture(tmp_path / "nowhere" / "a.png")
    with pytest.raises(ValueError, match="exe"):
        canvas.write_picture(tmp_path / "a.exe")


def test_the_focus_can_be_seen_on_it(canvas, appearance):
    canvas.show_plot(plot, "A line.")
    canvas.draw_now()
    assert ground(canvas) == LIGHT.surface
    canvas.setFocus()
    assert canvas.hasFocus()
    assert canvas.grab().toImage().pixelColor(1, 60).name().upper() == LIGHT.accent


def test_stopping_ends_the_thread_and_a_later_plot_begins_anew(canvas, qtbot):
    def drawing():
        return [thread for thread in threading.enumerate() if thread.name.startswith("plots")]

    canvas.show_plot(plot, "A line.")
    qtbot.waitUntil(lambda: canvas.figure is not None)
    assert drawing()
    stop_drawing()
    assert drawing() == []
    first = canvas.figure
    canvas.show_plot(plot, "The same line.")
    qtbot.waitUntil(lambda: canvas.figure is not first)
