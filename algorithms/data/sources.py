"""What lies in a file: the stream of text that a reader reads, whatever it was wrapped in."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO


def members(path: Path) -> tuple[str, ...]:
    """Return the names of the tables in a file; one empty name where the file is the table."""
    return ("",)


def open_stream(path: Path, member: str = "") -> BinaryIO:
    """Open the text of a table for reading.

    Parameters
    ----------
    path : the file
    member : which of its tables
    """
    return path.open("rb")
