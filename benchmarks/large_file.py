"""How long the window holds still while a person brings a large file.

``python -m benchmarks.large_file --rows 10000000`` opens the real window without a screen, brings
a CSV of that many interactions through the dialog, creates the project, looks at the data and at
its end, sorts it, and opens the project again. A timer of 10 ms notes how late it comes; the
longest lateness of each part is its longest stall.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

TARGET_MS = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large_file", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--file", type=Path, help="a CSV of one's own instead")
    options = parser.parse_args(arguments)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as home:
        os.environ["MTREC_HOME"] = home
        path = options.file
        if path is None:
            path = Path(home) / "events.csv"
            write_events(path, options.rows)
        stalls, seconds = measure(path)
    for part, milliseconds in stalls.items():
        print(
            f"{part:32} {seconds[part]:6.1f} s   longest stall {milliseconds:5.0f} ms"
            f"   (target {TARGET_MS})"
        )
    return 0


def write_events(path: Path, n: int) -> None:
    """Write a CSV of user, item, time, rating and a label of 0 and 1."""
    import numpy as np
    import polars as pl

    rng = np.random.default_rng(1)
    columns = {
        "user_id": rng.integers(1, max(n // 50, 2), n),
        "item_id": (rng.pareto(1.2, n) * 200).astype(np.int64) % max(n // 200, 2) + 1,
        "timestamp": 1_420_070_400 + rng.integers(0, 10**8, n),
        "rating": rng.integers(1, 11, n) / 2,
        "clicked": rng.integers(0, 2, n),
    }
    pl.DataFrame(columns).write_csv(path)


def measure(path: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Return the longest stall in milliseconds and the seconds of each part."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QDialog

    from mtrec_gui import preferences
    from mtrec_gui.app import Application, make_qt_application
    from mtrec_gui.pages.import_file import open_dialog
    from mtrec_gui.pages.import_file.view import ImportDialog
    from mtrec_gui.screenshots import settle, wait_until
    from mtrec_gui.widgets.array_table import ArrayTable

    make_qt_application([sys.argv[0]])
    application = Application(preferences.load())
    application.start()
    wait_until(lambda: application.context is not None, 60)
    context = application.context
    assert context is not None
    application.warm_up.wait()
    stalls: dict[str, float] = {}
    seconds: dict[str, float] = {}
    part, began, last = "", time.perf_counter(), time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        stalls[part] = max(stalls.get(part, 0.0), 1000 * (now - last) - 10)
        last = now

    def now_comes(name: str) -> None:
        nonlocal part, began
        if part:
            seconds[part] = time.perf_counter() - began
        part, began = name, time.perf_counter()

    timer = QTimer()
    timer.setInterval(10)
    timer.timeout.connect(tick)
    timer.start()
    now_comes("look, propose and read")
    open_dialog(context, path, application.window)
    dialog = next(w for w in application.window.findChildren(QDialog) if w.isVisible())
    assert isinstance(dialog, ImportDialog)
    wait_until(dialog.create_button.isEnabled, 600)
    now_comes("create the project")
    dialog.create_button.click()
    wait_until(lambda: context.workspace.is_open, 600)
    now_comes("the Data page")
    settle(8)
    table = next(t for t in application.window.findChildren(ArrayTable) if t.isVisible())
    now_comes("a jump to the end")
    table.table.scrollToBottom()
    settle(0.5)
    now_comes("sort by a column")
    table.table.sortByColumn(3, table.table.horizontalHeader().sortIndicatorOrder())
    settle(4)
    project = context.workspace.project
    assert project is not None
    now_comes("open it again")
    saved = project.path
    context.workspace.close()
    presenter = application.home_presenter
    assert presenter is not None
    presenter.project_opened(saved)
    wait_until(lambda: context.workspace.is_open, 600)
    settle(6)
    now_comes("end")
    timer.stop()
    application.window.close()
    settle(0.3)
    stalls.pop("end", None)
    return stalls, seconds


if __name__ == "__main__":
    sys.exit(main())
