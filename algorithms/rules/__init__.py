"""Rules: expert knowledge that coordinates tasks, as a blend of scores and rules over the list."""

from algorithms.rules.apply import Page, PlacedItem, apply_rules
from algorithms.rules.blend import blend, blend_parts, places, shares
from algorithms.rules.bounds import bounded_shares
from algorithms.rules.candidates import Candidates
from algorithms.rules.checks import UsableRule, check_rules, usable_rules
from algorithms.rules.reasons import describe
from algorithms.rules.reranking import Pages, rerank
from algorithms.rules.rule_set import (
    RULE_CLASSES,
    BlendMethod,
    PageRule,
    Rule,
    RuleSet,
    ScoreRule,
    rename_task,
)
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
from algorithms.rules.stages import DROPPED, ruled_scores, score_stages

__all__ = [
    "DROPPED",
    "RULE_CLASSES",
    "AlreadyBought",
    "AtLeast",
    "AtMost",
    "AtMostEach",
    "Away",
    "Bands",
    "BlendMethod",
    "Boost",
    "BoostBoughtCategory",
    "Bury",
    "Candidates",
    "Cascade",
    "CountWithin",
    "Diversity",
    "Drop",
    "DropBelow",
    "Exposure",
    "Freshness",
    "Had",
    "Over",
    "Page",
    "PageRule",
    "Pages",
    "Pin",
    "PlacedItem",
    "Quota",
    "Rule",
    "RuleSet",
    "ScoreRule",
    "UsableRule",
    "apply_rules",
    "blend",
    "blend_parts",
    "bounded_shares",
    "check_rules",
    "describe",
    "places",
    "rename_task",
    "rerank",
    "ruled_scores",
    "score_stages",
    "shares",
    "usable_rules",
]
