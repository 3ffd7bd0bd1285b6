r"""Users and items as vectors, field by field.

What is known of an example comes in *fields*: the user's id, the user's age, the item's id, its
category. Every field becomes a vector of the same length d, by one rule for texts and numbers,

.. math:: x_f = a_f\, E_{i_f}

where a text looks up the row of its value (:math:`a_f = 1`) and a number scales the one row of its
column by its standardised value (mean 0, deviation 1 over the rows that training met). What is
missing, rare or never met has :math:`a_f = 0`: it says nothing. So a new user is an average one.

References
----------
W. Song et al.: AutoInt: automatic feature interaction learning via self-attentive neural networks,
CIKM 2019, section 4.2 (numbers and texts in one space).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import AnyArray, BoolArray, Float32Array, IntArray
from algorithms.data.log import InteractionLog

_MIN_ROWS = 3  # users or items of training from which on a value is learned
_MAX_VALUES = 200  # of one text column, the most frequent first


@dataclass(frozen=True, eq=False)
class Side:
    """The fields of all users, or of all items.

    Parameters
    ----------
    names : (F,) of the fields; the first is the id
    index : (n, F) row of the embedding table, counted from the side's own first row
    scale : (n, F) by which that row is multiplied; 0 where nothing is known
    n_rows : rows of the embedding table that the side takes
    values : by name, the column as it stands in the table; ids are not among them
    """

    names: tuple[str, ...]
    index: IntArray
    scale: Float32Array
    n_rows: int
    values: Mapping[str, AnyArray]

    def shown(self, row: int, field: int) -> str:
        """Return what a person reads as the value of a row's field; empty for an id."""
        column = self.values.get(self.names[field])
        if column is None:
            return ""
        value = column[row]
        return str(value) if isinstance(value, str) else f"{float(value):g}"


def user_side(log: InteractionLog) -> Side:
    """Return the fields of all users; ``log`` is the training log, which says who was met."""
    met = np.zeros(log.n_users, dtype=np.bool_)
    met[log.users] = True
    return _side("user", met, dict(log.user_table.features))


def item_side(log: InteractionLog) -> Side:
    """Return the fields of all items, kind and category included."""
    met = np.zeros(log.n_items, dtype=np.bool_)
    met[log.items] = True
    table = log.item_table
    kinds = np.array(table.kinds)[table.kind_codes]
    return _side("item", met, {"kind": kinds, "category": table.categories, **table.features})


def _side(name: str, met: BoolArray, columns: Mapping[str, AnyArray]) -> Side:
    n = len(met)
    names, values = [name], {}
    index, scale = [np.arange(n)], [met.astype(np.float32)]
    n_rows = n
    for column_name, column in columns.items():
        if column.dtype.kind == "U":
            own, weight, n_values = _texts(column, met)
        elif column.dtype.kind in "biuf":
            own, weight, n_values = _numbers(column, met)
        else:
            continue
        if not n_values:
            continue
        shown = column_name if column_name != name else f"{column_name} "
        names.append(shown)
        values[shown] = column
        index.append(n_rows + own)
        scale.append(weight)
        n_rows += n_values
    return Side(
        tuple(names),
        np.stack(index, axis=1).astype(np.int64),
        np.stack(scale, axis=1).astype(np.float32),
        n_rows,
        values,
    )


def _texts(column: AnyArray, met: BoolArray) -> tuple[IntArray, Float32Array, int]:
    """Return row, scale and number of rows; a value that all share tells nothing."""
    found, counts = np.unique(column[met], return_counts=True)
    kept = (found != "") & (counts >= _MIN_ROWS) & (counts < np.count_nonzero(met))
    found, counts = found[kept], counts[kept]
    found = np.sort(found[np.argsort(-counts, kind="stable")[:_MAX_VALUES]])
    if not len(found):
        return np.zeros(len(met), np.int64), np.zeros(len(met), np.float32), 0
    place = np.minimum(np.searchsorted(found, column), len(found) - 1)
    known = found[place] == column
    return np.where(known, place, 0), known.astype(np.float32), len(found)


def _numbers(column: AnyArray, met: BoolArray) -> tuple[IntArray, Float32Array, int]:
    """Return row, scale and 1, or 0 rows where the numbers never differ."""
    numbers = column.astype(np.float64)
    row = np.zeros(len(met), np.int64)
    known = np.isfinite(numbers)
    seen = numbers[known & met]
    with np.errstate(over="ignore", invalid="ignore"):
        mean, spread = (float(seen.mean()), float(seen.std())) if len(seen) else (0.0, 0.0)
    if not (np.isfinite(spread) and spread > 0):
        return row, np.zeros(len(met), np.float32), 0
    scale = np.where(known, np.clip((numbers - mean) / spread, -5, 5), 0.0)
    return row, scale.astype(np.float32), 1
