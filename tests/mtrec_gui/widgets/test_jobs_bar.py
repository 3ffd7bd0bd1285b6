"""The bar at the bottom says what runs, and never widens the window."""

import pytest
from PySide6.QtCore import Qt

from mtrec_gui.widgets.jobs_bar import JobsBar


@pytest.fixture
def bar(appearance, shown):
    """A bar as wide as a window."""
    made = JobsBar(appearance)
    shown(made, width=1280, height=60)
    return made


def test_at_first_nothing_runs(bar):
    assert bar.words.whole == "Nothing is running."
    assert not bar.bar.isVisible()
    assert not bar.cancel.isVisible()


def test_what_runs_is_shown_and_can_be_cancelled(bar, qtbot):
    bar.show_progress("Popularity · fit", 0.25, "3 waiting")
    assert bar.bar.isVisible()
    assert bar.bar.value() == 250
    assert bar.waiting.text() == "3 waiting"
    with qtbot.waitSignal(bar.cancel_pressed):
        qtbot.mouseClick(bar.cancel, Qt.MouseButton.LeftButton)
    bar.show_idle("4 of 4 runs finished")
    assert not bar.bar.isVisible()
    assert not bar.waiting.isVisible()
    qtbot.waitUntil(lambda: bar.words.text() == "4 of 4 runs finished")


def test_what_cannot_be_cancelled_offers_no_cancel(bar):
    bar.show_progress("Opening the data …", 0.5, cancellable=False)
    assert bar.bar.isVisible()
    assert not bar.cancel.isVisible()


@pytest.mark.parametrize(("zoom", "width"), [(1.0, 1280), (2.0, 1920), (2.5, 1280)])
def test_long_sentences_are_shortened_and_the_button_is_not(appearance, bar, qtbot, zoom, width):
    appearance.set_zoom(zoom)
    bar.show_progress("A model with a very long title · and a long stage" * 6, 0.5, "3 waiting")
    bar.show_size("2,000 users · 1,000 items · 100,412 events" * 2)
    window = bar.window()
    window.resize(width, window.height())
    window.layout().activate()
    qtbot.waitUntil(lambda: bar.words.text().endswith("…"))
    assert window.width() == width
    assert bar.cancel.width() >= bar.cancel.sizeHint().width()
    assert bar.waiting.width() >= bar.waiting.sizeHint().width()


def test_its_height_holds_the_button(appearance, bar):
    bar.show_progress("Fit", 0.5)
    for zoom in (0.8, 1.0, 2.5):
        appearance.set_zoom(zoom)
        assert bar.height() >= bar.cancel.sizeHint().height()
