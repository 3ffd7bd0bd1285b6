"""What rules say: one sentence for what a rule is, and for each thing that it does to an item.

Every sentence that tells of a change of place has the values ``before`` and ``after``, in which
``NOWHERE`` stands for no place.
"""

from __future__ import annotations

from algorithms.messages import Message, MessageValue
from algorithms.rules.rule_set import PageRule, Rule, ScoreRule
from algorithms.rules.rule_types import (
    AlreadyBought,
    AtLeast,
    AtMost,
    AtMostEach,
    Away,
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
    Had,
    Over,
    Pin,
    Quota,
)

NOWHERE = 0  # the place of what is off the list

_STAYS = ": it stays at place {after}."
_MOVED = ": moved from {before} to {after}."
_NO_PLACE = ", leaves it no place."


def describe(rule: Rule) -> Message:
    """Say in one sentence what a rule does."""
    said = _described(rule)
    if not rule.when.strip():
        return said
    template = said.template.removesuffix(".") + ", for users with {when}."
    return Message(template, {**said.values, "when": rule.when})


def _described(rule: Rule) -> Message:  # one sentence for each kind of rule
    values: dict[str, MessageValue] = rule.model_dump(
        mode="json", exclude={"enabled", "when", "rule"}
    )
    match rule:
        case DropBelow():
            values["percent"] = 100 * rule.limit
            template = "Drop the {percent:g} % of “{item_kind}” items lowest in “{task}”."
        case BoostBoughtCategory():
            template = "Multiply by {factor:g} in categories of past “{task}”."
        case CountWithin():
            template = "Let shares of “{task}” count from {floor:g} to {cap:g} only."
        case Drop():
            template = "Drop items with {condition}."
        case Boost():
            template = "Multiply by {factor:g} items with {condition}."
        case Bury():
            template = "Put behind all others items with {condition}."
        case Freshness():
            template = (
                "Halve the score for each {half_life:g} of “{feature}” that an item is older."
            )
        case AlreadyBought():
            template = {
                (Had.ITEM, Away.DROP): "Drop items with a past “{task}”.",
                (Had.ITEM, Away.BURY): "Put behind all others items with a past “{task}”.",
                (Had.CATEGORY, Away.DROP): "Drop items of categories with a past “{task}”.",
                (Had.CATEGORY, Away.BURY): "Put behind all others items of categories with a past "
                "“{task}”.",
            }[rule.what, rule.action]
        case Cascade():
            template = "Put the {keep} best of “{task}” before the others."
        case Bands():
            template = "Order by “{task}” first, in bands of {tolerance:g}."
        case Quota():
            template = "At most {at_most} “{item_kind}” in any {in_places} places."
        case AtMost():
            template = "At most {at_most} in any {in_places} places of items with {condition}."
        case AtMostEach():
            template = "At most {at_most} of the same {by} in any {in_places} places."
        case AtLeast():
            template = "At least {at_least} in any {in_places} places of items with {condition}."
        case Pin():
            template = "Give place {place} to the best of the items with {condition}."
        case Diversity():
            template = "Prefer another {by} than in the {in_places} places around, by {weight:g}."
        case Exposure():
            values["percent"] = 100 * rule.share
            template = {
                Over.PAGE: "Give {percent:g} % of the places of each page to items with "
                "{condition}.",
                Over.USERS: "Give {percent:g} % of the places of all pages to items with "
                "{condition}.",
            }[rule.over]
    return Message(template, values)


# --- what changes scores ----------------------------------------------------------------------


def drops(rule: ScoreRule) -> bool:
    """Say whether what a rule touches is off every list."""
    if isinstance(rule, AlreadyBought):
        return rule.action is Away.DROP
    return isinstance(rule, DropBelow | Drop)


def dropped(number: int, rule: ScoreRule) -> Message:
    """Say that a rule drops an item."""
    if isinstance(rule, DropBelow):
        return Message(
            "Rule {rule} drops it: its score for “{task}” is among the lowest {percent:g} % of "
            "the items of kind “{kind}”.",
            {
                "rule": number,
                "task": rule.task,
                "percent": 100 * rule.limit,
                "kind": rule.item_kind,
            },
        )
    if isinstance(rule, AlreadyBought):
        return Message(
            f"Rule {{rule}} drops it, {_had(rule)}.", {"rule": number, "task": rule.task}
        )
    return Message(
        "Rule {rule} drops it: {condition}.",
        {"rule": number, "condition": getattr(rule, "condition", "")},
    )


def changed(number: int, rule: ScoreRule, category: str, factor: float) -> Message:
    """Say that a rule changes an item's score, by which factor, and why."""
    template, values = _changes(number, rule, category, factor)
    return Message(f"{template}.", values)


def changed_on_page(
    number: int, rule: ScoreRule, category: str, factor: float, before: int, after: int
) -> Message:
    """Say that a rule changes an item's score, and where that takes the item."""
    template, values = _changes(number, rule, category, factor)
    return Message(
        template + (_STAYS if before == after else _MOVED),
        {**values, "before": before, "after": after},
    )


def _changes(
    number: int, rule: ScoreRule, category: str, factor: float
) -> tuple[str, dict[str, MessageValue]]:
    values: dict[str, MessageValue] = {"rule": number, "factor": factor}
    match rule:
        case BoostBoughtCategory():
            return (
                "Rule {rule} multiplies its score by {factor:g}, because the user had a success in "
                "“{task}” in the category “{category}”",
                {**values, "factor": rule.factor, "task": rule.task, "category": category},
            )
        case Boost():
            return (
                "Rule {rule} multiplies its score by {factor:g}, because {condition}",
                {**values, "factor": rule.factor, "condition": rule.condition},
            )
        case Bury():
            return (
                "Rule {rule} puts it behind all others, because {condition}",
                {**values, "condition": rule.condition},
            )
        case Freshness():
            return (
                "Rule {rule} multiplies its score by {factor:.3g} for its age by “{feature}”",
                {**values, "feature": rule.feature},
            )
        case AlreadyBought():
            return (
                f"Rule {{rule}} puts it behind all others, {_had(rule)}",
                {**values, "task": rule.task},
            )
        case Cascade():
            return (
                "Rule {rule} puts the {keep} best of “{task}” first",
                {**values, "keep": rule.keep, "task": rule.task},
            )
        case Bands():
            return (
                "Rule {rule} orders by “{task}” first, in bands of {tolerance:g}",
                {**values, "tolerance": rule.tolerance, "task": rule.task},
            )
        case _:
            return "Rule {rule} changes its score", values


def _had(rule: AlreadyBought) -> str:
    if rule.what is Had.ITEM:
        return "because the user had a success in “{task}” with it"
    return "because the user had a success in “{task}” in its category"


# --- what fills the page ----------------------------------------------------------------------


def placed_by(number: int, rule: PageRule, before: int, after: int) -> Message:
    """Say that a rule of the page moved an item that it looks at, or leaves it no place."""
    template, values = _placing(number, rule)
    return Message(
        template + (_NO_PLACE if after == NOWHERE else _MOVED),
        {**values, "before": before, "after": after},
    )


def _placing(number: int, rule: PageRule) -> tuple[str, dict[str, MessageValue]]:
    values: dict[str, MessageValue] = {"rule": number}
    match rule:
        case Quota():
            return (
                "Rule {rule}, at most {at_most} of kind “{kind}” in {in_places} places",
                {
                    **values,
                    "at_most": rule.at_most,
                    "kind": rule.item_kind,
                    "in_places": rule.in_places,
                },
            )
        case Pin():
            return (
                "Rule {rule} gives place {place} to the best with {condition}",
                {**values, "place": rule.place, "condition": rule.condition},
            )
        case AtMost():
            template = "Rule {rule}, at most {at_most} with {condition} in {in_places} places"
        case AtMostEach():
            template = "Rule {rule}, at most {at_most} of the same {by} in {in_places} places"
        case AtLeast():
            template = "Rule {rule}, at least {at_least} with {condition} in {in_places} places"
        case Diversity():
            template = "Rule {rule}, another {by} than before"
        case Exposure():
            template = "Rule {rule}, {percent:g} % of the places for {condition}"
            values["percent"] = 100 * rule.share
    return template, values | rule.model_dump(mode="json", exclude={"enabled", "when", "rule"})


def moved_along(number: int, before: int, after: int) -> Message:
    """Say that a rule touched other items and this one moved with them."""
    values: dict[str, MessageValue] = {"rule": number, "before": before, "after": after}
    if after == NOWHERE:
        return Message("Rule {rule} moves other items: no place is left for this one.", values)
    if before == NOWHERE:
        return Message("Rule {rule} moves other items: this one finds place {after}.", values)
    return Message(
        "Rule {rule} moves other items: this one moves from {before} to {after}.", values
    )


def relaxed(number: int, against: tuple[int, ...], place: int, n_places: int) -> Message:
    """Say that a rule was not followed at some places, the first of them ``place``."""
    values: dict[str, MessageValue] = {"rule": number, "place": place, "n": n_places}
    if not against:
        return Message(
            "Rule {rule} was relaxed at {n} place(s), first at place {place}: no item is left that "
            "it asks for.",
            values,
        )
    if len(against) == 1:
        return Message(
            "Rules {other} and {rule} clash at {n} place(s), first at place {place}: rule {other} "
            "stands before, so rule {rule} was relaxed there.",
            {**values, "other": against[0]},
        )
    return Message(
        "Rules {others} clash with rule {rule} at {n} place(s), first at place {place}: they stand "
        "before, so rule {rule} was relaxed there.",
        {**values, "others": ", ".join(str(other) for other in against)},
    )
