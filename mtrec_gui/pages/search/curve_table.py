"""The points of all curves as a CSV file that any spreadsheet opens (Qt-free)."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path

from algorithms.errors import ResourceError
from algorithms.search import CurveKind, knee
from mtrec_gui.curve_desk import CurveLine
from mtrec_gui.model_shelf import MODELS, title_of
from mtrec_gui.spreadsheets import safe_text

_HEAD = [
    "model",
    "curve",
    "parameter",
    "x",
    "made smaller",
    "task",
    "metric",
    "mean",
    "low",
    "high",
    "seeds",
    "fit seconds",
    "numbers learned",
    "stored bytes",
    "knee",
]


def curve_rows(lines: Sequence[CurveLine]) -> list[list[str]]:
    """Return the head and one row for each point."""
    rows = [list(_HEAD)]
    for line in lines:
        column = line.spec.column(MODELS)
        bend = knee_of(line)
        for place, point in enumerate(line.points):
            quality = point.quality
            rows.append(
                [
                    safe_text(title_of(line.spec.base.model, line.spec.base.config)),
                    line.spec.kind.value,
                    line.spec.parameter,
                    _number(point.x),
                    point.way,
                    safe_text(column.task),
                    column.key,
                    _number(quality.mean),
                    _number(quality.low),
                    _number(quality.high),
                    str(quality.n),
                    _number(point.fit_seconds),
                    _number(point.n_parameters),
                    _number(point.stored_bytes),
                    "yes" if place == bend else "",
                ]
            )
    return rows


def knee_of(line: CurveLine) -> int | None:
    """Return the place of a curve's knee; labels have none, for they cost nothing here."""
    if line.spec.kind is CurveKind.LABELS:
        return None
    return knee(line.points, line.spec.column(MODELS).higher_is_better)


def write_curves(path: Path, lines: Sequence[CurveLine]) -> None:
    """Write the table.

    Raises
    ------
    ResourceError
        Where the file cannot be written.
    """
    try:
        # the mark at the beginning tells spreadsheets that the text is UTF-8
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(curve_rows(lines))
    except OSError as error:
        raise ResourceError(
            file=str(path), reason=error.strerror or str(error), remedy="Choose another place."
        ) from error


def _number(value: float) -> str:
    return f"{value:.8g}" if math.isfinite(value) else ""
