"""How long the window holds still during the default comparison.

``python -m benchmarks.event_loop`` opens the real window without a screen, presses *Show me* on
the e-commerce world, and goes through every page while the runs go on. A timer of 10 ms notes
how late it comes; the longest lateness is the longest stall.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as home:
        os.environ["MTREC_HOME"] = home
        watch = measure()
    for name, milliseconds in watch.items():
        print(f"{name:36} longest stall {milliseconds:6.0f} ms")
    return 0


def measure() -> dict[str, float]:
    """Return the longest stall in milliseconds of each part of a demonstration."""
    from PySide6.QtCore import QTimer

    from mtrec_gui import preferences
    from mtrec_gui.app import Application, make_qt_application
    from mtrec_gui.screenshots import PAGES, settle, wait_until

    make_qt_application([sys.argv[0]])
    application = Application(preferences.load())
    application.start()
    wait_until(lambda: application.context is not None, 60)
    context, presenter = application.context, application.home_presenter
    assert context is not None
    assert presenter is not None
    application.warm_up.wait()

    stalls: dict[str, float] = {}
    part = "opening the world"
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        stalls[part] = max(stalls.get(part, 0.0), 1000 * (now - last) - 10)
        last = now

    timer = QTimer()
    timer.setInterval(10)
    timer.timeout.connect(tick)
    timer.start()
    presenter.world_demonstrated("ecommerce")
    wait_until(lambda: context.desk.is_running, 60)
    part = "the comparison"
    wait_until(lambda: not context.desk.is_running, 600)
    settle()
    for page in PAGES:
        part = f"first visit of {page}"
        application.window.show_page(page)
        settle()
    for page in PAGES:
        part = f"second visit of {page}"
        application.window.show_page(page)
        settle(0.5)
    timer.stop()
    application.window.close()
    settle(0.3)
    return stalls


if __name__ == "__main__":
    sys.exit(main())
