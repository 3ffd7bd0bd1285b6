"""What is known of users and items, as columns of numbers: one-hot values and standardised numbers.

A text column becomes a column of 0 and 1 for each value that is frequent enough to learn from; a
column of numbers is brought to mean 0 and deviation 1. What is missing is 0: it says nothing. Which
values are frequent, and mean and deviation, are taken from the rows that training met.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import AnyArray, BoolArray, FloatArray
from algorithms.data.log import ItemTable, UserTable

_MIN_ROWS = 3  # rows from which on a value is learned
_MAX_VALUES = 100  # values of one text column, the most frequent first


@dataclass(frozen=True, eq=False)
class FeatureColumns:
    """Features of the rows of a table.

    Parameters
    ----------
    X : (n_rows, n_features)
    names : (n_features) column of the table that each comes from
    values : by name, the column as it stands in the table
    """

    X: FloatArray
    names: tuple[str, ...]
    values: Mapping[str, AnyArray]

    def shown(self, row: int, feature: int) -> str:
        """Return what a person reads as the value of a row's feature."""
        value = self.values[self.names[feature]][row]
        return str(value) if isinstance(value, str) else f"{float(value):g}"


def user_columns(table: UserTable, met: BoolArray) -> FeatureColumns:
    """Return the features of all users; ``met`` (n_users,) are those of training."""
    return _columns(dict(table.features), met)


def item_columns(table: ItemTable, met: BoolArray) -> FeatureColumns:
    """Return the features of all items, category included; ``met`` (n_items,) as above."""
    return _columns({"category": table.categories, **table.features}, met)


def _columns(values: Mapping[str, AnyArray], met: BoolArray) -> FeatureColumns:
    blocks: list[FloatArray] = [np.zeros((len(met), 0))]
    names: list[str] = []
    for name, column in values.items():
        if column.dtype.kind == "U":
            block = _one_hot(column, met)
        elif column.dtype.kind in "biuf":
            block = _standardised(column, met)
        else:
            continue
        blocks.append(block)
        names += [name] * block.shape[1]
    return FeatureColumns(np.hstack(blocks), tuple(names), values)


def _one_hot(column: AnyArray, met: BoolArray) -> FloatArray:
    """Return (n, n_values) 0 and 1; a value that all rows share, and the empty text, give none."""
    found, counts = np.unique(column[met], return_counts=True)
    frequent = (found != "") & (counts >= _MIN_ROWS) & (counts < np.count_nonzero(met))
    found, counts = found[frequent], counts[frequent]
    found = found[np.argsort(-counts, kind="stable")[:_MAX_VALUES]]
    block: FloatArray = (column[:, None] == found).astype(np.float64)
    return block


def _standardised(column: AnyArray, met: BoolArray) -> FloatArray:
    """Return (n, 1), or (n, 0) where the numbers never differ."""
    numbers = column.astype(np.float64)
    known = np.isfinite(numbers)
    seen = numbers[known & met]
    if len(seen) == 0:
        return np.zeros((len(column), 0))
    with np.errstate(over="ignore", invalid="ignore"):
        mean, spread = float(seen.mean()), float(seen.std())
    if not (np.isfinite(spread) and spread > 0.0):
        return np.zeros((len(column), 0))
    block: FloatArray = np.where(known, (numbers - mean) / spread, 0.0)[:, None]
    return block
