"""Rules that change scores, one after the other, each leaving a trace.

    drop:   s(u, i) = 0                    where p_t(u, i) <= limit
    boost:  s(u, i) = factor * s(u, i)     where u had a success in the category of i

Blended scores are above 0, so that 0 is what is out of every list, and nothing brings it back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import BoolArray, FloatArray
from algorithms.rules.candidates import Candidates
from algorithms.rules.rule_set import BoostBoughtCategory, DropBelow, Quota, Rule

DROPPED = 0.0  # the score of what a rule dropped


@dataclass(frozen=True, eq=False)
class Stage:
    """What one rule did.

    Parameters
    ----------
    number : of the rule in its set, counted from 1
    rule : the rule
    touched : (m, k) True where it dropped or boosted an item
    scores : (m, k) the scores after it
    """

    number: int
    rule: DropBelow | BoostBoughtCategory
    touched: BoolArray
    scores: FloatArray


def score_stages(rules: Sequence[tuple[int, Rule]], candidates: Candidates) -> Iterator[Stage]:
    """Apply the rules that change scores, in their order, to all users and items at once.

    Parameters
    ----------
    rules : numbered rules that apply (see ``checks.usable_rules``); quotas are passed over
    candidates : with the shares and successes of the tasks that the rules name
    """
    scores = candidates.scores
    for number, rule in rules:
        if isinstance(rule, Quota):
            continue
        alive = scores > DROPPED  # False for NaN too
        if isinstance(rule, DropBelow):
            touched = alive & _lowest(rule, candidates)
            scores = np.where(touched, DROPPED, scores)
        else:
            touched = alive & _from_liked_categories(rule, candidates)
            scores = np.where(touched, rule.factor * scores, scores)
        yield Stage(number, rule, touched, scores)


def ruled_scores(rules: Sequence[tuple[int, Rule]], candidates: Candidates) -> FloatArray:
    """Return the scores (m, k) after all rules that change scores; 0 is what was dropped."""
    scores = candidates.scores
    for stage in score_stages(rules, candidates):
        scores = stage.scores
    return scores


def _lowest(rule: DropBelow, candidates: Candidates) -> BoolArray:
    if rule.item_kind not in candidates.kinds or rule.task not in candidates.shares:
        return np.zeros(candidates.scores.shape, dtype=np.bool_)  # candidates of other kinds
    of_kind = candidates.kind_codes == candidates.kinds.index(rule.item_kind)  # (k,)
    low: BoolArray = (candidates.shares[rule.task] <= rule.limit) & of_kind  # (m, k)
    return low


def _from_liked_categories(rule: BoostBoughtCategory, candidates: Candidates) -> BoolArray:
    known = candidates.categories[candidates.category_codes] != ""  # (k,)
    liked: BoolArray = candidates.successes[rule.task][:, candidates.category_codes] & known
    return liked  # (m, k)
