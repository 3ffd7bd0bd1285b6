"""What could come next in a condition, for an editor that helps while one types."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from algorithms.rules.conditions.fields import Field, Fields, Scope, ValueType, quoted

_MOST = 50

_IN_TASK = re.compile(r"\b(item|user|context|score|share)\s*\[\s*(?P<piece>(?:[\"'][^\"']*)?)$")
_AFTER_DOT = re.compile(r"\b(item|user|context)\s*\.\s*(?P<piece>\w*)$")
_FIELD = r"(?P<field>\w+\s*(?:\.\s*\w+|\[\s*(?:\"[^\"]*\"|'[^']*')\s*\])?)"
_VALUE = re.compile(_FIELD + r"\s*(?:==|!=)\s*(?P<piece>\"[^\"]*|'[^']*|)$")
_LISTED = re.compile(_FIELD + r"\s*(?:not\s+)?in\s*[(\[][^()\[\]]*?(?P<piece>\"[^\"]*|'[^']*|)$")
_OPERAND = re.compile(r"(?:[\w\])\"'])\s+(?P<piece>[a-z]*)$")
_STARTS_VALUE = re.compile(r"(?:^|[(,\[+\-*/%<>=]|\b(?:and|or|not|in))\s*(?P<piece>\w*)$")


@dataclass(frozen=True, slots=True)
class Completion:
    """A text that may replace ``length`` characters from ``start``, counted from 0.

    Parameters
    ----------
    text : what comes in their place
    start, length : what it replaces
    type : of the values it stands for; None for operators
    """

    text: str
    start: int
    length: int
    type: ValueType | None = None


def completions(text: str, position: int, fields: Fields) -> tuple[Completion, ...]:
    """Return what could stand at a place of an unfinished condition, the likeliest first.

    Parameters
    ----------
    text : the condition so far, right or wrong
    position : of the cursor, counted from 0; what is after it is not looked at
    fields : what may be asked
    """
    before = text[:position]
    offered: list[tuple[str, str, ValueType | None]]
    if found := _AFTER_DOT.search(before):
        scope = Scope(found.group(1))
        start = found.start(1)
        offered = [(field.name, str(field), field.type) for field in fields.of_scope(scope)]
        return _matching(found["piece"], offered, start, position)
    if found := _IN_TASK.search(before):
        scope = Scope(found.group(1))
        start = found.start(1)
        named = fields.of_scope(scope)
        offered = [(field.name, f"{scope}[{quoted(field.name)}]", field.type) for field in named]
        return _matching(found["piece"][1:], offered, start, position)
    for pattern in (_VALUE, _LISTED):
        if found := pattern.search(before):
            field = _field_written(found["field"], fields)
            if field is not None and field.examples:
                offered = [(text, quoted(text), field.type) for text in field.examples]
                piece = found["piece"]
                return _matching(piece[1:], offered, position - len(piece), position)
    if _in_text(before):
        return ()
    if found := _STARTS_VALUE.search(before):
        piece = found["piece"]
        offered = [(str(field), str(field), field.type) for field in fields.known]
        offered.append(("not", "not ", None))
        return _matching(piece, offered, position - len(piece), position)
    if found := _OPERAND.search(before):
        words = ("and", "or", "==", "!=", "<", "<=", ">", ">=", "in", "not in")
        piece = found["piece"]
        offered = [(word, f"{word} ", None) for word in words]
        return _matching(piece, offered, position - len(piece), position)
    return ()


def _matching(
    piece: str,
    offered: Iterable[tuple[str, str, ValueType | None]],
    start: int,
    position: int,
) -> tuple[Completion, ...]:
    """Return what begins with a piece, then what has it within."""
    wanted = piece.casefold()
    ranked = [
        (not name.casefold().startswith(wanted), Completion(text, start, position - start, kind))
        for name, text, kind in offered
        if wanted in name.casefold()
    ]
    ranked.sort(key=lambda pair: pair[0])  # stable: else in the order of their declaration
    return tuple(completion for _, completion in ranked[:_MOST])


def _field_written(written: str, fields: Fields) -> Field | None:
    plain = re.sub(r"\s+(?=[.\[])|(?<=[.\[])\s+|\s+(?=\])", "", written).replace("'", '"')
    return next((field for field in fields.known if plain in _spellings(field)), None)


def _spellings(field: Field) -> tuple[str, ...]:
    return str(field).replace("'", '"'), f'{field.scope}["{field.name}"]'


def _in_text(before: str) -> bool:
    """Say whether a text was begun and not closed."""
    return bool(re.match(r"(?:[^\"']|\"[^\"]*\"|'[^']*')*[\"'][^\"']*$", before)) and not bool(
        re.fullmatch(r"(?:[^\"']|\"[^\"]*\"|'[^']*')*", before)
    )
