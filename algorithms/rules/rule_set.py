"""Rule sets: how several tasks' scores become one ranking, and which rules then apply.

This is what practitioners call the rule-based method: expert knowledge that coordinates tasks.
A rule set first **blends** the scores of several tasks (``blend``), then applies its rules:
drop and boost change scores, in the order of the set; quotas then fill the mixed page
(``apply``).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Power = Annotated[float, Field(ge=0, le=10)]  # below zero, a blend would rank by dislike


class BlendMethod(StrEnum):
    """How the shares p_t of the tasks are combined with their powers w_t."""

    PRODUCT = "product"  # prod_t p_t ** w_t
    SUM = "sum"  # sum_t w_t * p_t


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(True, description="Switched off rules do nothing")


class DropBelow(_Rule):
    """Drop the items of a kind that score lowest for a task."""

    rule: Literal["drop_below"] = "drop_below"
    item_kind: str = Field("ad", description="Which items the rule looks at")
    task: str = Field("ad click", description="Whose score is compared")
    limit: float = Field(
        0.2, ge=0, le=1, description="This share of the items, the lowest for the user, is out"
    )


class BoostBoughtCategory(_Rule):
    """Multiply the score of items from a category in which the user had a success before."""

    rule: Literal["boost_category"] = "boost_category"
    task: str = Field("purchase", description="Which success counts, such as purchase")
    factor: float = Field(
        1.02,
        gt=0,
        le=10,
        description="What the score is multiplied by; 1.02 lifts an item past about 2 % of the "
        "others, below 1 lowers it",
    )


class Quota(_Rule):
    """Allow at most so many items of a kind in any so many neighbouring places of the page."""

    rule: Literal["quota"] = "quota"
    item_kind: str = Field("ad", description="Which items are limited")
    at_most: int = Field(1, ge=0, le=50, description="How many are allowed")
    in_places: int = Field(5, ge=1, le=50, description="In how many neighbouring places")


Rule = Annotated[DropBelow | BoostBoughtCategory | Quota, Field(discriminator="rule")]


class RuleSet(BaseModel):
    """A blend and its rules, in the order in which they apply.

    ``powers`` says how much the score of another task counts in the ranking of a task on the
    same items; a task's own score counts 1. On a mixed page each task counts its power, or 1
    where it has none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field("House rules", min_length=1, max_length=60, description="Name of the set")
    method: BlendMethod = Field(BlendMethod.PRODUCT, description="Multiply the scores, or add them")
    powers: dict[str, Power] = Field(
        default_factory=dict, description="Task name -> how much its score counts beside others"
    )
    rules: tuple[Rule, ...] = Field((), description="Applied from first to last")
