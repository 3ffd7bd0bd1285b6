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
from dataclasses import dataclass
from pathlib import Path

from algorithms.errors import UnreadableFileError

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
    (b"PK\x03\x04", "a zip archive or an Excel sheet"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a SQLite database"),
)
_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\r"))  # hardly ever in a text
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")


@dataclass(frozen=True, slots=True)
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
    """

    path: Path
    encoding: str
    delimiter: str
    has_header: bool
    columns: tuple[str, ...]
    lines: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    decimal: str = "."

    def values(self, column: str) -> tuple[str, ...]:
        """Return the first values of a column, without empty ones."""
        place = self.columns.index(column)
        return tuple(row[place] for row in self.rows if len(row) > place and row[place].strip())


def sniff(
    path: Path | str,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    has_header: bool | None = None,
) -> FileLook:
    """Look at the beginning of a file.

    Parameters
    ----------
    path : a text file with columns
    encoding, delimiter, has_header : what a person knows better; None to find out

    Raises
    ------
    UnreadableFileError
        Where the file is missing, empty, a folder, not a text, or without columns.
    """
    path = Path(path)
    head = _read_head(path)
    if encoding is None:
        encoding = _find_encoding(path, head)
    text = _decode_head(path, head, encoding)
    lines = [line for line in unify_line_ends(text).split("\n") if line.strip(" ")][:_N_LINES]
    if not lines:
        raise _unreadable(path, "an empty file")
    if delimiter is None:
        delimiter = _find_delimiter(path, lines)
    rows = split_fields(lines, delimiter)
    if has_header is None:
        has_header = _looks_like_header(rows)
    columns = _column_names(rows[0]) if has_header else _column_names([""] * len(rows[0]))
    return FileLook(
        path=path,
        encoding=encoding,
        delimiter=delimiter,
        has_header=has_header,
        columns=columns,
        lines=tuple(lines),
        rows=tuple(tuple(row) for row in rows[has_header:]),
    )


def unify_line_ends(text: str) -> str:
    r"""Return the text with ``\n`` for the line ends of Windows and of old Macs."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def split_fields(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """Return the fields of some lines; quotes count where the delimiter is one character."""
    if len(delimiter) > 1:
        return [line.split(delimiter) for line in lines]
    return [row for row in csv.reader(lines, delimiter=delimiter) if row]


def is_number(text: str) -> bool:
    """Return whether a text is a number in decimal notation, with a point if any mark."""
    return _NUMBER.fullmatch(text) is not None


def _unreadable(path: Path, found: str, remedy: str | None = None) -> UnreadableFileError:
    return UnreadableFileError(
        file=path.name,
        expected="a text file with columns, such as CSV",
        found=found,
        remedy=remedy or "Choose another file.",
    )


def read_bytes(path: Path, n: int = -1) -> bytes:
    """Return the first ``n`` bytes of a file, or all of it.

    Raises
    ------
    UnreadableFileError
        Where there is no such file, or it cannot be opened.
    """
    try:
        with path.open("rb") as file:
            return file.read(n)
    except FileNotFoundError:
        raise _unreadable(path, "no file of that name", "Check its name and folder.") from None
    except IsADirectoryError:
        raise _unreadable(path, "a folder", "Choose a file in it.") from None
    except OSError as error:
        found = "a folder" if path.is_dir() else error.strerror or str(error)
        raise _unreadable(path, found) from None


def _read_head(path: Path) -> bytes:
    head = read_bytes(path, _HEAD_BYTES)
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


def _find_delimiter(path: Path, lines: Sequence[str]) -> str:
    """Return the delimiter on which most lines agree, then the one with most fields."""
    best, best_score = "", (0.0, 0)
    for delimiter in DELIMITERS:
        lengths = Counter(len(row) for row in split_fields(lines, delimiter))
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


def _looks_like_header(rows: Sequence[Sequence[str]]) -> bool:
    """Names are no numbers; a first line without any number is taken for names."""
    return not any(is_number(cell) for cell in rows[0])


def _column_names(cells: Sequence[str]) -> tuple[str, ...]:
    """Return distinct names: a nameless column gets its number, a second one of a name too."""
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = cell.strip() or f"column {number}"
        names.append(name if name not in names else f"{name} (column {number})")
    return tuple(names)
