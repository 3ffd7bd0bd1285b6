"""What lies in a file: the stream of text that a reader reads, whatever it was wrapped in.

There is one reader of tables, and it reads text. So whatever is no text is turned into one on
the way: archives are unpacked as they are read, and Parquet, JSON lines and Excel sheets become
lines of CSV (UTF-8, commas, ``"`` around what needs it) with a header, by
``algorithms.data.records``. What a file is, its first bytes say, never its name. The names
inside a zip archive are only looked up, never used as paths, so ``../../x`` is as harmless
as ``x``. An archive that grows out of all proportion while it is unpacked (a *zip bomb*) is
refused.
"""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from algorithms.data import records
from algorithms.data.streams import Bytes, as_stream, in_blocks, unreadable
from algorithms.errors import UnreadableFileError

MAX_RATIO = 300  # text packs 3 to 50 times; only zeros and bombs pack a thousand times
FREE_BYTES = 64 << 20  # so much may come out of anything
MAX_BYTES = 64 << 30
MAX_DEPTH = 3  # a gzip in a zip in a gzip

_HEAD_BYTES = 1 << 16
_GZIP, _ZIP, _EMPTY_ZIP = b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Excel before 2007, and what has a password
_PARQUET = b"PAR1"
_WORKBOOKS = {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}
_OFFICE = "[Content_Types].xml"
_DUST = ("__MACOSX/", ".DS_Store", "Thumbs.db")  # what systems leave in archives
_NO_FILE = "Choose a file with a table in it."


@dataclass(frozen=True, slots=True)
class _Table:
    """A table in a file: the name of the member, and how to open its text."""

    member: str
    open: Callable[[], BinaryIO]


def members(path: Path) -> tuple[str, ...]:
    """Return the names of the tables in a file; one empty name where the file is the table.

    Raises
    ------
    UnreadableFileError
        Where the file is missing, damaged, has a password, or has no table in it.
    """
    return tuple(table.member for table in _tables(_file(path)))


def open_stream(path: Path, member: str = "") -> BinaryIO:
    """Open the text of a table for reading, from its beginning to its end (no seeking).

    Text comes as the bytes that the file has; records come as CSV. A record that cannot be
    told apart (a broken line among JSON lines) comes as a row with a wrong number of fields,
    so that the reader counts it as rejected.

    Parameters
    ----------
    path : the file
    member : which of its tables; may be empty where there is one

    Raises
    ------
    UnreadableFileError
        As for ``members``; where there is no such table, or several and none is named. Damage
        further down shows while the stream is read, and raises the same.
    """
    tables = _tables(_file(path))
    if not member and len(tables) == 1:
        return tables[0].open()
    for table in tables:
        if table.member == member:
            return table.open()
    names = ", ".join(table.member for table in tables[:20]) or "one unnamed table"
    raise unreadable(
        path.name,
        found=f"{names}, and not “{member}”" if member else f"several tables: {names}",
        remedy="Choose one of its tables.",
    )


def kind_of(path: Path) -> str:
    """Return what a file is, for a sentence: ``text``, ``a gzip archive`` and so on."""
    source = _file(path)
    head = _head(source)
    if head.startswith(_GZIP):
        return "a gzip archive"
    if head.startswith((_ZIP, _EMPTY_ZIP)):
        return "an Excel workbook" if _is_workbook(source) else "a zip archive"
    if head.startswith(_OLE):
        return "an Excel workbook"
    if head.startswith(_PARQUET):
        return "a Parquet file"
    return "JSON lines" if records.looks_like_json(source.name, head) else "text"


def _tables(source: Bytes, depth: int = 0) -> list[_Table]:
    """Return the tables in some bytes, which may be packed."""
    head = _head(source)
    if head.startswith(_GZIP):
        _check_depth(source, depth)
        inner = Bytes(source.name, partial(_open_gzip, source), key=source.key)
        return _tables(inner, depth + 1)
    if head.startswith((_ZIP, _EMPTY_ZIP)) and not _is_workbook(source):
        _check_depth(source, depth)
        return _tables_of_zip(source, depth)
    if head.startswith((_ZIP, _EMPTY_ZIP, _OLE)):
        if not head.startswith(_OLE):
            _check_workbook(source)
        return [
            _Table(name, partial(records.open_sheet, source, name))
            for name in records.sheet_names(source)
        ]
    if head.startswith(_PARQUET):
        return [_Table("", partial(records.open_parquet, source))]
    if records.looks_like_json(source.name, head):
        return [_Table("", partial(records.open_json_lines, source))]
    return [_Table("", source.open)]


# --- files ----------------------------------------------------------------------------------


def _file(path: Path) -> Bytes:
    with _opening(path):
        state = path.stat()
    key = (str(path), state.st_mtime_ns, state.st_size)
    return Bytes(path.name, partial(_open_file, path), key=key, path=path)


def _open_file(path: Path) -> BinaryIO:
    with _opening(path):
        return path.open("rb")


@contextmanager
def _opening(path: Path) -> Iterator[None]:
    try:
        if path.is_dir():
            raise unreadable(path.name, found="a folder", remedy="Choose a file in it.")
        yield
    except FileNotFoundError:
        raise unreadable(
            path.name, found="no file of that name", remedy="Check its name and folder."
        ) from None
    except OSError as error:
        raise unreadable(
            path.name,
            found=error.strerror or str(error),
            remedy="Check that you may read it, or choose another file.",
        ) from None


def _head(source: Bytes) -> bytes:
    with source.open() as stream:
        return stream.read(_HEAD_BYTES)


def _check_depth(source: Bytes, depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise unreadable(
            source.name,
            found=f"archives in archives, more than {MAX_DEPTH} deep",
            remedy="Unpack it first.",
        )


# --- archives -------------------------------------------------------------------------------


def _open_gzip(source: Bytes) -> BinaryIO:
    return as_stream(_unpack_gzip(source))


def _unpack_gzip(source: Bytes) -> Iterator[bytes]:
    with source.open() as packed, gzip.GzipFile(fileobj=packed) as file:
        try:
            yield from _guard(source.name, in_blocks(file), packed.tell)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise unreadable(
                source.name,
                found=f"a damaged gzip archive ({error})",
                remedy="Copy or download it again.",
            ) from None


def _guard(name: str, blocks: Iterator[bytes], n_packed: Callable[[], int]) -> Iterator[bytes]:
    """Pass blocks on until they are more than what was packed could honestly hold."""
    total = 0
    for block in blocks:
        total += len(block)
        if _is_bomb(total, n_packed()):
            raise _bomb(name, total)
        yield block


def _is_bomb(total: int, n_packed: int) -> bool:
    return total > MAX_BYTES or (total > FREE_BYTES and total > MAX_RATIO * n_packed)


def _bomb(name: str, total: int) -> UnreadableFileError:
    return unreadable(
        name,
        found=f"an archive that unpacks to over {total >> 20} MB, as a zip bomb does",
        remedy="If you trust it, unpack it yourself and choose the file that comes out.",
    )


def _tables_of_zip(source: Bytes, depth: int) -> list[_Table]:
    tables: list[_Table] = []
    with _archive(source) as archive:
        entries = [entry for entry in archive.infolist() if not _is_dust(entry)]
    if any(entry.filename == _OFFICE for entry in entries):
        raise unreadable(
            source.name,
            found="an Office document that is no workbook",
            remedy="Copy its table into a spreadsheet, or save it as CSV.",
        )
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise unreadable(
                source.name,
                found=f"“{entry.filename}” locked with a password",
                remedy="Unpack it with its password and choose the file that comes out.",
            )
        inner = Bytes(
            entry.filename,
            partial(_open_entry, source, entry),
            key=(*source.key, entry.filename, entry.header_offset),
        )
        for table in _tables(inner, depth + 1):
            parts = [entry.filename, table.member]
            tables.append(_Table("/".join(part for part in parts if part), table.open))
    if not tables:
        raise unreadable(source.name, found="an empty zip archive", remedy=_NO_FILE)
    return tables


def _is_dust(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename
    return entry.is_dir() or name.startswith(_DUST) or name.rsplit("/", 1)[-1].startswith("._")


def _open_entry(source: Bytes, entry: zipfile.ZipInfo) -> BinaryIO:
    return as_stream(_unpack_entry(source, entry))


def _unpack_entry(source: Bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with _archive(source) as archive:
        try:
            with archive.open(entry) as file:
                yield from _guard(
                    f"{source.name}/{entry.filename}",
                    in_blocks(file),
                    lambda: entry.compress_size,
                )
        except (EOFError, zlib.error, zipfile.BadZipFile) as error:
            raise unreadable(
                source.name,
                found=f"“{entry.filename}” damaged ({error})",
                remedy="Copy or download it again.",
            ) from None
        except NotImplementedError:
            raise unreadable(
                source.name,
                found=f"“{entry.filename}” packed in a way that is not known here",
                remedy="Unpack it yourself and choose the file that comes out.",
            ) from None


@contextmanager
def _archive(source: Bytes) -> Iterator[zipfile.ZipFile]:
    with source.seekable() as file:
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, OSError) as error:
            raise unreadable(
                source.name,
                found=f"a damaged zip archive ({error})",
                remedy="Copy or download it again.",
            ) from None
        with archive:
            yield archive


def _check_workbook(source: Bytes) -> None:
    """Refuse a workbook that is a bomb: it is unpacked as a whole, and not by us."""
    with _archive(source) as archive:
        for entry in archive.infolist():
            if _is_bomb(entry.file_size, entry.compress_size):
                raise _bomb(source.name, entry.file_size)


def _is_workbook(source: Bytes) -> bool:
    with _archive(source) as archive:
        return not _WORKBOOKS.isdisjoint(archive.namelist())
