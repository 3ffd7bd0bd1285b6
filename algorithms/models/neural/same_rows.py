"""Whether two tables of embeddings mean the same, row by row.

Row 17 of a table is the user in place 17, and a later row is a value of a feature. In another log
the same rows are other users and other values, so their vectors must not be taken over. A digest
(SHA-256) of the ids, the features and the rows they lead to tells the two cases apart, in every
process alike.
"""

from __future__ import annotations

from hashlib import sha256

import numpy as np

from algorithms.arrays import AnyArray, TextArray
from algorithms.models.neural.fields import Side


def rows_digest(ids: TextArray, side: Side) -> str:
    """Return in hexadecimal what stands for a table's rows.

    Parameters
    ----------
    ids : (n,) raw ids
    side : the fields of the same n users or items
    """
    digest = sha256(_bytes(ids))
    for name, column in side.values.items():
        digest.update(name.encode())
        digest.update(_bytes(column))
    digest.update(np.ascontiguousarray(side.index, dtype="<i8").tobytes())
    return digest.hexdigest()


def _bytes(column: AnyArray) -> bytes:
    """Return what a column says, however wide its texts are kept."""
    if column.dtype.kind == "U":
        return "\0".join(column.tolist()).encode()
    return np.ascontiguousarray(column, dtype="<f8").tobytes()
