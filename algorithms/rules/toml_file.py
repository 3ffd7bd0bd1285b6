"""Rule sets as TOML: a text that people read, send one another, and change by hand.

    name = "House rules"
    method = "product"

    [powers]
    click = 0.5

    [[rules]]
    rule = "drop"
    condition = 'item.kind == "ad" and score["ad click"] < 0.02'

``enabled = false`` switches a rule off, ``when`` says for which users it is. Reading is strict: an
unknown name, a value out of range, or a file that is no TOML is an error that says where; nothing
is taken over by half. Tasks that are not here are no error: rules and powers that name them stay
in the set and are told by ``check_rules``, or are left out and told by ``fit_rules``.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from algorithms.errors import ConfigError, ResourceError, UnreadableFileError
from algorithms.messages import Message
from algorithms.rules.checks import check_rules
from algorithms.rules.conditions import Fields
from algorithms.rules.reasons import describe
from algorithms.rules.rule_set import RuleSet
from algorithms.tasks import Task

_MOST_BYTES = 1_000_000
_UNSAID = {"enabled": True, "when": ""}  # what is left out of a file
_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def rules_to_toml(rule_set: RuleSet) -> str:
    """Return a rule set as TOML, a remark above each rule; ``rules_from_toml`` reads it."""
    lines = [
        "# Rules of the lab; docs/rules.md describes them. They apply from first to last.",
        f"name = {_value(rule_set.name)}",
        f"method = {_value(rule_set.method)}",
    ]
    if rule_set.powers:
        lines += ["", "[powers]"]
        lines += [f"{_key(task)} = {_value(power)}" for task, power in rule_set.powers.items()]
    for number, rule in enumerate(rule_set.rules, start=1):
        said = " ".join(str(describe(rule)).split())
        values = rule.model_dump(exclude={"rule"})
        values = {name: value for name, value in values.items() if value != _UNSAID.get(name)}
        lines += ["", f"# {number}. {_remark(said)}", "[[rules]]", f"rule = {_value(rule.rule)}"]
        lines += [f"{_key(name)} = {_value(value)}" for name, value in values.items()]
    return "\n".join(lines) + "\n"


def rules_from_toml(text: str, where: str = "the rule set") -> RuleSet:
    """Read a rule set.

    Parameters
    ----------
    text : TOML
    where : what an error calls it, such as the name of its file

    Raises
    ------
    UnreadableFileError
        Where it is no TOML.
    ConfigError
        Where a name is unknown or a value is out of range; it names the rule and the field.
    """
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UnreadableFileError(
            file=where,
            expected="a rule set (TOML)",
            found=str(error) or "too many brackets",
            remedy="Export a rule set to see what one looks like.",
        ) from None
    try:
        return RuleSet.model_validate(values)
    except ValidationError as error:
        raise _first_problem(error, where) from None


def save_rules(rule_set: RuleSet, path: Path) -> None:
    """Write a rule set to a file.

    Raises
    ------
    ResourceError
        Where the file cannot be written.
    """
    try:
        path.write_text(rules_to_toml(rule_set), encoding="utf-8")
    except OSError as error:
        raise ResourceError(
            file=str(path),
            reason=error.strerror or str(error),
            remedy="Choose another place for the rule set.",
        ) from error


def open_rules(path: Path) -> RuleSet:
    """Read a rule set from a file; errors as ``rules_from_toml``, and where it is not there."""
    found = ""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) <= _MOST_BYTES:
            return rules_from_toml(content.decode("utf-8-sig"), path.name)
        found = f"more than {_MOST_BYTES:,} bytes"
    except OSError as error:
        found = error.strerror or str(error)
    except UnicodeDecodeError:
        found = "bytes that are not UTF-8"
    raise UnreadableFileError(
        file=str(path),
        expected="a rule set (TOML)",
        found=found,
        remedy="Export a rule set to see what one looks like.",
    )


def fit_rules(
    rule_set: RuleSet, tasks: Sequence[Task], item_kinds: Sequence[str], fields: Fields
) -> tuple[RuleSet, tuple[Message, ...]]:
    """Return what of a rule set can be followed here, and a sentence for each part left out.

    Parameters
    ----------
    rule_set : from another project, that may name tasks, kinds and features which are not here;
        rules that are switched off are looked at too
    tasks, item_kinds, fields : what is here (see ``checks.check_rules``)
    """
    switched_on = rule_set.model_copy(
        update={"rules": tuple(r.model_copy(update={"enabled": True}) for r in rule_set.rules)}
    )
    problems = check_rules(switched_on, tasks, item_kinds, fields)
    skipped = {message.values["rule"] for message in problems if "rule" in message.values}
    names = {task.name for task in tasks}
    kept = tuple(
        rule for number, rule in enumerate(rule_set.rules, start=1) if number not in skipped
    )
    powers = {task: power for task, power in rule_set.powers.items() if task in names}
    return rule_set.model_copy(update={"rules": kept, "powers": powers}), tuple(problems)


def _first_problem(error: ValidationError, where: str) -> ConfigError:
    """Say what is wrong first, in which rule, counted from 1."""
    first = error.errors()[0]
    steps = list(first["loc"])
    if steps[:1] == ["rules"] and len(steps) > 1 and isinstance(steps[1], int):
        where = f"{where}, rule {steps[1] + 1}"
        steps = steps[3:] or ["rule"]  # without the kind of the rule
    found = repr(first["input"])
    return ConfigError(
        where=where,
        field=".".join(str(step) for step in steps),
        expected=first["msg"],
        found=found if len(found) <= 80 else f"{found[:77]}…",
    )


def _value(value: Any) -> str:
    if isinstance(value, Enum):
        return _value(value.value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return _text(str(value))


def _key(name: str) -> str:
    return name if name and set(name) <= _BARE else _quoted(name)


def _text(text: str) -> str:
    """Quote a text: as it stands where it can, so that a condition is easy to read."""
    if '"' in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return _quoted(text)


def _quoted(text: str) -> str:
    """Quote a text: TOML escapes as JSON does, and the delete character too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _remark(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())
