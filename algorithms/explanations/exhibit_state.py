"""Exhibits as arrays and JSON values, so that a fitted model keeps what it showed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from algorithms.arrays import AnyArray
from algorithms.explanations.exhibit import Bars, Exhibit, HeatMap, Lines, Points, Table
from algorithms.messages import Message

_FORMS: Mapping[str, type[Exhibit]] = {
    form.__name__: form for form in (Lines, Bars, HeatMap, Points, Table)
}
_PREFIX = "exhibit."


def exhibits_to_state(
    exhibits: Sequence[Exhibit],
) -> tuple[dict[str, AnyArray], list[dict[str, Any]]]:
    """Return exhibits as arrays by name, and as JSON values that name their arrays."""
    arrays: dict[str, AnyArray] = {}
    values = []
    for number, exhibit in enumerate(exhibits):
        said = {
            field.name: _packed(
                getattr(exhibit, field.name), f"{_PREFIX}{number}.{field.name}", arrays
            )
            for field in fields(exhibit)
        }
        values.append({"form": type(exhibit).__name__, "fields": said})
    return arrays, values


def exhibits_from_state(
    arrays: Mapping[str, AnyArray], values: Sequence[Mapping[str, Any]]
) -> tuple[Exhibit, ...]:
    """Take back what ``exhibits_to_state`` returned."""
    return tuple(
        _FORMS[each["form"]](
            **{name: _unpacked(value, arrays) for name, value in each["fields"].items()}
        )
        for each in values
    )


def _packed(value: Any, name: str, arrays: dict[str, AnyArray]) -> Any:
    match value:
        case np.ndarray():
            arrays[name] = value
            return {"array": name}
        case Message():
            return {"template": value.template, "values": dict(value.values)}
        case Mapping():
            return {
                "mapping": [
                    [key, _packed(each, f"{name}.{position}", arrays)]
                    for position, (key, each) in enumerate(value.items())
                ]
            }
        case tuple():
            return {"tuple": [_packed(each, name, arrays) for each in value]}
    return value


def _unpacked(value: Any, arrays: Mapping[str, AnyArray]) -> Any:
    match value:
        case {"array": name}:
            return np.asarray(arrays[name])
        case {"template": template, "values": values}:
            return Message(template, values)
        case {"mapping": pairs}:
            return {key: _unpacked(each, arrays) for key, each in pairs}
        case {"tuple": parts}:
            return tuple(_unpacked(each, arrays) for each in parts)
    return value
