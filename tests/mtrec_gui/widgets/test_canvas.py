"""The canvas: drawn beside the window, in the theme and size in force, and never stale."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtGui import QColor

from mtrec_gui.theme import DARK, LIGHT, ThemeName
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.canvas import Canvas


@pytest.fixture
def canvas(qtbot):
    appearance = Appearance()
    made = Canvas(appearance, height=100)
    made.appearance = appearance
    qtbot.addWidget(made)
    made.resize(200, 100)
    return made


def test_a_plot_is_drawn_in_another_thread_once_it_can_be_seen(qtbot, canvas):
    threads = []
    canvas.show_plot(
        lambda figure, theme: threads.append(threading.current_thread()), "An empty plot"
    )
    qtbot.wait(80)
    assert threads == []
    canvas.show()
    qtbot.waitUntil(lambda: canvas.figure is not None)
    assert set(threads) != {threading.current_thread()}
    assert canvas.accessibleName() == "An empty plot"
    assert canvas.grab().toImage().pixelColor(5, 5) == QColor(LIGHT.surface)


def test_the_theme_is_followed(qtbot, canvas):
    themes = []
    canvas.show_plot(lambda figure, theme: themes.append(theme.name), "")
    canvas.show()
    qtbot.waitUntil(lambda: bool(themes))
    canvas.appearance.set_theme(ThemeName.DARK)
    qtbot.waitUntil(lambda: themes[-1] is ThemeName.DARK)
    qtbot.waitUntil(
        lambda: canvas.grab().toImage().pixelColor(5, 5) == QColor(DARK.surface), timeout=3000
    )
    canvas.appearance.set_theme(ThemeName.LIGHT)


def test_the_size_is_followed(qtbot, canvas):
    canvas.show_plot(lambda figure, theme: None, "")
    canvas.show()
    qtbot.waitUntil(lambda: canvas.figure is not None)
    canvas.resize(420, 160)
    qtbot.waitUntil(lambda: tuple(canvas.figure.bbox.size) == (420, 160), timeout=3000)


def test_what_is_asked_for_while_drawing_is_drawn_after_it(qtbot, canvas):
    may_go_on, order = threading.Event(), []

    def slow(figure, theme):
        may_go_on.wait(5)
        order.append("first")

    canvas.show_plot(slow, "")
    canvas.show()
    qtbot.wait(100)
    canvas.show_plot(lambda figure, theme: order.append("second"), "")
    may_go_on.set()
    qtbot.waitUntil(lambda: order[-1:] == ["second"], timeout=3000)
    assert order.index("first") < order.index("second")


def test_a_canvas_that_is_gone_hears_nothing(qtbot):
    may_go_on = threading.Event()
    canvas = Canvas(Appearance())
    canvas.show_plot(lambda figure, theme: may_go_on.wait(5) and None, "")
    canvas.resize(200, 100)
    canvas.show()
    qtbot.wait(100)
    canvas.close()
    canvas.deleteLater()
    qtbot.wait(50)
    may_go_on.set()
    qtbot.wait(100)  # pytest-qt fails the test where the answer raises


def test_draw_now_does_not_wait_for_the_window(canvas):
    canvas.show_plot(lambda figure, theme: figure.add_subplot().plot([1, 2]), "")
    canvas.draw_now()
    assert len(canvas.figure.axes) == 1


def test_a_quick_plot_is_drawn_as_it_is_painted(qtbot, canvas):
    threads = []

    def draw(figure, theme):
        threads.append(threading.current_thread())

    canvas.show_plot(draw, "", is_quick=True)
    assert threads == []
    with qtbot.waitSignal(canvas.drawn):
        canvas.show()
    assert set(threads) == {threading.current_thread()}
    first, n = canvas.figure, len(threads)
    canvas.show_plot(draw, "", is_quick=True)
    canvas.show_plot(draw, "", is_quick=True)
    canvas.repaint()
    assert canvas.figure is not first
    assert len(threads) == n + 1, "what was asked for twice is drawn once"
    canvas.repaint()
    assert len(threads) == n + 1


def test_a_quick_plot_does_not_wait_for_another_that_is_slow(qtbot, canvas):
    may_go_on, has_begun, order = threading.Event(), threading.Event(), []

    def slow(figure, theme):
        has_begun.set()
        may_go_on.wait(5)
        order.append("slow")

    other = Canvas(Appearance())
    qtbot.addWidget(other)
    other.resize(200, 100)
    other.show_plot(slow, "")
    other.show()
    qtbot.waitUntil(has_begun.is_set)
    canvas.show_plot(lambda figure, theme: order.append("quick"), "", is_quick=True)
    canvas.show()
    canvas.repaint()
    assert order == []
    may_go_on.set()
    qtbot.waitUntil(lambda: "quick" in order, timeout=3000)
    assert order[0] == "slow"


def test_a_quick_plot_that_fails_is_logged_once(qtbot, canvas, caplog):
    def fail(figure, theme):
        raise ValueError("no such row")

    canvas.show_plot(fail, "", is_quick=True)
    canvas.show()
    qtbot.waitUntil(lambda: "no such row" in caplog.text)
    canvas.repaint()
    assert caplog.text.count("ValueError: no such row") == 1
