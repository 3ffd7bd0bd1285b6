"""How quick the table is at ten million rows: ``python -m benchmarks.table --rows 10000000``.

Shows the real widget without a screen: users, items, a rating, a 0/1 label and times, as an
import leaves them. It prints the time to the first paint, of a jump to the end, of a sort by each
column and of a filter until the rows stand, and the longest stall of the event loop meanwhile: a
timer of 5 ms notes how late it comes.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mtrec_gui.widgets.array_column import Column
    from mtrec_gui.widgets.array_table import ArrayTable

FIRST_PAINT, JUMP, ARRANGE, STALL = 200.0, 50.0, 2000.0, 100.0  # targets in milliseconds
N_USERS, N_ITEMS, TICK_MS = 200_000, 50_000, 5


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure in milliseconds, what it must stay below, and the longest stall meanwhile."""

    name: str
    took: float
    target: float
    stall: float

    @property
    def is_met(self) -> bool:
        """Whether both stayed below their targets."""
        return self.took < self.target and self.stall < STALL


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.table", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    options = parser.parse_args(arguments)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    figures = measure(options.rows)
    print(f"{options.rows:,} rows")
    for each in figures:
        verdict = "met" if each.is_met else "MISSED"
        print(
            f"{each.name:24} {each.took:7.0f} ms (target {each.target:.0f})   "
            f"longest stall {each.stall:5.0f} ms (target {STALL:.0f})   {verdict}"
        )
    return 0 if all(each.is_met for each in figures) else 1


def make_columns(n: int) -> list[Column]:
    """Return the columns of a log of ``n`` events with a long tail of users and items."""
    from mtrec_gui.widgets.array_column import Column

    rng = np.random.default_rng(1)
    rating = rng.integers(1, 11, n).astype(np.float32) / 2
    rating[rng.random(n) < 0.3] = np.nan
    return [
        Column("User", (rng.random(n) ** 2 * N_USERS).astype(np.int32), np.arange(N_USERS)),
        Column(
            "Item",
            (rng.random(n) ** 3 * N_ITEMS).astype(np.int32),
            np.array([f"Item {number}" for number in range(N_ITEMS)]),
        ),
        Column("rating", rating),
        Column("click", (rng.random(n) < 0.2).astype(np.float32)),
        Column("seconds", rng.lognormal(3, 1, n).astype(np.float32)),
        Column("Time (UTC)", rng.integers(10**9, 1_500_000_000, n).astype("datetime64[s]")),
    ]


def measure(n: int) -> list[Measured]:
    """Return all figures for a table of ``n`` rows."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QApplication

    from mtrec_gui.widgets.appearance import Appearance
    from mtrec_gui.widgets.array_table import ArrayTable

    QApplication.instance() or QApplication([sys.argv[0]])
    appearance = Appearance()
    appearance.apply()
    columns = make_columns(n)
    table = ArrayTable(appearance)
    table.resize(1000, 700)
    table.show()
    small = [type(each)(each.title, each.values[:100], each.lookup) for each in columns]
    table.set_columns(small)  # the window has been in use: fonts and styles are loaded
    QApplication.processEvents()

    def paint() -> None:
        table.set_columns(columns)
        table.table.viewport().repaint()

    def jump() -> None:
        table.table.scrollToBottom()
        table.table.viewport().repaint()

    figures = [
        _timed("first paint", FIRST_PAINT, paint),
        _timed("jump to the end", JUMP, jump),
    ]
    for place, column in enumerate(columns):
        for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
            word = "up" if order == Qt.SortOrder.AscendingOrder else "down"
            sort = partial(table.table.sortByColumn, place, order)
            figures.append(_arranged(f"sort {column.title} {word}", table, sort))
    for text in ("item 49999", "2010-05", "4.5"):
        find = partial(table.model.set_filter, text)
        figures.append(_arranged(f"filter “{text}”", table, find))
    return figures


def _timed(name: str, target: float, work: Callable[[], None]) -> Measured:
    """Time what happens in the thread of the window: its whole length is a stall."""
    from PySide6.QtWidgets import QApplication

    start = time.perf_counter()
    work()
    QApplication.processEvents()
    took = 1000 * (time.perf_counter() - start)
    return Measured(name, took, target, took)


def _arranged(name: str, table: ArrayTable, work: Callable[[], None]) -> Measured:
    """Time what goes on in a thread until the rows are painted, and the window's stalls."""
    from PySide6.QtCore import QEventLoop, QTimer

    waiting, timer = QEventLoop(), QTimer()
    stall, last = 0.0, time.perf_counter()

    def tick() -> None:
        nonlocal stall, last
        now = time.perf_counter()
        stall, last = max(stall, 1000 * (now - last) - TICK_MS), now

    def finish() -> None:
        table.table.viewport().repaint()
        tick()
        waiting.quit()

    timer.timeout.connect(tick)
    timer.start(TICK_MS)
    table.rows_shown.connect(finish)
    start = time.perf_counter()
    work()
    waiting.exec()
    took = 1000 * (time.perf_counter() - start)
    table.rows_shown.disconnect(finish)
    timer.stop()
    return Measured(name, took, ARRANGE, stall)


if __name__ == "__main__":
    sys.exit(main())
