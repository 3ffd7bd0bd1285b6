"""From a rule set to what the page shows of it (Qt-free)."""

from __future__ import annotations

from collections.abc import Mapping

from algorithms.data import InteractionLog
from algorithms.evaluation import Experiment
from algorithms.messages import Message
from algorithms.rules import (
    BoostBoughtCategory,
    DropBelow,
    Quota,
    Rule,
    RuleSet,
    check_rules,
)
from algorithms.rules.conditions import fields_of
from algorithms.tasks import Task, TaskKind
from mtrec_gui.pages.rules.state import ListFormula, PowerRow, RuleRow, RulesState

RULES: dict[str, type[DropBelow] | type[BoostBoughtCategory] | type[Quota]] = {
    "drop_below": DropBelow,
    "boost_category": BoostBoughtCategory,
    "quota": Quota,
}


def rules_state(experiment: Experiment, log: InteractionLog, chosen: int | None) -> RulesState:
    """Return what the page shows of an experiment's rule set.

    Parameters
    ----------
    experiment : the experiment as edited so far
    log : the data
    chosen : number of the rule whose form is open
    """
    rule_set = experiment.rules
    tasks = [task for task in experiment.tasks if task.enabled]
    kinds = log.item_table.kinds
    problems = check_rules(rule_set, tasks, kinds, fields_of(log, tasks))
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
    )


def new_rule(kind: str, experiment: Experiment, log: InteractionLog) -> Rule:
    """Return a rule of a kind that names what there is here."""
    tasks = [task for task in experiment.tasks if task.enabled]
    binary = [task for task in tasks if _is_blended(task)] or tasks
    children = [task for task in binary if task.parent is not None]
    rule_class = RULES[kind]
    if rule_class is Quota:
        return Quota(item_kind=log.item_table.kinds[-1])
    if rule_class is BoostBoughtCategory:
        named = (children or binary)[0].name if binary else ""
        return BoostBoughtCategory(task=named)
    last = binary[-1] if binary else None
    return DropBelow() if last is None else DropBelow(item_kind=last.item_kind, task=last.name)


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
