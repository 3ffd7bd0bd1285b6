"""What the stretches of Python source are, to show each in its own way (Qt-free).

The lab's algorithms are its textbook, so docstrings are prose to be read, and the names of a
model's parameters are links to its form.
"""

from __future__ import annotations

import ast
import io
import keyword
import tokenize
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """What a stretch of source is."""

    KEYWORD = "keyword"
    NAME = "name"  # of a function or class where it is defined
    NUMBER = "number"
    TEXT = "text"  # a string
    DOCSTRING = "docstring"
    COMMENT = "comment"
    DECLARED = "declared"  # a parameter of the model, where it is declared
    READ = "read"  # a parameter of the model, where it is read


LINKS = (Part.DECLARED, Part.READ)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of one line, counted from 0; start and length as Qt counts, in UTF-16 units."""

    line: int
    start: int
    length: int
    part: Part


def stretches(source: str, parameters: Collection[str] = ()) -> Iterator[Stretch]:
    """Yield the stretches of Python source that are not plain, in their order.

    Parameters
    ----------
    parameters : names of the model's parameters. They are marked where they are declared
        (``n_factors: int = …``) and where they are read (``self.config.n_factors``); the same
        name elsewhere may mean something else.
    """
    lines = source.split("\n")
    tokens = _tokens(source)
    docstrings = _docstrings(source)
    for place, token in enumerate(tokens):
        part = _part(tokens, place, docstrings, parameters)
        if part is not None:
            yield from _by_line(token, lines, part)


def _tokens(source: str) -> list[tokenize.TokenInfo]:
    """Return the tokens up to the first place that is not Python."""
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            found.append(token)  # noqa: PERF402 - what came before the error is kept
    except (tokenize.TokenError, SyntaxError):  # shown without colours from there on
        pass
    return found


def _docstrings(source: str) -> set[tuple[int, int]]:
    """Return where docstrings begin, as line from 1 and column in bytes."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return set()
    bodies = (
        node.body
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return {
        (body[0].lineno, body[0].col_offset)
        for body in bodies
        if body
        and isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
        and isinstance(body[0].value.value, str)
    }


def _part(
    tokens: list[tokenize.TokenInfo],
    place: int,
    docstrings: set[tuple[int, int]],
    parameters: Collection[str],
) -> Part | None:
    token = tokens[place]
    before = tokens[place - 1].string if place else ""
    if token.type == tokenize.COMMENT:
        return Part.COMMENT
    if token.type == tokenize.NUMBER:
        return Part.NUMBER
    if token.type == tokenize.STRING:  # before a docstring there are only spaces: bytes = letters
        return Part.DOCSTRING if token.start in docstrings else Part.TEXT
    if token.type != tokenize.NAME:
        return None
    if keyword.iskeyword(token.string):
        return Part.KEYWORD
    if before in ("def", "class"):
        return Part.NAME
    return _use(tokens, place) if token.string in parameters else None


def _use(tokens: list[tokenize.TokenInfo], place: int) -> Part | None:
    """Return whether a name is a declared field, or read from the configuration."""
    token = tokens[place]
    after = tokens[place + 1].string if place + 1 < len(tokens) else ""
    is_first = not token.line[: token.start[1]].strip()
    if is_first and after == ":":
        return Part.DECLARED
    before = [each.string for each in tokens[max(place - 2, 0) : place]]
    return Part.READ if before == ["config", "."] else None


def _by_line(token: tokenize.TokenInfo, lines: list[str], part: Part) -> Iterator[Stretch]:
    (first, start), (last, stop) = token.start, token.end
    for number in range(first, last + 1):
        line = lines[number - 1]
        left = start if number == first else 0
        right = stop if number == last else len(line)
        if right > left:
            yield Stretch(number - 1, utf16(line[:left]), utf16(line[left:right]), part)


def utf16(text: str) -> int:
    """Return the length as Qt counts it."""
    return len(text.encode("utf-16-le")) // 2
