"""From a key of docs/references.bib to a line that a person reads (Qt-free)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[1] / "docs" / "references.bib"

_ENTRY = re.compile(r"@\w+\{([^,\s]+),(.*?)\n\}", re.DOTALL)
_FIELD = re.compile(r"^\s*(\w+)\s*=\s*\{(.*?)\},?\s*$", re.DOTALL | re.MULTILINE)
_ACCENTS = {
    r"\'": "\u0301",
    r"\`": "\u0300",
    r"\"": "\u0308",
    r"\^": "\u0302",
    r"\~": "\u0303",
    r"\c": "\u0327",
    r"\v": "\u030c",
}


def reference_text(key: str) -> str:
    """Return authors, year, title and where it appeared; the key where the file is not there."""
    return _references().get(key, key)


@cache
def _references() -> dict[str, str]:
    try:
        text = FILE.read_text(encoding="utf-8")
    except OSError:  # installed without the documentation
        return {}
    return {key: _line(dict(_FIELD.findall(body))) for key, body in _ENTRY.findall(text)}


def _line(fields: dict[str, str]) -> str:
    listed = re.split(r"\s+and\s+", fields.get("author", ""))  # "and" may end a line
    names = [_plain(name).split(",")[0] for name in listed]
    authors = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    where = fields.get("journal") or fields.get("booktitle") or fields.get("publisher") or ""
    parts = (f"{authors} ({fields.get('year', '')})", _plain(fields.get("title", "")))
    return ". ".join(part for part in (*parts, _plain(where)) if part) + "."


def _plain(text: str) -> str:
    """Take TeX's braces and accents away."""
    import unicodedata

    for mark, combining in _ACCENTS.items():
        text = re.sub(re.escape(mark) + r"\s*\{?(\w)\}?", r"\1" + combining, text)
    text = text.replace("{", "").replace("}", "").replace("--", "–").replace(r"\&", "&")
    return unicodedata.normalize("NFC", " ".join(text.split()))
