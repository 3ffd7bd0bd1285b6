r"""Rules that change scores, one after the other, each leaving a trace.

.. math::
    \text{drop:}\quad s = 0 \qquad \text{boost:}\quad s \leftarrow f s \qquad
    \text{freshness:}\quad s \leftarrow s \max(2^{-a / h}, w)

where the condition holds, with f the factor, a the age of the item, h the half-life and w the
weakest factor. *Bury* multiplies by a number so small that what is buried comes after all
others, in the order it had. *Cascade* and *bands* exchange the scores of a task's items among
them: first by the task, in parts, then by the order so far; so the items of other kinds keep
their places between them.

Blended scores are above 0, so that 0 is what is out of every list, and nothing brings it back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import AnyArray, BoolArray, FloatArray
from algorithms.rules.candidates import Candidates
from algorithms.rules.checks import UsableRule
from algorithms.rules.rule_set import ScoreRule
from algorithms.rules.rule_types import (
    AlreadyBought,
    Away,
    Bands,
    Boost,
    BoostBoughtCategory,
    Bury,
    Cascade,
    Drop,
    DropBelow,
    Freshness,
    Had,
)

DROPPED = 0.0  # the score of what a rule dropped
_BURIED = 1e-120  # what a buried score is multiplied by; no blend comes near it
_IS_BURIED = 1e-100  # a score below this is buried already


@dataclass(frozen=True, eq=False)
class Stage:
    """What one rule did.

    Parameters
    ----------
    number : of the rule in its set, counted from 1
    rule : the rule
    touched : (m, k) True where it dropped, boosted or reordered an item
    scores : (m, k) the scores after it
    """

    number: int
    rule: ScoreRule
    touched: BoolArray
    scores: FloatArray


def score_stages(rules: Sequence[UsableRule], candidates: Candidates) -> Iterator[Stage]:
    """Apply the rules that change scores, in their order, to all users and items at once.

    Parameters
    ----------
    rules : those that apply (see ``checks.usable_rules``); those of the page are passed over
    candidates : with all that the rules ask
    """
    scores = candidates.scores
    for usable in rules:
        rule = usable.rule
        if not isinstance(rule, ScoreRule):
            continue
        alive = scores > DROPPED  # False for NaN too
        if usable.when is not None:
            alive &= segment(usable, candidates)[:, None]
        touched, scores = _applied(usable, rule, candidates, scores, alive)
        yield Stage(usable.number, rule, touched, scores)


def ruled_scores(rules: Sequence[UsableRule], candidates: Candidates) -> FloatArray:
    """Return the scores (m, k) after all rules that change scores; 0 is what was dropped."""
    scores = candidates.scores
    for stage in score_stages(rules, candidates):
        scores = stage.scores
    return scores


def segment(usable: UsableRule, candidates: Candidates) -> BoolArray:
    """Return for which users (m,) a rule applies."""
    m = len(candidates.scores)
    if usable.when is None:
        return np.ones(m, dtype=np.bool_)
    held = usable.when.holds(lambda field: candidates.column(field, candidates.scores))
    return np.broadcast_to(held, (m, 1))[:, 0]


def condition_holds(usable: UsableRule, candidates: Candidates, scores: FloatArray) -> BoolArray:
    """Return where the condition of a rule holds, as an array that broadcasts to (m, k)."""
    if usable.condition is None:
        return np.ones((1, 1), dtype=np.bool_)
    return np.atleast_2d(usable.condition.holds(lambda field: candidates.column(field, scores)))


def _applied(
    usable: UsableRule,
    rule: ScoreRule,
    candidates: Candidates,
    scores: FloatArray,
    alive: BoolArray,
) -> tuple[BoolArray, FloatArray]:
    """Return which candidates (m, k) a rule touches, and the scores after it."""
    match rule:
        case DropBelow():
            touched = alive & _lowest(rule, candidates)
            return touched, np.where(touched, DROPPED, scores)
        case BoostBoughtCategory():
            touched = alive & _from_liked_categories(rule.task, candidates)
            return touched, np.where(touched, rule.factor * scores, scores)
        case Drop():
            touched = alive & condition_holds(usable, candidates, scores)
            return touched, np.where(touched, DROPPED, scores)
        case Boost():
            touched = alive & condition_holds(usable, candidates, scores)
            return touched, np.where(touched, rule.factor * scores, scores)
        case Bury():
            touched = alive & condition_holds(usable, candidates, scores)
            return touched, _buried(touched, scores)
        case Freshness():
            factors = freshness(candidates.item_column(rule.feature), rule)  # (k,)
            return alive & (factors < 1), np.where(alive, factors * scores, scores)
        case AlreadyBought():
            touched = alive & _had(rule, candidates)
            if rule.action is Away.DROP:
                return touched, np.where(touched, DROPPED, scores)
            return touched, _buried(touched, scores)
        case Cascade() | Bands():
            if rule.task not in candidates.shares:  # ranks items of another kind
                return np.zeros_like(alive), scores
            share = candidates.shares[rule.task]
            taking_part = alive & ~np.isnan(share)
            return _exchanged(scores, _parts(rule, share, taking_part), taking_part)


def _lowest(rule: DropBelow, candidates: Candidates) -> BoolArray:
    if rule.item_kind not in candidates.kinds or rule.task not in candidates.shares:
        return np.zeros(candidates.scores.shape, dtype=np.bool_)  # candidates of other kinds
    of_kind = candidates.kind_codes == candidates.kinds.index(rule.item_kind)  # (k,)
    low: BoolArray = (candidates.shares[rule.task] <= rule.limit) & of_kind  # (m, k)
    return low


def _from_liked_categories(task: str, candidates: Candidates) -> BoolArray:
    known = candidates.categories[candidates.category_codes] != ""  # (k,)
    liked: BoolArray = candidates.successes[task][:, candidates.category_codes] & known
    return liked  # (m, k)


def _had(rule: AlreadyBought, candidates: Candidates) -> BoolArray:
    if rule.what is Had.CATEGORY:
        return _from_liked_categories(rule.task, candidates)
    return candidates.had[rule.task]


def _buried(touched: BoolArray, scores: FloatArray) -> FloatArray:
    return np.where(touched & (scores > _IS_BURIED), _BURIED * scores, scores)


def freshness(values: AnyArray, rule: Freshness) -> FloatArray:
    """Return the factor (k,) of each item: 1 for the newest, and where the age is not known."""
    times = np.asarray(values, dtype=np.float64)
    known = np.isfinite(times)
    if not known.any():
        return np.ones(len(times))
    ages = np.where(known, times[known].max() - times, 0.0)  # (k,)
    return np.maximum(np.exp2(-ages / rule.half_life), rule.weakest)


def _parts(rule: Cascade | Bands, share: FloatArray, taking_part: BoolArray) -> FloatArray:
    """Return the part (m, k) that each item falls into; a higher one comes first."""
    if isinstance(rule, Bands):
        # counted from the top: the best item stands in the uppermost band
        return -np.floor((1 - share) / rule.tolerance + 1e-9)
    kept = np.where(taking_part, share, -np.inf)
    if rule.keep >= kept.shape[1]:
        return np.ones(kept.shape)
    least = -np.partition(-kept, rule.keep - 1, axis=1)[:, rule.keep - 1, None]  # (m, 1)
    return (kept >= least).astype(np.float64)


def _exchanged(
    scores: FloatArray, parts: FloatArray, taking_part: BoolArray
) -> tuple[BoolArray, FloatArray]:
    """Give the scores of some items to the same items in another order: by part, then score."""
    now = np.where(taking_part, scores, -np.inf)
    by_score = np.argsort(-now, axis=1, kind="stable")  # those that take no part at the end
    parts_in_order = np.take_along_axis(np.where(taking_part, parts, -np.inf), by_score, axis=1)
    regrouped = np.argsort(-parts_in_order, axis=1, kind="stable")
    wanted = np.take_along_axis(by_score, regrouped, axis=1)
    given = np.take_along_axis(scores, by_score, axis=1)
    given = given * (1 - 1e-13 * np.arange(scores.shape[1]))  # equal scores shall not tie
    after = scores.copy()
    np.put_along_axis(after, wanted, given, axis=1)
    moved = np.zeros(scores.shape, dtype=np.bool_)
    np.put_along_axis(moved, wanted, wanted != by_score, axis=1)
    return taking_part & moved, np.where(taking_part, after, scores)
