"""A task gets another name: conditions that ask for its score follow."""

from __future__ import annotations

from algorithms.rules.conditions.errors import ConditionError
from algorithms.rules.conditions.fields import quoted
from algorithms.rules.conditions.tokens import TokenKind, tokens_of


def rename_in_condition(text: str, old: str, new: str) -> str:
    """Return a condition with ``score["old"]`` and ``share["old"]`` renamed.

    A condition that cannot be cut into words stays as it is.
    """
    try:
        tokens = tokens_of(text)
    except ConditionError:
        return text
    found = text
    for number in range(len(tokens) - 1, 1, -1):  # from the end: places before stay true
        token = tokens[number]
        if (
            token.kind is TokenKind.TEXT
            and token.text[1:-1] == old
            and tokens[number - 1].text == "["
            and tokens[number - 2].text in ("score", "share")
        ):
            found = found[: token.start] + quoted(new) + found[token.stop :]
    return found
