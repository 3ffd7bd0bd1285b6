"""Undo and redo over one immutable value: the experiment that a person edits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step(Generic[T]):
    """One edit: what it is called, and the value before and after."""

    name: str
    before: T
    after: T


class History(Generic[T]):
    """The edits that can be undone and those that can be done again.

    Edits that follow one another under the same ``merge`` key (typing into one field) become
    one step, so that a person undoes what they meant and not each key press.
    """

    LIMIT = 200

    def __init__(self) -> None:
        self._done: list[Step[T]] = []
        self._undone: list[Step[T]] = []
        self._merge: str | None = None

    def record(self, name: str, before: T, after: T, merge: str | None = None) -> None:
        """Remember an edit; what was undone can no longer be redone."""
        self._undone.clear()
        if merge is not None and merge == self._merge and self._done:
            self._done[-1] = Step(name, self._done[-1].before, after)
        else:
            self._done.append(Step(name, before, after))
            del self._done[: -self.LIMIT]
        self._merge = merge

    def undo(self) -> T | None:
        """Return the value before the last edit, or None where there is none."""
        if not self._done:
            return None
        step = self._done.pop()
        self._undone.append(step)
        self._merge = None
        return step.before

    def redo(self) -> T | None:
        """Return the value after the edit undone last, or None where there is none."""
        if not self._undone:
            return None
        step = self._undone.pop()
        self._done.append(step)
        self._merge = None
        return step.after

    def clear(self) -> None:
        """Forget everything."""
        self._done.clear()
        self._undone.clear()
        self._merge = None

    @property
    def undo_name(self) -> str | None:
        """What would be undone."""
        return self._done[-1].name if self._done else None

    @property
    def redo_name(self) -> str | None:
        """What would be done again."""
        return self._undone[-1].name if self._undone else None
