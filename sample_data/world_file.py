"""A world as a TOML file of one's own: written with a remark beside each parameter, and read."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from algorithms.errors import ConfigError, ResourceError, UnreadableFileError
from sample_data import WORLDS, UnknownWorldError
from sample_data.spec import WorldSpec, read_spec

_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_REMARK_AT = 28  # column where remarks begin


def write_spec(spec: WorldSpec) -> str:
    """Return a world as TOML; ``read_spec`` makes the same world of it."""
    lines = [
        "# A world of the lab: its parameters. The equations are in docs/worlds.md;",
        "# `mtrec world FILE.toml` makes a project of it.",
        "",
        *_table(spec, ()),
    ]
    return "\n".join(lines) + "\n"


def _table(part: BaseModel | Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    """Write a table: its own values first, as TOML wants it, then the tables in it."""
    remarks: dict[str, str | None] = {}
    if isinstance(part, BaseModel):
        remarks = {name: field.description for name, field in type(part).model_fields.items()}
        values = {name: getattr(part, name) for name in remarks}
    else:
        values = dict(part)
    own, inner = [], []
    for name, value in values.items():
        if value is None:  # TOML has no word for nothing: it is left out
            continue
        if isinstance(value, BaseModel | Mapping):
            head = ".".join(_key(step) for step in (*path, name))
            inner += ["", f"[{head}]", *_table(value, (*path, name))]
        elif _is_tables(value):
            head = ".".join(_key(step) for step in (*path, name))
            for entry in value:
                inner += ["", f"[[{head}]]", *_table(entry, (*path, name))]
        else:
            own.append(_line(name, value, remarks.get(name)))
    return own + inner


def _is_tables(value: Any) -> bool:
    return (
        isinstance(value, tuple | list)
        and len(value) > 0
        and all(isinstance(entry, BaseModel | Mapping) for entry in value)
    )


def _line(name: str, value: Any, remark: str | None) -> str:
    line = f"{_key(name)} = {_value(value)}"
    if remark is None or "\n" in line:
        return line
    return f"{line:<{_REMARK_AT}}  # {' '.join(remark.split())}"


def _key(name: str) -> str:
    return name if name and set(name) <= _BARE else _text(name)


def _value(value: Any) -> str:
    if isinstance(value, Enum):
        return _value(value.value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Sequence):
        entries = [_value(entry) for entry in value]
        line = f"[{', '.join(entries)}]"
        if len(line) <= 80:
            return line
        return "\n".join(["[", *(f"    {entry}," for entry in entries), "]"])
    raise TypeError(f"a world file holds no {type(value).__name__}")


def _text(text: str) -> str:
    """Quote a text: TOML escapes as JSON does, and the delete character too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def open_spec(path: Path) -> WorldSpec:
    """Read a world file that a person wrote.

    Raises
    ------
    UnreadableFileError
        Where it is not there, or no TOML.
    ConfigError
        Where a parameter is missing, unknown or out of range; it names the file and the field.
    """
    try:
        return read_spec(path)
    except ConfigError as error:
        values = error.message.values
        if values["field"]:
            raise
        expected = str(values["expected"]).removeprefix("Value error, ")
        raise ConfigError(  # parameters that do not go together: the values would fill a page
            where=path.name, field="parameters together", expected=expected, found="otherwise"
        ) from None
    except OSError as error:
        found = error.strerror or str(error)
    except UnicodeDecodeError:
        found = "bytes that are not UTF-8"
    except tomllib.TOMLDecodeError as error:
        found = str(error)
    raise UnreadableFileError(
        file=str(path),
        expected="a world file (TOML)",
        found=found,
        remedy="`mtrec world --write ecommerce FILE.toml` writes one to start from.",
    )


def copy_world(key: str, path: Path) -> None:
    """Write the file of a sample world, remarks and all, under a name that is free.

    Raises
    ------
    UnknownWorldError
        Where there is no such world.
    ResourceError
        Where the file is there already, or cannot be written.
    """
    if key not in WORLDS:
        raise UnknownWorldError(world=key, worlds=", ".join(WORLDS))
    try:
        with path.open("xb") as file:
            file.write(WORLDS[key].file.read_bytes())
    except OSError as error:
        raise ResourceError(
            file=str(path),
            reason=error.strerror or str(error),
            remedy="Choose another name or place for the world file.",
        ) from error


def save_spec(spec: WorldSpec, path: Path) -> None:
    """Write a world file.

    Raises
    ------
    ResourceError
        Where the file cannot be written.
    """
    try:
        path.write_text(write_spec(spec), encoding="utf-8")
    except OSError as error:
        raise ResourceError(
            file=str(path),
            reason=error.strerror or str(error),
            remedy="Choose another place for the world file.",
        ) from error
