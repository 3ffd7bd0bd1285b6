"""From a text to its fields, with nothing lost: each line becomes a row or is kept as rejected.

Libraries guess where a line does not fit: they shift columns, fill gaps, cut what is too long.
Here a line has exactly as many fields as the file has columns, or it is put aside with its
number and the reason. Lines without quotes, nearly all, are split by polars at once; lines with
quotes go one by one through the ``csv`` module of Python.
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

    def text(self, line: int) -> str:
        """Return the text of the row that begins in a line."""
        return "\n".join(self.lines[line - 1 : line - 1 + self.spans.get(line, 1)])


def split_lines(text: str, look: FileLook) -> FieldTable:
    """Split a whole text, whose beginning was looked at, into fields."""
    import polars as pl

    delimiter, n_columns = look.delimiter, len(look.columns)
    lines = pl.DataFrame({"text": [unify_line_ends(text)]})
    lines = lines.select(pl.col("text").str.split("\n").explode()).with_row_index("line", offset=1)
    all_lines = lines["text"]
    blank = pl.col("text").str.strip_chars(" ") == ""
    quoted = pl.lit(False)
    if len(delimiter) == 1:
        quoted = pl.col("text").str.contains(f'(^|{re.escape(delimiter)})"')
    lines = lines.with_columns(blank=blank, quoted=quoted)
    if look.has_header:
        header = (~lines["blank"]).arg_max() or 0  # the first line that is not blank
        lines = lines[header + 1 :]

    rejected: list[RejectedLine] = []
    parsed, spans = _split_quoted(lines, look, rejected)
    plain = lines.filter(~pl.col("quoted") & ~pl.col("blank"))
    if spans:
        taken = [line + more for line, span in spans.items() for more in range(1, span)]
        plain = plain.filter(~pl.col("line").is_in(taken))
    plain = plain.with_columns(
        n_found=pl.col("text").str.count_matches(delimiter, literal=True) + 1,
        nul=pl.col("text").str.contains("\0", literal=True),
    )
    fits = (pl.col("n_found") == n_columns) & ~pl.col("nul")
    for line, line_text, nul, found in (
        plain.filter(~fits).select("line", "text", "nul", "n_found").iter_rows()
    ):
        reason = _nul() if nul else _wrong_number(n_columns, found)
        rejected.append(RejectedLine(line, reason, line_text))
    rows = plain.filter(fits).select(
        pl.col("line"),
        pl.col("text").str.split_exact(delimiter, n_columns - 1).struct.unnest(),
    )
    names = ["line", *(str(place) for place in range(n_columns))]
    rows.columns = names
    if parsed:
        more = pl.DataFrame(parsed, schema=names, orient="row").cast(rows.schema)
        rows = pl.concat([rows, more]).sort("line")
    rejected.sort(key=lambda line: line.line)
    return FieldTable(rows, tuple(rejected), all_lines, spans)


def _split_quoted(
    lines: pl.DataFrame, look: FileLook, rejected: list[RejectedLine]
) -> tuple[list[tuple[int | str, ...]], dict[int, int]]:
    """Split the lines in which a quote opens a field.

    Returns
    -------
    parsed : (line, field, field, ...)
    spans : by its first line, how many lines a record takes that takes several
    """
    parsed: list[tuple[int | str, ...]] = []
    spans: dict[int, int] = {}
    places = lines["quoted"].arg_true().to_list()
    if not places:
        return parsed, spans
    texts, numbers = lines["text"].to_list(), lines["line"].to_list()
    free = 0  # the first place that no earlier record took
    for place in places:
        if place < free:
            continue
        part = (texts[at] + "\n" for at in range(place, min(place + _MAX_SPAN, len(texts))))
        reader = csv.reader(part, delimiter=look.delimiter, strict=True)
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
