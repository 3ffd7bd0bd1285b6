"""The words and signs of a condition: what is none of them is refused before anything reads it.

Cutting first gives every error its place, and keeps from Python's parser whatever it could
stumble over: escapes, prefixes of texts, comments, odd characters, brackets without a partner.
"""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from enum import StrEnum

from algorithms.rules.conditions.errors import ConditionError, refusal

MOST_CHARACTERS = 2_000
MOST_DEPTH = 30
_MOST_TOKENS = 800  # no tree of 200 nodes needs more

_VALUE = "a field, a number or a text"
_WORDS = frozenset({"and", "or", "not", "in", "True", "False"})
_INSTEAD = {
    "=": "==",
    "&&": "and",
    "||": "or",
    "!": "not",
    "&": "and",
    "|": "or",
    "<>": "!=",
    "=<": "<=",
    "=>": ">=",
    "===": "==",
    "AND": "and",
    "OR": "or",
    "NOT": "not",
    "IN": "in",
    "true": "True",
    "false": "False",
}
_CLOSING = {"(": ")", "[": "]"}
_TOKEN = re.compile(
    r"""
    (?P<space>[\ \t\r\n\u00a0\u3000]+)
  | (?P<text>"[^"\\\x00-\x1f\x7f\ud800-\udfff]*"|'[^'\\\x00-\x1f\x7f\ud800-\udfff]*')
  | (?P<number>(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)
  | (?P<name>[^\W\d]\w*)
  | (?P<sign>===|==|!=|<=|>=|<>|=<|=>|\*\*|//|&&|\|\||[-+*/%<>()\[\],.=!&|])
    """,
    re.VERBOSE,
)


class TokenKind(StrEnum):
    """What a token is."""

    TEXT = "text"
    NUMBER = "number"
    NAME = "name"
    WORD = "word"  # and, or, not, in, True, False
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign, and the characters it takes, counted from 0."""

    kind: TokenKind
    text: str
    start: int

    @property
    def stop(self) -> int:
        """Where the next character is."""
        return self.start + len(self.text)


def tokens_of(text: str) -> list[Token]:
    """Cut a condition into its words and signs.

    Raises
    ------
    ConditionError
        Where a piece is no word or sign of a condition, brackets do not match, or it is too long.
    """
    if len(text) > MOST_CHARACTERS:
        raise refusal(
            MOST_CHARACTERS,
            len(text) - MOST_CHARACTERS,
            f"at most {MOST_CHARACTERS:,} characters",
            f"{len(text):,}",
        )
    found: list[Token] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise _unknown(text, place)
        if match.lastgroup != "space":
            found.append(_checked(match.lastgroup, match.group(), place, found))
        place = match.end()
    if len(found) > _MOST_TOKENS:
        raise refusal(
            found[_MOST_TOKENS].start,
            len(found[_MOST_TOKENS].text),
            f"at most {_MOST_TOKENS} words and signs",
            str(len(found)),
        )
    _check_brackets(found)
    return found


def _checked(group: str, piece: str, place: int, before: list[Token]) -> Token:
    if piece in _INSTEAD:
        suggestion = _INSTEAD[piece]
        raise refusal(place, len(piece), "an operator", f"“{piece}”", suggestion)
    if piece in ("**", "//"):
        raise refusal(place, len(piece), "one of + - * / %", f"“{piece}”")
    if piece in _WORDS:
        token = Token(TokenKind.WORD, piece, place)
    elif group == "name" and keyword.iskeyword(piece):
        raise refusal(place, len(piece), _VALUE, f"“{piece}”")
    else:
        token = Token(TokenKind(group), piece, place)
    if before and _is_value(token) and _is_value(before[-1]):
        raise refusal(place, len(piece), "an operator such as == or and", f"“{piece}”")
    return token


def _is_value(token: Token) -> bool:
    return token.kind in (TokenKind.TEXT, TokenKind.NUMBER, TokenKind.NAME) or token.text in (
        "True",
        "False",
    )


def _unknown(text: str, place: int) -> ConditionError:
    sign = text[place]
    if sign in "\"'":
        rest = text[place + 1 :]
        if "\\" in rest.partition(sign)[0]:
            at = place + 1 + rest.index("\\")
            return refusal(at, 1, "a text without a backslash", "“\\”")
        if sign not in rest:
            return refusal(place, len(text) - place, f"a closing {sign}", "the end")
        return refusal(place, 1, "a text on one line, of characters that can be seen", "others")
    shown = f"“{sign}”" if sign.isprintable() else f"the character U+{ord(sign):04X}"
    return refusal(place, 1, _VALUE, shown)


def _check_brackets(tokens: list[Token]) -> None:
    open_ones: list[Token] = []
    for token in tokens:
        if token.kind is not TokenKind.SIGN:
            continue
        if token.text in _CLOSING:
            open_ones.append(token)
            if len(open_ones) > MOST_DEPTH:
                raise refusal(token.start, 1, f"at most {MOST_DEPTH} brackets in brackets", "more")
        elif token.text in _CLOSING.values():
            if not open_ones:
                raise refusal(token.start, 1, "an opening bracket before it", f"“{token.text}”")
            wanted = _CLOSING[open_ones.pop().text]
            if token.text != wanted:
                raise refusal(token.start, 1, f"“{wanted}”", f"“{token.text}”")
    if open_ones:
        last = open_ones[-1]
        raise refusal(last.start, 1, f"a closing “{_CLOSING[last.text]}”", "none")
