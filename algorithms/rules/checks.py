"""Can a rule set be followed here? A rule that names what is not there is skipped, and says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from algorithms.messages import Message
from algorithms.rules.rule_set import BoostBoughtCategory, DropBelow, Quota, Rule, RuleSet
from algorithms.tasks import Task


def check_rules(
    rule_set: RuleSet, tasks: Sequence[Task], item_kinds: Sequence[str]
) -> list[Message]:
    """Return a sentence for each rule and power that is skipped; empty where all is well.

    Parameters
    ----------
    rule_set : the rules; switched off ones are not looked at
    tasks : the tasks that have scores
    item_kinds : the kinds of items that the data has
    """
    names = {task.name for task in tasks}
    skipped = [
        Message(
            "The power of “{task}” is skipped: there is no such task; there are {tasks}.",
            {"task": task, "tasks": _listed(names)},
        )
        for task in rule_set.powers
        if task not in names
    ]
    for number, rule in enumerate(rule_set.rules, start=1):
        problem = _problem(number, rule, tasks, item_kinds) if rule.enabled else None
        if problem is not None:
            skipped.append(problem)
    return skipped


def usable_rules(
    rule_set: RuleSet, tasks: Sequence[Task], item_kinds: Sequence[str]
) -> list[tuple[int, Rule]]:
    """Return the rules that apply, each with its number in the set, counted from 1."""
    return [
        (number, rule)
        for number, rule in enumerate(rule_set.rules, start=1)
        if rule.enabled and _problem(number, rule, tasks, item_kinds) is None
    ]


def _problem(
    number: int, rule: Rule, tasks: Sequence[Task], item_kinds: Sequence[str]
) -> Message | None:
    match rule:
        case DropBelow():
            return (
                _no_kind(number, rule.item_kind, item_kinds)
                or _no_task(number, rule.task, tasks)
                or _other_kind(number, rule, tasks)
            )
        case BoostBoughtCategory():
            return _no_task(number, rule.task, tasks)
        case Quota():
            return _no_kind(number, rule.item_kind, item_kinds)
        case _:
            assert_never(rule)


def _no_task(number: int, name: str, tasks: Sequence[Task]) -> Message | None:
    names = {task.name for task in tasks}
    if name in names:
        return None
    return Message(
        "Rule {rule} is skipped: there is no task “{task}”; there are {tasks}.",
        {"rule": number, "task": name, "tasks": _listed(names)},
    )


def _no_kind(number: int, kind: str, item_kinds: Sequence[str]) -> Message | None:
    if kind in item_kinds:
        return None
    return Message(
        "Rule {rule} is skipped: no item is of kind “{kind}”; there are {kinds}.",
        {"rule": number, "kind": kind, "kinds": _listed(item_kinds)},
    )


def _other_kind(number: int, rule: DropBelow, tasks: Sequence[Task]) -> Message | None:
    ranked = next(task.item_kind for task in tasks if task.name == rule.task)
    if ranked == rule.item_kind:
        return None
    return Message(
        "Rule {rule} is skipped: it looks at items of kind “{kind}”, but “{task}” ranks items "
        "of kind “{ranked}”.",
        {"rule": number, "kind": rule.item_kind, "task": rule.task, "ranked": ranked},
    )


def _listed(names: Sequence[str] | set[str]) -> str:
    return ", ".join(sorted(names)) or "none"
