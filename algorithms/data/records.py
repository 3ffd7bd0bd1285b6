"""Tables that are no text (Parquet, JSON lines, Excel sheets) as lines of CSV.

Every value becomes the text that says exactly what it is: whole numbers their digits, other
numbers the shortest text that reads back as the same number, dates ISO 8601 (with a zone: in
UTC), true and false 1 and 0, nothing an empty field, lists and records compact JSON. The reader
that follows then treats them as any other text.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO

from algorithms.data.streams import BLOCK_BYTES, Bytes, as_stream, unreadable

if TYPE_CHECKING:
    import polars as pl
    from python_calamine import CalamineWorkbook

MAX_LINE_BYTES = 64 << 20
MAX_KEYS = 10_000  # each is a column of every line

_ROWS_AT_ONCE = 1 << 17
_UTF8_MARK = b"\xef\xbb\xbf"
_MOMENT = "%Y-%m-%dT%H:%M:%S%.f"
_JSON_DOCUMENT = re.compile(rb"""\s*(\[\s*[{\["]|\{\s*["']\w+["']\s*:|\{\s*$)""", re.MULTILINE)
_DAMAGED = "Copy or download it again, or export the table as CSV."


def _csv_blocks(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Yield rows as CSV; a row without any field is an empty line, which a reader skips."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in rows:
        writer.writerow(row)
        if text.tell() >= BLOCK_BYTES:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


# --- Parquet --------------------------------------------------------------------------------


def open_parquet(source: Bytes) -> BinaryIO:
    """Open a Parquet file as CSV.

    Raises
    ------
    UnreadableFileError
        Where it is damaged, or a column holds what has no text; some of it while reading.
    """
    return as_stream(_parquet_blocks(source))


def _parquet_blocks(source: Bytes) -> Iterator[bytes]:
    import polars as pl

    with source.file() as path:
        try:
            table = pl.scan_parquet(path, glob=False)
            schema = table.collect_schema()
            texts = [_text(source.name, name, dtype) for name, dtype in schema.items()]
            n_rows = int(table.select(pl.len()).collect().item())
            yield from _csv_blocks([list(schema)])
            for start in range(0, n_rows, _ROWS_AT_ONCE):
                rows = table.slice(start, _ROWS_AT_ONCE).select(texts).collect()
                yield rows.write_csv(include_header=False).encode()
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            raise unreadable(
                source.name,
                found=f"a damaged Parquet file ({str(error).splitlines()[0]})",
                remedy=_DAMAGED,
            ) from None


def _text(file: str, name: str, dtype: pl.DataType) -> pl.Expr:
    """Return a column as text, null where it is empty."""
    import polars as pl

    column = pl.col(name)
    if isinstance(dtype, pl.Boolean):
        return column.cast(pl.Int8).cast(pl.String)
    if isinstance(dtype, pl.Datetime):
        moments = column if dtype.time_zone is None else column.dt.convert_time_zone("UTC")
        return moments.dt.to_string(_MOMENT)
    if isinstance(dtype, pl.Date | pl.Time | pl.Duration):
        return column.dt.to_string("iso")
    if isinstance(dtype, pl.List | pl.Array | pl.Struct):
        return column.map_elements(_nested_text, return_dtype=pl.String)
    if isinstance(dtype, pl.Object | pl.Unknown):
        raise unreadable(
            file,
            found=f"values of type {dtype} in column “{name}”",
            remedy="Save the table without this column, or as CSV.",
        )
    texts = column.cast(pl.String)  # exact: digits, or the shortest text of the same number
    return pl.when(texts != "").then(texts).otherwise(None).alias(name)


def _nested_text(value: object) -> str:
    import polars as pl

    plain = value.to_list() if isinstance(value, pl.Series) else value
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), default=str)


# --- JSON lines -----------------------------------------------------------------------------


class _Number(str):
    """A number as it was written, so that 9007199254740993 and 1.10 stay what they are."""

    __slots__ = ()


class _NotARecordError(ValueError):
    """A line that is no JSON object."""


def looks_like_json(name: str, head: bytes) -> bool:
    """Return whether the first lines are JSON lines: one object a line.

    Raises
    ------
    UnreadableFileError
        Where they are JSON of another form.
    """
    head = head.removeprefix(_UTF8_MARK)
    if head.lstrip()[:1] not in (b"{", b"["):
        return False
    lines = head.split(b"\n")
    for line in lines[:50] if head.lstrip().startswith(b"{") else ():
        try:
            _parse(line)
        except _NotARecordError:
            continue
        return True
    if len(lines) == 1 and head.startswith(b'{"'):
        return True  # a record that is longer than the head
    if _JSON_DOCUMENT.match(head):
        raise unreadable(
            name,
            found="JSON that is not one object a line",
            remedy="Save it as JSON lines (in pandas: to_json(orient='records', lines=True)).",
        )
    return False


def open_json_lines(source: Bytes) -> BinaryIO:
    """Open JSON lines as CSV with a column for each key, as they first appear in the file.

    Line n of the JSON is line n + 1 of the CSV. A line that is no object, or has a key twice,
    becomes a row with a wrong number of fields and the reason, which a reader rejects.

    Raises
    ------
    UnreadableFileError
        Where a line is too long to be one, or there are too many keys.
    """
    return as_stream(_csv_blocks(_json_rows(source)))


def _json_rows(source: Bytes) -> Iterator[Sequence[str]]:
    keys = _keys_of(source)
    yield keys
    for line in _lines(source):
        if not line.strip():
            yield ()
            continue
        try:
            record = _parse(line)
        except _NotARecordError as error:
            reason = f"no JSON object ({error}): {line.decode('utf-8', 'replace').strip()}"
            yield (reason,) if len(keys) != 1 else (reason, "")
            continue
        values = map(record.get, keys)
        yield [value if isinstance(value, str) else _json_text(value) for value in values]


@lru_cache(maxsize=16)
def _keys_of(source: Bytes) -> tuple[str, ...]:
    keys: dict[str, None] = {}
    for line in _lines(source):
        try:
            keys.update(dict.fromkeys(_parse(line)))
        except _NotARecordError:
            continue
        if len(keys) > MAX_KEYS:
            raise unreadable(
                source.name,
                found=f"more than {MAX_KEYS} different keys, as if ids were keys",
                remedy="Write what are keys now as values: one object for each event.",
            )
    return tuple(keys)


def _lines(source: Bytes) -> Iterator[bytes]:
    with source.open() as stream:
        first = True
        while line := stream.readline(MAX_LINE_BYTES):
            if len(line) == MAX_LINE_BYTES:
                raise unreadable(
                    source.name,
                    found=f"a line of more than {MAX_LINE_BYTES >> 20} MB",
                    remedy="Save it with one object a line.",
                )
            yield line.removeprefix(_UTF8_MARK) if first else line
            first = False


def _parse(line: bytes) -> dict[str, object]:
    try:
        text = line.decode()
        record = _decode(text)
        if "\\u" in text:
            json.dumps(record, ensure_ascii=False).encode()  # half a letter cannot be written
    except UnicodeError:
        raise _NotARecordError("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise _NotARecordError(f"{error.msg} at letter {error.pos + 1}") from None
    except RecursionError:
        raise _NotARecordError("it is nested too deeply") from None
    if not isinstance(record, dict):
        raise _NotARecordError("it is not in { }")
    return record


def _record(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise _NotARecordError("it has a key twice")
    return record


_decode = json.JSONDecoder(
    parse_int=_Number, parse_float=_Number, parse_constant=_Number, object_pairs_hook=_record
).decode


def _json_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return _compact(value)


def _compact(value: object) -> str:
    """Return compact JSON of what was read, numbers as they were written."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        parts = (f"{json.dumps(key, ensure_ascii=False)}:{_compact(value[key])}" for key in value)
        return "{" + ",".join(parts) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_compact(part) for part in value) + "]"
    return json.dumps(value, ensure_ascii=False)


# --- Excel ----------------------------------------------------------------------------------


def sheet_names(source: Bytes) -> tuple[str, ...]:
    """Return the names of the sheets with something in them, or of the only one.

    Raises
    ------
    UnreadableFileError
        Where it is damaged, has a password or is no workbook.
    """
    with ExitStack() as stack:
        workbook = _workbook(source, stack)
        names = workbook.sheet_names
        filled = [name for name in names if workbook.get_sheet_by_name(name).height > 0]
    return tuple(filled or names[:1])


def open_sheet(source: Bytes, name: str) -> BinaryIO:
    """Open a sheet as CSV; row n of the sheet is row n of the CSV, rows without a value too."""
    return as_stream(_csv_blocks(_sheet_rows(source, name)))


def _sheet_rows(source: Bytes, name: str) -> Iterator[Sequence[str]]:
    with ExitStack() as stack:
        sheet = _workbook(source, stack).get_sheet_by_name(name)
        for row in sheet.iter_rows():
            texts = [_cell_text(value) for value in row]
            yield texts if any(texts) else ()


def _workbook(source: Bytes, stack: ExitStack) -> CalamineWorkbook:
    import python_calamine as calamine

    file = stack.enter_context(source.seekable())
    try:
        return stack.enter_context(calamine.CalamineWorkbook.from_filelike(file))
    except calamine.PasswordError:
        raise unreadable(
            source.name,
            found="a workbook that is locked with a password",
            remedy="Save it without a password, or export the sheet as CSV.",
        ) from None
    except (calamine.CalamineError, calamine.XmlError, calamine.ZipError) as error:
        raise unreadable(
            source.name,
            found=f"no Excel workbook, or a damaged one ({error})",
            remedy="Save its table as CSV first.",
        ) from None


def _cell_text(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):  # Excel knows no other numbers
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)
