"""Arrays become blobs and come back, whatever their type and layout; damage is found."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from algorithms.arrays import AnyArray
from mtrec_gui.storage.codec import Blob, RowsDigest, _digest, decode, encode, rows_digest
from mtrec_gui.storage.errors import DamageFound, UnstorableError

DTYPES = st.one_of(
    arrays.boolean_dtypes(),
    arrays.integer_dtypes(endianness="?"),
    arrays.floating_dtypes(endianness="?", sizes=(16, 32, 64)),
    arrays.unicode_string_dtypes(endianness="?", min_len=1, max_len=5),
)


@given(arrays.arrays(DTYPES, arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=6)))
def test_round_trip(array: AnyArray) -> None:
    loaded = decode(encode(array, "it"), "it")
    assert loaded.dtype == array.dtype.newbyteorder("<")
    assert loaded.shape == array.shape
    assert loaded.tobytes() == array.astype(loaded.dtype).tobytes()  # NaN payloads, -0.0 and all
    assert loaded.flags.writeable
    assert loaded.flags.c_contiguous


def test_strided_arrays_are_stored_as_seen() -> None:
    array = np.arange(24).reshape(4, 6)[::-2, ::3]
    assert np.array_equal(decode(encode(array, "it"), "it"), array)


@pytest.mark.parametrize("dtype", [object, "datetime64[s]", complex, [("a", "f4")], "S3"])
def test_other_types_are_refused(dtype: object) -> None:
    with pytest.raises(UnstorableError, match="Cannot store the label"):
        encode(np.zeros(3, dtype=dtype), "the label")


@given(st.data())
def test_any_changed_byte_is_found(data: st.DataObject) -> None:
    blob = encode(np.arange(50.0), "it")
    place = data.draw(st.integers(0, len(blob.data) - 1))
    value = data.draw(st.integers(1, 255))
    changed = bytearray(blob.data)
    changed[place] ^= value
    with pytest.raises(DamageFound):
        decode(replace(blob, data=bytes(changed)), "it")


def test_the_hash_of_rows_is_that_of_their_json() -> None:
    """Files of the first version were hashed so, as one list."""
    rows = [("name", ["a", "b"]), (0, "中文"), (1, '"'), (2, None, 1.5)]
    text = json.dumps(rows, separators=(",", ":"))
    digest = RowsDigest()
    for some in (rows[:1], [], rows[1:3], rows[3:]):
        digest.add(some)
    assert digest.hexdigest() == hashlib.sha256(text.encode()).hexdigest() == rows_digest(rows)
    assert RowsDigest().hexdigest() == hashlib.sha256(b"[]").hexdigest() == rows_digest([])


def signed(dtype: str, shape: str, data: bytes, codec: str = "zlib-planes") -> Blob:
    """Return a blob whose hash is right, as one with bad intent would write it."""
    return Blob(dtype, shape, codec, _digest(dtype, shape, codec, data), data)


@pytest.mark.parametrize(
    "blob",
    [
        signed("<f8", "[3]", zlib.compress(bytes(16))),  # too short
        signed("<f8", "[1]", zlib.compress(bytes(10**6))),  # too long: not unpacked
        signed("<f8", "[0]", zlib.compress(bytes(10**6))),
        signed("<f8", "[1]", b"no zlib"),
        signed("<f8", "[1000000000000000]", zlib.compress(b"")),
        signed("<f8", "[-1, -1]", zlib.compress(bytes(8))),
        signed("<f8", "[1e999]", zlib.compress(bytes(8))),
        signed("<f8", '{"a": 1}', zlib.compress(bytes(8))),
        signed("<f8", "1", zlib.compress(bytes(8))),
        signed("<f8", "[" * 100_000, zlib.compress(bytes(8))),
        signed("<f3", "[1]", zlib.compress(bytes(3))),
        signed("|O8", "[1]", zlib.compress(bytes(8))),
        signed("|V8", "[1]", zlib.compress(bytes(8))),
        signed("<f8", "[1]", zlib.compress(bytes(8)), codec="pickle"),
    ],
)
def test_hostile_blobs_are_refused(blob: Blob) -> None:
    with pytest.raises(DamageFound):
        decode(blob, "it")
