r"""What a condition means, as a small tree that NumPy works out for all candidates at once.

Every node stands for a column that broadcasts to (m users, k items): what is asked of items is
(k,), of users (m, 1), of both (m, k), so that no user and no item is looked at one by one.

What is not known compares false. A number that is missing, or that came of a division by zero, is
NaN, and *every* comparison with it is false: ``x == y``, ``x < y``, and ``x != y`` too, since of
what is not known nothing can be said. ``not`` turns truth around: ``not x < 3`` holds where x is
missing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from algorithms.arrays import AnyArray
from algorithms.rules.conditions.fields import Field, ValueType

ColumnOf = Callable[[Field], AnyArray]  # the column of a field, which broadcasts to (m, k)


class Node(ABC):
    """A part of a condition that has a value for every user and item."""

    __slots__ = ()

    @property
    @abstractmethod
    def type(self) -> ValueType:
        """What its values are."""

    @abstractmethod
    def column(self, column_of: ColumnOf) -> AnyArray:
        """Return its values, which broadcast to (m, k)."""

    @property
    def parts(self) -> tuple[Node, ...]:
        """The nodes it is made of."""
        return ()


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """A number, a text or a truth that stands in the condition."""

    value: float | str | bool

    @property
    def type(self) -> ValueType:
        """What its value is."""
        if isinstance(self.value, bool):
            return ValueType.TRUTH
        return ValueType.TEXT if isinstance(self.value, str) else ValueType.NUMBER

    def column(self, column_of: ColumnOf) -> AnyArray:
        """Return the value, as an array without a dimension."""
        return np.asarray(self.value)


@dataclass(frozen=True, slots=True)
class Asked(Node):
    """The values of a field."""

    field: Field

    @property
    def type(self) -> ValueType:
        """What the field's values are."""
        return self.field.type

    def column(self, column_of: ColumnOf) -> AnyArray:
        """Return the column of the field."""
        return column_of(self.field)


class _NumberNode(Node):
    __slots__ = ()

    @property
    def type(self) -> ValueType:
        return ValueType.NUMBER


class _TruthNode(Node):
    __slots__ = ()

    @property
    def type(self) -> ValueType:
        return ValueType.TRUTH


@dataclass(frozen=True, slots=True)
class Negative(_NumberNode):
    """Minus a number."""

    part: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        """The number."""
        return (self.part,)

    def column(self, column_of: ColumnOf) -> AnyArray:
        """Return -x."""
        return np.negative(self.part.column(column_of))


@dataclass(frozen=True, slots=True)
class Arithmetic(_NumberNode):
    """Two numbers, and + - * / or % between them."""

    sign: str
    left: Node
    right: Node

    _WORK: ClassVar[dict[str, Any]] = {
        "+": np.add,
        "-": np.subtract,
        "*": np.multiply,
        "/": np.divide,
        "%": np.mod,
    }

    @property
    def parts(self) -> tuple[Node, ...]:
        """Both numbers."""
        return self.left, self.right

    def column(self, column_of: ColumnOf) -> AnyArray:
        """Return x op y; NaN where it divides by zero."""
        left, right = self.left.column(column_of), self.right.column(column_of)
        with np.errstate(all="ignore"):
            found: AnyArray = self._WORK[self.sign](left, right, dtype=np.float64)
        if self.sign in "/%" and np.any(right == 0):
            return np.where(right == 0, np.nan, found)
        return found


@dataclass(frozen=True, slots=True)
class Comparison(_TruthNode):
    """Two values of one type, and what must be so between them."""

    sign: str
    left: Node
    right: Node

    _WORK: ClassVar[dict[str, Any]] = {
        "==": np.equal,
        "!=": np.not_equal,
        "<": np.less,
        "<=": np.less_equal,
        ">": np.greater,
        ">=": np.greater_equal,
    }

    @property
    def parts(self) -> tuple[Node, ...]:
        """Both values."""
        return self.left, self.right

    def column(self, column_of: ColumnOf) -> AnyArray:
        """Return where it is so; False where a number is missing."""
        left, right = self.left.column(column_of), self.right.column(column_of)
        found: AnyArray = self._WORK[self.sign](left, right)
        if self.sign == "!=" and self.left.type is ValueType.NUMBER:
            found = found & (left == left) & (right == right)
        return found


@dataclass(frozen=True, slots=True)
class OneOf(_TruthNode):
    """A value that is, or is not, one of some constants."""

    part: Node
    values: tuple[float | str | bool, ...]
    wanted: bool

    @property
    def parts(self) -> tuple[Node, ...]:
        """The value."""
        return (self.part,)

    def column(self, column_of: ColumnOf) -> AnyArray:
        """Return where it is one of them, or none; False where a number is missing."""
        column = self.part.column(column_of)
        found: AnyArray = np.isin(column, np.array(self.values))
        if self.wanted:
            return found
        if self.part.type is ValueType.NUMBER:
            found = found | (column != column)
        return ~found


@dataclass(frozen=True, slots=True)
class Within(_TruthNode):
    """A text that stands, or does not, within the text of a field."""

    text: str
    part: Node
    wanted: bool

    @property
    def parts(self) -> tuple[Node, ...]:
        """The text that is searched."""
        return (self.part,)

    def column(self, column_of: ColumnOf) -> AnyArray:
        """Return where it stands within."""
        found: AnyArray = np.strings.find(self.part.column(column_of), self.text) >= 0
        return found if self.wanted else ~found


@dataclass(frozen=True, slots=True)
class Together(_TruthNode):
    """Several conditions joined by ``and``, or by ``or``."""

    all_of: bool
    conditions: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        """The conditions."""
        return self.conditions

    def column(self, column_of: ColumnOf) -> AnyArray:
        """Return where all hold, or one does."""
        join = np.logical_and if self.all_of else np.logical_or
        found = self.conditions[0].column(column_of)
        for condition in self.conditions[1:]:
            found = join(found, condition.column(column_of))
        return found


@dataclass(frozen=True, slots=True)
class Not(_TruthNode):
    """A condition turned around."""

    condition: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        """The condition."""
        return (self.condition,)

    def column(self, column_of: ColumnOf) -> AnyArray:
        """Return where it does not hold."""
        return np.logical_not(self.condition.column(column_of))
