"""From the start of the process to the painted window: ``python -m benchmarks.first_paint``.

Starts ``main.py``'s window without a screen, several times, and reports the time at which the
first paint was done, beside a bare QMainWindow in the same run. ``--child`` is what it starts.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
HEAVY = ("matplotlib", "surprise", "implicit", "torch", "polars", "sqlalchemy", "numba", "scipy")

CHILD = """
import os, sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched is self.widget:
            QApplication.instance().removeEventFilter(self)
            QTimer.singleShot(0, self.tell)
        return False
    def tell(self):
        heavy = [name for name in {heavy!r} if name in sys.modules]
        print(time.time() - float(os.environ["STARTED"]), ",".join(heavy), flush=True)
        os._exit(0)

first = FirstPaint()
if {bare}:
    qt = QApplication([])
    window = QMainWindow()
    first.widget = window
    qt.installEventFilter(first)
    window.show()
    qt.exec()
else:
    from mtrec_gui import preferences
    from mtrec_gui.app import Application, make_qt_application
    qt = make_qt_application(["mtrec"])
    application = Application(preferences.load())
    first.widget = application.home
    qt.installEventFilter(first)
    application.start()
    qt.exec()
"""


def first_paint(bare: bool = False) -> tuple[float, list[str]]:
    """Return the seconds until the first paint, and which heavy modules were loaded by then."""
    with tempfile.TemporaryDirectory() as home:
        answer = subprocess.run(
            [sys.executable, "-c", CHILD.format(heavy=HEAVY, bare=bare)],
            cwd=ROOT,
            env={
                **os.environ,
                "QT_QPA_PLATFORM": "offscreen",
                "MTREC_HOME": home,
                "STARTED": str(time.time()),
            },
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    seconds, _, heavy = answer.stdout.strip().partition(" ")
    return float(seconds), [name for name in heavy.split(",") if name]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.first_paint", description=__doc__)
    parser.add_argument("--times", type=int, default=10)
    options = parser.parse_args(arguments)
    first_paint()  # fills the disk cache
    ours, bare = [], []
    for _ in range(options.times):
        ours.append(first_paint()[0])
        bare.append(first_paint(bare=True)[0])
    heavy = first_paint()[1]
    for name, values in (("MTRec Lab", ours), ("bare QMainWindow", bare)):
        print(
            f"{name:18} best {min(values):.3f} s, median {statistics.median(values):.3f} s, "
            f"worst {max(values):.3f} s"
        )
    print(f"ratio of medians   {statistics.median(ours) / statistics.median(bare):.2f}")
    print(f"heavy modules      {', '.join(heavy) or 'none'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
