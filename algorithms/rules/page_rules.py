r"""Rules of the page, made ready for filling: who is meant, and what must or may not come next.

A **limit** forbids: at most *a* of a group in any *w* neighbouring places. A **demand** asks for
an item of a group at a place: a pin at its place, a guarantee where the last chance to keep it
has come. A **preference** weighs.

A demand waits as long as it can. *At least n in any w places* asks for nothing as long as the
window of w places that ends first could still be served by its last places; a share of exposure
q asks when fewer than :math:`\lfloor q p + \varphi_u \rfloor` of the first p places have gone
to the provider. On each page by itself :math:`\varphi = 0`. Over all users
:math:`\varphi_u` is spread evenly over [0, 1) by the golden ratio, so that pages that are made
one by one, and never looked at together, give the provider its share of all places.

Reference: A. Singh and T. Joachims, "Fairness of exposure in rankings", KDD 2018 (what exposure
is, and that a share of it can be guaranteed).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import AnyArray, BoolArray, FloatArray, IntArray
from algorithms.rules.candidates import Candidates
from algorithms.rules.checks import UsableRule
from algorithms.rules.rule_set import PageRule
from algorithms.rules.rule_types import (
    AtLeast,
    AtMost,
    AtMostEach,
    Diversity,
    Exposure,
    Over,
    Pin,
    Quota,
)
from algorithms.rules.stages import condition_holds, segment

_GOLDEN = 0.6180339887498949  # multiples of it, cut to [0, 1), lie evenly


@dataclass(frozen=True, eq=False)
class ReadyRule:
    """A rule of the page for a block of users.

    Parameters
    ----------
    number : in its set, counted from 1
    rule : the rule
    applies : (m,) for which users
    codes : (m or 1, k) the group of each candidate, -1 for none; a demand has one group, 0
    phases : (m,) between 0 and 1, where a guarantee begins
    """

    number: int
    rule: PageRule
    applies: BoolArray
    codes: IntArray
    phases: FloatArray

    def of(self, rows: AnyArray, columns: IntArray) -> ReadyRule:
        """Return the same for some users, whose candidates (b, c) are some of the columns."""
        codes = (
            self.codes[0][columns] if len(self.codes) == 1 else self.codes[rows[:, None], columns]
        )
        return ReadyRule(self.number, self.rule, self.applies[rows], codes, self.phases[rows])

    @property
    def is_limit(self) -> bool:
        """Whether it forbids."""
        return isinstance(self.rule, Quota | AtMost | AtMostEach)

    @property
    def is_demand(self) -> bool:
        """Whether it asks for something."""
        return isinstance(self.rule, AtLeast | Pin | Exposure)


def ready_rules(
    rules: Sequence[UsableRule], candidates: Candidates, scores: FloatArray
) -> list[ReadyRule]:
    """Make the rules of the page ready; ``scores`` (m, k) are those after all other rules."""
    return [
        ReadyRule(
            usable.number,
            usable.rule,
            segment(usable, candidates),
            np.atleast_2d(_codes(usable, candidates, scores)),
            _phases(usable.rule, candidates.user_indices),
        )
        for usable in rules
        if isinstance(usable.rule, PageRule)
    ]


def _codes(usable: UsableRule, candidates: Candidates, scores: FloatArray) -> IntArray:
    rule = usable.rule
    if isinstance(rule, AtMostEach | Diversity):
        return candidates.groups(rule.by)
    if isinstance(rule, Quota):
        return np.where(candidates.kind_codes == candidates.kinds.index(rule.item_kind), 0, -1)
    held = np.where(condition_holds(usable, candidates, scores), 0, -1)
    return np.broadcast_to(held, (len(held), scores.shape[1]))


def _phases(rule: PageRule, users: IntArray) -> FloatArray:
    if isinstance(rule, Exposure) and rule.over is Over.USERS:
        return np.asarray((users + 1) * _GOLDEN % 1.0, dtype=np.float64)
    return np.zeros(len(users))


def must_come(ready: ReadyRule, history: IntArray, place: int) -> BoolArray:
    """Return for which users (b,) a demand asks for one of its items at a place.

    Parameters
    ----------
    ready : the demand
    history : (b, place) the groups of the items placed so far
    place : counted from 0
    """
    rule = ready.rule
    if isinstance(rule, Pin):
        return ready.applies & (place + 1 == rule.place)
    if isinstance(rule, AtLeast):
        start = max(0, place - rule.in_places + 1)
        left = start + rule.in_places - place  # places of the window, this one among them
        count = (history[:, start:] == 0).sum(axis=1)
        late: BoolArray = rule.at_least - count > left - 1
        return ready.applies & late
    if isinstance(rule, Exposure):
        due = np.floor(rule.share * (place + 1) + ready.phases + 1e-9)
        behind: BoolArray = (history == 0).sum(axis=1) < due
        return ready.applies & behind
    raise TypeError(f"{type(rule).__name__} is no demand")


def forbidden(ready: ReadyRule, history: IntArray, place: int) -> BoolArray | None:
    """Return which candidates (b, c) a limit keeps from a place; None where it keeps none.

    Parameters
    ----------
    ready : the limit
    history : (b, place) the groups of the items placed so far, -1 for none
    place : counted from 0
    """
    rule = ready.rule
    if not isinstance(rule, Quota | AtMost | AtMostEach):
        raise TypeError(f"{type(rule).__name__} is no limit")
    if rule.at_most == 0:
        return (ready.codes >= 0) & ready.applies[:, None]
    window = history[:, max(0, place - rule.in_places + 1) :]  # (b, w - 1)
    if window.shape[1] < rule.at_most:
        return None
    if not isinstance(rule, AtMostEach):  # one group
        full = ready.applies & ((window == 0).sum(axis=1) >= rule.at_most)
        return full[:, None] & (ready.codes == 0) if full.any() else None
    counts = (window[:, :, None] == window[:, None, :]).sum(axis=2)  # (b, w - 1)
    full_ones = ready.applies[:, None] & (counts >= rule.at_most) & (window >= 0)
    found: BoolArray | None = None
    for column in np.flatnonzero(full_ones.any(axis=0)):
        banned = np.where(full_ones[:, column], window[:, column], -2)[:, None] == ready.codes
        found = banned if found is None else found | banned
    return found


def weighed(ready: ReadyRule, values: FloatArray, history: IntArray, place: int) -> FloatArray:
    r"""Return the values (b, c) by which a place is given, after a preference for unlike items.

    Maximal marginal relevance, with the score relative to the user's best and a likeness of 1
    to an item of the same group, 0 to others:

    .. math::
        v(i) = (1 - w)\, s(i) - w \max_{j \in \text{before}} \text{like}(i, j)

    Reference: J. Carbonell and J. Goldstein, "The use of MMR, diversity-based reranking for
    reordering documents and producing summaries", SIGIR 1998.
    """
    rule = ready.rule
    if not isinstance(rule, Diversity):
        return values
    like = np.zeros(values.shape, dtype=np.bool_)
    window = history[:, max(0, place - rule.in_places + 1) :]
    for column in range(window.shape[1]):
        like |= (window[:, column, None] == ready.codes) & (ready.codes >= 0)
    unlike = (1 - rule.weight) * values - rule.weight * like
    return np.where(ready.applies[:, None], unlike, values)
