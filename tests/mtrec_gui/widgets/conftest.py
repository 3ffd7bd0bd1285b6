"""A style sheet in force and a window to put widgets into."""

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mtrec_gui.widgets.appearance import Appearance


@pytest.fixture
def appearance(qapp):
    """The light theme at 100 %."""
    qapp.setStyle("Fusion")
    made = Appearance()
    made.apply()
    return made


@pytest.fixture
def shown(qtbot):
    """Shows widgets one below the other in a window of a size, and returns the window."""

    kept = []  # qtbot itself holds no widget

    def show(*widgets, width=400, height=300):
        window = QWidget()
        qtbot.addWidget(window)
        kept.append(window)
        layout = QVBoxLayout(window)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in widgets:
            layout.addWidget(widget)
        window.resize(width, height)
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return window

    yield show
    kept.clear()
