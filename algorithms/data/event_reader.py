"""The stream of a file becomes columns of events, a few megabytes at a time.

In each block every line is split into fields, every field that has a role is converted, and
every value that the quick loops do not recognise is decided one by one by the exact rules of
``algorithms.data.sieve``. Then the ids of the lines that fit are numbered. A line that does not
fit is kept with its number and the first thing wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

import numpy as np

from algorithms.arrays import AnyArray, Float32Array, IndexArray, IntArray
from algorithms.data import field_kernels as kernels
from algorithms.data.blocks import BLOCK_BYTES, Blocks
from algorithms.data.id_numbers import IdNumbers
from algorithms.data.look import FileLook
from algorithms.data.put_aside import Fault, RejectedBlock, RejectedLines
from algorithms.data.sieve import (
    MAX_ID_LENGTH,
    MISFIT,
    SHOWN_LETTERS,
    TimeFormat,
    feature_faults,
    id_faults,
    to_numbers,
    to_seconds,
)

if TYPE_CHECKING:
    import polars as pl

    from algorithms.data.sieve import Faults

_WRONG = {
    kernels.NUL: Fault("it has a NUL byte, which no text has"),
    kernels.UNCLOSED: Fault("its quotes do not fit (one that opens is not closed)"),
    kernels.TRAILING: Fault("its quotes do not fit (something follows one that closes)"),
}
_MAX_PLACE = np.iinfo(np.int32).max
_LETTER_BYTES = 4  # at most, in UTF-8


@dataclass(frozen=True, eq=False)
class Records:
    """The records of a block in fields.

    Parameters
    ----------
    data : bytes of the block
    starts, ends : (n_slots, n_records) where each field lies in them
    spans : (2, n_records) where each record lies
    lines : (n_records,) number of its first line
    """

    data: kernels.ByteArray
    starts: IndexArray
    ends: IndexArray
    spans: IndexArray
    lines: IntArray

    def __len__(self) -> int:
        return len(self.lines)

    def series(self, slot: int, rows: IntArray) -> pl.Series:
        """Return the fields of some records."""
        import polars as pl

        starts, ends = self.starts[slot][rows], self.ends[slot][rows]
        texts, _ = kernels.gather(self.data, starts, ends, 1)  # no field has a NUL in it
        return pl.Series(texts.tobytes().decode().split("\0")[:-1], dtype=pl.String)


class Column(Protocol):
    """What is read from one column."""

    @property
    def name(self) -> str:
        """What the column is called."""
        ...

    def read(self, records: Records, slot: int) -> tuple[AnyArray, IntArray, Faults]:
        """Convert a field of every record.

        Returns
        -------
        values : (n_records,)
        unusual : rows that were decided by the exact rules
        faults : which of these are wrong, and what was expected
        """
        ...


@dataclass(frozen=True, slots=True)
class IdColumn:
    """Ids: texts, not empty. They are numbered when it is known which records fit."""

    name: str

    def read(self, records: Records, slot: int) -> tuple[AnyArray, IntArray, Faults]:  # noqa: D102
        unusual = kernels.find_unusual_ids(
            records.data, records.starts[slot], records.ends[slot], MAX_ID_LENGTH
        )
        faults = id_faults(records.series(slot, unusual)) if len(unusual) else ()
        return np.empty(len(records), dtype=np.int32), unusual, faults


@dataclass(frozen=True, slots=True)
class FeatureColumn:
    """Texts that may turn out to be numbers (``feature_values``); they are numbered like ids."""

    name: str

    def read(self, records: Records, slot: int) -> tuple[AnyArray, IntArray, Faults]:  # noqa: D102
        n_bytes = records.ends[slot] - records.starts[slot]
        unusual = np.flatnonzero(n_bytes > MAX_ID_LENGTH)
        faults = feature_faults(records.series(slot, unusual)) if len(unusual) else ()
        return np.empty(len(records), dtype=np.int32), unusual, faults


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """Numbers; NaN where a field is empty."""

    name: str
    decimal: str = "."

    def read(self, records: Records, slot: int) -> tuple[AnyArray, IntArray, Faults]:  # noqa: D102
        values: Float32Array = np.empty(len(records), dtype=np.float32)
        unusual = kernels.parse_numbers(
            records.data, records.starts[slot], records.ends[slot], ord(self.decimal), values
        )
        faults: Faults = ()
        if len(unusual):
            values[unusual], faults = to_numbers(records.series(slot, unusual), self.decimal)
        return values, unusual, faults


@dataclass(frozen=True, slots=True)
class TimeColumn:
    """Times as whole seconds since 1970."""

    name: str
    time_format: TimeFormat

    def read(self, records: Records, slot: int) -> tuple[AnyArray, IntArray, Faults]:  # noqa: D102
        values: IntArray = np.empty(len(records), dtype=np.int64)
        unusual = np.arange(len(records))
        if self.time_format in (TimeFormat.SECONDS, TimeFormat.MILLISECONDS):
            per_second = 1000 if self.time_format is TimeFormat.MILLISECONDS else 1
            unusual = kernels.parse_seconds(
                records.data, records.starts[slot], records.ends[slot], per_second, values
            )
        elif self.time_format is TimeFormat.ISO:
            unusual = kernels.parse_dates(
                records.data, records.starts[slot], records.ends[slot], values
            )
        faults: Faults = ()
        if len(unusual):
            values[unusual], faults = to_seconds(records.series(slot, unusual), self.time_format)
        return values, unusual, faults


class EventReader:
    """Reads the columns of a file.

    Parameters
    ----------
    look : what the file is taken for
    columns : what is read from it, in the order in which faults count
    numbers : for each column of ids, its numbers
    """

    def __init__(
        self, look: FileLook, columns: Sequence[Column], numbers: dict[int, IdNumbers]
    ) -> None:
        self._look = look
        self._columns = columns
        self._numbers = numbers
        places = [look.columns.index(column.name) for column in columns]
        used = sorted(set(places))
        self._slots = np.full(len(look.columns), -1, dtype=np.int32)
        self._slots[used] = np.arange(len(used))
        self._slot_of = [used.index(place) for place in places]
        self._chunks: list[list[AnyArray]] = [[] for _ in columns]
        self._delimiter = np.frombuffer(look.delimiter.encode(), dtype=np.uint8)
        self._quote = ord(look.quote) if look.quote and len(look.delimiter) == 1 else -1
        self._header_is_due = look.has_header
        self.n_accepted = 0
        self.n_bytes = 0  # read so far
        self.rejected = RejectedLines()

    def read(self, stream: BinaryIO, heard: Callable[[int], None], size: int = BLOCK_BYTES) -> None:
        """Read all of a stream.

        Parameters
        ----------
        stream : the bytes of the text
        heard : told after each block how many bytes were read; may raise to stop
        size : of a block in bytes

        Raises
        ------
        UnreadableFileError
            Where the bytes are not in the encoding that the file was taken for.
        """
        blocks = Blocks(stream, self._look, size)
        line, carried = 1, b""
        taken: Future[None] | None = None
        with ThreadPoolExecutor(1, "take") as pool:  # one block is converted while one is split
            while not (blocks.is_last and not carried):
                block = blocks.next(line, carried)
                if not block:
                    break
                line, end, found = self._split(block, line, blocks.is_last)
                if taken is not None:
                    taken.result()
                taken = pool.submit(self._take, *found)
                carried = block[end:]
                self.n_bytes = blocks.n_bytes
                heard(self.n_bytes)
            if taken is not None:
                taken.result()

    def column(self, place: int) -> AnyArray:
        """Return one column over all accepted lines, once: it is not kept."""
        chunks, self._chunks[place] = self._chunks[place], []
        return np.concatenate(chunks)

    def _split(
        self, block: bytes, line: int, is_last: bool
    ) -> tuple[int, int, tuple[Records, IndexArray, IntArray]]:
        """Split a block; return where its rest begins, and records and misfits."""
        data = np.frombuffer(block, dtype=np.uint8)
        begin = 0
        if self._header_is_due:
            begin, line = _skip_header(block, line)
            self._header_is_due = begin == 0
        n = kernels.count_lines(data)
        starts, ends = np.empty((2, self._slots.max() + 1, n), dtype=np.int32)
        doubled, lines = np.empty(n, dtype=np.uint8), np.empty(n, dtype=np.int64)
        spans, misfits = np.empty((2, n), dtype=np.int32), np.empty((3, n), dtype=np.int32)
        misfit_lines = np.empty(n, dtype=np.int64)
        n_records, n_misfits, end, line = kernels.split_records(
            data,
            begin,
            is_last,
            line,
            self._delimiter,
            self._quote,
            self._slots,
            starts,
            ends,
            doubled,
            spans,
            lines,
            misfits,
            misfit_lines,
        )
        starts, ends, doubled = starts[:, :n_records], ends[:, :n_records], doubled[:n_records]
        if doubled.any():
            data = kernels.undouble(data, starts, ends, doubled, self._quote)
        records = Records(data, starts, ends, spans[:, :n_records], lines[:n_records])
        return line, end, (records, misfits[:, :n_misfits], misfit_lines[:n_misfits])

    def _take(self, records: Records, misfits: IndexArray, misfit_lines: IntArray) -> None:
        """Convert the records of a block; keep what fits, and put the others aside."""
        wrong = np.full(len(records), -1, dtype=np.int32)  # the first fault of each record
        found = np.zeros((2, len(records)), dtype=np.int32)  # where it lies
        converted: list[AnyArray] = []
        for column, slot in zip(self._columns, self._slot_of, strict=True):
            values, unusual, faults = column.read(records, slot)
            converted.append(values)
            for are_wrong, expected in faults:
                rows = unusual[are_wrong.to_numpy()]
                rows = rows[wrong[rows] < 0]
                if len(rows):
                    wrong[rows] = self._fault_of(column.name, expected)
                    found[:, rows] = records.starts[slot][rows], records.ends[slot][rows]
        rows = np.flatnonzero(wrong < 0)
        fit_all = len(rows) == len(records)
        self.n_accepted += len(rows)
        for place, values in enumerate(converted):
            if place in self._numbers:
                slot = self._slot_of[place]
                starts, ends = records.starts[slot], records.ends[slot]
                if not fit_all:
                    starts, ends = starts[rows], ends[rows]
                values = self._numbers[place].codes(records.data, starts, ends)
            elif not fit_all:
                values = values[rows]
            self._chunks[place].append(values)
        if len(misfit_lines) or not fit_all:
            self._put_aside(records, wrong, found, misfits, misfit_lines)

    def _fault_of(self, column: str, expected: str) -> int:
        values = (("column", column), ("expected", expected))
        return self.rejected.number(Fault(MISFIT, values, shows=SHOWN_LETTERS))

    def _put_aside(
        self,
        records: Records,
        wrong: IndexArray,
        found: IndexArray,
        misfits: IndexArray,
        misfit_lines: IntArray,
    ) -> None:
        """Keep the records that have a fault and the lines that are no records.

        Parameters
        ----------
        records : of the block
        wrong : (n_records,) number of a fault, or -1
        found : (2, n_records) where the value lies that is wrong
        misfits : (3, n_misfits) where each line lies, and what is wrong (``split_records``)
        misfit_lines : (n_misfits,) its number
        """
        rows = np.flatnonzero(wrong >= 0)
        reasons, of_each = np.unique(misfits[2], return_inverse=True)
        numbers = np.array(
            [self.rejected.number(self._reason(int(why))) for why in reasons], dtype=np.int32
        )
        lines = np.concatenate([records.lines[rows], misfit_lines])
        order = np.argsort(lines, kind="stable")
        starts, ends = np.concatenate([records.spans[:, rows], misfits[:2]], axis=1)[:, order]
        nothing = np.zeros((2, len(misfit_lines)), dtype=np.int32)
        shown, shown_ends = np.concatenate([found[:, rows], nothing], axis=1)[:, order]
        shown_ends = np.minimum(shown_ends, shown + SHOWN_LETTERS * _LETTER_BYTES)
        texts, bounds = kernels.gather(records.data, starts, ends, 0)
        values, _ = kernels.gather(records.data, shown, shown_ends, 1)
        self.rejected.add(
            RejectedBlock(
                lines=lines[order],
                faults=np.concatenate([wrong[rows], numbers[of_each]])[order],
                found=values.tobytes().decode(errors="ignore").encode(),  # a letter may be cut
                texts=texts.tobytes(),
                bounds=bounds,
            )
        )

    def _reason(self, why: int) -> Fault:
        if why < 0:
            return _WRONG[why]
        return Fault(
            "it has {found} fields where the file has {expected} columns",
            (("found", why), ("expected", len(self._look.columns))),
        )


def feature_values(codes: IndexArray, numbers: IdNumbers, decimal: str) -> AnyArray:
    """Return a feature as 32-bit floats if every text is a number or empty, else as texts.

    Numbers that begin with needless zeros, such as ``007``, are codes: these stay texts.

    Parameters
    ----------
    codes : (n,) number of each row's text
    numbers : the texts
    decimal : decimal mark
    """
    if numbers.n_letters > _MAX_PLACE:
        return numbers.texts()[codes]
    data, bounds = numbers.spelled()
    lines, spans = np.arange(len(numbers)), np.stack([bounds[:-1], bounds[1:]])
    distinct = Records(data, bounds[None, :-1], bounds[None, 1:], spans, lines)
    values, _, faults = NumberColumn("", decimal).read(distinct, 0)
    is_code = kernels.has_leading_zeros(data, bounds[:-1], bounds[1:])
    if is_code or any(wrong.any() for wrong, _ in faults) or np.isnan(values).all():
        return numbers.texts()[codes]
    return values[codes]


def _skip_header(block: bytes, line: int) -> tuple[int, int]:
    """Return where the line after the first one that is not blank begins, and its number."""
    start, after = 0, line
    while start < len(block):
        end = block.index(b"\n", start)
        text, start, after = block[start:end], end + 1, after + 1
        if text.strip(b" "):
            return start, after
    return 0, line  # it comes in a later block
