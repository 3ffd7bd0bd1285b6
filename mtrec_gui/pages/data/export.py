"""A table as a file: CSV that any spreadsheet opens and none runs, or Parquet (Qt-free)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from algorithms.arrays import AnyArray
from algorithms.errors import ResourceError
from mtrec_gui.pages.data.tables import ColumnRole, DataColumn
from mtrec_gui.spreadsheets import safe_text

if TYPE_CHECKING:
    import polars as pl

CHUNK = 200_000  # rows that are written at once; texts hold Python's lock meanwhile


def column_names(columns: Sequence[DataColumn]) -> list[str]:
    """Return a name for each column, each one different."""
    names: list[str] = []
    for column in columns:
        wanted = f"mean {column.name}" if column.role is ColumnRole.MEAN else column.name
        wanted = wanted or column.role.value
        name, number = wanted, 2
        while name in names:
            name, number = f"{wanted} {number}", number + 1
        names.append(name)
    return names


def write_table(path: Path, columns: Sequence[DataColumn], rows: AnyArray | None) -> int:
    """Write a table as Parquet, if the name ends so, and as CSV in UTF-8 if not.

    The file appears under its name only when it is whole.

    Parameters
    ----------
    rows : (n,) the rows to be written, in order; None for all

    Returns
    -------
    n : rows written

    Raises
    ------
    ResourceError
        Where the file cannot be written.
    """
    n = len(rows) if rows is not None else len(columns[0].values) if columns else 0
    draft = path.with_name(f"{path.name}.part")
    try:
        if path.suffix.lower() == ".parquet":
            _write_parquet(draft, columns, rows, n)
        else:
            _write_csv(draft, columns, rows, n)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ResourceError(
            file=str(path), reason=error.strerror or str(error), remedy="Choose another place."
        ) from error
    return n


def _write_parquet(
    path: Path, columns: Sequence[DataColumn], rows: AnyArray | None, n: int
) -> None:
    import polars as pl

    frames = [_frame(columns, rows, part, is_safe=False) for part in _parts(n)]
    pl.concat(frames).write_parquet(path)


def _parts(n: int) -> list[slice]:
    """Return the parts of n rows; one of no rows where there are none."""
    return [slice(start, min(start + CHUNK, n)) for start in range(0, max(n, 1), CHUNK)]


def _write_csv(path: Path, columns: Sequence[DataColumn], rows: AnyArray | None, n: int) -> None:
    with path.open("wb") as file:
        file.write(b"\xef\xbb\xbf")  # tells spreadsheets that the text is UTF-8
        for part in _parts(n):
            _frame(columns, rows, part, is_safe=True).write_csv(
                file, include_header=part.start == 0, datetime_format="%Y-%m-%d %H:%M:%S"
            )


def _frame(
    columns: Sequence[DataColumn], rows: AnyArray | None, part: slice, is_safe: bool
) -> pl.DataFrame:
    """Return some of the rows; what is not observed is null."""
    import polars as pl

    series = []
    for name, column in zip(column_names(columns), columns, strict=True):
        values = column.values[part] if rows is None else column.values[rows[part]]
        if column.lookup is not None:  # each text once
            distinct, values = np.unique(values, return_inverse=True)
            looked_up = _series(name, column.lookup[distinct], is_safe)
            made = looked_up.gather(pl.Series(values.astype(np.uint32)))
        else:
            made = _series(name, values, is_safe)
        series.append(made.alias(safe_text(name) if is_safe else name))
    return pl.DataFrame(series)


def _series(name: str, values: AnyArray, is_safe: bool) -> pl.Series:
    import polars as pl

    if values.dtype.kind == "U":
        texts = values.tolist()
        return pl.Series(name, [safe_text(text) for text in texts] if is_safe else texts, pl.String)
    if values.dtype.kind == "M":
        return pl.Series(name, values.astype("datetime64[ms]"))
    return pl.Series(name, values, nan_to_null=True)
