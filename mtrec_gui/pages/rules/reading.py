"""From a rule set to what the page shows of it (Qt-free)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, TypeAdapter

from algorithms.data import InteractionLog
from algorithms.evaluation import Experiment
from algorithms.messages import Message
from algorithms.rules import AlreadyBought, BoostBoughtCategory, DropBelow, Rule, check_rules
from algorithms.rules.conditions import Field, Fields, Scope, ValueType
from algorithms.rules.conditions.fields import quoted, task_fields
from algorithms.rules.rule_set import RuleSet
from algorithms.tasks import Task, TaskKind
from mtrec_gui.pages.rules.state import ListFormula, PowerRow, RuleRow, RulesState, Version

if TYPE_CHECKING:
    from mtrec_gui.storage import Project

MOST_VERSIONS = 20


def _members(kind: object) -> tuple[type[BaseModel], ...]:
    """Return the classes of a union, however it is put together."""
    if isinstance(kind, type):
        return (kind,)
    return tuple(member for part in get_args(kind) for member in _members(part))


# by the word that stands for it in a file; the last part of the declaration tells them apart
RULES: dict[str, type[BaseModel]] = {
    made.model_fields["rule"].default: made for made in _members(get_args(Rule)[0])
}
_READ_RULE: TypeAdapter[Rule] = TypeAdapter(Rule)


def rules_state(
    experiment: Experiment, log: InteractionLog, chosen: int | None, fields: Fields | None
) -> RulesState:
    """Return what the page shows of an experiment's rule set.

    Parameters
    ----------
    experiment : the experiment as edited so far
    log : the data
    chosen : number of the rule whose form is open
    fields : what conditions can ask; None where that is not known yet, and nothing is a problem
    """
    rule_set = experiment.rules
    tasks = [task for task in experiment.tasks if task.enabled]
    kinds = log.item_table.kinds
    problems = [] if fields is None else check_rules(rule_set, tasks, kinds, fields)
    of_rule = {m.values["rule"]: m for m in problems if "rule" in m.values}
    of_power = {m.values["task"]: m for m in problems if "rule" not in m.values}
    return RulesState(
        method=rule_set.method,
        powers=_powers(experiment, of_power),
        formulas=tuple(_formula(task, tasks, rule_set) for task in tasks if _is_blended(task)),
        rules=tuple(
            RuleRow(number, rule, of_rule.get(number))
            for number, rule in enumerate(rule_set.rules, start=1)
        ),
        chosen=chosen,
        tasks=tuple(task.name for task in tasks),
        item_kinds=kinds,
        fields=fields,
    )


def with_tasks(fields: Fields, tasks: Sequence[Task]) -> Fields:
    """Return the fields of the data, with the scores and shares of these tasks."""
    scopes = (Scope.SCORE, Scope.SHARE, Scope.PLACE)
    of_data = [field for field in fields.known if field.scope not in scopes]
    return Fields((*of_data, *task_fields(tasks), *fields.of_scope(Scope.PLACE)))


def new_rule(
    kind: str, experiment: Experiment, log: InteractionLog, fields: Fields | None = None
) -> Rule:
    """Return a rule of a kind that names what there is here."""
    declared = RULES[kind].model_fields
    tasks = [task for task in experiment.tasks if task.enabled]
    binary = [task for task in tasks if _is_blended(task)] or tasks
    children = [task for task in binary if task.parent is not None]
    kinds = log.item_table.kinds
    values: dict[str, Any] = {"rule": kind}
    if "task" in declared and binary:
        named = binary[0]
        if kind == _word(DropBelow):
            named = binary[-1]
            values["item_kind"] = named.item_kind
        elif kind in (_word(BoostBoughtCategory), _word(AlreadyBought)):
            named = (children or binary)[0]
        values["task"] = named.name
    elif "item_kind" in declared:
        values["item_kind"] = kinds[-1]
    if "condition" in declared:
        values["condition"] = f"item.kind == {quoted(kinds[-1])}"
    if "feature" in declared:
        numbers = item_names(fields, ValueType.NUMBER)
        values["feature"] = numbers[0] if numbers else ""
    return _READ_RULE.validate_python(values)


def item_names(fields: Fields | None, kind: ValueType | None = None) -> tuple[str, ...]:
    """Return the names of what items have, such as a category; only those of a type if given."""
    known: tuple[Field, ...] = () if fields is None else fields.of_scope(Scope.ITEM)
    return tuple(field.name for field in known if kind in (None, field.type))


def _word(rule_class: type[BaseModel]) -> str:
    return str(rule_class.model_fields["rule"].default)


def _powers(
    experiment: Experiment, problems: Mapping[str | int | float, Message]
) -> tuple[PowerRow, ...]:
    powers = experiment.rules.powers
    rows = [
        PowerRow(task.name, position, powers.get(task.name), problems.get(task.name))
        for position, task in enumerate(experiment.tasks)
        if task.enabled
    ]
    named = {row.task for row in rows}
    gone = [
        PowerRow(name, None, power, problems.get(name))
        for name, power in powers.items()
        if name not in named
    ]
    return (*rows, *gone)


def _is_blended(task: Task) -> bool:
    return task.kind is TaskKind.BINARY


def _formula(task: Task, tasks: list[Task], rule_set: RuleSet) -> ListFormula:
    others = [
        (other.name, rule_set.powers[other.name])
        for other in tasks
        if other.name != task.name
        and other.item_kind == task.item_kind
        and rule_set.powers.get(other.name, 0) > 0
    ]
    return ListFormula(task.name, ((task.name, 1.0), *others))


def versions(project: Project) -> tuple[Version, ...]:
    """Return the rule sets that comparisons were run with, each once, the newest first."""
    found: dict[str, Version] = {}
    for comparison in reversed(project.comparisons()):
        rules = comparison.experiment.rules
        found.setdefault(rules.model_dump_json(), Version(comparison.created, rules))
    return tuple(found.values())[:MOST_VERSIONS]
