r"""The loops that read a table of text, over its bytes: split, convert, number.

Text is bytes with a meaning. A comma is the byte 44, the end of a line is 10, the digit d is
48 + d, and none of them ever occurs inside another letter of UTF-8; so a table can be split
without decoding it. The number "3.25" is the integer m = 325 with k = 2 decimals,

    x = m / 10^k,

and this quotient is the double nearest to what is written as long as m < 2^53 and k <= 22,
since m and 10^k are then doubles themselves and IEEE division rounds correctly (Clinger 1990,
"How to read floating point numbers accurately"). Whatever does not look like that (exponents,
many digits, letters) is only marked; ``algorithms.data.sieve`` decides it, value by value.

Ids are numbered as they appear with a hash table of open addressing (Knuth, The Art of Computer
Programming 3, section 6.4): the bytes are hashed (FNV-1a), and slots are searched from the hash
on until one is free or holds the same bytes.

Importing this module imports numba, so it is imported only while reading.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

from algorithms.arrays import Float32Array, IndexArray, IntArray

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])
ByteArray = NDArray[np.uint8]
HashArray = NDArray[np.uint64]

MAX_SPAN = 100  # lines that one record may run over

# What is wrong with a line; a count of fields (>= 0) where that is wrong.
NUL, UNCLOSED, TRAILING = -1, -2, -3

_NEWLINE, _SPACE, _TAB, _PLUS, _MINUS, _ZERO = 10, 32, 9, 43, 45, 48
_DAYS_TO_1970 = 719468  # from the first of March of the year 0
_MAX_DIGITS = 15  # 10^15 < 2^53
_POWERS = 10.0 ** np.arange(23)
_HASH_START, _HASH_PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)


def _compiled(function: FunctionT) -> FunctionT:
    """Compile a function; keep the result on disk where some folder can be written."""
    kernel: Any
    try:
        kernel = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no such folder: each process compiles anew
        kernel = numba.njit(nogil=True)(function)
    compiled: FunctionT = kernel
    return compiled


@_compiled
def count_lines(data: ByteArray) -> int:
    """Return how many line ends there are."""
    n = 0
    for i in range(len(data)):
        n += data[i] == _NEWLINE
    return n


@_compiled
def split_records(
    data: ByteArray,
    begin: int,
    is_last: bool,
    line: int,
    delimiter: ByteArray,
    quote: int,
    slots: IndexArray,
    starts: IndexArray,
    ends: IndexArray,
    doubled: ByteArray,
    spans: IndexArray,
    lines: IntArray,
    misfits: IndexArray,
    misfit_lines: IntArray,
) -> tuple[int, int, int, int]:
    r"""Split lines into fields; a line with another number of fields is put aside.

    A field that begins with a quote ends with the next one that is not doubled, and may run
    over lines. Where a record does not fit, only its first line is put aside, because what a
    stray quote swallowed may be good lines.

    Parameters
    ----------
    data : (n,) bytes; the last one is a line end
    begin : where the first line begins
    is_last : whether the file ends here; if not, an open record is left for later
    line : number of the first line
    delimiter : (m,) bytes between two fields
    quote : byte around a field, or -1
    slots : (n_columns,) row of ``starts`` and ``ends`` for each column, or -1 to leave it out
    starts, ends : (n_slots, n_lines) where each field lies; written
    doubled : (n_lines,) whether a record has doubled quotes; written
    spans : (2, n_lines) where a record lies; written
    lines : (n_lines,) number of a record's first line; written
    misfits : (3, n_lines) where a line that does not fit lies, and what is wrong; written
    misfit_lines : (n_lines,) its number; written

    Returns
    -------
    n_records, n_misfits, end, line : where the unread rest begins, and its line's number
    """
    n_columns, size = len(slots), len(delimiter)
    special = np.zeros(256, dtype=np.uint8)  # bytes at which a field may end
    special[_NEWLINE] = special[0] = special[delimiter[0]] = 1
    n_records = n_misfits = 0
    at, end = begin, len(data)
    while at < end:
        i = at
        while data[i] == _SPACE:
            i += 1
        if data[i] == _NEWLINE:  # a line of spaces is no record
            at, line = i + 1, line + 1
            continue
        i = at
        n_fields, n_lines, wrong = 0, 1, 0
        has_nul = has_doubled = False
        while True:  # one field each time
            if data[i] == quote:
                i += 1
                first = i
                while i < end:
                    byte = data[i]
                    if byte == quote:
                        if data[i + 1] != quote:
                            break
                        has_doubled = True
                        i += 1
                    elif byte == _NEWLINE:
                        n_lines += 1
                        if n_lines > MAX_SPAN:
                            break
                    elif byte == 0:
                        has_nul = True
                    i += 1
                if i >= end or n_lines > MAX_SPAN:
                    wrong = UNCLOSED
                    break
                last = i
                i += 1
            else:
                first = i
                while True:
                    if special[data[i]] == 0:
                        i += 1
                    elif data[i] == 0:
                        has_nul = True
                        i += 1
                    elif data[i] == _NEWLINE or _is_at(data, i, delimiter):
                        break
                    else:
                        i += 1
                last = i
            if n_fields < n_columns and slots[n_fields] >= 0:
                starts[slots[n_fields], n_records] = first
                ends[slots[n_fields], n_records] = last
            n_fields += 1
            if data[i] == _NEWLINE:
                break
            if not _is_at(data, i, delimiter):
                wrong = TRAILING
                break
            i += size
        if wrong == UNCLOSED and n_lines <= MAX_SPAN and not is_last:
            break
        if wrong == 0 and n_fields == n_columns and not has_nul:
            doubled[n_records] = has_doubled
            spans[0, n_records], spans[1, n_records] = at, i
            lines[n_records] = line
            n_records += 1
            at, line = i + 1, line + n_lines
            continue
        i = at
        while data[i] != _NEWLINE:
            i += 1
        misfits[0, n_misfits], misfits[1, n_misfits] = at, i
        misfits[2, n_misfits] = wrong if wrong else n_fields if n_fields != n_columns else NUL
        misfit_lines[n_misfits] = line
        n_misfits += 1
        at, line = i + 1, line + 1
    return n_records, n_misfits, at, line


@_compiled
def _is_at(data: ByteArray, at: int, delimiter: ByteArray) -> bool:
    for k in range(len(delimiter)):  # noqa: SIM110 (numba knows no generators here)
        # The last byte is a line end, which no delimiter has: so k never runs beyond the data.
        if data[at + k] != delimiter[k]:
            return False
    return True


@_compiled
def gather(
    data: ByteArray, starts: IndexArray, ends: IndexArray, gap: int
) -> tuple[ByteArray, IntArray]:
    """Copy pieces of bytes, one after the other.

    Parameters
    ----------
    data : bytes
    starts, ends : (n,) where each piece lies
    gap : number of zeros behind each piece

    Returns
    -------
    copied : bytes
    bounds : (n,) where each piece, with its zeros, ends in them
    """
    bounds = np.empty(len(starts), dtype=np.int64)
    n = 0
    for r in range(len(starts)):
        n += ends[r] - starts[r] + gap
        bounds[r] = n
    copied = np.zeros(n, dtype=np.uint8)
    at = 0
    for r in range(len(starts)):
        for i in range(starts[r], ends[r]):
            copied[at] = data[i]
            at += 1
        at += gap
    return copied, bounds


@_compiled
def undouble(
    data: ByteArray, starts: IndexArray, ends: IndexArray, doubled: ByteArray, quote: int
) -> ByteArray:
    """Write fields with single quotes for doubled ones behind the data.

    Parameters
    ----------
    data : (n,) bytes
    starts, ends : (n_slots, n_records) where each field lies; moved
    doubled : (n_records,) whether a record has doubled quotes
    quote : byte around a field

    Returns
    -------
    data : the bytes with what was written behind them
    """
    n_slots, n_records = starts.shape
    n = len(data)
    for r in range(n_records):
        if doubled[r]:
            for slot in range(n_slots):
                n += ends[slot, r] - starts[slot, r]
    longer = np.empty(n, dtype=np.uint8)
    longer[: len(data)] = data
    at = len(data)
    for r in range(n_records):
        if not doubled[r]:
            continue
        for slot in range(n_slots):
            i, end = starts[slot, r], ends[slot, r]
            if i == 0 or data[i - 1] != quote:
                continue
            starts[slot, r] = at
            while i < end:
                longer[at] = data[i]
                at += 1
                i += 2 if data[i] == quote else 1
            ends[slot, r] = at
    return longer[:at]


@_compiled
def parse_numbers(
    data: ByteArray, starts: IndexArray, ends: IndexArray, mark: int, values: Float32Array
) -> IntArray:
    """Convert decimal numbers; NaN where a field is empty.

    Parameters
    ----------
    data : bytes
    starts, ends : (n,) where each field lies
    mark : byte between the whole part and the decimals
    values : (n,) written

    Returns
    -------
    unusual : rows that must be decided otherwise, ascending
    """
    unusual = np.empty(len(starts), dtype=np.int64)
    n_unusual = 0
    for r in range(len(starts)):
        i, end = starts[r], ends[r]
        while i < end and (data[i] == _SPACE or data[i] == _TAB):
            i += 1
        while i < end and (data[end - 1] == _SPACE or data[end - 1] == _TAB):
            end -= 1
        if i == end:
            values[r] = np.nan
            continue
        negative = data[i] == _MINUS
        if negative or data[i] == _PLUS:
            i += 1
        whole, n_digits, n_decimals = np.int64(0), 0, 0
        is_after_mark = False
        while i < end:
            digit = np.int64(data[i]) - _ZERO
            if 0 <= digit <= 9:
                whole = whole * 10 + digit
                n_digits += 1
                n_decimals += is_after_mark
                if n_digits > _MAX_DIGITS:
                    break
            elif data[i] == mark and not is_after_mark:
                is_after_mark = True
            else:
                break
            i += 1
        if i < end or n_digits == 0:
            unusual[n_unusual] = r
            n_unusual += 1
            continue
        value = whole / _POWERS[n_decimals]
        values[r] = -value if negative else value
    return unusual[:n_unusual].copy()


@_compiled
def parse_seconds(
    data: ByteArray, starts: IndexArray, ends: IndexArray, per_second: int, values: IntArray
) -> IntArray:
    """Convert whole numbers of seconds, or of parts of a second, rounded down.

    Parameters
    ----------
    data : bytes
    starts, ends : (n,) where each field lies
    per_second : 1, or 1000 for milliseconds
    values : (n,) written

    Returns
    -------
    unusual : rows that must be decided otherwise, ascending
    """
    unusual = np.empty(len(starts), dtype=np.int64)
    n_unusual = 0
    for r in range(len(starts)):
        i, end = starts[r], ends[r]
        while i < end and (data[i] == _SPACE or data[i] == _TAB):
            i += 1
        while i < end and (data[end - 1] == _SPACE or data[end - 1] == _TAB):
            end -= 1
        whole = np.int64(0)
        is_usual = 0 < end - i <= _MAX_DIGITS
        while i < end and is_usual:
            digit = np.int64(data[i]) - _ZERO
            is_usual = 0 <= digit <= 9
            whole = whole * 10 + digit
            i += 1
        if is_usual:
            values[r] = whole // per_second
        else:
            unusual[n_unusual] = r
            n_unusual += 1
    return unusual[:n_unusual].copy()


@_compiled
def parse_dates(
    data: ByteArray, starts: IndexArray, ends: IndexArray, values: IntArray
) -> IntArray:
    """Convert dates such as 2015-03-01, 2015/03/01 12:30:00 and 2015-03-01T12:30:00Z.

    With years that begin in March, a leap day is the last day of its year, and the number of a
    day in its year needs no table: month m of these begins with day (153 m + 2) / 5, and year y
    with day 365 y + y/4 - y/100 + y/400, all rounded down (Richards 2013, "Calendars", in the
    Explanatory Supplement to the Astronomical Almanac, section 15.11).

    Parameters
    ----------
    data : bytes
    starts, ends : (n,) where each field lies
    values : (n,) seconds since 1970, written

    Returns
    -------
    unusual : rows that must be decided otherwise, ascending
    """
    unusual = np.empty(len(starts), dtype=np.int64)
    n_unusual = 0
    for r in range(len(starts)):
        i, length = starts[r], ends[r] - starts[r]
        if length == 20 and data[i + 19] == 90:  # Z
            length = 19
        is_usual = length == 10 or length == 19
        part, number = 0, np.int64(0)
        year = month = day = hour = minute = second = np.int64(0)
        k = 0
        while k <= length and is_usual:
            if k == length or k in (4, 7, 10, 13, 16):  # the end of a number
                if k < length:
                    byte = data[i + k]
                    is_usual = (
                        (byte == 45 or byte == 47)
                        if k < 10
                        else (byte == 32 or byte == 84)
                        if k == 10
                        else byte == 58
                    )
                if part == 0:
                    year = number
                elif part == 1:
                    month = number
                elif part == 2:
                    day = number
                elif part == 3:
                    hour = number
                elif part == 4:
                    minute = number
                else:
                    second = number
                part, number = part + 1, np.int64(0)
            else:
                digit = np.int64(data[i + k]) - _ZERO
                is_usual = 0 <= digit <= 9
                number = number * 10 + digit
            k += 1
        is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        n_days = 31
        if month == 2:
            n_days = 29 if is_leap else 28
        elif month == 4 or month == 6 or month == 9 or month == 11:
            n_days = 30
        is_usual = is_usual and year >= 1600 and 1 <= month <= 12 and 1 <= day <= n_days
        if not (is_usual and hour < 24 and minute < 60 and second < 60):
            unusual[n_unusual] = r
            n_unusual += 1
            continue
        from_march, march_year = (month + 9) % 12, year - (month <= 2)
        days = 365 * march_year + march_year // 4 - march_year // 100 + march_year // 400
        days += (153 * from_march + 2) // 5 + day - 1 - _DAYS_TO_1970
        values[r] = ((days * 24 + hour) * 60 + minute) * 60 + second
    return unusual[:n_unusual].copy()


@_compiled
def has_leading_zeros(data: ByteArray, starts: IndexArray, ends: IndexArray) -> bool:
    """Return whether any field is like 007: after spaces and a sign, a zero before a digit."""
    for r in range(len(starts)):
        i, end = starts[r], ends[r]
        while i < end and (data[i] == _SPACE or data[i] == _TAB):
            i += 1
        if i < end and (data[i] == _MINUS or data[i] == _PLUS):
            i += 1
        if i + 1 < end and data[i] == _ZERO and _ZERO <= data[i + 1] <= _ZERO + 9:
            return True
    return False


@_compiled
def find_unusual_ids(
    data: ByteArray, starts: IndexArray, ends: IndexArray, max_length: int
) -> IntArray:
    """Return rows of ids that are long, or that may be nothing but white space.

    A letter of ASCII, or the first byte of a letter beyond the scripts that have white space of
    their own (U+0085 and U+00A0 begin with byte C2, U+1680 to U+3000 with E1 to E3), shows that
    there is something to see.
    """
    unusual = np.empty(len(starts), dtype=np.int64)
    n_unusual = 0
    for r in range(len(starts)):
        i, end = starts[r], ends[r]
        is_seen = False
        while i < end and not is_seen:
            byte = data[i]
            is_seen = 0x21 <= byte <= 0x7E or 0xC3 <= byte <= 0xDF or byte >= 0xE4
            i += 1
        if not is_seen or end - starts[r] > max_length:
            unusual[n_unusual] = r
            n_unusual += 1
    return unusual[:n_unusual].copy()


# --- numbering ids --------------------------------------------------------------------------


@_compiled
def number_ids(
    data: ByteArray,
    starts: IndexArray,
    ends: IndexArray,
    begin: int,
    table: IndexArray,
    hashes: HashArray,
    letters: ByteArray,
    offsets: IntArray,
    n_ids: int,
    codes: IndexArray,
) -> tuple[int, int]:
    """Number ids in the order of their first appearance, as long as there is room.

    Parameters
    ----------
    data : bytes
    starts, ends : (n,) where each id lies
    begin : the first row to number
    table : (size,) number of the id in a slot, or -1; the size is a power of two; written
    hashes : (capacity,) hash of each id; written
    letters : bytes of all ids, one after the other; written
    offsets : (capacity + 1,) where each id begins in them; written
    n_ids : how many ids there are
    codes : (n,) number of each row's id; written

    Returns
    -------
    row, n_ids : the first row that is not numbered, for which a table must grow, and how many
        ids there are now
    """
    mask = len(table) - 1
    capacity = min(len(hashes), len(table) // 2)  # half full at most: the searches stay short
    for r in range(begin, len(starts)):
        start, length = starts[r], ends[r] - starts[r]
        value = _HASH_START
        for i in range(start, start + length):
            value = (value ^ np.uint64(data[i])) * _HASH_PRIME
        slot = np.int64(value ^ (value >> np.uint64(29))) & mask
        code = table[slot]
        while code >= 0:
            if hashes[code] == value and offsets[code + 1] - offsets[code] == length:
                k, offset = 0, offsets[code]
                while k < length and letters[offset + k] == data[start + k]:
                    k += 1
                if k == length:
                    break
            slot = (slot + 1) & mask
            code = table[slot]
        if code < 0:
            offset = offsets[n_ids]
            if n_ids >= capacity or offset + length > len(letters):
                return r, n_ids
            for k in range(length):
                letters[offset + k] = data[start + k]
            offsets[n_ids + 1] = offset + length
            hashes[n_ids] = value
            table[slot] = code = n_ids
            n_ids += 1
        codes[r] = code
    return len(starts), n_ids


@_compiled
def fill_table(hashes: HashArray, n_ids: int, table: IndexArray) -> None:
    """Enter ids into an empty table (see ``number_ids``)."""
    mask = len(table) - 1
    for code in range(n_ids):
        value = hashes[code]
        slot = np.int64(value ^ (value >> np.uint64(29))) & mask
        while table[slot] >= 0:
            slot = (slot + 1) & mask
        table[slot] = code


@_compiled
def spell_ids(letters: ByteArray, offsets: IntArray, spelled: NDArray[np.uint32]) -> None:
    """Write ids of ASCII letters as NumPy writes text, a letter in four bytes.

    Parameters
    ----------
    letters : bytes of all ids
    offsets : (n + 1,) where each begins
    spelled : (n, width) zeros; written
    """
    for r in range(len(spelled)):
        for k in range(offsets[r + 1] - offsets[r]):
            spelled[r, k] = letters[offsets[r] + k]
