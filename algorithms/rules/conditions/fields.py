"""Fields: what a condition may ask of an item, a user, the moment, and the tasks.

A field is declared before it can be used, with its type; a name that is not declared is an
error, never a guess. That is half of what makes a condition safe to read: there is nothing to
reach but these columns.
"""

from __future__ import annotations

import json
import keyword
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np

from algorithms.arrays import AnyArray
from algorithms.data.log import InteractionLog, ItemTable, UserTable
from algorithms.tasks import Task

_MOST_EXAMPLES = 200  # distinct texts kept for completion


class ValueType(StrEnum):
    """What the values of a field are."""

    NUMBER = "number"
    TEXT = "text"
    TRUTH = "truth"  # holds or does not


class Scope(StrEnum):
    """Whom or what a field belongs to."""

    ITEM = "item"
    USER = "user"
    CONTEXT = "context"
    SCORE = "score"  # what a task's model says
    SHARE = "share"  # the share of items that stand no higher in a task
    PLACE = "place"  # in the list before the rule


@dataclass(frozen=True, slots=True)
class Field:
    """A declared field.

    Parameters
    ----------
    scope : whom it belongs to
    name : of the feature or task; "place" for the place
    type : of its values
    examples : some of its values, for completion; empty for numbers
    """

    scope: Scope
    name: str
    type: ValueType
    examples: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the field as it is written in a condition."""
        if self.scope is Scope.PLACE:
            return "place"
        if self.scope in (Scope.SCORE, Scope.SHARE) or not _is_plain(self.name):
            return f"{self.scope}[{quoted(self.name)}]"
        return f"{self.scope}.{self.name}"


@dataclass(frozen=True)
class Fields:
    """All fields that a condition may use."""

    known: tuple[Field, ...]

    @cached_property
    def _by_name(self) -> dict[tuple[Scope, str], Field]:
        return {(field.scope, field.name): field for field in self.known}

    def find(self, scope: Scope, name: str) -> Field | None:
        """Return a field, or None where there is none of this name."""
        return self._by_name.get((scope, name))

    def of_scope(self, scope: Scope) -> tuple[Field, ...]:
        """Return the fields of a scope, in the order of their declaration."""
        return tuple(field for field in self.known if field.scope is scope)

    def only(self, *scopes: Scope) -> Fields:
        """Return the fields of these scopes alone, such as those that tell users apart."""
        return Fields(tuple(field for field in self.known if field.scope in scopes))


# Tables never change; asking a large one for its texts takes a while, and pages ask at each edit.
_OF_ITEMS: WeakKeyDictionary[ItemTable, tuple[Field, ...]] = WeakKeyDictionary()
_OF_USERS: WeakKeyDictionary[UserTable, tuple[Field, ...]] = WeakKeyDictionary()


def fields_of(
    log: InteractionLog, tasks: Sequence[Task], context: Mapping[str, ValueType] | None = None
) -> Fields:
    """Return what a condition may ask where this data and these tasks are at hand.

    Parameters
    ----------
    log : its tables declare the features of users and items
    tasks : each has a score and a share
    context : what is known of the moment in which a page is made, such as the hour
    """
    return Fields(
        (
            *_item_fields(log.item_table),
            *_user_fields(log.user_table),
            *(Field(Scope.CONTEXT, name, kind) for name, kind in (context or {}).items()),
            *task_fields(tasks),
            Field(Scope.PLACE, "place", ValueType.NUMBER),
        )
    )


def _item_fields(table: ItemTable) -> tuple[Field, ...]:
    if table not in _OF_ITEMS:
        found = {
            "kind": Field(Scope.ITEM, "kind", ValueType.TEXT, tuple(table.kinds)),
            "category": _declared(Scope.ITEM, "category", table.categories),
            "title": Field(Scope.ITEM, "title", ValueType.TEXT),
            "id": Field(Scope.ITEM, "id", ValueType.TEXT),
        }
        for name, values in table.features.items():
            found.setdefault(name, _declared(Scope.ITEM, name, values))
        _OF_ITEMS[table] = tuple(found.values())
    return _OF_ITEMS[table]


def _user_fields(table: UserTable) -> tuple[Field, ...]:
    if table not in _OF_USERS:
        found = {"id": Field(Scope.USER, "id", ValueType.TEXT)}
        for name, values in table.features.items():
            found.setdefault(name, _declared(Scope.USER, name, values))
        _OF_USERS[table] = tuple(found.values())
    return _OF_USERS[table]


def task_fields(tasks: Iterable[Task]) -> tuple[Field, ...]:
    """Return the score and the share of each task."""
    names = [task.name for task in tasks]
    return tuple(
        Field(scope, name, ValueType.NUMBER)
        for scope in (Scope.SCORE, Scope.SHARE)
        for name in names
    )


def quoted(text: str) -> str:
    """Return a text as it is written in a condition, where it can be."""
    return f"'{text}'" if '"' in text else json.dumps(text, ensure_ascii=False)


def type_of(values: AnyArray) -> ValueType:
    """Return the type of a column."""
    return {"b": ValueType.TRUTH, "i": ValueType.NUMBER, "u": ValueType.NUMBER}.get(
        values.dtype.kind, ValueType.NUMBER if values.dtype.kind == "f" else ValueType.TEXT
    )


def _declared(scope: Scope, name: str, values: AnyArray) -> Field:
    kind = type_of(values)
    if kind is not ValueType.TEXT:
        return Field(scope, name, kind)
    distinct = np.unique(values.astype(np.str_))
    texts = [str(text) for text in distinct[: _MOST_EXAMPLES + 1] if text]
    return Field(scope, name, kind, tuple(texts[:_MOST_EXAMPLES]))


def _is_plain(name: str) -> bool:
    """Say whether a name can stand after a dot."""
    return (
        name.isidentifier()
        and not keyword.iskeyword(name)
        and unicodedata.normalize("NFKC", name) == name  # Python compares names in this form
    )
