"""Metrics beyond accuracy with the numbers of an example in them.

The equations are those of the cards; see ``beyond_accuracy.py``. Most are means over the users,
and each user's own fraction is a term. What is about all lists together has a term for each user
who brings something new (coverage), or for each item that is shown (Gini).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from algorithms.messages import Message
from algorithms.metrics.beyond_accuracy import SMOOTHING
from algorithms.metrics.lab.user_lists import UserLists, exposures
from algorithms.metrics.lab.worked import (
    Part,
    Step,
    Worked,
    Working,
    equals,
    fraction,
    number,
    shortened,
    signed,
    term,
)

MOST_WRITTEN = 6  # items of a list whose numbers are written out; of more only what they give
MOST_LOGARITHMS = 3  # written out in one equation; of more only what they give

NOTHING_SHOWN = Message("Every list is empty, so there is nothing to look at.")
NO_PAIRS = Message(
    "No list holds two items with a category, so there is no pair that could be of different ones."
)
NO_HISTORY = Message(
    "No user has both a list and a history with a category, so there is nothing to compare."
)
NOBODY_RELEVANT = Message(
    "No item is relevant for any of these users, so no list can surprise with one."
)


def work_item_coverage(example: UserLists, value: float) -> Worked:
    """Work out item coverage: what each user's list adds to the items shown, over all items."""
    seen: set[int] = set()
    added = []
    for user in range(len(example.users)):
        new = [row for row in example.rows_of(user) if example.item_of(row) not in seen]
        seen |= {example.item_of(row) for row in new}
        added.append(term(f"{len(new)}", new or example.rows_of(user)))
    steps = (*shortened(added), term(f"{len(example.items)}", (), Part.DENOMINATOR))
    return _worked("item_coverage", "Coverage", example, fraction(steps), steps, value, None)


def work_user_coverage(example: UserLists, value: float) -> Worked:
    """Work out user coverage: 1 for each user whose list holds anything, over all users."""
    users = range(len(example.users))
    parts = [
        term("1" if example.listed(user) else "0", example.rows_of(user) or _places(example, user))
        for user in users
    ]
    return _mean("user_coverage", "Users", example, parts, value, None)


def work_novelty(example: UserLists, value: float) -> Worked:
    """Work out novelty: the mean bits of a user's items, averaged over the users."""
    facts = example.items

    def body(user: int) -> str:
        bits = [
            math.log2(max(facts.n_users, 1)) - math.log2(max(facts.n_meetings[item], 1))
            for item in example.listed(user)
        ]
        return _ratio([number(each) for each in bits], sum(bits), len(bits), f"{len(bits)}")

    return _mean("novelty", "Novelty", example, _parts(example, body), value, NOTHING_SHOWN)


def work_popularity_bias(example: UserLists, value: float) -> Worked:
    """Work out popularity: the mean share of users who met a user's items, over the users."""
    facts = example.items

    def body(user: int) -> str:
        met = [facts.n_meetings[item] for item in example.listed(user)]
        below = rf"{len(met)} \cdot {facts.n_users}"
        return _ratio([f"{each}" for each in met], sum(met), len(met) * facts.n_users, below)

    parts = _parts(example, body)
    return _mean("popularity_bias", "Popularity", example, parts, value, NOTHING_SHOWN)


def work_diversity(example: UserLists, value: float) -> Worked:
    """Work out diversity: pairs of different categories over all pairs, averaged over users."""
    numbers = example.items.category_numbers
    parts = []
    for user in range(len(example.users)):
        rows = [row for row in example.rows_of(user) if numbers[example.item_of(row)] >= 0]
        own = [numbers[example.item_of(row)] for row in rows]
        n_pairs = len(own) * (len(own) - 1) // 2
        n_other = n_pairs - sum(math.comb(own.count(each), 2) for each in set(own))
        if n_pairs:
            parts.append(term(rf"\frac{{{n_other}}}{{{n_pairs}}}", rows))
    return _mean("diversity", "Diversity", example, parts, value, NO_PAIRS)


def work_gini(example: UserLists, value: float) -> Worked:
    """Work out Gini: exposures in rising order, each weighed by its place in that order."""
    counts = exposures(example)
    order = sorted(range(len(counts)), key=lambda item: counts[item])
    n, total = len(counts), sum(counts)
    parts = [
        term(rf"{signed(2 * place - n - 1)} \cdot {counts[item]}", _rows_with(example, item))
        for place, item in enumerate(order, start=1)
        if counts[item]
    ]
    shown = [row for user in range(len(example.users)) for row in example.rows_of(user)]
    steps = (*shortened(parts), term(rf"{n} \cdot {total}", shown, Part.DENOMINATOR))
    return _worked("gini", "Gini", example, fraction(steps), steps, value, NOTHING_SHOWN)


def work_miscalibration(example: UserLists, value: float) -> Worked:
    """Work out miscalibration: a user's shares of categories before against those in the list."""
    facts = example.items
    found: dict[int, list[tuple[float, float]]] = {}  # user -> (p, mixed q) of each category
    for user in range(len(example.users)):
        before = _categories(example, example.met[user])
        listed = _categories(example, example.listed(user))
        if before and listed:
            shares = [
                (before.count(each) / len(before), listed.count(each) / len(listed))
                for each in dict.fromkeys(before)
            ]
            found[user] = [(p, (1 - SMOOTHING) * q + SMOOTHING * p) for p, q in shares]
    written_out = sum(len(own) for own in found.values()) <= MOST_LOGARITHMS
    parts = []
    for user, own in found.items():
        logarithms = [rf"{number(p)} \cdot \ln \frac{{{number(p)}}}{{{number(q)}}}" for p, q in own]
        total = sum(p * math.log(p / q) for p, q in own)
        body = " + ".join(logarithms) if written_out else number(max(total, 0.0))
        rows = [row for row in example.rows_of(user) if facts.categories[example.item_of(row)]]
        parts.append(term(body, rows))
    return _mean("miscalibration", "KL", example, parts, value, NO_HISTORY)


def work_serendipity(example: UserLists, value: float) -> Worked:
    """Work out serendipity: hits that best sellers would not have shown, over k, over the users."""
    parts = []
    for user in range(len(example.users)):
        if example.relevant[user]:
            hits = [
                row
                for row in example.rows_of(user)
                if example.item_of(row) in example.relevant[user]
                and not example.is_expected(user, example.item_of(row))
            ]
            body = rf"\frac{{{len(hits)}}}{{{example.k}}}"
            parts.append(term(body, hits or example.rows_of(user)))
    return _mean("serendipity", "Serendipity", example, parts, value, NOBODY_RELEVANT)


def _parts(example: UserLists, body: Callable[[int], str]) -> list[Step]:
    """Make a step for each user whose list holds an item."""
    users = [user for user in range(len(example.users)) if example.listed(user)]
    return [term(body(user), example.rows_of(user)) for user in users]


def _ratio(above: Sequence[str], total: float, below: float, written_below: str) -> str:
    """Write a user's fraction, or only its value where the list is long."""
    if len(above) > MOST_WRITTEN:
        return number(total / below)
    return rf"\frac{{{' + '.join(above)}}}{{{written_below}}}"


def _categories(example: UserLists, items: Sequence[int]) -> list[int]:
    """Return the categories of the items that have one."""
    numbers = example.items.category_numbers
    return [numbers[item] for item in items if numbers[item] >= 0]


def _places(example: UserLists, user: int) -> range:
    return range(user * example.width, user * example.width + example.k)


def _rows_with(example: UserLists, item: int) -> list[int]:
    rows = [row for user in range(len(example.users)) for row in example.rows_of(user)]
    return [row for row in rows if example.item_of(row) == item]


def _mean(
    key: str,
    name: str,
    example: UserLists,
    parts: Sequence[Step],
    value: float,
    undefined: Message | None,
) -> Worked:
    """Work out a mean over the users who have a value."""
    rows = sorted({row for part in parts for row in part.rows})
    steps = (*shortened(parts), term(f"{len(parts)}", rows, Part.DENOMINATOR))
    return _worked(key, name, example, fraction(steps), steps, value, undefined)


def _worked(
    key: str,
    name: str,
    example: UserLists,
    right: str,
    steps: tuple[Step, ...],
    value: float,
    undefined: Message | None,
) -> Worked:
    text = rf"$\mathrm{{{name}@}}{example.k} = {right} {equals(value)}$"
    return Worked(key, value, text, steps, undefined if math.isnan(value) else None)


WORKINGS: dict[str, Working] = {
    "item_coverage": work_item_coverage,
    "user_coverage": work_user_coverage,
    "novelty": work_novelty,
    "popularity_bias": work_popularity_bias,
    "diversity": work_diversity,
    "gini": work_gini,
    "miscalibration": work_miscalibration,
    "serendipity": work_serendipity,
}
