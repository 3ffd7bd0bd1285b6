"""The columns of a table over NumPy arrays: how a cell reads, how rows are ordered and found.

Ten million rows are sorted by counting, not by comparing (radix sort, as H. H. Seward had it in
1954): the order by the lower 16 bits of a key, then, keeping that order among equals, by the
upper 16 bits. NumPy does each pass for 16-bit keys, and lets go of Python's lock meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FEW = 10_000  # up to so many keys any sort is quick


def plain_number(value: Any) -> str:
    """Write a number shortly; nothing for NaN."""
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else f"{value:,.4g}"
    return f"{value:,}" if isinstance(value, int | np.integer) else str(value)


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
        order = stable_order(keys)  # NaN and NaT behind all others
        if not descending:
            return order
        n_observed = len(keys) - int(np.count_nonzero(_is_missing(keys)))
        return np.concatenate([order[:n_observed][::-1], order[n_observed:]])

    def contains(self, text: str) -> NDArray[np.bool_]:
        """Return (n,) True where the cell contains a text, whatever its case.

        A number is found by its whole value.
        """
        source = self.values if self.lookup is None else self.lookup
        found: NDArray[np.bool_]
        if source.dtype.kind in "iuf":
            try:
                found = source == float(text.replace(",", ""))
            except ValueError:
                found = np.zeros(len(source), dtype=np.bool_)
        else:
            found = np.strings.find(self._words, text.lower()) >= 0
        return found if self.lookup is None else found[self.values]

    @cached_property
    def _words(self) -> NDArray[np.str_]:
        """What is searched: texts in small letters, made once."""
        source = self.values if self.lookup is None else self.lookup
        return np.strings.lower(source.astype(np.str_))


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


def stable_order(keys: NDArray[Any]) -> NDArray[np.intp]:
    """Return the rows in ascending order of their keys, equals as they were, NaN and NaT last."""
    bits = None if len(keys) <= _FEW else _as_bits(keys)
    if bits is None:
        return np.argsort(keys, kind="stable")
    if int(bits.max()) < 1 << 16:
        return np.argsort(bits.astype(np.uint16), kind="stable")
    order = np.argsort(bits.astype(np.uint16), kind="stable")  # the lower half: the rest is cut off
    upper = (bits >> 16).astype(np.uint16)
    return order[np.argsort(upper[order], kind="stable")]


def _as_bits(keys: NDArray[Any]) -> NDArray[np.uint32] | None:
    """Return 32-bit keys of the same order, or None where there are none."""
    kind = keys.dtype.kind
    if kind == "f" and keys.dtype.itemsize == 4:
        return _float_bits(keys)
    if kind in "mM":
        keys = keys.view(np.int64)
        missing = keys == np.iinfo(np.int64).min  # NaT is the smallest number
        if missing.all():
            return np.zeros(len(keys), dtype=np.uint32)
        if missing.any():
            keys = np.where(missing, keys[~missing].max() + 1, keys)
    elif kind not in "iub":
        return None
    low, high = int(keys.min()), int(keys.max())
    if high - low >= 1 << 32:
        return None
    return keys.astype(np.uint32) if low == 0 else (keys - low).astype(np.uint32)


def _float_bits(keys: NDArray[np.float32]) -> NDArray[np.uint32]:
    """Order floats by their bits: the sign is turned, and all bits of what is negative."""
    clean = keys + np.float32(0)  # -0 equals 0
    clean[np.isnan(clean)] = np.nan  # one NaN of the many there are, a positive one
    bits = clean.view(np.uint32)
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
