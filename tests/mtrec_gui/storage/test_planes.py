"""Large arrays in blocks: every form of a plane comes back, and no hostile one gets far."""

from __future__ import annotations

import time
import tracemalloc
import zlib

import numpy as np
import pytest

from algorithms.arrays import AnyArray
from mtrec_gui.storage import planes
from mtrec_gui.storage.codec import LARGE, SMALL, Blob, _digest, decode, encode
from mtrec_gui.storage.errors import DamageFound

RNG = np.random.default_rng(5)
N = planes.BLOCK + 12_345  # a whole block and a rest that no number of bits divides


def choice(*values: float) -> AnyArray:
    return RNG.choice(np.array(values, dtype=np.float32), N)


ARRAYS = {
    "ids": RNG.integers(0, 200_000, N).astype(np.int32),
    "negative": RNG.integers(-(2**40), 2**40, N),
    "times": np.sort(RNG.integers(1_420_070_400, 1_520_070_400, N)),
    "stars": choice(0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, np.nan),
    "clicks": choice(0, 1),
    "signs": choice(-0.0, 0.0, np.inf, -np.inf),
    "prices": RNG.random(N),
    "flags": RNG.random(N) < 0.01,
    "bytes": RNG.integers(0, 256, N).astype(np.uint8),
    "halves": RNG.random(N).astype(np.float16),
    "texts": RNG.choice(np.array(["", "a", "中文", "🎧🎧 long"]), N),
    "rare": np.where(np.arange(N) % 70_001 == 0, np.arange(N) % 256, 3).astype(np.int16),
    "matrix": RNG.integers(0, 9, (N // 3, 3)).astype(np.int32),
    "by column": np.asfortranarray(RNG.random((N // 4, 4))),
    "every other": np.arange(2 * N)[::-2],
}


@pytest.mark.parametrize("name", ARRAYS)
def test_round_trip(name: str) -> None:
    array = ARRAYS[name]
    blob = encode(array, "it")
    loaded = decode(blob, "it")
    assert blob.codec == LARGE
    assert (loaded.dtype, loaded.shape) == (array.dtype, array.shape)
    assert loaded.tobytes() == array.tobytes()  # NaN payloads, -0.0 and all
    assert loaded.flags.writeable
    assert loaded.flags.c_contiguous


@pytest.mark.parametrize("n", [planes.AT_LEAST, planes.BLOCK - 1, planes.BLOCK, 2 * planes.BLOCK])
@pytest.mark.parametrize("n_distinct", [2, 3, 4, 5, 16, 17])
def test_every_number_of_distinct_bytes_and_every_length(n: int, n_distinct: int) -> None:
    array = RNG.choice(RNG.permutation(256)[:n_distinct].astype(np.uint8), n)
    blob = encode(array, "it")
    assert (blob.codec, blob.data[0] in (1, 2, 4)) == (LARGE, n_distinct <= 16)
    assert np.array_equal(decode(blob, "it"), array)


def test_few_numbers_are_left_to_zlib() -> None:
    assert encode(np.arange(planes.AT_LEAST - 1), "it").codec == SMALL


@pytest.mark.parametrize("n", [planes.AT_LEAST, planes.AT_LEAST + 1, planes.BLOCK, N])
@pytest.mark.parametrize("value", [0, 1.0, -7, 2**40 + 1])
def test_a_constant_is_small_but_not_a_bomb(n: int, value: float) -> None:
    array = np.full(n, value)
    blob = encode(array, "it")
    assert array.nbytes / 1032 < len(blob.data) < array.nbytes / 900
    assert np.array_equal(decode(blob, "it"), array)


def test_a_log_column_is_smaller_than_zlib_alone_makes_it() -> None:
    for name in ("ids", "stars", "clicks"):
        array = ARRAYS[name]
        assert len(encode(array, "it").data) < len(zlib.compress(array.tobytes(), 1))


def signed(dtype: str, shape: str, data: bytes) -> Blob:
    """Return a blob whose hash is right, as one with bad intent would write it."""
    return Blob(dtype, shape, LARGE, _digest(dtype, shape, LARGE, data), data)


def stream(data: bytes) -> bytes:
    return bytes([9]) + len(data).to_bytes(4, "little") + data


AS_IT_IS = bytes([8]) + bytes(planes.AT_LEAST)


@pytest.mark.parametrize(
    "blob",
    [
        signed("|u1", "[65536]", b""),
        signed("|u1", "[65536]", AS_IT_IS[:-1]),
        signed("|u1", "[65536]", AS_IT_IS + b"\0"),
        signed("|u1", "[65537]", AS_IT_IS),
        signed("|u1", "[65535]", AS_IT_IS),
        signed("|u1", "[0]", b""),
        signed("|u1", "[1]", bytes([8, 0])),
        signed("<f8", "[65536]", AS_IT_IS),
        signed("<f8", "[-65536, -1]", AS_IT_IS * 8),
        signed("|u1", "[65536]", bytes([3]) + bytes(8 + 24_576)),  # no such form
        signed("|u1", "[65536]", bytes([255]) + bytes(65_536)),
        signed("|u1", "[65536]", bytes([9])),
        signed("|u1", "[65536]", stream(b"no zlib" * 100)),
        signed("|u1", "[65536]", stream(zlib.compress(bytes(65_535)))),
        signed("|u1", "[65536]", stream(zlib.compress(bytes(65_537)))),
        signed("|u1", "[65536]", bytes([9]) + b"\xff\xff\xff\xff" + zlib.compress(bytes(65_536))),
        signed("|u1", "[65536]", bytes([0]) + bytes([7]) * 63),  # one for each 1,024 numbers
        signed("|u1", "[65536]", bytes([0]) + bytes([7]) * 65),
        signed("<f8", "[1000000000000000]", bytes([0, 7]) * 100),
        signed("<U250000000", "[65536]", bytes([0, 7]) * 100),
    ],
)
def test_hostile_blobs_are_refused(blob: Blob) -> None:
    with pytest.raises(DamageFound):
        decode(blob, "it")


def test_a_bomb_is_not_unpacked() -> None:
    """A plane that says it is short and unpacks to 200 MB takes neither memory nor time."""
    bomb = stream(zlib.compress(bytes(200_000_000), 9))
    blob = signed("|u1", "[65536]", bomb)
    tracemalloc.start()
    started = time.perf_counter()
    with pytest.raises(DamageFound):
        decode(blob, "it")
    assert time.perf_counter() - started < 1
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("name", ["ids", "stars", "texts"])
def test_any_changed_byte_is_found(name: str) -> None:
    blob = encode(ARRAYS[name], "it")
    for place in RNG.integers(0, len(blob.data), 20):
        changed = bytearray(blob.data)
        changed[place] ^= 1
        with pytest.raises(DamageFound):
            decode(Blob(blob.dtype, blob.shape, blob.codec, blob.sha256, bytes(changed)), "it")
