"""Which events are looked at: conditions such as "rating ≥ 4" or "category contains books".

Conditions are joined by *and*. A value that was not observed is neither equal to anything nor
different from it: it satisfies no comparison but "is not observed", as NULL does in SQL (E. F.
Codd, "Extending the database relational model to capture more meaning", ACM TODS 4, 1979).
Conditions on users and items are decided once for each user and item and then looked up for the
events, so that ten million events cost little more than one comparison each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from algorithms.arrays import AnyArray, BoolArray, FloatArray, TextArray
from algorithms.data.log import InteractionLog
from algorithms.errors import DataError


class FilterError(DataError):
    """A condition that cannot be decided."""


class NoNumberError(FilterError):
    """A column of numbers compared with something else."""

    template = "“{value}” is no number, and column “{column}” holds numbers. Write it like 3.5."


class NoTimeError(FilterError):
    """A column of times compared with something else."""

    template = (
        "“{value}” is no time. Write a year, a day or a minute, like 2015, 2015-03-01 or "
        "2015-03-01 18:30 (UTC)."
    )


class NoValueError(FilterError):
    """A comparison with nothing."""

    template = "Say what “{column}” shall be compared with, or choose “is not observed”."


class UnknownColumnError(FilterError):
    """A column that the data does not have."""

    template = "The data has no column “{column}”. Choose one of its columns."


class ColumnGroup(StrEnum):
    """Where a column comes from; the first six are columns themselves and need no name."""

    USER = "user"
    ITEM = "item"
    TITLE = "title"
    KIND = "kind"
    CATEGORY = "category"
    TIME = "time"
    LABEL = "label"
    CONTEXT = "context"
    USER_FEATURE = "user_feature"
    ITEM_FEATURE = "item_feature"


class Comparison(StrEnum):
    """How a value is compared."""

    EQUAL = "="
    UNEQUAL = "≠"
    LESS = "<"
    AT_MOST = "≤"
    GREATER = ">"
    AT_LEAST = "≥"
    CONTAINS = "contains"
    OBSERVED = "is observed"
    NOT_OBSERVED = "is not observed"

    @property
    def needs_value(self) -> bool:
        """Whether there is something to compare with."""
        return self not in (Comparison.OBSERVED, Comparison.NOT_OBSERVED)


@dataclass(frozen=True, slots=True)
class FilterColumn:
    """A column of a log; ``name`` is what the data calls it, empty where the group says all."""

    group: ColumnGroup
    name: str = ""

    def __str__(self) -> str:
        return self.name or self.group.value


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; ``value`` is what a person wrote."""

    column: FilterColumn
    comparison: Comparison
    value: str = ""


def filter_columns(log: InteractionLog) -> tuple[FilterColumn, ...]:
    """Return the columns of a log that conditions can be about."""
    groups = [ColumnGroup.USER, ColumnGroup.ITEM, ColumnGroup.TITLE]
    if len(log.item_table.kinds) > 1:
        groups.append(ColumnGroup.KIND)
    if (log.item_table.categories != "").any():
        groups.append(ColumnGroup.CATEGORY)
    if log.timestamps is not None:
        groups.append(ColumnGroup.TIME)
    named = (
        (ColumnGroup.LABEL, log.labels),
        (ColumnGroup.CONTEXT, log.context),
        (ColumnGroup.USER_FEATURE, log.user_table.features),
        (ColumnGroup.ITEM_FEATURE, log.item_table.features),
    )
    return (
        *(FilterColumn(group) for group in groups),
        *(FilterColumn(group, name) for group, columns in named for name in columns),
    )


def apply(log: InteractionLog, conditions: Sequence[Condition]) -> BoolArray:
    """Return (n_events,) True where an event satisfies all conditions.

    Raises
    ------
    FilterError
        Where a condition names no column of the log, or a value that its column cannot hold.
    """
    kept = np.ones(len(log), dtype=np.bool_)
    for condition in conditions:
        kept &= _events(log, condition)
    return kept


def _events(log: InteractionLog, condition: Condition) -> BoolArray:
    """Decide one condition for every event."""
    values, places = _values(log, condition.column)
    if condition.comparison.needs_value and not condition.value.strip():
        raise NoValueError(column=str(condition.column))
    if condition.column.group is ColumnGroup.TIME:
        found = _decide_time(values, condition)
    elif values.dtype.kind in "iufb":
        found = _decide_number(values, condition)
    else:
        found = _decide_text(values.astype(np.str_, copy=False), condition)
    return found if places is None else found[places]


def _values(log: InteractionLog, column: FilterColumn) -> tuple[AnyArray, AnyArray | None]:
    """Return the values of a column and, where they are those of a table, (n_events,) places."""
    items, users = log.item_table, log.user_table
    name = column.name
    look: dict[ColumnGroup, Callable[[], tuple[AnyArray | None, AnyArray | None]]] = {
        ColumnGroup.USER: lambda: (users.ids.ids, log.users),
        ColumnGroup.ITEM: lambda: (items.ids.ids, log.items),
        ColumnGroup.TITLE: lambda: (items.titles, log.items),
        ColumnGroup.KIND: lambda: (np.array(items.kinds, np.str_)[items.kind_codes], log.items),
        ColumnGroup.CATEGORY: lambda: (items.categories, log.items),
        ColumnGroup.TIME: lambda: (log.timestamps, None),
        ColumnGroup.LABEL: lambda: (log.labels.get(name), None),
        ColumnGroup.CONTEXT: lambda: (log.context.get(name), None),
        ColumnGroup.USER_FEATURE: lambda: (users.features.get(name), log.users),
        ColumnGroup.ITEM_FEATURE: lambda: (items.features.get(name), log.items),
    }
    values, places = look[column.group]()
    if values is None:
        raise UnknownColumnError(column=str(column))
    return values, places


# --- comparing --------------------------------------------------------------------------------


def _compare(values: AnyArray, comparison: Comparison, value: str | float) -> BoolArray:
    compare: np.ufunc = {
        Comparison.EQUAL: np.equal,
        Comparison.UNEQUAL: np.not_equal,
        Comparison.LESS: np.less,
        Comparison.AT_MOST: np.less_equal,
        Comparison.GREATER: np.greater,
        Comparison.AT_LEAST: np.greater_equal,
    }[comparison]
    compared: BoolArray = compare(values, value)
    return compared


def _decide_number(values: AnyArray, condition: Condition) -> BoolArray:
    observed: BoolArray = (
        ~np.isnan(values) if values.dtype.kind == "f" else np.ones(len(values), dtype=np.bool_)
    )
    comparison = condition.comparison
    if comparison is Comparison.OBSERVED:
        return observed
    if comparison is Comparison.NOT_OBSERVED:
        return ~observed
    value = _number(condition.value)
    if value is None:
        raise NoNumberError(value=condition.value.strip(), column=str(condition.column))
    if comparison is Comparison.CONTAINS:  # a number has no parts
        comparison = Comparison.EQUAL
    # 0.1 is meant as the column holds it: the nearest number of its 32 bits
    with np.errstate(over="ignore"):  # 1e99 is infinite there
        exact = values.dtype.type(value) if values.dtype.kind == "f" else value
    return _compare(values, comparison, exact) & observed


def _number(text: str) -> float | int | None:
    text = text.strip().replace("−", "-")
    if re.fullmatch(r"[+-]?\d{1,18}", text):
        return int(text)  # whole numbers beyond 2^53 stay what they are
    try:
        number = float(text)
    except ValueError:
        return None
    return None if np.isnan(number) else number


def _decide_time(values: AnyArray, condition: Condition) -> BoolArray:
    """Compare with the stretch of time that a text names: a year, month, day, hour or minute."""
    comparison = condition.comparison
    if not comparison.needs_value:
        return np.full(len(values), comparison is Comparison.OBSERVED)
    begin, end = _stretch(condition.value)
    decided: dict[Comparison, Callable[[], BoolArray]] = {
        Comparison.UNEQUAL: lambda: (values < begin) | (values >= end),
        Comparison.LESS: lambda: values < begin,
        Comparison.AT_MOST: lambda: values < end,
        Comparison.GREATER: lambda: values >= end,
        Comparison.AT_LEAST: lambda: values >= begin,
    }
    return decided.get(comparison, lambda: (values >= begin) & (values < end))()


def _stretch(text: str) -> tuple[int, int]:
    """Return begin and end (not included) in seconds since 1970."""
    wanted = text.strip()
    if re.fullmatch(r"\d{4}(-\d\d?(-\d\d?([ T]\d\d?(:\d\d(:\d\d)?)?)?)?)?", wanted):
        padded = re.sub(r"(?<!\d)\d(?!\d)", lambda digit: f"0{digit[0]}", wanted)
        try:
            begin = np.datetime64(padded.replace(" ", "T"))
        except ValueError:
            raise NoTimeError(value=wanted) from None
        seconds = [moment.astype("datetime64[s]").astype(np.int64) for moment in (begin, begin + 1)]
        return int(seconds[0]), int(seconds[1])
    raise NoTimeError(value=wanted)


def _decide_text(values: TextArray, condition: Condition) -> BoolArray:
    """Compare texts, ids as they stand and all others whatever their case."""
    observed: BoolArray = values != ""
    comparison, value = condition.comparison, condition.value.strip()
    if comparison is Comparison.OBSERVED:
        return observed
    if comparison is Comparison.NOT_OBSERVED:
        return ~observed
    if comparison is Comparison.CONTAINS:
        found: BoolArray = np.strings.find(np.strings.lower(values), value.lower()) >= 0
        return found
    is_id = condition.column.group in (ColumnGroup.USER, ColumnGroup.ITEM)
    if comparison in (Comparison.EQUAL, Comparison.UNEQUAL):
        if not is_id:
            values, value = np.strings.lower(values), value.lower()
        return _compare(values, comparison, value) & observed
    numbers = _as_numbers(values, observed)
    limit = _number(value)
    if numbers is not None:  # 9 comes before 10
        if limit is None:
            raise NoNumberError(value=value, column=str(condition.column))
        return _compare(numbers, comparison, limit) & observed
    return _compare(np.strings.lower(values), comparison, value.lower()) & observed


def _as_numbers(values: TextArray, observed: BoolArray) -> FloatArray | None:
    """Return texts that are all whole numbers as numbers, NaN where there is no text."""
    seen = values[observed]
    if len(seen) == 0 or not np.strings.isdecimal(seen).all():
        return None
    numbers = np.full(len(values), np.nan)
    numbers[observed] = seen.astype(np.float64)
    return numbers
