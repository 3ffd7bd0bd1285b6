r"""From a term in mathtext to a line of plain text, such as 1/log₂ 4 (Qt-free)."""

from __future__ import annotations

import re

_SIGNS = {
    r"\cdots": "…",
    r"\cdot": "·",
    r"\times": "×",
    r"\approx": "≈",
    r"\log_2": "log₂",
    r"\log_{2}": "log₂",
    r"\ln": "ln",
    r"\min": "min",
    r"\log": "log",
    r"\sqrt": "√",
    r"\left": "",
    r"\right": "",
    r"\mathrm": "",
    r"\,": " ",
    r"\;": " ",
    "^2": "²",
    "^{2}": "²",
    "^{3}": "³",
    "-": "−",
}


def plain(mathtext: str) -> str:
    r"""Return a term as plain text.

    Examples
    --------
    >>> plain(r"$\frac{1}{\log_2 4}$"), plain(r"$(4 - 3.5)^2$"), plain(r"$2 \cdot 3$")
    ('1/log₂ 4', '(4 − 3.5)²', '2 · 3')
    """
    text = _fractions(mathtext.strip("$"))
    for sign, shown in sorted(_SIGNS.items(), key=lambda pair: -len(pair[0])):
        text = text.replace(sign, shown)
    text = text.replace("{", "").replace("}", "")
    return re.sub(r"\s+", " ", text).strip()


def _fractions(text: str) -> str:
    """Write each fraction in one line, the inner ones first."""
    while (start := text.rfind(r"\frac{")) >= 0:
        above, end = _group(text, start + len(r"\frac"))
        below, end = _group(text, end)
        text = f"{text[:start]}{_held(above)}/{_held(below)}{text[end:]}"
    return text


def _held(part: str) -> str:
    """Put brackets round what would fall apart in one line."""
    return f"({part})" if re.search(r" [+-] |\\cdot|/", part) else part


def _group(text: str, start: int) -> tuple[str, int]:
    """Return what stands in the braces that open at ``start``, and where they end."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if not depth:
            return text[start + 1 : place], place + 1
    return text[start:], len(text)
