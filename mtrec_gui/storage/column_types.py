"""Column types of the project file that SQLite does not have: JSON, time, truth."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

from mtrec_gui.storage.errors import DamageFound, UnstorableError

_NUMBER = "$number"  # JSON has no NaN and no infinity: {"$number": "nan"}


def to_json(value: object) -> str:
    """Return strict JSON; NumPy scalars become numbers, NaN becomes ``{"$number": "nan"}``.

    Raises
    ------
    UnstorableError
        Where the value holds something that is no JSON.
    """
    try:
        return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False)
    except TypeError as error:
        raise UnstorableError(what="a JSON value", found=str(error)) from None


def from_json(text: str) -> Any:
    """Read what ``to_json`` wrote."""
    try:
        return json.loads(text, object_hook=_number)
    except (TypeError, ValueError, RecursionError):
        raise DamageFound("a JSON value") from None


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return {_NUMBER: repr(value)}
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value


def _number(entry: dict[str, Any]) -> Any:
    return float(entry[_NUMBER]) if entry.keys() == {_NUMBER} else entry


class JsonText(TypeDecorator[Any]):
    """A JSON value as text that any SQLite tool shows and queries."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write; None is NULL."""
        return None if value is None else to_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read."""
        return None if value is None else from_json(value)


class UtcTime(TypeDecorator[datetime]):
    """A moment as ISO 8601 text in UTC, to the second."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write."""
        return None if value is None else value.astimezone(UTC).isoformat(timespec="seconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Read."""
        if value is None:
            return None
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except (TypeError, ValueError):
            raise DamageFound("a date") from None


class Truth(TypeDecorator[bool]):
    """A truth value as 0 or 1 (strict tables know no BOOLEAN)."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:
        """Write."""
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> bool | None:
        """Read."""
        return None if value is None else bool(value)


def number_or_null(value: float) -> float | None:
    """Return a number as a plain row keeps it: NaN is NULL, on purpose."""
    return None if math.isnan(value) else float(value)


def number_or_nan(value: float | None) -> float:
    """Return what ``number_or_null`` was given."""
    return math.nan if value is None else value


def now() -> datetime:
    """Return the present moment, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
