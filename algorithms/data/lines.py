"""From a text to its fields, with nothing lost: each line becomes a row or is kept as rejected.

Libraries guess where a line does not fit: they shift columns, fill gaps, cut what is too long.
Here a line has exactly as many fields as the file has columns, or it is put aside with its
number and the reason. Lines without quotes, or with quotes around every field, nearly all, are
split by polars at once; other lines with quotes go one by one through the ``csv`` module.

So a few lines are shown before anything is read, and files that describe items are read. Events
may be too many for that: ``algorithms.data.event_reader`` reads them by the same rules, and the
tests hold the two against each other.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from algorithms.data.look import FileLook, unify_line_ends
from algorithms.messages import Message

if TYPE_CHECKING:
    import polars as pl

_MAX_SPAN = 100  # lines that one quoted field may run over


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A line that could not be used: its number in the file, why, and its text."""

    line: int
    reason: Message
    text: str


@dataclass(frozen=True, eq=False)
class FieldTable:
    """A text in fields.

    Parameters
    ----------
    rows : one column of text for each column of the file in order, named ``0``, ``1`` and so
        on, and ``line``, the number of the row's (first) line, ascending
    rejected : the lines with another number of fields, ascending
    lines : all lines as they are
    spans : how many lines a row takes, where it is more than one, by its first line
    """

    rows: pl.DataFrame
    rejected: tuple[RejectedLine, ...]
    lines: pl.Series
    spans: dict[int, int]

    def texts(self, lines: pl.Series) -> list[str]:
        """Return the texts of the rows that begin in some lines."""
        first = self.lines.gather(lines - 1).to_list()
        return [
            "\n".join(self.lines[line - 1 : line - 1 + self.spans[line]])
            if line in self.spans
            else text
            for line, text in zip(lines, first, strict=True)
        ]


def split_lines(text: str, look: FileLook) -> FieldTable:
    """Split a whole text, whose beginning was looked at, into fields."""
    import polars as pl

    delimiter, n_columns = look.delimiter, len(look.columns)
    lines = pl.DataFrame({"text": [unify_line_ends(text)]})
    lines = lines.select(pl.col("text").str.split("\n").explode()).with_row_index("line", offset=1)
    all_lines = lines["text"]
    lines = lines.with_columns(
        blank=pl.col("text").str.strip_chars(" ") == "",
        quoted=_is_quoted(delimiter, look.quote),
        even=_is_evenly_quoted(delimiter, look.quote, n_columns),
    )
    if look.has_header:
        header = (~lines["blank"]).arg_max() or 0  # the first line that is not blank
        lines = lines[header + 1 :]

    rejected: list[RejectedLine] = []
    parsed, spans = _split_quoted(lines, look, rejected)
    if spans:
        taken = [line + more for line, span in spans.items() for more in range(1, span)]
        lines = lines.filter(~pl.col("line").is_in(taken))
    names = ["line", *(str(place) for place in range(n_columns))]
    plain = _put_misfits_aside(lines.filter(~pl.col("quoted"), ~pl.col("blank")), look, rejected)
    even = lines.filter(pl.col("even")).with_columns(pl.col("text").str.slice(1).str.head(-1))
    rows = pl.concat(
        [
            _split(plain, delimiter, names),
            _split(even, f"{look.quote}{delimiter}{look.quote}", names),
        ]
        + ([pl.DataFrame(parsed, schema=names, orient="row")] if parsed else []),
        how="vertical_relaxed",
    )
    rejected.sort(key=lambda line: line.line)
    return FieldTable(rows.sort("line"), tuple(rejected), all_lines, spans)


def _is_quoted(delimiter: str, quote: str) -> pl.Expr:
    """Tell the lines in which a quote opens a field."""
    import polars as pl

    if len(delimiter) > 1 or not quote:
        return pl.lit(False)
    return pl.col("text").str.contains(f"(^|{re.escape(delimiter)}){re.escape(quote)}")


def _is_evenly_quoted(delimiter: str, quote: str, n_columns: int) -> pl.Expr:
    """Tell the lines in which every field is in quotes and holds none.

    The first quote, the last one, and two in each of the n - 1 separators such as ``","`` are
    all that there are; then these separators are where the fields end.
    """
    import polars as pl

    text = pl.col("text").str
    return (
        _is_quoted(delimiter, quote)
        & text.starts_with(quote)
        & text.ends_with(quote)
        & (text.count_matches(quote, literal=True) == 2 * n_columns)
        & (text.count_matches(f"{quote}{delimiter}{quote}", literal=True) == n_columns - 1)
        & ~text.contains("\0", literal=True)
    )


def _split(lines: pl.DataFrame, separator: str, names: list[str]) -> pl.DataFrame:
    import polars as pl

    fields = pl.col("text").str.split_exact(separator, len(names) - 2).struct.unnest()
    rows = lines.select(pl.col("line"), fields)
    rows.columns = names
    return rows


def _put_misfits_aside(
    plain: pl.DataFrame, look: FileLook, rejected: list[RejectedLine]
) -> pl.DataFrame:
    """Return the lines without quotes that have the right number of fields."""
    import polars as pl

    n_columns = len(look.columns)
    plain = plain.with_columns(
        n_found=pl.col("text").str.count_matches(look.delimiter, literal=True) + 1,
        nul=pl.col("text").str.contains("\0", literal=True),
    )
    fits = (pl.col("n_found") == n_columns) & ~pl.col("nul")
    misfits = plain.filter(~fits).select("line", "text", "n_found")
    for line, text, found in misfits.iter_rows():
        reason = _nul() if found == n_columns else _wrong_number(n_columns, found)
        rejected.append(RejectedLine(line, reason, text))
    return plain.filter(fits)


def _split_quoted(
    lines: pl.DataFrame, look: FileLook, rejected: list[RejectedLine]
) -> tuple[list[tuple[int | str, ...]], dict[int, int]]:
    """Split the lines in which a quote opens a field, but not evenly.

    Returns
    -------
    parsed : (line, field, field, ...)
    spans : by its first line, how many lines a record takes that takes several
    """
    parsed: list[tuple[int | str, ...]] = []
    spans: dict[int, int] = {}
    places = (lines["quoted"] & ~lines["even"]).arg_true().to_list()
    if not places:
        return parsed, spans
    texts, numbers = lines["text"].to_list(), lines["line"].to_list()
    free = 0  # the first place that no earlier record took
    for place in places:
        if place < free:
            continue
        part = (texts[at] + "\n" for at in range(place, min(place + _MAX_SPAN, len(texts))))
        reader = csv.reader(part, delimiter=look.delimiter, quotechar=look.quote, strict=True)
        try:
            fields = next(reader)
        except csv.Error as error:
            reason = Message("its quotes do not fit ({detail})", {"detail": str(error)})
            rejected.append(RejectedLine(numbers[place], reason, texts[place]))
            continue
        if len(fields) != len(look.columns):
            # Only this line: what it swallowed may be good lines after a stray quote.
            reason = _wrong_number(len(look.columns), len(fields))
            rejected.append(RejectedLine(numbers[place], reason, texts[place]))
        elif any("\0" in field for field in fields):
            rejected.append(RejectedLine(numbers[place], _nul(), texts[place]))
        else:
            free = place + reader.line_num
            parsed.append((numbers[place], *fields))
            if reader.line_num > 1:
                spans[numbers[place]] = reader.line_num
    return parsed, spans


def _wrong_number(expected: int, found: int) -> Message:
    return Message(
        "it has {found} fields where the file has {expected} columns",
        {"found": found, "expected": expected},
    )


def _nul() -> Message:
    return Message("it has a NUL byte, which no text has")
