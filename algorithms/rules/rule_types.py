"""The kinds of rules, each with what a person can set.

A rule looks at items by a **condition** (``item.kind == "ad"``), at users by its ``when``
(``user.age < 18``); an empty ``when`` means everybody. The language is in ``conditions``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from algorithms.rules.conditions.tokens import MOST_CHARACTERS

ConditionText = Annotated[str, Field(max_length=MOST_CHARACTERS)]
Places = Annotated[int, Field(ge=1, le=50)]


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(True, description="Switched off rules do nothing")
    when: ConditionText = Field(
        "", description="For which users it applies, such as user.age < 18; empty for all"
    )


class _OnItems(_Rule):
    condition: ConditionText = Field(
        'item.kind == "ad"', description="Which items the rule looks at"
    )


# --- what changes the blend -----------------------------------------------------------------


class CountWithin(_Rule):
    """Let the shares of a task count in the blend within bounds only."""

    rule: Literal["count_within"] = "count_within"
    task: str = Field("click", description="Whose shares are bounded")
    floor: float = Field(0.0, ge=0, le=1, description="A lower share counts as this one")
    cap: float = Field(1.0, ge=0, le=1, description="A higher share counts as this one")


# --- what changes scores --------------------------------------------------------------------


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


class Drop(_OnItems):
    """Take items off every list."""

    rule: Literal["drop"] = "drop"


class Boost(_OnItems):
    """Multiply the score of items."""

    rule: Literal["boost"] = "boost"
    factor: float = Field(
        1.1, gt=0, le=10, description="What the score is multiplied by; below 1 lowers it"
    )


class Bury(_OnItems):
    """Put items behind all others, in the order they have."""

    rule: Literal["bury"] = "bury"


class Freshness(_Rule):
    """Let the score of items fade with their age."""

    rule: Literal["freshness"] = "freshness"
    feature: str = Field("", description="Number of an item that grows with time, such as a date")
    half_life: float = Field(
        30.0, gt=0, le=1e12, description="Age, in units of the feature, that halves the score"
    )
    weakest: float = Field(
        0.1, gt=0, le=1, description="The oldest item's score is multiplied by no less than this"
    )


class Had(StrEnum):
    """What a user had a success with."""

    ITEM = "item"
    CATEGORY = "category"


class Away(StrEnum):
    """How an item goes."""

    DROP = "drop"
    BURY = "bury"


class AlreadyBought(_Rule):
    """Drop or bury what the user had a success with before."""

    rule: Literal["already_bought"] = "already_bought"
    task: str = Field("purchase", description="Which success counts, such as purchase")
    what: Had = Field(Had.ITEM, description="The item itself, or everything of its category")
    action: Away = Field(Away.BURY, description="Off the list, or behind all others")


class Cascade(_Rule):
    """Put the best items of one task before all others; within each part the order stays."""

    rule: Literal["cascade"] = "cascade"
    task: str = Field("click", description="Whose best items come first")
    keep: int = Field(100, ge=1, le=100_000, description="How many of them")


class Bands(_Rule):
    """Order by one task, and by the order so far where it hardly tells items apart."""

    rule: Literal["bands"] = "bands"
    task: str = Field("purchase", description="Which task decides first")
    tolerance: float = Field(
        0.1, ge=0.001, le=1, description="Shares this close count as equal: the width of a band"
    )


# --- what fills the page --------------------------------------------------------------------


class Quota(_Rule):
    """Allow at most so many items of a kind in any so many neighbouring places of the page."""

    rule: Literal["quota"] = "quota"
    item_kind: str = Field("ad", description="Which items are limited")
    at_most: int = Field(1, ge=0, le=50, description="How many are allowed")
    in_places: Places = Field(5, description="In how many neighbouring places")


class AtMost(_OnItems):
    """Allow at most so many of some items in any so many neighbouring places of the page."""

    rule: Literal["at_most"] = "at_most"
    at_most: int = Field(1, ge=0, le=50, description="How many are allowed")
    in_places: Places = Field(5, description="In how many neighbouring places")


class AtMostEach(_Rule):
    """Allow at most so many items of the same category, kind or feature close together."""

    rule: Literal["at_most_each"] = "at_most_each"
    by: str = Field("category", description="Category, kind or a feature of items, such as seller")
    at_most: int = Field(2, ge=1, le=50, description="How many of the same are allowed")
    in_places: Places = Field(10, description="In how many neighbouring places")


class AtLeast(_OnItems):
    """Want at least so many of some items in any so many neighbouring places of the page."""

    rule: Literal["at_least"] = "at_least"
    at_least: int = Field(1, ge=1, le=50, description="How many are wanted")
    in_places: Places = Field(10, description="In how many neighbouring places")


class Pin(_OnItems):
    """Give a place of the page to the best of some items."""

    rule: Literal["pin"] = "pin"
    place: Places = Field(1, description="Which place, counted from 1")


class Diversity(_Rule):
    """Prefer items unlike those just before them (maximal marginal relevance)."""

    rule: Literal["diversity"] = "diversity"
    by: str = Field("category", description="Category, kind or a feature of items, such as seller")
    weight: float = Field(
        0.3, ge=0, le=1, description="How much being unlike counts, against the score"
    )
    in_places: Places = Field(10, description="Among how many neighbouring places")


class Over(StrEnum):
    """Over what a share of places is guaranteed."""

    PAGE = "page"
    USERS = "users"


class Exposure(_OnItems):
    """Guarantee a provider's items a share of the places."""

    rule: Literal["exposure"] = "exposure"
    share: float = Field(0.1, ge=0, le=1, description="Share of the places, from the top down")
    over: Over = Field(
        Over.USERS, description="Of each page, or on average of the pages of all users"
    )
