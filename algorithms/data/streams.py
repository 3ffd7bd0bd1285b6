"""Bytes that can be read again and again, and streams made of what a generator yields."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from algorithms.errors import UnreadableFileError

BLOCK_BYTES = 1 << 18


def unreadable(name: str, *, found: str, remedy: str) -> UnreadableFileError:
    """Return the error for a file that no table can be read from."""
    return UnreadableFileError(
        file=name,
        expected="a table: text with columns such as CSV, Parquet, JSON lines or Excel",
        found=found,
        remedy=remedy,
    )


@dataclass(frozen=True, slots=True)
class Bytes:
    """Some bytes, of a file or of what was packed in one.

    Parameters
    ----------
    name : what a message calls them
    open : opens them from the beginning
    key : tells them from any other bytes, as long as the file stays as it is
    path : the file that holds exactly these bytes, if there is one
    """

    name: str
    open: Callable[[], BinaryIO] = field(compare=False)
    key: tuple[str | int, ...]
    path: Path | None = None

    @contextmanager
    def seekable(self) -> Iterator[BinaryIO]:
        """Open them so that one may jump; what was packed is unpacked to a file for it."""
        if self.path is not None:
            with self.open() as file:
                yield file
            return
        with tempfile.TemporaryFile() as copy, self.open() as stream:
            shutil.copyfileobj(stream, copy, BLOCK_BYTES)
            copy.seek(0)
            yield copy

    @contextmanager
    def file(self) -> Iterator[Path]:
        """Give them as a file on the disk, which is gone afterwards where it was unpacked."""
        if self.path is not None:
            yield self.path
            return
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, "unpacked")
            with copy.open("wb") as target, self.open() as stream:
                shutil.copyfileobj(stream, target, BLOCK_BYTES)
            yield copy


class _Readable(Protocol):
    def read(self, n: int, /) -> bytes: ...


def in_blocks(stream: _Readable) -> Iterator[bytes]:
    """Yield what is left of a stream."""
    while block := stream.read(BLOCK_BYTES):
        yield block


def as_stream(blocks: Iterator[bytes]) -> BinaryIO:
    """Return a stream of the bytes that a generator yields; closing it closes the generator."""
    return cast("BinaryIO", io.BufferedReader(_Blocks(blocks), BLOCK_BYTES))


class _Blocks(io.RawIOBase):
    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._rest = memoryview(b"")
        self._n_read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = memoryview(block)
        n = min(len(buffer), len(self._rest))
        buffer[:n] = self._rest[:n]
        self._rest = self._rest[n:]
        self._n_read += n
        return n

    def tell(self) -> int:
        return self._n_read

    def close(self) -> None:
        close = getattr(self._blocks, "close", None)
        if close is not None:
            close()
        super().close()
