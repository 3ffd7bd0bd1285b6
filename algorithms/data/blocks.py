r"""A file in blocks of whole lines, in one encoding and with one line end, whatever it was.

However large a file is, only a few million bytes of it are in memory at a time. Each block is
valid UTF-8, ends with ``\n`` and has no other line end; so whoever reads it need not know that
the file was written in GB18030 on an old Mac.
"""

from __future__ import annotations

import codecs
from typing import BinaryIO

from algorithms.data.look import FileLook
from algorithms.errors import UnreadableFileError

BLOCK_BYTES = 1 << 20
_MAX_BLOCK_BYTES = 1 << 30  # places in a block are 32-bit numbers
_AS_THEY_ARE = ("utf-8", "utf-8-sig", "ascii")


class Blocks:
    """Reads a stream block by block.

    Parameters
    ----------
    stream : the bytes of the text
    look : what the text is taken for
    size : bytes to read at a time
    """

    def __init__(self, stream: BinaryIO, look: FileLook, size: int = BLOCK_BYTES) -> None:
        self._stream = stream
        self._look = look
        self._size = size
        self._encoding = codecs.lookup(look.encoding).name
        self._decoder = codecs.getincrementaldecoder(look.encoding)()
        self._rest = b""  # after the last line end
        self._line = 1  # number of the first line of the next block
        self._is_first = True
        self.n_bytes = 0  # read so far
        self.is_last = False

    def next(self, line: int, carried: bytes = b"") -> bytes:
        """Return the next block; empty where the text has ended.

        Parameters
        ----------
        line : number of its first line
        carried : the end of the block before, which could not be used yet

        Raises
        ------
        UnreadableFileError
            Where the bytes are not in the encoding, or a line is longer than a gigabyte.
        """
        self._line = line + carried.count(b"\n")
        parts = [self._rest]
        while not self.is_last:
            raw = self._stream.read(self._size)
            self.n_bytes += len(raw)
            self.is_last = not raw
            part = raw if self._encoding in _AS_THEY_ARE else self._recode(raw)
            parts.append(part)
            if b"\n" in part or b"\r" in part[:-1]:
                break
            if sum(map(len, parts)) + len(carried) > _MAX_BLOCK_BYTES:
                raise self._unreadable("a line of more than a gigabyte")
        block, self._rest = self._cut(b"".join(parts) if len(parts) > 2 else parts[0] + parts[-1])
        if self._encoding in _AS_THEY_ARE:
            block = self._check(block)
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        self._is_first = False
        return carried + block if carried else block

    def _cut(self, text: bytes) -> tuple[bytes, bytes]:
        """Return whole lines, and the rest; a CR at the end may be half a line end."""
        if self.is_last:
            return (text if text.endswith((b"\n", b"\r")) or not text else text + b"\n"), b""
        end = max(text.rfind(b"\n"), text.rfind(b"\r", 0, -1)) + 1
        return text[:end], text[end:]

    def _recode(self, raw: bytes) -> bytes:
        try:
            return self._decoder.decode(raw, final=not raw).encode()
        except UnicodeError as error:
            good = error.object[: error.start] if isinstance(error, UnicodeDecodeError) else b""
            raise self._bad_bytes(max(good.count(b"\n"), good.count(b"\r"))) from None

    def _check(self, block: bytes) -> bytes:
        """Return a block after making sure that it is what it is taken for."""
        if self._encoding == "utf-8-sig" and self._is_first:
            block = block.removeprefix(codecs.BOM_UTF8)
        if not block.isascii():
            try:
                block.decode("ascii" if self._encoding == "ascii" else "utf-8")
            except UnicodeDecodeError as error:
                raise self._bad_bytes(block.count(b"\n", 0, error.start)) from None
        return block

    def _bad_bytes(self, n_lines: int) -> UnreadableFileError:
        return self._unreadable(
            f"bytes in line {self._line + n_lines} that are none",
            f"text in {self._look.encoding}",
            "Choose another encoding, or save the file as UTF-8.",
        )

    def _unreadable(
        self, found: str, expected: str = "lines", remedy: str = "Choose another file."
    ) -> UnreadableFileError:
        return UnreadableFileError(
            file=self._look.path.name, expected=expected, found=found, remedy=remedy
        )
