"""Texts become ids, numbers and times; what does not fit is noted, never bent until it does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from algorithms.arrays import Float32Array, IntArray
from algorithms.data.lines import FieldTable, RejectedLine
from algorithms.data.look import FileLook
from algorithms.data.times import EXPECTED, ORDERS, PATTERNS
from algorithms.data.times import TimeFormat as TimeFormat  # who reads by a sieve names it
from algorithms.messages import Message

if TYPE_CHECKING:
    import polars as pl

    Faults = Sequence[tuple[pl.Series, str]]  # which rows are wrong, and what was expected

MAX_ID_LENGTH = 200  # arrays of text are as wide as their longest text
MAX_TEXT_LENGTH = 1000

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_MAX_FLOAT32 = float(np.finfo(np.float32).max)
MISFIT = "column “{column}” should hold {expected}, and holds “{found}”"
SHOWN_LETTERS = 60  # of a wrong value that a message repeats


class Sieve:
    """Converts the columns of a file and notes what is wrong with each row.

    Parameters
    ----------
    fields : the file in fields
    look : what its columns are called
    """

    def __init__(self, fields: FieldTable, look: FileLook) -> None:
        self._fields = fields
        self._look = look
        self._problems: list[tuple[pl.Series, str, str]] = []  # rows, column, what was expected

    def fits(self) -> pl.Series:
        """Return (n_rows,) True for the rows without a problem."""
        import polars as pl

        fits = pl.repeat(True, len(self._fields.rows), dtype=pl.Boolean, eager=True)
        for wrong, _, _ in self._problems:
            fits = fits & ~wrong
        return fits

    def first_rejected(self) -> RejectedLine:
        """Return the first line that was put aside, where there is any."""
        first = self._fields.rejected[:1]
        return min([*first, *self._misfits(n=1)], key=lambda rejected: rejected.line)

    def rejected(self) -> tuple[RejectedLine, ...]:
        """Return every line that was put aside, with the first thing wrong with it."""
        found = [*self._fields.rejected, *self._misfits()]
        return tuple(sorted(found, key=lambda rejected: rejected.line))

    def _misfits(self, n: int | None = None) -> Iterator[RejectedLine]:
        """Yield rows with a problem, each once; of each problem the first ``n`` or all."""
        seen: pl.Series | None = None
        for wrong, column, expected in self._problems:
            new = wrong if seen is None else wrong & ~seen
            seen = wrong if seen is None else wrong | seen
            lines = self._fields.rows["line"].filter(new)[:n]
            values = self._column(column).filter(new)[:n]
            texts = self._fields.texts(lines)
            for line, value, text in zip(lines, values, texts, strict=True):
                yield RejectedLine(line, _misfit(column, expected, value), text)

    def ids(self, column: str) -> pl.Series:
        """Return ids: the text as it is, not empty."""
        texts = self._column(column)
        self._note(column, id_faults(texts))
        return texts

    def distinct_ids(self, column: str) -> pl.Series:
        """Return ids of which each should come once; the first is the one that counts."""
        texts = self.ids(column)
        self._note(column, [(~texts.is_first_distinct(), "an id that no earlier line has")])
        return texts

    def texts(self, column: str) -> pl.Series:
        """Return texts as they are."""
        texts = self._column(column)
        self._note(column, text_faults(texts))
        return texts

    def numbers(self, column: str) -> Float32Array:
        """Return (n_rows,) numbers; NaN, not observed, where the field is empty."""
        values, faults = to_numbers(self._column(column), self._look.decimal)
        self._note(column, faults)
        return values

    def times(self, column: str, time_format: TimeFormat) -> IntArray:
        """Return (n_rows,) whole seconds since 1970; fractions of a second are cut off."""
        values, faults = to_seconds(self._column(column), time_format)
        self._note(column, faults)
        return values

    def _column(self, column: str) -> pl.Series:
        return self._fields.rows[str(self._look.columns.index(column))]

    def _note(self, column: str, faults: Faults) -> None:
        self._problems += [(wrong, column, expected) for wrong, expected in faults if wrong.any()]


# --- one column -----------------------------------------------------------------------------


def id_faults(texts: pl.Series) -> Faults:
    """Return which texts are no ids."""
    return [
        (texts.str.strip_chars() == "", "an id"),
        (texts.str.len_chars() > MAX_ID_LENGTH, f"at most {MAX_ID_LENGTH} letters"),
    ]


def text_faults(texts: pl.Series) -> Faults:
    """Return which texts are too long."""
    return [(texts.str.len_chars() > MAX_TEXT_LENGTH, f"at most {MAX_TEXT_LENGTH} letters")]


def feature_faults(texts: pl.Series) -> Faults:
    """Return which texts are too long for a feature."""
    return [(texts.str.len_chars() > MAX_ID_LENGTH, f"at most {MAX_ID_LENGTH} letters")]


def to_numbers(texts: pl.Series, decimal: str = ".") -> tuple[Float32Array, Faults]:
    """Return numbers, NaN where a text is empty, and which texts are no numbers."""
    texts = texts.str.strip_chars()
    values = _parse_numbers(texts, decimal)
    faults = [
        (values.is_null() & (texts != ""), f"a number such as 3{decimal}5, or nothing"),
        (values.abs().fill_null(0.0) > _MAX_FLOAT32, "a number below 3.4e38"),
    ]
    within = values.clip(-_MAX_FLOAT32, _MAX_FLOAT32)  # those beyond were just noted
    return within.fill_null(float("nan")).to_numpy().astype(np.float32), faults


def to_seconds(texts: pl.Series, time_format: TimeFormat) -> tuple[IntArray, Faults]:
    """Return whole seconds since 1970, and which texts are no times."""
    import polars as pl

    texts = texts.str.strip_chars()
    if time_format in PATTERNS:
        seconds = _parse_dates(texts, time_format)
    else:
        values = _parse_numbers(texts)
        if time_format is TimeFormat.MILLISECONDS:
            values = values / 1000
        seconds = values.floor().cast(pl.Int64, strict=False)
    faults = [(seconds.is_null(), EXPECTED[time_format])]
    return seconds.fill_null(0).to_numpy().astype(np.int64), faults


def _parse_numbers(texts: pl.Series, decimal: str = ".") -> pl.Series:
    """Return numbers in decimal notation, null for all else (inf, nan, 0x10; 3,5 with a point)."""
    import polars as pl

    if decimal != ".":  # a point is then no part of a number
        texts = texts.str.replace_all(".", "?", literal=True).str.replace_all(
            decimal, ".", literal=True
        )
    return texts.set(~texts.str.contains(_NUMBER), None).cast(pl.Float64, strict=False)


def _parse_dates(texts: pl.Series, time_format: TimeFormat) -> pl.Series:
    """Return seconds since 1970 of dates with or without a time of day, null for all else."""
    import polars as pl

    groups = texts.str.extract_groups(PATTERNS[time_format]).struct.unnest()
    year, month, day = (groups[:, place] for place in ORDERS[time_format])
    hour, minute, second = (groups[:, place].fill_null("0").str.zfill(2) for place in (3, 4, 5))
    parts = pl.DataFrame(
        [year.alias("y"), month.str.zfill(2).alias("m"), day.str.zfill(2).alias("d")]
    )
    clock = pl.DataFrame([hour.alias("H"), minute.alias("M"), second.alias("S")])
    moments = pl.concat([parts, clock], how="horizontal").select(
        pl.format("{}-{}-{} {}:{}:{}", "y", "m", "d", "H", "M", "S").str.to_datetime(
            "%Y-%m-%d %H:%M:%S", strict=False, time_unit="ms"
        )
    )
    zone = groups[:, 6].fill_null("Z").str.replace("Z", "+0000").str.replace(":", "", literal=True)
    east = zone.str.slice(1, 2).cast(pl.Int64) * 3600
    east += zone.str.slice(3, 2).replace("", "0").cast(pl.Int64) * 60
    sign = zone.str.starts_with("-").cast(pl.Int64) * -2 + 1
    return moments.to_series().dt.epoch("s") - sign * east


def _misfit(column: str, expected: str, found: str) -> Message:
    return Message(MISFIT, {"column": column, "expected": expected, "found": found[:SHOWN_LETTERS]})
