"""How an array becomes a blob, and back.

The bytes of a number are sorted by their place (all first bytes, then all second bytes, …),
which puts what is alike side by side. A small array is then compressed with zlib at its fastest
level (``zlib-planes``); a large one is worked on in blocks, in several threads, and only where it
pays (``block-planes``, see ``planes.py``). Both need nothing but Python's own library and NumPy
to be read; docs/project-file.md has the lines, and what was measured.

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
from numpy.typing import NDArray

from algorithms.arrays import AnyArray
from mtrec_gui.storage import planes
from mtrec_gui.storage.errors import DamageFound, UnstorableError

SMALL, LARGE = "zlib-planes", "block-planes"
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
    shape = json.dumps(array.shape)
    flat = np.ascontiguousarray(array, dtype=dtype).reshape(-1)
    numbers = flat.view(np.uint8).reshape(len(flat), dtype.itemsize)
    if len(flat) >= planes.AT_LEAST:
        codec, data = LARGE, planes.pack(numbers)
    else:
        codec, data = SMALL, zlib.compress(numbers.T.tobytes(), 1)
    return Blob(dtype.str, shape, codec, _digest(dtype.str, shape, codec, data), data)


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
    if blob.codec not in (SMALL, LARGE) or _DTYPE.fullmatch(blob.dtype) is None:
        raise DamageFound(what)
    try:
        dtype = np.dtype(blob.dtype)
        shape = tuple(json.loads(blob.shape))
        n = math.prod(shape)
        if any(length < 0 for length in shape):
            raise DamageFound(what)
        if blob.codec == LARGE:
            numbers = planes.unpack(blob.data, n, dtype.itemsize)
        else:
            numbers = _inflate(blob.data, n, dtype.itemsize, what)
        return numbers.reshape(-1).view(dtype).reshape(shape)
    except (TypeError, ValueError, OverflowError, MemoryError, RecursionError, zlib.error):
        raise DamageFound(what) from None


class RowsDigest:
    """The SHA-256 of plain rows: the JSON list of their values, taken in as they come."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._before = "["

    def add(self, rows: Sequence[Sequence[object]]) -> None:
        """Take in further rows."""
        if rows:
            text = json.dumps(rows, separators=(",", ":"), sort_keys=True, default=str)
            self._hash.update((self._before + text[1:-1]).encode())
            self._before = ","

    def hexdigest(self) -> str:
        """Return the hash of all rows so far."""
        whole = self._hash.copy()
        whole.update(b"[]" if self._before == "[" else b"]")
        return whole.hexdigest()


def rows_digest(rows: Iterable[Sequence[object]]) -> str:
    """Return the SHA-256 of plain rows, hexadecimal (see ``RowsDigest``)."""
    digest = RowsDigest()
    digest.add(list(rows))
    return digest.hexdigest()


def _inflate(data: bytes, n: int, itemsize: int, what: str) -> NDArray[np.uint8]:
    """Return the bytes of ``zlib-planes``, (n, itemsize)."""
    n_bytes = n * itemsize
    raw = zlib.decompressobj().decompress(data, n_bytes + 1)  # one more shows that there is more
    if len(raw) != n_bytes:
        raise DamageFound(what)
    by_place = np.array(memoryview(raw), dtype=np.uint8).reshape(itemsize, n)
    return by_place.T.copy(order="C")


def _digest(dtype: str, shape: str, codec: str, data: bytes) -> str:
    digest = hashlib.sha256(f"{codec} {dtype} {shape}\n".encode())
    digest.update(data)
    return digest.hexdigest()
