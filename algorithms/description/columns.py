"""One column in a few numbers: how many values, how many are missing, and where they lie.

A column of numbers is told by its smallest value, its median and its largest, and by a histogram;
a column of texts by its most frequent values. The median is the value in the middle of the sorted
values (the mean of the two in the middle where their number is even); unlike the mean it does not
follow a few very large values, which columns of counts and of money have.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import AnyArray, FloatArray, IntArray
from algorithms.description.counting import tally

N_BINS = 24
N_FREQUENT = 4


@dataclass(frozen=True, slots=True)
class ColumnSummary:
    """What a column holds.

    Parameters
    ----------
    n : rows
    n_missing : rows without a value: NaN, no time, or an empty text
    n_distinct : different values
    low, median, high : of numbers and of times (seconds since 1970); NaN for texts
    edges : (n_bins + 1,) of the histogram; empty for texts, and where a value is infinite
    counts : (n_bins,) rows in each bin, the last one with its upper edge
    frequent : the most frequent texts with their rows, most first; empty for numbers
    """

    n: int
    n_missing: int
    n_distinct: int
    low: float = np.nan
    median: float = np.nan
    high: float = np.nan
    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    frequent: tuple[tuple[str, int], ...] = ()


def summarise(values: AnyArray, lookup: AnyArray | None = None) -> ColumnSummary:
    """Summarise a column.

    Parameters
    ----------
    values : (n,) numbers, times (datetime64) or texts; with ``lookup``, positions in it
    lookup : (m,) what the positions stand for, so that no text is counted row by row
    """
    if lookup is not None:
        return _texts(lookup, tally(values, len(lookup)))
    if values.dtype.kind in "mM":
        seen = values[~np.isnat(values)].astype("datetime64[s]").astype(np.int64)
        return _numbers(seen, len(values))
    if values.dtype.kind in "iufb":
        seen = values[~np.isnan(values)] if values.dtype.kind == "f" else values
        return _numbers(seen, len(values))
    distinct, counts = np.unique(values, return_counts=True)
    return _texts(distinct, counts)


def _numbers(seen: AnyArray, n: int) -> ColumnSummary:
    """Summarise values without gaps; one sort answers every question."""
    ordered = np.sort(seen)
    if len(ordered) == 0:
        return ColumnSummary(n, n, 0)
    middle = (len(ordered) - 1) // 2, len(ordered) // 2
    low, high = float(ordered[0]), float(ordered[-1])
    edges = _edges(low, high, is_whole=ordered.dtype.kind in "iub")
    counts = np.zeros(0, dtype=np.int64)
    if len(edges):  # rows below each edge but the last, whose bin holds its upper edge too
        below = np.searchsorted(ordered, edges[1:-1].astype(ordered.dtype), side="left")
        counts = np.diff(np.concatenate([[0], below, [len(ordered)]]))
    return ColumnSummary(
        n=n,
        n_missing=n - len(ordered),
        n_distinct=1 + int(np.count_nonzero(ordered[1:] != ordered[:-1])),
        low=low,
        median=(float(ordered[middle[0]]) + float(ordered[middle[1]])) / 2,
        high=high,
        edges=tuple(edges.tolist()),
        counts=tuple(counts.tolist()),
    )


def _edges(low: float, high: float, is_whole: bool) -> FloatArray:
    """Return even edges; between whole numbers where the values are whole."""
    if not np.isfinite(high - low):  # a value that is infinite has no even steps
        return np.zeros(0)
    if low == high:
        return np.array([low, low + 1.0])
    if is_whole:
        step = max(1.0, np.ceil((high - low + 1) / N_BINS))
        return np.arange(low, high + step + 0.5, step)
    return np.linspace(low, high, N_BINS + 1)


def _texts(texts: AnyArray, counts: IntArray) -> ColumnSummary:
    """Summarise names, texts or numbers, that are met so many times each; one may come twice."""
    n = int(counts.sum())
    met = counts > 0
    words, place = np.unique(texts[met], return_inverse=True)
    times = np.bincount(place, weights=counts[met], minlength=len(words)).astype(np.int64)
    is_word = words != "" if words.dtype.kind == "U" else np.ones(len(words), dtype=np.bool_)
    n_missing = int(times[~is_word].sum())
    words, times = words[is_word], times[is_word]
    first = np.argsort(-times, kind="stable")[:N_FREQUENT]
    return ColumnSummary(
        n=n,
        n_missing=n_missing,
        n_distinct=len(words),
        frequent=tuple((str(words[at]), int(times[at])) for at in first),
    )
