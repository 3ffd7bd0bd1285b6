r"""Features as numbers: what a user table or an item table knows, one row each.

A text with few values becomes a column of zeros and ones for each value (*one-hot*); a number
is standardised, :math:`(x - \mu)/\sigma`, so that a price in cents and an age in years count alike.
What is unknown (an empty text, NaN, a value that no training event had) is zero everywhere: it says
nothing. A text with many values, such as a name, is left out: it would only learn rows by heart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import AnyArray, FloatArray, IndexArray


@dataclass(frozen=True, eq=False)
class Features:
    """The rows of a table as numbers.

    Parameters
    ----------
    values : (n_rows, n_features), the first feature being 1 for every row
    columns : (n_features,) name of the table's column behind each feature; empty for the first
    raw : the columns of the table that are used, by name, (n_rows,) each
    left_out : texts with too many values
    """

    values: FloatArray
    columns: tuple[str, ...]
    raw: Mapping[str, AnyArray]
    left_out: tuple[str, ...]

    def text(self, feature: int, row: int) -> str:
        """Return the raw value behind a feature of a row, as a person reads it."""
        value = self.raw[self.columns[feature]][row]
        return str(value) if self.raw[self.columns[feature]].dtype.kind == "U" else f"{value:g}"


def encode(
    columns: Mapping[str, AnyArray], n_rows: int, seen: IndexArray, max_values: int
) -> Features:
    """Return the features of a table.

    Parameters
    ----------
    columns : the table's columns by name, (n_rows,) numbers or texts each
    n_rows : number of rows
    seen : (n_events,) row of each training event, by which means and values are taken
    max_values : a text with more distinct values is left out
    """
    blocks, names, raw, left_out = [np.ones((n_rows, 1))], [""], {}, []
    for name, column in columns.items():
        if column.dtype.kind == "U":
            levels = np.unique(column[seen])
            levels = levels[levels != ""]
            if len(levels) > max_values:
                left_out.append(name)
                continue
            block = (column[:, None] == levels[None, :]).astype(np.float64)  # (n_rows, n_levels)
        else:
            block = _standardised(column.astype(np.float64), seen)  # (n_rows, 1), or no column
        blocks.append(block)
        names += [name] * block.shape[1]
        raw[name] = column
    return Features(np.concatenate(blocks, axis=1), tuple(names), raw, tuple(left_out))


def _standardised(column: FloatArray, seen: IndexArray) -> FloatArray:
    """Return (n_rows, 1), or (n_rows, 0) where the events do not differ."""
    known = column[seen]
    known = known[np.isfinite(known)]
    spread = float(known.std()) if len(known) else 0.0
    if spread <= 1e-9 * np.abs(known).max(initial=0.0):
        return np.empty((len(column), 0))
    scaled = (column - known.mean()) / spread
    return np.where(np.isfinite(scaled), scaled, 0.0)[:, None]
