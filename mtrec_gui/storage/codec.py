"""How an array becomes a blob, and back.

The bytes of a number are sorted by their place (all first bytes, then all second bytes, …),
which puts what is alike side by side, and are then compressed with zlib at its fastest level.
Both are in every Python, so that a blob can be read with five lines (docs/project-file.md).
Measured on 100,000 interactions with eight columns (4.0 MB): 1.09 MB, 32 ms to write and 12 ms to
read; Arrow IPC with zstd 1.20 MB, 39 and 15 ms; ``.npz`` 1.23 MB, 141 ms.

A SHA-256 over type, shape and compressed bytes stands beside each blob: damage passes SQLite's
own integrity check.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from algorithms.arrays import AnyArray
from mtrec_gui.storage.errors import DamageFound, UnstorableError

CODEC = "zlib-planes"
_DTYPE = re.compile(r"[<|][biufU]\d{1,9}")


@dataclass(frozen=True, slots=True)
class Blob:
    """An encoded array.

    Parameters
    ----------
    dtype : NumPy's type string, little-endian, such as ``<f4`` or ``<U12``
    shape : JSON list of lengths
    codec : name of the encoding
    sha256 : of type, shape, codec and data, hexadecimal
    data : compressed bytes
    """

    dtype: str
    shape: str
    codec: str
    sha256: str
    data: bytes

    def columns(self) -> dict[str, Any]:
        """Return what the columns of a row with a blob hold."""
        return {
            "dtype": self.dtype,
            "shape": self.shape,
            "codec": self.codec,
            "sha256": self.sha256,
            "data": self.data,
        }


def encode(array: AnyArray, what: str) -> Blob:
    """Encode an array of numbers, truth values or text.

    Raises
    ------
    UnstorableError
        Where the array holds objects; ``what`` names it.
    """
    dtype = array.dtype.newbyteorder("<")
    if _DTYPE.fullmatch(dtype.str) is None:
        raise UnstorableError(what=what, found=f"values of type {array.dtype}")
    raw = np.frombuffer(array.astype(dtype, copy=False).tobytes(), dtype=np.uint8)
    if len(raw):
        raw = raw.reshape(-1, dtype.itemsize).T  # (itemsize, n): one row for each place
    shape = json.dumps(array.shape)
    data = zlib.compress(raw.tobytes(), 1)
    return Blob(dtype.str, shape, CODEC, _digest(dtype.str, shape, CODEC, data), data)


def decode(blob: Blob, what: str) -> AnyArray:
    """Check and decode a blob into an array of its own.

    Raises
    ------
    DamageFound
        Where the blob is not as it was written; ``what`` names it.
    """
    if blob.sha256 != _digest(blob.dtype, blob.shape, blob.codec, blob.data):
        raise DamageFound(what)
    # A hash proves that nothing broke, not who wrote it: what follows trusts no number.
    if blob.codec != CODEC or _DTYPE.fullmatch(blob.dtype) is None:
        raise DamageFound(what)
    try:
        dtype = np.dtype(blob.dtype)
        shape = tuple(json.loads(blob.shape))
        n_bytes = math.prod(shape) * dtype.itemsize
        inflate = zlib.decompressobj()
        raw = inflate.decompress(blob.data, n_bytes + 1)  # one more shows that there is more
        if len(raw) != n_bytes or any(length < 0 for length in shape):
            raise DamageFound(what)
        if not raw:
            return np.empty(shape, dtype)
        planes = np.frombuffer(raw, dtype=np.uint8).reshape(dtype.itemsize, -1)
        return planes.T.copy(order="C").view(dtype).reshape(shape)
    except (TypeError, ValueError, OverflowError, MemoryError, RecursionError, zlib.error):
        raise DamageFound(what) from None


def rows_digest(rows: Iterable[Sequence[object]]) -> str:
    """Return the SHA-256 of plain rows: the JSON list of their values, hexadecimal."""
    text = json.dumps(list(rows), separators=(",", ":"), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(dtype: str, shape: str, codec: str, data: bytes) -> str:
    digest = hashlib.sha256(f"{codec} {dtype} {shape}\n".encode())
    digest.update(data)
    return digest.hexdigest()
