"""How soon the Metric Lab answers: ``python -m benchmarks.metric_lab [--changes 50]``.

Opens the real window without a screen and changes rows as a person does: an item goes down a
list, a score and a prediction change, the threshold moves. From each change it takes the time
until the value, the substituted equation and the picture have been painted, and the longest stall
of the event loop; then it goes through all metrics and notes how long each switch holds the window
up. A timer of 5 ms notes how late it comes.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mtrec_gui.app import Application
    from mtrec_gui.pages.metrics.try_view import TryPart
    from mtrec_gui.pages.metrics.view import MetricsPage
    from mtrec_gui.widgets.canvas import Canvas

LIMIT_MS = 50.0
TICK_MS = 5
KINDS = {
    "ndcg": "an item moves (NDCG)",
    "mrr": "an item moves (MRR)",
    "f1": "the threshold moves (F1)",
    "auc": "a score changes (AUC)",
    "brier": "a probability changes (Brier)",
    "rmse": "a prediction changes (RMSE)",
    "kendall": "a prediction changes (Kendall)",
}


@dataclass
class Watch:
    """Milliseconds from each change of a kind until something was painted."""

    value: list[float] = field(default_factory=list)
    equation: list[float] = field(default_factory=list)
    picture: list[float] = field(default_factory=list)
    stall: float = 0.0

    @property
    def is_met(self) -> bool:
        """Whether the median of all three is below the limit."""
        return all(
            statistics.median(times) < LIMIT_MS
            for times in (self.value, self.equation, self.picture)
        )


class Heart:
    """Beats in the event loop; the longest time it was late since it was asked last."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer

        self._last = time.perf_counter()
        self._longest = 0.0
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(TICK_MS)

    def _beat(self) -> None:
        now = time.perf_counter()
        self._longest = max(self._longest, 1000 * (now - self._last) - TICK_MS)
        self._last = now

    def longest(self) -> float:
        """Return the longest stall in milliseconds, and forget it."""
        longest, self._longest = self._longest, 0.0
        return longest


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.metric_lab", description=__doc__)
    parser.add_argument("--changes", type=int, default=50)
    options = parser.parse_args(arguments)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as home:
        os.environ["MTREC_HOME"] = home
        changes, switches = measure(options.changes)
    print(f"load {os.getloadavg()[0]:.1f}; ms until painted: median (worst) of {options.changes}")
    for key, watch in changes.items():
        shown = "   ".join(
            f"{name} {statistics.median(times):5.1f} ({max(times):5.1f})"
            for name, times in (
                ("value", watch.value),
                ("equation", watch.equation),
                ("picture", watch.picture),
            )
        )
        print(f"{KINDS[key]:32} {shown}   longest stall {watch.stall:5.1f}")
    longest = max(switches, key=lambda key: switches[key])
    print(
        f"switching the metric: median stall {statistics.median(switches.values()):.1f}, "
        f"longest {switches[longest]:.1f} (to {longest})"
    )
    is_met = all(watch.is_met for watch in changes.values()) and switches[longest] < LIMIT_MS
    print(f"all medians and switches under {LIMIT_MS:.0f} ms: {'yes' if is_met else 'NO'}")
    return 0 if is_met else 1


def measure(n_changes: int) -> tuple[dict[str, Watch], dict[str, float]]:
    """Return the times of each kind of change, and the longest stall of each switch in ms."""
    from algorithms.metrics.lab import workable
    from mtrec_gui.screenshots import settle

    application, page = _open()
    heart = Heart()
    changes = {}
    for key in KINDS:
        page.button(key).click()
        settle(0.3)
        changes[key] = _changes(page.workbench, key, n_changes, heart)
    switches = {}
    for key in workable():
        settle(0.3)
        heart.longest()
        page.button(key).click()
        settle(0.3)
        switches[key] = heart.longest()
    application.window.close()
    settle(0.3)
    return changes, switches


def _open() -> tuple[Application, MetricsPage]:
    """Show the page in the real window."""
    from mtrec_gui import preferences
    from mtrec_gui.app import Application, make_qt_application
    from mtrec_gui.pages.metrics.view import MetricsPage
    from mtrec_gui.screenshots import settle, wait_until

    make_qt_application([sys.argv[0]])
    application = Application(preferences.load())
    application.window.resize(1280, 800)
    application.start()
    wait_until(lambda: application.context is not None, 60)
    application.warm_up.wait()
    application.window.show_page("metrics")
    settle()
    page = application.window.findChild(MetricsPage)
    assert page is not None
    return application, page


def _changes(part: TryPart, key: str, n: int, heart: Heart) -> Watch:
    """Make n changes of a metric's rows, each after the one before has been painted."""
    from mtrec_gui.screenshots import settle, wait_until

    watch = Watch()
    shown: dict[Canvas, float] = {}

    def note(canvas: Canvas) -> Callable[[], None]:
        def painted() -> None:
            shown[canvas] = time.perf_counter()

        return painted

    canvases = (part.equation.equation, part.picture.canvas)
    slots = [note(canvas) for canvas in canvases]
    for canvas, slot in zip(canvases, slots, strict=True):
        canvas.drawn.connect(slot)
    heart.longest()
    for number in range(n):
        shown.clear()
        start = time.perf_counter()
        _change(part, key, number)
        part.equation.value.repaint()
        watch.value.append(1000 * (time.perf_counter() - start))
        wait_until(lambda: len(shown) == len(canvases), 10)
        watch.equation.append(1000 * (shown[canvases[0]] - start))
        watch.picture.append(1000 * (shown[canvases[1]] - start))
        settle(0.05)
    watch.stall = heart.longest()
    for canvas, slot in zip(canvases, slots, strict=True):
        canvas.drawn.disconnect(slot)
    return watch


def _change(part: TryPart, key: str, number: int) -> None:
    """Change one row by the control that a person uses."""
    if key in ("ndcg", "mrr"):
        place = number % (len(part.list.lines) - 1)
        part.list.lines[place].down.click()
    elif key == "f1":
        part.answers.threshold.setValue(10 + 37 * number % 80)
    elif key in ("auc", "brier"):
        line = part.answers.lines[number % len(part.answers.lines)]
        line.said.setValue((line.said.value() + 0.37) % 1)
    else:
        line = part.values.lines[number % len(part.values.lines)]
        line.said.setValue(1 + (line.said.value() + 1.3) % 4)


if __name__ == "__main__":
    sys.exit(main())
