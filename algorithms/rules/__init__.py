"""Rules: expert knowledge that coordinates tasks, as a blend of scores and rules over the list."""

from algorithms.rules.apply import Page, PlacedItem, apply_rules
from algorithms.rules.blend import blend, blend_parts, places, shares
from algorithms.rules.candidates import Candidates
from algorithms.rules.checks import check_rules, usable_rules
from algorithms.rules.rule_set import (
    BlendMethod,
    BoostBoughtCategory,
    DropBelow,
    Quota,
    Rule,
    RuleSet,
)
from algorithms.rules.stages import DROPPED, ruled_scores, score_stages

__all__ = [
    "DROPPED",
    "BlendMethod",
    "BoostBoughtCategory",
    "Candidates",
    "DropBelow",
    "Page",
    "PlacedItem",
    "Quota",
    "Rule",
    "RuleSet",
    "apply_rules",
    "blend",
    "blend_parts",
    "check_rules",
    "places",
    "ruled_scores",
    "score_stages",
    "shares",
    "usable_rules",
]
