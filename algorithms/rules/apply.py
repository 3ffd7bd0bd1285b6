"""The mixed page of one user: all kinds of items in one list, and why each stands where it does.

Candidates are ordered by their blended scores, then each rule is applied in turn: first those
that change scores, in their order (``stages``), then those of the page (``filling``), the earlier
before the later. The list is made anew after each rule, so that every change of place belongs to
one rule: it dropped or boosted the item, held it back, or moved others past it. The rules of the
page are followed for its first hundred places; what comes after stands in the order so far.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.messages import Message
from algorithms.rules import reasons
from algorithms.rules.candidates import Candidates
from algorithms.rules.checks import check_rules, usable_rules
from algorithms.rules.conditions import Fields
from algorithms.rules.filling import Relaxed, fill_pages
from algorithms.rules.page_rules import ReadyRule, ready_rules
from algorithms.rules.reasons import NOWHERE
from algorithms.rules.rule_set import RuleSet
from algorithms.rules.rule_types import Diversity
from algorithms.rules.stages import DROPPED, Stage, score_stages

_RULED = 100  # places that the rules of the page are followed for, at least


@dataclass(frozen=True, slots=True)
class PlacedItem:
    """An item and what the rules did to it.

    Parameters
    ----------
    item : item index
    place : its place after the rules, counted from 1; None where a rule left it none
    before : its place without any rule
    score : after the rules; 0 where it was dropped
    moves : one sentence for each rule that dropped, boosted or moved it, in order
    """

    item: int
    place: int | None
    before: int
    score: float
    moves: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A mixed page.

    Parameters
    ----------
    items : what stands on the page, from the first place down
    off_page : what does not: all that a rule left without a place, and what would stand on the
        page without the rules; in the order of their places before
    remarks : what else there is to know: rules that could not be followed, and why; rules that
        clash, and which was relaxed
    """

    items: tuple[PlacedItem, ...]
    off_page: tuple[PlacedItem, ...]
    remarks: tuple[Message, ...]


class _Trace:
    """The list of one user while rules change it, and what was said of each candidate."""

    def __init__(self, scores: FloatArray) -> None:
        self.scores = scores  # (k,)
        self.order = _ordered(scores)
        self.before = self.places = _places(self.order, len(scores))
        self.moves: list[list[Message]] = [[] for _ in scores]

    def rearrange(self, number: int, order: IntArray, said: Mapping[int, Message]) -> None:
        """Take the order after a rule; ``said`` holds what it did to candidates directly."""
        after = _places(order, len(self.scores))
        for candidate in np.flatnonzero((self.places != NOWHERE) | (after != NOWHERE)).tolist():
            old, new = int(self.places[candidate]), int(after[candidate])
            if candidate in said:
                self.moves[candidate].append(said[candidate])
            elif old != new:
                self.moves[candidate].append(reasons.moved_along(number, old, new))
        self.order, self.places = order, after


def apply_rules(
    rule_set: RuleSet, candidates: Candidates, n: int, fields: Fields | None = None
) -> Page:
    """Compose the page of one user.

    Parameters
    ----------
    rule_set : the rules; its blend is already in ``candidates.scores``
    candidates : of one user (m = 1); items of score NaN take no part
    n : length of the page
    fields : what conditions may ask (see ``conditions.fields_of``)

    Returns
    -------
    page : shorter than n where candidates, or the room that quotas leave, run out
    """
    rules = usable_rules(rule_set, candidates.tasks, candidates.kinds, fields)
    trace = _Trace(candidates.scores[0])
    for stage in score_stages(rules, candidates):
        order = _ordered(stage.scores[0])
        trace.rearrange(stage.number, order, _said_by_stage(stage, order, candidates, trace))
        trace.scores = stage.scores[0]
    by_score = trace.order
    ready = ready_rules(rules, candidates, trace.scores[None, :])
    relaxed: tuple[Relaxed, ...] = ()
    for count, rule in enumerate(ready, start=1):
        filled = fill_pages(trace.scores[None, :], ready[:count], max(n, _RULED))
        order = _continued(filled.columns[0], by_score)
        trace.rearrange(rule.number, order, _said_by_page_rule(rule, order, trace))
        relaxed = filled.relaxed
    remarks = check_rules(rule_set, candidates.tasks, candidates.kinds, fields)
    return Page(
        items=tuple(_placed(candidate, candidates, trace) for candidate in trace.order[:n]),
        off_page=tuple(_placed(candidate, candidates, trace) for candidate in _off(trace, n)),
        remarks=(*remarks, *_relaxations(relaxed, n)),
    )


def _continued(columns: IntArray, by_score: IntArray) -> IntArray:
    """Return the order of a filled page; where all its places are filled, the rest follows."""
    placed = columns[columns >= 0]
    if len(placed) < len(columns):
        return placed
    return np.concatenate([placed, by_score[~np.isin(by_score, placed)]])


def _said_by_stage(
    stage: Stage, order: IntArray, candidates: Candidates, trace: _Trace
) -> dict[int, Message]:
    after = _places(order, len(trace.scores))
    said: dict[int, Message] = {}
    for candidate in np.flatnonzero(stage.touched[0]).tolist():
        if reasons.drops(stage.rule):
            said[candidate] = reasons.dropped(stage.number, stage.rule)
        else:
            said[candidate] = reasons.changed_on_page(
                stage.number,
                stage.rule,
                str(candidates.categories[candidates.category_codes[candidate]]),
                float(stage.scores[0, candidate] / trace.scores[candidate]),
                int(trace.places[candidate]),
                int(after[candidate]),
            )
    return said


def _said_by_page_rule(ready: ReadyRule, order: IntArray, trace: _Trace) -> dict[int, Message]:
    """Say what a rule did: a limit holds items back, a demand brings them forward."""
    after = _places(order, len(trace.scores))
    gone = (after == NOWHERE) & (trace.places != NOWHERE)
    meant = (ready.codes[0] >= 0) & (trace.places != NOWHERE)
    if ready.is_limit:
        moved = meant & ((after > trace.places) | gone)
    elif isinstance(ready.rule, Diversity):
        moved = meant & (after > trace.places)
    else:
        moved = meant & (after < trace.places) & ~gone
    return {
        candidate: reasons.placed_by(
            ready.number, ready.rule, int(trace.places[candidate]), int(after[candidate])
        )
        for candidate in np.flatnonzero(moved).tolist()
    }


def _relaxations(relaxed: tuple[Relaxed, ...], n: int) -> list[Message]:
    """Say once for each rule, and those that stood against it, where it was not followed."""
    places: dict[tuple[int, tuple[int, ...]], list[int]] = {}
    for each in relaxed:
        if each.place <= n:
            places.setdefault((each.number, each.against), []).append(each.place)
    return [
        reasons.relaxed(number, against, min(found), len(found))
        for (number, against), found in places.items()
    ]


def _placed(candidate: int, candidates: Candidates, trace: _Trace) -> PlacedItem:
    place = int(trace.places[candidate])
    return PlacedItem(
        item=int(candidates.items[candidate]),
        place=None if place == NOWHERE else place,
        before=int(trace.before[candidate]),
        score=float(trace.scores[candidate]),
        moves=tuple(trace.moves[candidate]),
    )


def _off(trace: _Trace, n: int) -> IntArray:
    """Return the candidates that a rule left no place or took off the page, best first."""
    listed = trace.before != NOWHERE
    taken_off = listed & (trace.before <= n) & (trace.places > n)
    off = np.flatnonzero(taken_off | (listed & (trace.places == NOWHERE)))
    return off[np.argsort(trace.before[off])]


def _ordered(scores: FloatArray) -> IntArray:
    """Return the candidates (at most k,) of a score above 0, best first, ties as they come."""
    order = np.argsort(-scores, kind="stable")
    return order[scores[order] > DROPPED]


def _places(order: IntArray, k: int) -> IntArray:
    """Return the place of each candidate (k,), counted from 1; ``NOWHERE`` for the others."""
    places = np.full(k, NOWHERE, dtype=np.int64)
    places[order] = np.arange(1, len(order) + 1)
    return places
