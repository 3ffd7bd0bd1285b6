"""A condition: a sentence over declared fields that holds, or not, for each user and item.

    item.kind == "ad" and score["ad click"] < 0.02

It is read with Python's own parser (``ast``), and then only what is on a list may stand in it:
declared fields, numbers, texts, comparisons, ``and or not``, ``+ - * / %``, ``in`` with a list of
constants. Nothing is ever executed: what was read becomes a tree (``nodes``) that NumPy works out
for all candidates at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import BoolArray
from algorithms.rules.conditions.errors import ConditionError
from algorithms.rules.conditions.fields import Field, Fields
from algorithms.rules.conditions.nodes import Asked, ColumnOf, Node
from algorithms.rules.conditions.parsing import parse


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was read and checked.

    Parameters
    ----------
    text : as it was written
    tree : what it means
    fields : what it asks
    """

    text: str
    tree: Node
    fields: frozenset[Field]

    def holds(self, column_of: ColumnOf) -> BoolArray:
        """Return where it holds, as an array that broadcasts to (m, k).

        Parameters
        ----------
        column_of : returns the column of a field: (k,) of items, (m, 1) of users, or (m, k)
        """
        return np.asarray(self.tree.column(column_of), dtype=np.bool_)


def read_condition(text: str, fields: Fields) -> Condition:
    """Read a condition and check it against the declared fields.

    Raises
    ------
    ConditionError
        Where it cannot be read, names what is not there, or mixes types; it says at which place.
    """
    tree = parse(text, fields)
    return Condition(text, tree, frozenset(_asked(tree)))


def check_condition(text: str, fields: Fields) -> ConditionError | None:
    """Return what is wrong with a condition, for an editor to mark; None where all is well."""
    try:
        read_condition(text, fields)
    except ConditionError as error:
        return error
    return None


def _asked(node: Node) -> set[Field]:
    found = {node.field} if isinstance(node, Asked) else set()
    for part in node.parts:
        found |= _asked(part)
    return found
