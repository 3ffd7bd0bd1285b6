"""What can be wrong with a condition, and where."""

from __future__ import annotations

from algorithms.errors import MtrecError


class ConditionError(MtrecError, ValueError):
    """A condition that cannot be read.

    Its values ``column`` (counted from 1) and ``length`` say which characters are meant.
    """

    template = "At character {column}: expected {expected}, found {found}."

    @property
    def start(self) -> int:
        """Where the wrong piece begins, counted from 0."""
        return int(self.message.values["column"]) - 1

    @property
    def length(self) -> int:
        """How many characters are wrong; 0 at the end of the text."""
        return int(self.message.values["length"])


class MisspeltConditionError(ConditionError):
    """A condition that cannot be read, where something close to it could."""

    template = (
        "At character {column}: expected {expected}, found {found}. Did you mean “{suggestion}”?"
    )

    @property
    def suggestion(self) -> str:
        """What may have been meant."""
        return str(self.message.values["suggestion"])


def refusal(
    start: int, length: int, expected: str, found: str, suggestion: str | None = None
) -> ConditionError:
    """Return the error for a piece of text that begins at ``start``, counted from 0."""
    shown = found if len(found) <= 60 else f"{found[:57]}…"
    if suggestion is None:
        return ConditionError(column=start + 1, length=length, expected=expected, found=shown)
    return MisspeltConditionError(
        column=start + 1, length=length, expected=expected, found=shown, suggestion=suggestion
    )
