r"""A formula set from pieces that are kept: matplotlib's own parser takes up to 50 ms for one.

Numbers, fractions, roots, brackets and scripts are put together here; the signs themselves are
matplotlib's. What is not known here, such as :math:`\sum`, is left to matplotlib as a whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum, auto

import numpy as np

from mtrec_gui.plots.metric_lettering import Ink, joined, lettered, mathematical

_TOKEN = re.compile(r"\\mathrm\{[^{}]*\}|\\[a-zA-Z]+|\\.|\d+(?:\.\d+)?|[a-zA-Z]+|\S")
_AXIS = 0.313  # on which fractions and brackets are centred, in sizes of the text
_SMALL = 0.7  # of scripts and of fractions in a line
_LINE = 0.055  # thickness
_MOVE, _LINE_TO, _CLOSE = 1, 2, 79
_SPACES = {r"\,": 0.16, r"\ ": 0.32, r"\quad": 1.0}
_WORDS = (r"\log", r"\ln", r"\min", r"\max")
_SIGNS = (r"\rho", r"\tau", r"\alpha", r"\cdots")


class _Kind(Enum):
    """What a piece is to its neighbours."""

    PLAIN = auto()
    BINARY = auto()
    RELATION = auto()
    OPENING = auto()
    CLOSING = auto()
    COMMA = auto()
    WORD = auto()


_KINDS = {
    "+": _Kind.BINARY,
    "-": _Kind.BINARY,
    r"\cdot": _Kind.BINARY,
    "=": _Kind.RELATION,
    r"\approx": _Kind.RELATION,
    "(": _Kind.OPENING,
    ")": _Kind.CLOSING,
    ",": _Kind.COMMA,
}
_NO_OPERAND = (_Kind.BINARY, _Kind.RELATION, _Kind.OPENING, _Kind.COMMA, _Kind.WORD)


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: _Kind
    ink: Ink


class _UnknownError(ValueError):
    """Something that is not put together here."""


def formula_ink(text: str) -> Ink:
    """Return the outlines of a formula in mathtext, with its dollar signs."""
    if text.count("$") == 2 and text.startswith("$") and text.endswith("$"):
        try:
            return _Setter(text[1:-1]).line()
        except _UnknownError:
            pass
    return mathematical(text)


class _Setter:
    """Reads mathtext from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = _TOKEN.findall(text)
        self._place = 0

    def line(self) -> Ink:
        """Set everything."""
        ink = self._sequence("")
        if self._place < len(self._tokens):
            raise _UnknownError
        return ink

    @property
    def _next(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _take(self, wanted: str = "") -> str:
        mark = self._next
        if not mark or (wanted and mark != wanted):
            raise _UnknownError
        self._place += 1
        return mark

    def _group(self) -> Ink:
        """Set what stands in braces, or one sign."""
        if self._next != "{":
            return self._piece(_Kind.PLAIN).ink
        self._take("{")
        ink = self._sequence("}")
        self._take("}")
        return ink

    def _sequence(self, end: str) -> Ink:
        pieces: list[_Piece] = []
        while self._next and self._next != end:
            before = pieces[-1].kind if pieces else _Kind.OPENING
            piece = self._piece(before)
            while self._next in ("^", "_"):
                piece = replace(piece, ink=self._scripted(piece.ink))
            pieces.append(piece)
        return _spaced(pieces)

    def _piece(self, before: _Kind) -> _Piece:
        mark = self._take()
        if mark in _SPACES:
            return _Piece(before, joined((), _SPACES[mark]))
        if mark in (r"\frac", r"\dfrac"):
            size = _SMALL if mark == r"\frac" else 1.0
            return _Piece(_Kind.PLAIN, _fraction(self._group(), self._group(), size))
        if mark == r"\sqrt" and self._next == "{":
            return _Piece(_Kind.PLAIN, _root(self._group()))
        if mark == r"\left":
            return _Piece(_Kind.PLAIN, self._bracketed())
        if mark == "|":
            kind = _Kind.OPENING if before in _NO_OPERAND else _Kind.CLOSING
            return _Piece(kind, mathematical("$|$"))
        if mark in _KINDS:
            is_sign = _KINDS[mark] is _Kind.BINARY and before in _NO_OPERAND
            return _Piece(_Kind.OPENING if is_sign else _KINDS[mark], mathematical(f"${mark}$"))
        if mark[0].isdigit():
            return _Piece(_Kind.PLAIN, lettered(mark, ("DejaVu Sans",)))
        if mark in _WORDS:
            ink = mathematical(f"${mark}$")
            drawn = ink.vertices[ink.codes != _CLOSE]
            return _Piece(_Kind.WORD, replace(ink, width=float(drawn[:, 0].max()) + 0.05))
        if mark in _SIGNS or mark.isalpha() or mark.startswith(r"\mathrm"):
            return _Piece(_Kind.PLAIN, mathematical(f"${mark}$"))
        raise _UnknownError

    def _scripted(self, ink: Ink) -> Ink:
        is_above = self._take() == "^"
        script = self._group()
        y = max(0.42, ink.above - 0.34) if is_above else -0.2 - max(ink.below - 0.2, 0)
        placed = script.placed(ink.width + 0.03, y, _SMALL)
        placed = replace(placed, above=placed.above + y, below=max(placed.below - y, 0))
        return joined((ink, placed), ink.width + 0.05 + placed.width)

    def _bracketed(self) -> Ink:
        self._take("(")
        inside = self._sequence(r"\right")
        self._take(r"\right")
        self._take(")")
        left, right = (_stretched(mathematical(f"${sign}$"), inside) for sign in "()")
        width = left.width + inside.width + right.width
        shapes = (left, _moved(inside, left.width), _moved(right, left.width + inside.width))
        return joined(shapes, width)


def _spaced(pieces: list[_Piece]) -> Ink:
    """Put pieces side by side, with room around what joins others."""
    room = {_Kind.BINARY: (0.2, 0.2), _Kind.COMMA: (0.0, 0.2)}  # a relation brings its own
    inks, x = [], 0.0
    for place, piece in enumerate(pieces):
        before, after = room.get(piece.kind, (0.0, 0.0))
        if piece.kind is _Kind.WORD and place + 1 < len(pieces):
            after = 0.0 if pieces[place + 1].kind is _Kind.OPENING else 0.16
        inks.append(_moved(piece.ink, x + before))
        x += before + piece.ink.width + after
    return joined(inks, x)


def _fraction(above: Ink, below: Ink, size: float) -> Ink:
    gap = 0.2 if size == 1.0 else 0.11
    upper, lower = above.placed(0, 0, size), below.placed(0, 0, size)
    width = max(upper.width, lower.width) + 0.1 * size
    up, down = _AXIS + gap + upper.below, _AXIS - gap - lower.above
    shapes = (
        _moved(upper, (width - upper.width) / 2, up),
        _moved(lower, (width - lower.width) / 2, down),
        _rule(0.0, width, _AXIS),
    )
    return _moved(joined(shapes, width), 0.06 * size, 0.0, 0.12 * size)


def _root(inside: Ink) -> Ink:
    """Put a root over something: the sign is stretched to its height."""
    top, foot = inside.above + 0.14, -inside.below - 0.05
    sign = lettered("√", ("DejaVu Sans",))
    drawn = sign.vertices[sign.codes != _CLOSE]
    (left, low), (right, high) = drawn.min(axis=0), drawn.max(axis=0)
    tall = (top - foot) / (high - low)
    wide = min(tall, 1.2)
    vertices = (sign.vertices - (left, low)) * (wide, tall) + (0.0, foot)
    start = (right - left) * wide
    shapes = (
        Ink(vertices, sign.codes, start, top, -foot),
        _rule(start - 0.03, start + inside.width + 0.1, top - _LINE / 2),
        _moved(inside, start + 0.05),
    )
    return joined(shapes, start + inside.width + 0.12)


def _stretched(sign: Ink, inside: Ink) -> Ink:
    """Make a bracket as tall as what it holds."""
    reach = max(inside.above - _AXIS, inside.below + _AXIS, 0.45)
    tall = reach / 0.45
    wide = tall**0.5
    vertices = (sign.vertices - (0.0, _AXIS)) * (wide, tall) + (0.0, _AXIS)
    return Ink(vertices, sign.codes, sign.width * wide, _AXIS + reach, reach - _AXIS)


def _rule(left: float, right: float, y: float) -> Ink:
    corners = [(left, y - _LINE / 2), (right, y - _LINE / 2), (right, y + _LINE / 2)]
    corners += [(left, y + _LINE / 2), (left, y - _LINE / 2)]
    codes = np.array([_MOVE, _LINE_TO, _LINE_TO, _LINE_TO, _CLOSE], dtype=np.uint8)
    return Ink(np.array(corners), codes, right - left, y + _LINE, 0.0)


def _moved(ink: Ink, x: float, y: float = 0.0, more: float = 0.0) -> Ink:
    """Return it further right and higher; ``more`` widens it."""
    return Ink(
        ink.vertices + np.array((x, y)),
        ink.codes,
        ink.width + more,
        ink.above + y,
        max(ink.below - y, 0.0),
    )
