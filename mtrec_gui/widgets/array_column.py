"""The columns of a table over NumPy arrays: how a cell reads, how rows are ordered and found.

Ten million rows are sorted as numbers of 64 bits: the key in the upper half, the row number in the
lower. NumPy sorts such numbers several at a time, without Python's lock; and since no two are the
same, equal keys keep the order of their rows, whatever the sort.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LONG = 1e7  # from here on, and below its inverse, an exponent is shorter
_CHUNK = 20_000  # texts that are searched at once: each search holds Python's lock


def plain_number(value: Any) -> str:
    """Write a number shortly; nothing for NaN."""
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else _four_digits(float(value))
    return f"{value:,}" if isinstance(value, int | np.integer) else str(value)


def _four_digits(value: float) -> str:
    """Write four digits that count, without an exponent where a person can do without.

    >>> _four_digits(0.00009883), _four_digits(1234567.0), _four_digits(1e-12)
    ('0.00009883', '1,234,567', '1e-12')
    """
    size = abs(value)
    if size >= _LONG or (0 < size < 1 / _LONG):
        return f"{value:,.4g}"
    if size >= 1000:
        return f"{value:,.0f}"
    return np.format_float_positional(value, precision=4, fractional=False, trim="-")


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a table.

    Parameters
    ----------
    title : head of the column
    values : (n,) numbers or texts; with ``lookup``, positions in it
    lookup : (m,) what the positions stand for, so that no text is repeated in memory
    show : how a value becomes text
    tip : what the head says when asked
    """

    title: str
    values: NDArray[Any]
    lookup: NDArray[Any] | None = None
    show: Callable[[Any], str] = plain_number
    tip: str = ""

    @property
    def is_number(self) -> bool:
        """Whether cells are numbers, which stand at the right."""
        return (self.values if self.lookup is None else self.lookup).dtype.kind in "iuf"

    def text(self, position: int) -> str:
        """Return the cell of a row as text."""
        value = self.values[position]
        return self.show(value if self.lookup is None else self.lookup[value])

    def order(self, descending: bool = False) -> NDArray[np.intp]:
        """Return the rows in the order of the column; what is not observed comes last."""
        if self.lookup is None:
            keys = self.values
        else:
            keys = np.empty(len(self.lookup), dtype=np.uint32)
            keys[np.argsort(self.lookup, kind="stable")] = np.arange(len(self.lookup))
            keys = keys[self.values]
        return stable_order(keys, descending)

    def contains(self, text: str) -> NDArray[np.bool_]:
        """Return (n,) True where the cell contains a text, whatever its case.

        A number is found by its whole value; a time by the year, month, day, hour or minute that
        it lies in.
        """
        source = self.values if self.lookup is None else self.lookup
        if source.dtype.kind in "iuf":
            found = _equal(source, text)
        elif source.dtype.kind == "M":
            found = _within(source, text)
        else:
            found = _containing(source, text.lower())
        return found if self.lookup is None else found[self.values]


def _equal(values: NDArray[Any], text: str) -> NDArray[np.bool_]:
    try:
        found: NDArray[np.bool_] = values == values.dtype.type(float(text.replace(",", "")))
    except (ValueError, OverflowError):
        return np.zeros(len(values), dtype=np.bool_)
    return found


def _within(times: NDArray[Any], text: str) -> NDArray[np.bool_]:
    none = np.zeros(len(times), dtype=np.bool_)
    if not re.match(r"\d{4}(-\d|$)", text):
        return none
    try:
        start = np.datetime64(text)
    except ValueError:
        return none
    found: NDArray[np.bool_] = (times >= start) & (times < start + 1)
    return found


def _containing(texts: NDArray[Any], text: str) -> NDArray[np.bool_]:
    found = np.zeros(len(texts), dtype=np.bool_)
    for start in range(0, len(texts), _CHUNK):
        part = slice(start, start + _CHUNK)
        words = np.strings.lower(texts[part].astype(np.str_))
        found[part] = np.strings.find(words, text) >= 0
    return found


def arranged(
    columns: Sequence[Column], sorted_by: tuple[int, bool] | None, text: str
) -> NDArray[np.intp] | None:
    """Return the rows to be shown, in order; None for all rows as they are.

    Parameters
    ----------
    sorted_by : which column, and whether descending
    text : what some cell of a row must contain; empty for all rows
    """
    rows = None
    if sorted_by is not None:
        column, descending = sorted_by
        rows = columns[column].order(descending)
    if text and columns:
        kept = np.zeros(len(columns[0].values), dtype=np.bool_)
        for each in columns:
            kept |= each.contains(text)
        rows = np.flatnonzero(kept) if rows is None else rows[kept[rows]]
    return rows


def stable_order(keys: NDArray[Any], descending: bool = False) -> NDArray[np.intp]:
    """Return the rows in the order of their keys, equals as they were, NaN and NaT last."""
    missing = _is_missing(keys)
    bits = _as_bits(keys, missing, descending)
    if bits is not None:
        packed = bits.astype(np.uint64)
        packed <<= np.uint64(32)
        packed |= np.arange(len(bits), dtype=np.uint64)
        packed.sort()
        packed &= np.uint64((1 << 32) - 1)
        return packed.view(np.int64).astype(np.intp, copy=False)
    rows, last = np.flatnonzero(~missing), np.flatnonzero(missing)
    seen = keys[rows]
    if descending:  # from behind, so that equals come out as they were
        order = len(seen) - 1 - np.argsort(seen[::-1], kind="stable")[::-1]
    else:
        order = np.argsort(seen, kind="stable")
    return np.concatenate([rows[order], last])


def _as_bits(
    keys: NDArray[Any], missing: NDArray[np.bool_], descending: bool
) -> NDArray[np.uint32] | None:
    """Return 32-bit keys in whose ascending order the rows shall stand, None where there are none.

    What is missing has the largest key.
    """
    if keys.dtype.kind == "f" and keys.dtype.itemsize == 4:
        whole = _float_bits(keys)
    elif keys.dtype.kind in "mM":
        whole = keys.view(np.int64)
    elif keys.dtype.kind in "iu":
        whole = keys
    else:
        return None
    has_gaps = bool(missing.any())
    seen = whole[~missing] if has_gaps else whole
    low, high = (int(seen.min()), int(seen.max())) if len(seen) else (0, 0)
    if high - low >= (1 << 32) - 1 or len(keys) >= 1 << 32:
        return None
    # differences of whole numbers are right modulo 2^32, even where a gap would overflow
    bits = whole.astype(np.uint32)
    bits = np.uint32(high % (1 << 32)) - bits if descending else bits - np.uint32(low % (1 << 32))
    if has_gaps:
        bits[missing] = high - low + 1
    return bits


def _float_bits(keys: NDArray[np.float32]) -> NDArray[np.uint32]:
    """Order floats by their bits: the sign is turned, and all bits of what is negative."""
    bits = (keys + np.float32(0)).view(np.uint32)  # -0 equals 0
    sign = np.uint32(1 << 31)
    turned: NDArray[np.uint32] = np.where(bits & sign, ~bits, bits | sign)
    return turned


def _is_missing(keys: NDArray[Any]) -> NDArray[np.bool_]:
    missing: NDArray[np.bool_] = np.zeros(len(keys), dtype=np.bool_)
    if keys.dtype.kind == "f":
        missing = np.isnan(keys)
    elif keys.dtype.kind in "mM":
        missing = np.isnat(keys)
    return missing
