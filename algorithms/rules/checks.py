"""Can a rule set be followed here? A rule that names what is not there is skipped, and says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from algorithms.messages import Message
from algorithms.rules.conditions import (
    Condition,
    ConditionError,
    Field,
    Fields,
    Scope,
    ValueType,
    read_condition,
)
from algorithms.rules.conditions.fields import task_fields
from algorithms.rules.rule_set import DropBelow, Freshness, Quota, Rule, RuleSet
from algorithms.tasks import Task


@dataclass(frozen=True, slots=True)
class UsableRule:
    """A rule that applies.

    Parameters
    ----------
    number : in its set, counted from 1
    rule : the rule
    condition : on the items, where the rule has one
    when : on the users, where the rule is not for all
    """

    number: int
    rule: Rule
    condition: Condition | None = None
    when: Condition | None = None

    @property
    def asked(self) -> frozenset[Field]:
        """What its conditions ask."""
        found: frozenset[Field] = frozenset()
        for condition in (self.condition, self.when):
            found |= frozenset() if condition is None else condition.fields
        return found


def check_rules(
    rule_set: RuleSet,
    tasks: Sequence[Task],
    item_kinds: Sequence[str],
    fields: Fields | None = None,
) -> list[Message]:
    """Return a sentence for each rule and power that is skipped; empty where all is well.

    Parameters
    ----------
    rule_set : the rules; switched off ones are not looked at
    tasks : the tasks that have scores
    item_kinds : the kinds of items that the data has
    fields : what conditions may ask (see ``conditions.fields_of``); without it, what every data
        has: kind, category, title and id, and the tasks
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
    known = fields or plain_fields(tasks, item_kinds)
    for number, rule in enumerate(rule_set.rules, start=1):
        found = _checked(number, rule, tasks, item_kinds, known) if rule.enabled else None
        if isinstance(found, Message):
            skipped.append(found)
    return skipped


def usable_rules(
    rule_set: RuleSet,
    tasks: Sequence[Task],
    item_kinds: Sequence[str],
    fields: Fields | None = None,
) -> list[UsableRule]:
    """Return the rules that apply, with their conditions read; arguments as ``check_rules``."""
    known = fields or plain_fields(tasks, item_kinds)
    checked = [
        _checked(number, rule, tasks, item_kinds, known)
        for number, rule in enumerate(rule_set.rules, start=1)
        if rule.enabled
    ]
    return [found for found in checked if isinstance(found, UsableRule)]


def plain_fields(tasks: Sequence[Task], item_kinds: Sequence[str]) -> Fields:
    """Return what a condition can ask of any data."""
    text = ValueType.TEXT
    return Fields(
        (
            Field(Scope.ITEM, "kind", text, tuple(item_kinds)),
            *(Field(Scope.ITEM, name, text) for name in ("category", "title", "id")),
            Field(Scope.USER, "id", text),
            *task_fields(tasks),
            Field(Scope.PLACE, "place", ValueType.NUMBER),
        )
    )


def user_fields(fields: Fields) -> Fields:
    """Return what a rule's ``when`` may ask: what tells users and moments apart."""
    return fields.only(Scope.USER, Scope.CONTEXT)


def _checked(
    number: int, rule: Rule, tasks: Sequence[Task], item_kinds: Sequence[str], fields: Fields
) -> UsableRule | Message:
    problem = (
        _no_kind(number, rule, item_kinds)
        or _no_task(number, rule, tasks)
        or _other_kind(number, rule, tasks)
        or _no_feature(number, rule, fields)
    )
    if problem is not None:
        return problem
    text = getattr(rule, "condition", None)
    try:
        condition = None if text is None else read_condition(text, fields)
        when = read_condition(rule.when, user_fields(fields)) if rule.when.strip() else None
    except ConditionError as error:
        return Message(
            "Rule {rule} is skipped: its condition cannot be read. {problem}",
            {"rule": number, "problem": str(error)},
        )
    return UsableRule(number, rule, condition, when)


def _no_task(number: int, rule: Rule, tasks: Sequence[Task]) -> Message | None:
    name = getattr(rule, "task", None)
    names = {task.name for task in tasks}
    if name is None or name in names:
        return None
    return Message(
        "Rule {rule} is skipped: there is no task “{task}”; there are {tasks}.",
        {"rule": number, "task": name, "tasks": _listed(names)},
    )


def _no_kind(number: int, rule: Rule, item_kinds: Sequence[str]) -> Message | None:
    if not isinstance(rule, DropBelow | Quota) or rule.item_kind in item_kinds:
        return None
    return Message(
        "Rule {rule} is skipped: no item is of kind “{kind}”; there are {kinds}.",
        {"rule": number, "kind": rule.item_kind, "kinds": _listed(item_kinds)},
    )


def _other_kind(number: int, rule: Rule, tasks: Sequence[Task]) -> Message | None:
    if not isinstance(rule, DropBelow):
        return None
    ranked = next(task.item_kind for task in tasks if task.name == rule.task)
    if ranked == rule.item_kind:
        return None
    return Message(
        "Rule {rule} is skipped: it looks at items of kind “{kind}”, but “{task}” ranks items "
        "of kind “{ranked}”.",
        {"rule": number, "kind": rule.item_kind, "task": rule.task, "ranked": ranked},
    )


def _no_feature(number: int, rule: Rule, fields: Fields) -> Message | None:
    is_fresh = isinstance(rule, Freshness)
    name = rule.feature if isinstance(rule, Freshness) else getattr(rule, "by", None)
    if name is None:
        return None
    found = fields.find(Scope.ITEM, name)
    if found is not None and (found.type is ValueType.NUMBER or not is_fresh):
        return None
    known = [
        field.name
        for field in fields.of_scope(Scope.ITEM)
        if field.type is ValueType.NUMBER or not is_fresh
    ]
    values = {"rule": number, "feature": name, "features": _listed(known)}
    if is_fresh:
        return Message(
            "Rule {rule} is skipped: items have no number “{feature}”; there are {features}.",
            values,
        )
    return Message(
        "Rule {rule} is skipped: items have no “{feature}”; there are {features}.", values
    )


def _listed(names: Sequence[str] | set[str]) -> str:
    return ", ".join(sorted(names)) or "none"
