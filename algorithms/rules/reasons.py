"""What rules say: one sentence for each thing that a rule can do to an item.

Every sentence that tells of a change of place has the values ``before`` and ``after``, in which
``NOWHERE`` stands for no place.
"""

from __future__ import annotations

from algorithms.messages import Message
from algorithms.rules.rule_set import BoostBoughtCategory, DropBelow, Quota

NOWHERE = 0  # the place of what is off the list


def dropped(number: int, rule: DropBelow) -> Message:
    """Say that a rule drops an item."""
    return Message(
        "Rule {rule} drops it: its score for “{task}” is among the lowest {percent:g} % of the "
        "items of kind “{kind}”.",
        {
            "rule": number,
            "task": rule.task,
            "percent": 100 * rule.limit,
            "kind": rule.item_kind,
        },
    )


def boosted(number: int, rule: BoostBoughtCategory, category: str) -> Message:
    """Say that a rule multiplies an item's score."""
    return Message(
        "Rule {rule} multiplies its score by {factor:g}, because the user had a success in "
        "“{task}” in the category “{category}”.",
        {"rule": number, "factor": rule.factor, "task": rule.task, "category": category},
    )


def boosted_on_page(
    number: int, rule: BoostBoughtCategory, category: str, before: int, after: int
) -> Message:
    """Say that a rule multiplies an item's score, and where that takes the item."""
    values: dict[str, str | int | float] = {
        "rule": number,
        "factor": rule.factor,
        "task": rule.task,
        "category": category,
        "before": before,
        "after": after,
    }
    if before == after:
        return Message(
            "Rule {rule} multiplies its score by {factor:g}, because the user had a success in "
            "“{task}” in the category “{category}”: it stays at place {after}.",
            values,
        )
    return Message(
        "Rule {rule} multiplies its score by {factor:g}, because the user had a success in "
        "“{task}” in the category “{category}”: moved from {before} to {after}.",
        values,
    )


def held_back(number: int, rule: Quota, before: int, after: int) -> Message:
    """Say that a quota makes an item wait, or leaves it no place."""
    values: dict[str, str | int | float] = {
        "rule": number,
        "at_most": rule.at_most,
        "kind": rule.item_kind,
        "in_places": rule.in_places,
        "before": before,
        "after": after,
    }
    if after == NOWHERE:
        return Message(
            "Rule {rule}, at most {at_most} of kind “{kind}” in {in_places} places, leaves it no "
            "place.",
            values,
        )
    return Message(
        "Rule {rule}, at most {at_most} of kind “{kind}” in {in_places} places: moved from "
        "{before} to {after}.",
        values,
    )


def moved_along(number: int, before: int, after: int) -> Message:
    """Say that a rule touched other items and this one moved with them."""
    values: dict[str, str | int | float] = {"rule": number, "before": before, "after": after}
    if after == NOWHERE:
        return Message("Rule {rule} moves other items: no place is left for this one.", values)
    if before == NOWHERE:
        return Message("Rule {rule} moves other items: this one finds place {after}.", values)
    return Message(
        "Rule {rule} moves other items: this one moves from {before} to {after}.", values
    )
