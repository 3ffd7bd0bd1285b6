"""Numbers for ids: each text gets the next number when it first appears."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from algorithms.arrays import IndexArray, TextArray
from algorithms.data.field_kernels import ByteArray, fill_table, number_ids, spell_ids


class IdNumbers:
    """The ids that were met, and their numbers (a growing hash table over their bytes)."""

    def __init__(self, known: Sequence[str] = ()) -> None:
        self._n = 0
        self._table = np.full(1 << 12, -1, dtype=np.int32)
        self._hashes = np.empty(1 << 11, dtype=np.uint64)
        self._letters = np.empty(1 << 15, dtype=np.uint8)
        self._offsets = np.zeros((1 << 11) + 1, dtype=np.int64)
        if known:
            texts = [text.encode() for text in known]
            ends = np.cumsum([len(text) for text in texts], dtype=np.int32)
            starts = np.concatenate([np.zeros(1, dtype=np.int32), ends[:-1]])
            self.codes(np.frombuffer(b"".join(texts), dtype=np.uint8), starts, ends)

    def __len__(self) -> int:
        return self._n

    def codes(self, data: ByteArray, starts: IndexArray, ends: IndexArray) -> IndexArray:
        """Return (n,) the number of each id; new ones are numbered as they come.

        Parameters
        ----------
        data : bytes in UTF-8
        starts, ends : (n,) where each id lies in them
        """
        codes = np.empty(len(starts), dtype=np.int32)
        row = 0
        while True:
            row, self._n = number_ids(
                data,
                starts,
                ends,
                row,
                self._table,
                self._hashes,
                self._letters,
                self._offsets,
                self._n,
                codes,
            )
            if row == len(starts):
                return codes
            self._grow(int(ends[row] - starts[row]))

    def _grow(self, length: int) -> None:
        """Double whatever is full, so that an id of some bytes has room."""
        if self._n == len(self._hashes):
            self._hashes = np.resize(self._hashes, 2 * self._n)
            self._offsets = np.resize(self._offsets, 2 * self._n + 1)
            self._table = np.full(4 * self._n, -1, dtype=np.int32)
            fill_table(self._hashes, self._n, self._table)
        used = int(self._offsets[self._n])
        if used + length > len(self._letters):
            self._letters = np.resize(self._letters, 2 * len(self._letters) + length)

    @property
    def n_letters(self) -> int:
        """Number of bytes of all ids."""
        return int(self._offsets[self._n])

    def spelled(self) -> tuple[ByteArray, IndexArray]:
        """Return the bytes of all ids, and (n + 1,) where each begins (less than 2 gigabytes)."""
        return self._letters[: self.n_letters], self._offsets[: self._n + 1].astype(np.int32)

    def texts(self) -> TextArray:
        """Return (n,) the ids in the order of their numbers."""
        offsets = self._offsets[: self._n + 1]
        letters = self._letters[: offsets[-1]]
        width = int(np.diff(offsets).max(initial=1))
        raw = letters.tobytes()
        if raw.isascii():
            spelled = np.zeros((self._n, width), dtype=np.uint32)
            spell_ids(letters, offsets, spelled)
            texts: TextArray = spelled.view(f"<U{width}")[:, 0]
            return texts
        bounds = offsets.tolist()
        return np.array(
            [raw[start:end].decode() for start, end in pairwise(bounds)],
            dtype=np.str_,
        )
