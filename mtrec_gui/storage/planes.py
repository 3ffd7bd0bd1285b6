"""The codec of large arrays: byte planes in blocks, each kept in the cheapest of four forms.

A block is 262,144 numbers. Its bytes are sorted by their place: all first bytes of the numbers
are a plane, then all second bytes, … One byte says how a plane is kept:

- 0: as the one byte that all are (the upper bytes of ids and times), once for every 1,024
  numbers: no file ever unpacks to much more than a thousand times its size;
- 1, 2 or 4: with that many bits for each number, for a plane of at most 2, 4 or 16 distinct bytes
  (the bytes of a label). The 2, 4 or 16 bytes that the bits stand for come first, then the bits,
  those of the first number lowest;
- 8: as it is, because it looks random (the lower bytes of ids and times) and no compressor
  would make it shorter;
- 9: as a zlib stream, whose length (four bytes, little-endian) stands before it.

Blocks are worked on in several threads at once (zlib and NumPy let go of Python's lock).
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

BLOCK = 2**18  # numbers; eight planes fit into a core's cache
AT_LEAST = 2**16  # numbers; fewer are not worth blocks

_ALL_ALIKE, _AS_IT_IS, _ZLIB = 0, 8, 9
_BITS = (1, 2, 4)
_ALIKE_FOR_EACH = 1024  # numbers
_AT_MOST = 1032  # times as many bytes come out as are in the file: what zlib reaches at best
_SAMPLE = 2**13  # bytes by which we judge what is worth its time
_WORTH = 0.7  # of a plane's length, where zlib begins to pay
_WORKERS = min(4, os.cpu_count() or 1)

Bytes = NDArray[np.uint8]


class PlanesError(ValueError):
    """Bytes that no plane was ever written as."""


def pack(numbers: Bytes) -> bytes:
    """Encode numbers.

    Parameters
    ----------
    numbers : (n, itemsize) bytes of each number
    """
    blocks = [numbers[start : start + BLOCK] for start in range(0, len(numbers), BLOCK)]
    with ThreadPoolExecutor(_WORKERS) as pool:
        return b"".join(pool.map(_pack_block, blocks))


def unpack(data: bytes, n: int, itemsize: int) -> Bytes:
    """Decode what ``pack`` returned.

    Returns
    -------
    numbers : (n, itemsize) bytes of each number

    Raises
    ------
    PlanesError
        Where there is more or less in the data than these numbers.
    zlib.error
        Where a plane is no zlib stream.
    """
    if n < AT_LEAST or n * itemsize > _AT_MOST * len(data):
        raise PlanesError
    planes = list(_find(memoryview(data), n, itemsize))  # all, before any memory is taken
    numbers = np.zeros((n, itemsize), dtype=np.uint8)

    def unpack_block(block: int) -> None:
        part = numbers[block * BLOCK : (block + 1) * BLOCK]  # (≤ BLOCK, itemsize)
        for place in range(itemsize):
            form, content = planes[block * itemsize + place]
            if form != _ALL_ALIKE or content[0]:  # zeros are there already
                part[:, place] = _unpack_plane(form, content, len(part))

    with ThreadPoolExecutor(_WORKERS) as pool:
        for _ in pool.map(unpack_block, range(-(-n // BLOCK))):
            pass  # raises what a block raised
    return numbers


def _find(data: memoryview, n: int, itemsize: int) -> Iterator[tuple[int, memoryview]]:
    """Yield the form and the content of each plane, block by block."""
    at = 0
    for first in range(0, n, BLOCK):
        in_block = min(BLOCK, n - first)
        for _ in range(itemsize):
            form = _byte(data, at)
            at += 1
            if form == _ZLIB:
                length = int.from_bytes(data[at : at + 4], "little")
                at += 4
            elif form == _AS_IT_IS:
                length = in_block
            elif form == _ALL_ALIKE:
                length = -(-in_block // _ALIKE_FOR_EACH)
            elif form in _BITS:
                length = 2**form + -(-in_block * form // 8)
            else:
                raise PlanesError
            if at + length > len(data):
                raise PlanesError
            yield form, data[at : at + length]
            at += length
    if at != len(data):
        raise PlanesError


def _byte(data: memoryview, at: int) -> int:
    if at >= len(data):
        raise PlanesError
    return data[at]


def _pack_block(numbers: Bytes) -> bytes:
    n_places = numbers.shape[1]
    return b"".join(
        _pack_plane(np.ascontiguousarray(numbers[:, place])) for place in range(n_places)
    )


def _pack_plane(plane: Bytes) -> bytes:
    lowest, highest = plane.min(), plane.max()
    if lowest == highest:
        return bytes([_ALL_ALIKE]) + bytes([lowest]) * -(-len(plane) // _ALIKE_FOR_EACH)
    middle = max(0, (len(plane) - _SAMPLE) // 2)
    sample = plane[middle : middle + _SAMPLE]
    raw = plane.tobytes()
    table = np.unique(sample)
    if len(table) <= 16:
        others = np.frombuffer(raw.translate(None, table.tobytes()), dtype=np.uint8)
        table = np.union1d(table, others)
    if len(table) <= 16:
        return _pack_few(raw, table)
    if len(_deflate(sample)) < _WORTH * len(sample):
        packed = _deflate(plane)
        if len(packed) < len(plane):
            return bytes([_ZLIB]) + len(packed).to_bytes(4, "little") + packed
    return bytes([_AS_IT_IS]) + raw


def _pack_few(plane: bytes, table: Bytes) -> bytes:
    bits = next(bits for bits in _BITS if len(table) <= 2**bits)
    code_of = np.zeros(256, dtype=np.uint8)
    code_of[table] = np.arange(len(table))
    codes = np.frombuffer(plane.translate(code_of.tobytes()), dtype=np.uint8)
    together = 8 // bits  # codes in one byte
    if bits == 1:
        packed = np.packbits(codes, bitorder="little")
    else:
        packed = np.zeros(-(-len(plane) // together), dtype=np.uint8)
        for place in range(together):
            part = codes[place::together]
            packed[: len(part)] |= part << (place * bits)
    return bytes([bits]) + table.tobytes().ljust(2**bits, b"\0") + packed.tobytes()


def _deflate(plane: Bytes) -> bytes:
    deflate = zlib.compressobj(level=1, strategy=zlib.Z_RLE)
    return deflate.compress(plane.data) + deflate.flush()


def _unpack_plane(form: int, content: memoryview, n: int) -> Bytes:
    if form == _AS_IT_IS:
        return np.frombuffer(content, dtype=np.uint8)
    if form == _ALL_ALIKE:
        return np.frombuffer(content[:1], dtype=np.uint8)  # stands for all
    if form == _ZLIB:
        plane = zlib.decompressobj().decompress(content, n + 1)  # one more shows that there is more
        if len(plane) != n:
            raise PlanesError
        return np.frombuffer(plane, dtype=np.uint8)
    return _unpack_few(form, np.frombuffer(content, dtype=np.uint8), n)


def _unpack_few(bits: int, content: Bytes, n: int) -> Bytes:
    table, packed = content[: 2**bits], content[2**bits :]
    together = 8 // bits  # codes in one byte
    codes = np.arange(256)[:, np.newaxis] >> (bits * np.arange(together))
    meant = table[codes & (2**bits - 1)]  # (256, together): the bytes that each byte stands for
    return np.take(meant.view(f"u{together}"), packed).view(np.uint8)[:n]
