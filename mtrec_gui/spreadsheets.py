"""Texts that a spreadsheet opens and does not run."""

from __future__ import annotations

import re

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def safe_text(text: str) -> str:
    """Return a text that no spreadsheet runs: one like a formula gets an apostrophe before it."""
    return f"'{text}" if text.startswith(_RISKY) and not _NUMBER.fullmatch(text) else text
