r"""Metrics of ranked lists with the numbers of an example in them.

The equations are those of the cards; see ``ranking.py``. The discount of a place is written out,

.. math:: \mathrm{DCG} = \frac{1}{\log_2 2} + 0 + \frac{1}{\log_2 4} = 1.5

so that a learner sees which place is worth how much.
"""

from __future__ import annotations

import math
from dataclasses import replace

from algorithms.messages import Message
from algorithms.metrics.lab.examples import RankedList
from algorithms.metrics.lab.worked import (
    Part,
    Step,
    Worked,
    Working,
    equals,
    fraction,
    number,
    shortened,
    summed,
    term,
)
from algorithms.metrics.ranking import Denominator

NOTHING_RELEVANT = Message(
    "No item is relevant for this user, so no list can be good or bad: the user has no value and "
    "is left out of the mean."
)
ALL_RELEVANT = Message("Every candidate is relevant, so there is none to stand below another.")


def work_precision_at(example: RankedList, value: float) -> Worked:
    """Work out precision: hits over k."""
    steps = (*hits(example), _k(example))
    return _worked("precision_at", "Precision", example, fraction(steps), steps, value)


def work_recall_at(
    example: RankedList, value: float, over: Denominator = Denominator.RELEVANT
) -> Worked:
    """Work out recall: hits over all relevant items, listed or not."""
    steps = (*hits(example), _below(example, over))
    return _worked("recall_at", "Recall", example, fraction(steps), steps, value)


def work_f1_at(example: RankedList, value: float) -> Worked:
    """Work out F1: twice the hits over k plus the relevant items."""
    steps = (*hits(example), _k(example), _n_relevant(example))
    above, below = rf"2 \cdot ({summed(steps[:-2])})", summed(steps[-2:])
    return _worked("f1_at", "F1", example, rf"\dfrac{{{above}}}{{{below}}}", steps, value)


def work_ndcg(example: RankedList, value: float) -> Worked:
    """Work out NDCG: the discounted gain of this order over that of the best order."""
    gains = [1.0 if grade else 0.0 for grade in example.relevance + example.unlisted]
    return _ndcg("ndcg", "NDCG", example, gains, value)


def work_graded_ndcg(example: RankedList, value: float, exponential: bool = False) -> Worked:
    """Work out graded NDCG: an item gains its grade, or 2 to the power of that, less 1."""
    grades = list(example.relevance + example.unlisted)
    return _ndcg("ndcg_graded", "NDCG", example, grades, value, exponential)


def work_hit_rate(example: RankedList, value: float) -> Worked:
    """Work out hit rate: 1 where there is any hit."""
    steps = hits(example)
    return _worked("hit_rate", "Hit", example, rf"\min(1, {summed(steps)})", steps, value)


def work_map(example: RankedList, value: float, over: Denominator = Denominator.POSSIBLE) -> Worked:
    """Work out average precision: the precision at each hit, over the hits that are possible."""
    precisions, n_hits = [], 0
    for place in range(example.k):
        n_hits += example.relevance[place] > 0
        above = [p for p in range(place + 1) if example.relevance[p]]
        body = rf"\frac{{{n_hits}}}{{{place + 1}}}" if example.relevance[place] else "0"
        precisions.append(term(body, above if example.relevance[place] else [place]))
    steps = (*shortened(precisions), _below(example, over))
    return _worked("map", "AP", example, fraction(steps), steps, value)


def work_mrr(example: RankedList, value: float) -> Worked:
    """Work out the reciprocal rank: one over the place of the first hit."""
    first = next((place for place in range(example.k) if example.relevance[place]), None)
    body = "0" if first is None else rf"\frac{{1}}{{{first + 1}}}"
    rows = range(example.k) if first is None else [first]
    steps = (term(body, rows, Part.LINE),)
    return _worked("mrr", "RR", example, body, steps, value)


def work_r_precision(example: RankedList, value: float) -> Worked:
    """Work out R-precision: hits in the first R places, at most k, over R."""
    places = range(min(max(example.n_relevant, 1), example.k))
    found = [term("1" if example.relevance[place] else "0", [place]) for place in places]
    steps = (*shortened(found), _n_relevant(example))
    return _worked("r_precision", "R-Prec", example, fraction(steps), steps, value)


def work_auc_at(example: RankedList, value: float) -> Worked:
    """Work out AUC: the hits above each miss, and half of what stands below the first k places."""
    k, n_relevant = example.k, example.n_relevant
    listed = [place for place in range(k) if example.relevance[place]]
    misses = [place for place in range(k) if not example.relevance[place]]
    n_others = len(example) + len(example.unlisted) + example.n_others - n_relevant
    above = []
    for place in misses:
        hits_above = [row for row in listed if row < place]
        above.append(term(f"{len(hits_above)}", [*hits_above, place]))
    below = range(k, len(example) + len(example.unlisted))
    halves = term(
        rf"{n_others - len(misses)} \cdot \frac{{{len(listed)} + {n_relevant}}}{{2}}", below
    )
    others = [place for place in range(len(example)) if not example.relevance[place]]
    steps = (
        *shortened([*above, halves]),
        _n_relevant(example),
        term(f"{n_others}", others, Part.DENOMINATOR),
    )
    whole = rf"\dfrac{{{summed(steps[:-2])}}}{{{n_relevant} \cdot {n_others}}}"
    worked = _worked("auc_at", "AUC", example, whole, steps, value)
    return worked if n_others or not n_relevant else replace(worked, undefined=ALL_RELEVANT)


def hits(example: RankedList) -> tuple[Step, ...]:
    """Return a step for each of the first k places: 1 for a relevant item, else 0."""
    return shortened(
        [term("1" if example.relevance[place] else "0", [place]) for place in range(example.k)]
    )


def relevant_rows(example: RankedList) -> tuple[int, ...]:
    """Return the rows of the relevant items: places in the list, then those not in it."""
    n = len(example)
    listed = [place for place in range(n) if example.relevance[place]]
    return (*listed, *range(n, n + len(example.unlisted)))


def _ndcg(
    key: str,
    name: str,
    example: RankedList,
    grades: list[float],
    value: float,
    exponential: bool = False,
) -> Worked:
    """Work out NDCG from the grade of each row (n + unlisted,)."""
    gains = [2**grade - 1 for grade in grades] if exponential else grades
    written = [rf"2^{{{number(grade)}}} - 1" if exponential else number(grade) for grade in grades]
    best_first = sorted(range(len(gains)), key=lambda row: -gains[row])
    best_rows = [row for row in best_first if gains[row]][: example.k]
    found = [
        term(_discounted(written[place], place) if gains[place] else "0", [place])
        for place in range(example.k)
    ]
    best = [
        term(_discounted(written[row], place), [row], Part.DENOMINATOR)
        for place, row in enumerate(best_rows)
    ]
    steps = (*shortened(found), *shortened(best))
    dcg = sum(gains[place] / math.log2(place + 2) for place in range(example.k))
    ideal = sum(gains[row] / math.log2(place + 2) for place, row in enumerate(best_rows))
    sums = rf" {_same(dcg, ideal)} \dfrac{{{number(dcg)}}}{{{number(ideal)}}}" if ideal else ""
    return _worked(key, name, example, fraction(steps) + sums, steps, value)


def _discounted(gain: str, place: int) -> str:
    return rf"\frac{{{gain}}}{{\log_2 {place + 2}}}"


def _same(*values: float) -> str:
    exact = all(equals(value).startswith("=") for value in values)
    return "=" if exact else r"\approx"


def _k(example: RankedList) -> Step:
    return term(f"{example.k}", range(example.k), Part.DENOMINATOR)


def _n_relevant(example: RankedList) -> Step:
    return term(f"{example.n_relevant}", relevant_rows(example), Part.DENOMINATOR)


def _below(example: RankedList, over: Denominator) -> Step:
    """Make the step of a denominator, with the rows that are counted in it."""
    rows = relevant_rows(example)
    if over is Denominator.RELEVANT:
        return _n_relevant(example)
    if over is Denominator.POSSIBLE:
        text = rf"\min({example.n_relevant}, {example.k})"
        return term(text, rows[: example.k], Part.DENOMINATOR)
    if over is Denominator.HITS:
        found = [row for row in rows if row < example.k]
        return term(f"{max(len(found), 1)}", found, Part.DENOMINATOR)  # without a hit 0 / 1
    return _k(example)


def _worked(
    key: str, name: str, example: RankedList, right: str, steps: tuple[Step, ...], value: float
) -> Worked:
    left = rf"\mathrm{{{name}@}}{example.k}"
    undefined = None if example.n_relevant else NOTHING_RELEVANT
    return Worked(key, value, f"${left} = {right} {equals(value)}$", steps, undefined)


WORKINGS: dict[str, Working] = {
    "precision_at": work_precision_at,
    "recall_at": work_recall_at,
    "f1_at": work_f1_at,
    "hit_rate": work_hit_rate,
    "ndcg": work_ndcg,
    "ndcg_graded": work_graded_ndcg,
    "map": work_map,
    "mrr": work_mrr,
    "r_precision": work_r_precision,
    "auc_at": work_auc_at,
}
