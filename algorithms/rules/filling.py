"""Fill a page from the top: each place takes the best item that the rules of the page allow.

At each place the rules are asked in their order, which is their priority. A limit takes out what
it forbids; a demand, where its time has come, takes out all but its items. So a limit holds in
every window: every window ends somewhere, and when its last item of the group was placed there
was still room. What happens where nothing would be left:

- a *demand* that finds none of its items, or only such as an earlier rule keeps out, is relaxed
  at this place;
- a *limit* that would keep out all that an earlier demand left is relaxed at this place;
- where limits alone leave nothing, the page ends.

All users of a block are served at once. Of each user the best candidates are looked at first;
where they turn out too few, that user is served again with more (``fill_pages``), so that the
result is always that of looking at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from algorithms.arrays import BoolArray, FloatArray, IntArray, top_n
from algorithms.rules.page_rules import ReadyRule, forbidden, must_come, weighed
from algorithms.rules.rule_types import Diversity

_SHORTLIST = 64  # candidates of a user looked at first, beyond the length of the page


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A rule that was not followed at a place.

    Parameters
    ----------
    row : of the user in the block
    number : of the rule in its set
    place : counted from 1
    against : numbers of the earlier rules that stood against it; empty where no item is left
        that it asks for
    """

    row: int
    number: int
    place: int
    against: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Filled:
    """Pages.

    Parameters
    ----------
    columns : (m, n) candidates from the first place down, -1 where a page has ended
    relaxed : where a rule was not followed, in the order of rows and places
    """

    columns: IntArray
    relaxed: tuple[Relaxed, ...]


def fill_pages(
    scores: FloatArray, rules: Sequence[ReadyRule], n: int, *, shortlist: int = _SHORTLIST
) -> Filled:
    """Fill the pages of a block of users.

    Parameters
    ----------
    scores : (m, k) above 0; 0 and NaN are no candidates
    rules : of the page, in their order
    n : length of the pages
    shortlist : how many candidates beyond n are looked at first
    """
    m, k = scores.shape
    alive = np.where(scores > 0, scores, np.nan)
    columns = np.full((m, n), -1, dtype=np.int64)
    relaxed: list[Relaxed] = []
    rows: IntArray = np.arange(m)
    width = min(k, n + shortlist)
    while len(rows):
        best = top_n(alive if len(rows) == m else alive[rows], width)  # equal scores by column
        pages = _fill(alive, rows, best, rules, n, whole=width == k)
        columns[rows] = pages.columns
        relaxed += [each for each in pages.relaxed if each.row not in pages.incomplete]
        rows = np.array(sorted(pages.incomplete), dtype=np.int64)
        width = min(k, 4 * width + 1)
    relaxed.sort(key=lambda each: (each.row, each.place, each.number))
    return Filled(columns, tuple(relaxed))


@dataclass(eq=False)
class _Pages:
    columns: IntArray
    relaxed: list[Relaxed] = field(default_factory=list)
    incomplete: set[int] = field(default_factory=set)  # rows that need all their candidates


def _fill(
    scores: FloatArray,
    rows: IntArray,
    columns: IntArray,
    rules: Sequence[ReadyRule],
    n: int,
    *,
    whole: bool,
) -> _Pages:
    """Fill the pages of some rows from some of their columns (b, c), best first, -1 for none."""
    b, c = columns.shape
    pages = _Pages(np.full((b, n), -1, dtype=np.int64))
    if not b or not c:
        return pages
    filling = _Filling(
        values=np.where(columns >= 0, scores[rows[:, None], columns], np.nan),
        rules=[rule.of(rows, columns) for rule in rules],
        rows=rows,
        # is there more of a row than its columns hold?
        is_cut=np.zeros(b, dtype=np.bool_)
        if whole
        else np.count_nonzero(~np.isnan(scores[rows]), axis=1) > c,
        pages=pages,
    )
    for place in range(n):
        if not filling.fill(place):
            break
    taken = filling.taken
    chosen = np.where(taken >= 0, np.take_along_axis(columns, np.maximum(taken, 0), axis=1), -1)
    pages.columns[:, : chosen.shape[1]] = chosen
    return pages


class _Filling:
    """The pages of a block while they are filled."""

    def __init__(
        self,
        values: FloatArray,
        rules: Sequence[ReadyRule],
        rows: IntArray,
        is_cut: BoolArray,
        pages: _Pages,
    ) -> None:
        b, _ = values.shape
        best = np.fmax.reduce(values, axis=1, initial=0.0)[:, None]
        self._values = values / np.where(best > 0, best, 1)  # (b, c) relative to the user's best
        self._free = ~np.isnan(values)  # (b, c) not yet on the page
        self._least = np.fmin.reduce(self._values, axis=1, initial=1.0)  # (b,) outside is no more
        self._rules = rules
        self._rows, self._is_cut, self._pages = rows, is_cut, pages
        self._each = np.arange(b)
        self.taken = np.empty((b, 0), dtype=np.int64)  # (b, place) the column at each place
        self._histories = {
            id(rule): np.empty((b, 0), dtype=np.int64) for rule in rules
        }  # the groups of what was taken

    def fill(self, place: int) -> bool:
        """Give a place of each page to an item; return whether any page goes on."""
        allowed = self._allowed(place)
        going_on = np.asarray(allowed.any(axis=1))
        self._note_cut(~going_on)
        values, least = self._values, self._least
        for rule in self._rules:
            if isinstance(rule.rule, Diversity):
                values = weighed(rule, values, self._histories[id(rule)], place)
                least = np.where(rule.applies, (1 - rule.rule.weight) * least, least)
        column = np.argmax(np.where(allowed, values, -np.inf), axis=1)  # (b,)
        if values is not self._values:
            better: BoolArray = values[self._each, column] < least
            self._note_cut(going_on & better)
        taken = np.where(going_on, column, -1)
        self.taken = np.column_stack([self.taken, taken])
        self._free[self._each[going_on], column[going_on]] = False
        self._free[~going_on] = False  # what has ended has ended
        for rule in self._rules:
            group = np.where(going_on, rule.codes[self._each, column], -1)
            self._histories[id(rule)] = np.column_stack([self._histories[id(rule)], group])
        return bool(going_on.any())

    def _allowed(self, place: int) -> BoolArray:
        """Return (b, c) what the rules allow at a place, each in its turn."""
        allowed = self._free
        demanded: list[tuple[ReadyRule, BoolArray]] = []  # and for which users it was met
        limited: list[tuple[ReadyRule, BoolArray]] = []  # and what it keeps out
        for rule in self._rules:
            history = self._histories[id(rule)]
            if rule.is_limit:
                out = forbidden(rule, history, place)
                if out is None:
                    continue
                left = allowed & ~out
                emptied = allowed.any(axis=1) & ~left.any(axis=1)
                asked = np.zeros(len(allowed), dtype=np.bool_)
                for _, met in demanded:
                    asked |= met
                relaxed = emptied & asked
                self._relax(rule, relaxed, place, demanded)
                allowed = np.where(relaxed[:, None], allowed, left)
                limited.append((rule, out & ~relaxed[:, None]))
            elif rule.is_demand:
                must = must_come(rule, history, place) & allowed.any(axis=1)
                if not must.any():
                    continue
                wanted = rule.codes == 0
                left = allowed & wanted
                met = must & left.any(axis=1)
                failed = must & ~met
                if failed.any():
                    kept_out = [
                        (other, (self._free & wanted & out).any(axis=1)) for other, out in limited
                    ]
                    others = [
                        (other, yes & (self._free & wanted).any(axis=1)) for other, yes in demanded
                    ]
                    self._relax(rule, failed, place, kept_out + others)
                allowed = np.where(met[:, None], left, allowed)
                demanded.append((rule, met))
        return allowed

    def _note_cut(self, rows: BoolArray) -> None:
        """Note that rows could need candidates that are not looked at."""
        self._pages.incomplete.update(self._rows[rows & self._is_cut].tolist())

    def _relax(
        self,
        rule: ReadyRule,
        rows: BoolArray,
        place: int,
        others: Sequence[tuple[ReadyRule, BoolArray]],
    ) -> None:
        self._note_cut(rows)
        for row in np.flatnonzero(rows).tolist():
            against = tuple(other.number for other, stood in others if stood[row])
            self._pages.relaxed.append(
                Relaxed(int(self._rows[row]), rule.number, place + 1, against)
            )
