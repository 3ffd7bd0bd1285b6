"""The table as a CSV file that any spreadsheet opens and none runs (Qt-free)."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path

from algorithms.errors import ResourceError
from mtrec_gui.pages.compare.state import Shown
from mtrec_gui.spreadsheets import safe_text


def table_lines(shown: Shown, columns: Sequence[int]) -> list[list[str]]:
    """Return head and rows of the table: every number with its interval, then the costs.

    Parameters
    ----------
    shown : the comparison
    columns : positions of the columns that are wanted; the costs alone if there are none
    """
    comparison = shown.comparison
    head = ["model", "seeds"]
    for place in columns:
        column = comparison.columns[place]
        name = f"{column.task} {column.title}"
        head += [name, f"{name} low", f"{name} high", f"{name} n", f"{name} against single task"]
    head += ["fit seconds", "predict seconds", "parameters", "peak bytes", "bytes stored"]
    lines = [[safe_text(cell) for cell in head]]
    for number, row in enumerate(comparison.rows):
        line = [safe_text(row.title), " ".join(str(seed) for seed in row.seeds)]
        for place in columns:
            cell, gain = comparison.cells[number][place], shown.gain(number, place)
            if cell is None:
                line += [""] * 5
                continue
            line += [_number(cell.value), _number(cell.low), _number(cell.high), str(cell.n)]
            line.append("" if gain is None else gain.gain.verdict.value)
        cost = row.cost
        line += [
            _number(cost.fit_seconds),
            _number(cost.predict_seconds),
            str(cost.n_parameters),
            str(cost.peak_bytes),
            "" if cost.bytes_stored is None else str(cost.bytes_stored),
        ]
        lines.append(line)
    return lines


def write_table(path: Path, shown: Shown, columns: Sequence[int]) -> None:
    """Write the table.

    Raises
    ------
    ResourceError
        Where the file cannot be written.
    """
    try:
        # the mark at the beginning tells spreadsheets that the text is UTF-8
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(table_lines(shown, columns))
    except OSError as error:
        raise ResourceError(
            file=str(path), reason=error.strerror or str(error), remedy="Choose another place."
        ) from error


def _number(value: float) -> str:
    return f"{value:.6g}" if math.isfinite(value) else ""
