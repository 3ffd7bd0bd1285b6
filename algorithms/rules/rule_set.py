"""Rule sets: how several tasks' scores become one ranking, and which rules then apply.

This is what practitioners call the rule-based method: expert knowledge that coordinates tasks.
A rule set first **blends** the scores of several tasks (``blend``), then applies its rules:
those that change scores in the order of the set (``stages``); those that fill the mixed page,
such as quotas, at its end, the earlier before the later (``filling``).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from algorithms.rules.conditions.renaming import rename_in_condition
from algorithms.rules.rule_types import (
    AlreadyBought,
    AtLeast,
    AtMost,
    AtMostEach,
    Bands,
    Boost,
    BoostBoughtCategory,
    Bury,
    Cascade,
    CountWithin,
    Diversity,
    Drop,
    DropBelow,
    Exposure,
    Freshness,
    Pin,
    Quota,
)

__all__ = [
    "RULE_CLASSES",
    "AlreadyBought",
    "AtLeast",
    "AtMost",
    "AtMostEach",
    "Bands",
    "BlendMethod",
    "Boost",
    "BoostBoughtCategory",
    "Bury",
    "Cascade",
    "CountWithin",
    "Diversity",
    "Drop",
    "DropBelow",
    "Exposure",
    "Freshness",
    "PageRule",
    "Pin",
    "Quota",
    "Rule",
    "RuleSet",
    "ScoreRule",
]

Power = Annotated[float, Field(ge=0, le=10)]  # below zero, a blend would rank by dislike


class BlendMethod(StrEnum):
    """How the shares p_t of the tasks are combined with their powers w_t."""

    PRODUCT = "product"  # prod_t p_t ** w_t
    SUM = "sum"  # sum_t w_t * p_t
    RECIPROCAL_RANK = "reciprocal_rank"  # sum_t w_t / (60 + place_t)
    BORDA = "borda"  # sum_t w_t * p_t, and nothing for what a task cannot score


ScoreRule = (
    DropBelow
    | BoostBoughtCategory
    | Drop
    | Boost
    | Bury
    | Freshness
    | AlreadyBought
    | Cascade
    | Bands
)
PageRule = Quota | AtMost | AtMostEach | AtLeast | Pin | Diversity | Exposure
Rule = Annotated[ScoreRule | PageRule | CountWithin, Field(discriminator="rule")]

# Every kind of rule by its key, in the order in which a person is offered them.
RULE_CLASSES: dict[str, type[ScoreRule | PageRule | CountWithin]] = {
    rule_class.model_fields["rule"].default: rule_class
    for rule_class in (
        Drop,
        Boost,
        Bury,
        DropBelow,
        BoostBoughtCategory,
        AlreadyBought,
        Freshness,
        Cascade,
        Bands,
        CountWithin,
        Quota,
        AtMost,
        AtMostEach,
        AtLeast,
        Pin,
        Diversity,
        Exposure,
    )
}


class RuleSet(BaseModel):
    """A blend and its rules, in the order in which they apply.

    ``powers`` says how much the score of another task counts in the ranking of a task on the
    same items; a task's own score counts 1. On a mixed page each task counts its power, or 1
    where it has none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field("House rules", min_length=1, max_length=60, description="Name of the set")
    method: BlendMethod = Field(BlendMethod.PRODUCT, description="How the scores are combined")
    powers: dict[str, Power] = Field(
        default_factory=dict, description="Task name -> how much its score counts beside others"
    )
    rules: tuple[Rule, ...] = Field((), description="Applied from first to last")


def rename_task(rule_set: RuleSet, old: str, new: str) -> RuleSet:
    """Return the rule set with another name for a task: in powers, rules and their conditions.

    A condition that cannot be cut into words stays as it is.
    """
    rules = []
    for rule in rule_set.rules:
        update: dict[str, str] = {}
        if getattr(rule, "task", None) == old:
            update["task"] = new
        text = getattr(rule, "condition", None)
        if text is not None:
            update["condition"] = rename_in_condition(text, old, new)
        rules.append(rule.model_copy(update=update))
    powers = {new if task == old else task: power for task, power in rule_set.powers.items()}
    return rule_set.model_copy(update={"powers": powers, "rules": tuple(rules)})
