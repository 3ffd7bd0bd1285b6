"""The form of one rule: choices from what there is here, conditions in a field of their own."""

from __future__ import annotations

from pydantic import BaseModel

from algorithms.rules.conditions import Fields, Scope, ValueType
from mtrec_gui.pages.rules.reading import item_names
from mtrec_gui.pages.rules.state import RulesState
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.condition_edit import ConditionEdit
from mtrec_gui.widgets.config_form import ConfigForm


def rule_form(
    rule_class: type[BaseModel], state: RulesState, fields: Fields, appearance: Appearance
) -> ConfigForm:
    """Return the form of a rule.

    Parameters
    ----------
    rule_class : its declaration
    state : names the tasks and kinds
    fields : what its conditions can ask
    """
    of_users = fields.only(Scope.USER, Scope.CONTEXT)
    return ConfigForm(
        rule_class,
        skip=("enabled", "rule"),
        choices={
            "task": state.tasks,
            "item_kind": state.item_kinds,
            "by": item_names(fields),
            "feature": item_names(fields, ValueType.NUMBER),
        },
        editors={
            "condition": lambda: ConditionEdit(fields, appearance),
            "when": lambda: ConditionEdit(of_users, appearance, may_be_empty=True),
        },
        last=("when",),
    )
