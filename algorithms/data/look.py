"""A first look at a file: its encoding, its separator, its header.

A table in a text file does not say how it was written. So the lab looks at its beginning and
says what it takes it for, with the raw lines beside the fields, so that a person can disagree
before anything is read.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from algorithms.data.sources import kind_of, open_stream
from algorithms.data.times import date_formats
from algorithms.errors import UnreadableFileError
from algorithms.messages import Message

DELIMITERS = ("::", "\t", ";", "|", ",")  # where two fit equally well, the rarer in values wins

_HEAD_BYTES = 1 << 18
_N_LINES = 50

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16's
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3", "a SQLite database"),
)
_RECORDS = ("an Excel workbook", "a Parquet file", "JSON lines")
_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\r"))  # hardly ever in a text
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
_WITH_COMMA = re.compile(r"\s*[+-]?\d*,\d+\s*")


@dataclass(frozen=True, slots=True)
class Question:
    """What a file leaves open, for a person to decide.

    Parameters
    ----------
    key : what is asked: ``decimal`` (mark), ``date`` (order of day and month), ``quote``
    column : where it shows
    message : the question
    options : the answers; for a mark the mark itself, for a date a ``TimeFormat``
    """

    key: str
    column: str
    message: Message
    options: tuple[str, ...]


@dataclass(frozen=True)
class FileLook:
    """What a file is taken for.

    Parameters
    ----------
    path : the file
    encoding : name of a codec of Python
    delimiter : what stands between two fields
    has_header : whether the first line names the columns
    columns : names of the columns, ``column 1`` and so on where there is no header
    lines : the first lines as they are
    rows : the fields of the first lines below the header
    member : which table of the file, where it has several
    quote : what stands around a field that holds a delimiter; empty for nothing
    decimal : decimal mark, a point or a comma
    questions : what a person must decide; until then values that it concerns are rejected
    """

    path: Path
    encoding: str
    delimiter: str
    has_header: bool
    columns: tuple[str, ...]
    lines: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    member: str = ""
    quote: str = '"'
    decimal: str = "."
    questions: tuple[Question, ...] = ()

    @cached_property
    def _places(self) -> dict[str, int]:
        return {column: place for place, column in enumerate(self.columns)}

    def values(self, column: str) -> tuple[str, ...]:
        """Return the first values of a column, without empty ones."""
        place = self._places[column]
        return tuple(row[place] for row in self.rows if len(row) > place and row[place].strip())


def sniff(
    path: Path | str,
    *,
    member: str = "",
    encoding: str | None = None,
    delimiter: str | None = None,
    quote: str | None = None,
    decimal: str | None = None,
    has_header: bool | None = None,
) -> FileLook:
    """Look at the beginning of a file.

    Parameters
    ----------
    path : a file with a table (``algorithms.data.sources`` says of which kinds)
    member : which of its tables; may be empty where there is one
    encoding, delimiter, quote, decimal, has_header : what a person knows better; None to find
        out (a mark of decimals is not found out but asked, see ``FileLook.questions``)

    Raises
    ------
    UnreadableFileError
        Where the file is missing, empty, a folder, not a text, or without columns.
    """
    path = Path(path)
    _check_marks(path, quote, decimal)
    if kind_of(path) in _RECORDS:  # then what is read was written by ourselves
        encoding, delimiter, has_header = "utf-8", ",", True
    head = _read_head(path, member)
    if encoding is None:
        encoding = _find_encoding(path, head)
    text = _decode_head(path, head, encoding)
    lines = [line for line in unify_line_ends(text).split("\n") if line.strip(" ")][:_N_LINES]
    if not lines:
        raise _unreadable(path, "an empty file")
    mark = '"' if quote is None else quote
    if delimiter is None:
        delimiter = _find_delimiter(path, lines, mark)
    rows = split_fields(lines, delimiter, mark)
    if has_header is None:
        has_header = _looks_like_header(rows)
    columns = _column_names(rows[0]) if has_header else _column_names([""] * len(rows[0]))
    look = FileLook(
        path=path,
        encoding=encoding,
        delimiter=delimiter,
        has_header=has_header,
        columns=columns,
        lines=tuple(lines),
        rows=tuple(tuple(row) for row in rows[has_header:]),
        member=member,
        quote=mark,
        decimal=decimal or ".",
    )
    return replace(look, questions=_questions(look, quote is None, decimal is None))


def unify_line_ends(text: str) -> str:
    r"""Return the text with ``\n`` for the line ends of Windows and of old Macs."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def split_fields(lines: Sequence[str], delimiter: str, quote: str = '"') -> list[list[str]]:
    """Return the fields of some lines; quotes count where the delimiter is one character."""
    if len(delimiter) > 1 or not quote:
        return [line.split(delimiter) for line in lines]
    try:
        return [row for row in csv.reader(lines, delimiter=delimiter, quotechar=quote) if row]
    except csv.Error:  # a field of more than 128 kB; here it is only shown
        return [line.split(delimiter) for line in lines]


def is_number(text: str, decimal: str = ".") -> bool:
    """Return whether a text is a number in decimal notation, with this mark if any."""
    if decimal != ".":
        text = text.replace(".", "?").replace(decimal, ".")
    return _NUMBER.fullmatch(text) is not None


def _unreadable(path: Path, found: str, remedy: str | None = None) -> UnreadableFileError:
    return UnreadableFileError(
        file=path.name,
        expected="a text file with columns, such as CSV",
        found=found,
        remedy=remedy or "Choose another file.",
    )


def _read_head(path: Path, member: str) -> bytes:
    with open_stream(path, member) as stream:
        head = stream.read(_HEAD_BYTES)
    if not head:
        raise _unreadable(path, "an empty file")
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            raise _unreadable(path, name, "Save its table as CSV first.")
    return head


def _find_encoding(path: Path, head: bytes) -> str:
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    if b"\0" in head:
        wide = _wide_encoding(head)
        if wide is not None:
            return wide
    if len(head.translate(None, _CONTROLS)) < 0.99 * len(head):
        raise _unreadable(path, "a binary file", "Save its table as CSV first.")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # the last letter may be cut
    except UnicodeDecodeError:
        return _legacy_encoding(path, head)
    return "utf-8"


def _wide_encoding(head: bytes) -> str | None:
    """Return UTF-16's byte order where every second byte of separators and digits is zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if min(even, odd) * 20 > max(even, odd) or max(even, odd) * 10 < len(head):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _legacy_encoding(path: Path, head: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(head, cp_isolation=["gb18030", "cp1252", "latin_1"]).best()
    if best is None:
        raise _unreadable(
            path, "letters in an unknown encoding", "Save it as UTF-8, or name its encoding."
        )
    return best.encoding


def _decode_head(path: Path, head: bytes, encoding: str) -> str:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except LookupError:
        raise _unreadable(path, f"no encoding “{encoding}”", "Choose another one.") from None
    except UnicodeError:  # UTF-16 without its mark raises the wider one
        raise _unreadable(
            path, f"bytes that are not {encoding}", "Choose another encoding."
        ) from None
    if len(head) == _HEAD_BYTES:  # the last line may be cut
        text = text[: max(text.rfind("\n"), text.rfind("\r"))] or text
    return text


def _find_delimiter(path: Path, lines: Sequence[str], quote: str) -> str:
    """Return the delimiter on which most lines agree, then the one with most fields."""
    best, best_score = "", (0.0, 0)
    for delimiter in DELIMITERS:
        lengths = Counter(len(row) for row in split_fields(lines, delimiter, quote))
        n_fields, n_lines = lengths.most_common(1)[0]
        score = (round(n_lines / lengths.total(), 1), n_fields)
        if n_fields > 1 and score > best_score:
            best, best_score = delimiter, score
    if not best:
        raise _unreadable(
            path,
            "lines without a separator (comma, semicolon, tab, | or ::)",
            "Choose another file, or name its separator.",
        )
    return best


def _check_marks(path: Path, quote: str | None, decimal: str | None) -> None:
    fits = quote is None or (len(quote) <= 1 and quote.isascii() and quote.isprintable())
    if not fits or quote == " ":
        raise _unreadable(path, f"“{quote}” named as a quote", "Name one letter of ASCII.")
    if decimal not in (None, ".", ","):
        raise _unreadable(path, f"“{decimal}” named as a decimal mark", "Name a point or a comma.")


def _questions(look: FileLook, asks_quote: bool, asks_decimal: bool) -> tuple[Question, ...]:
    """Return what the first values of each column leave open."""
    questions: list[Question] = []
    for column in look.columns:
        values = look.values(column)
        commas = [value.strip() for value in values if _WITH_COMMA.fullmatch(value)]
        if asks_decimal and commas and all(map(_is_number_by_any_mark, values)):
            question = Message(
                "Is “{value}” in column “{column}” written with a decimal comma?",
                {"value": commas[0], "column": column},
            )
            questions.append(Question("decimal", column, question, (".", ",")))
        formats = date_formats(values)
        if len(formats) > 1:
            question = Message(
                "Does the day or the month come first in “{value}”, column “{column}”?",
                {"value": values[0].strip(), "column": column},
            )
            questions.append(Question("date", column, question, formats))
        if asks_quote and values and all(re.fullmatch(r"'.*'", value) for value in values):
            question = Message(
                "Are the marks around {value} in column “{column}” quotes?",
                {"value": values[0], "column": column},
            )
            questions.append(Question("quote", column, question, ('"', "'")))
    return tuple(questions)


def _is_number_by_any_mark(text: str) -> bool:
    return is_number(text) or _WITH_COMMA.fullmatch(text) is not None


def _looks_like_header(rows: Sequence[Sequence[str]]) -> bool:
    """Names are no numbers; a first line without any number is taken for names."""
    return not any(_is_number_by_any_mark(cell) for cell in rows[0])


def _column_names(cells: Sequence[str]) -> tuple[str, ...]:
    """Return distinct names: a nameless column gets its number, a second one of a name too."""
    names: dict[str, None] = {}
    for number, cell in enumerate(cells, start=1):
        name = cell.strip() or f"column {number}"
        while name in names:
            name = f"{name} (column {number})"
        names[name] = None
    return tuple(names)
