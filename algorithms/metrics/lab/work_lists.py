r"""Precision, Recall, F1 and NDCG at k with the numbers of an example in them.

The equations are those of the cards; see ``ranking.py``. The discount of a place is written out,

.. math:: \mathrm{DCG} = \frac{1}{\log_2 2} + 0 + \frac{1}{\log_2 4} = 1.5

so that a learner sees which place is worth how much.
"""

from __future__ import annotations

import math

from algorithms.messages import Message
from algorithms.metrics.lab.examples import RankedList
from algorithms.metrics.lab.worked import (
    Part,
    Step,
    Worked,
    Working,
    equals,
    number,
    shortened,
    summed,
    term,
)

NOTHING_RELEVANT = Message(
    "No item is relevant for this user, so no list can be good or bad: the user has no value and "
    "is left out of the mean."
)


def work_precision_at(example: RankedList, value: float) -> Worked:
    """Work out precision: hits over k."""
    steps = (*hits(example), _k(example))
    fraction = rf"\frac{{{summed(steps[:-1])}}}{{{example.k}}}"
    return _worked("precision_at", "Precision", example, fraction, steps, value)


def work_recall_at(example: RankedList, value: float) -> Worked:
    """Work out recall: hits over all relevant items, listed or not."""
    steps = (*hits(example), _n_relevant(example))
    fraction = rf"\frac{{{summed(steps[:-1])}}}{{{example.n_relevant}}}"
    return _worked("recall_at", "Recall", example, fraction, steps, value)


def work_f1_at(example: RankedList, value: float) -> Worked:
    """Work out F1: twice the hits over k plus the relevant items."""
    steps = (*hits(example), _k(example), _n_relevant(example))
    above, below = rf"2 \cdot ({summed(steps[:-2])})", summed(steps[-2:])
    return _worked("f1_at", "F1", example, rf"\frac{{{above}}}{{{below}}}", steps, value)


def work_ndcg(example: RankedList, value: float) -> Worked:
    """Work out NDCG: the discounted gain of this order over that of the best order."""
    gains = [
        term(_discounted(place) if example.relevance[place] else "0", [place])
        for place in range(example.k)
    ]
    best = [
        term(_discounted(place), [row], Part.DENOMINATOR)
        for place, row in enumerate(relevant_rows(example)[: example.k])
    ]
    above, below = shortened(gains), shortened(best)
    dcg = sum(1 / math.log2(p + 2) for p in range(example.k) if example.relevance[p])
    ideal = sum(1 / math.log2(place + 2) for place in range(len(best)))
    fraction = rf"\frac{{{summed(above)}}}{{{summed(below)}}}"
    sums = rf" {_same(dcg, ideal)} \frac{{{number(dcg)}}}{{{number(ideal)}}}" if ideal else ""
    return _worked("ndcg", "NDCG", example, fraction + sums, (*above, *below), value)


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


def _discounted(place: int) -> str:
    return rf"\frac{{1}}{{\log_2 {place + 2}}}"


def _same(*values: float) -> str:
    exact = all(equals(value).startswith("=") for value in values)
    return "=" if exact else r"\approx"


def _k(example: RankedList) -> Step:
    return term(f"{example.k}", range(example.k), Part.DENOMINATOR)


def _n_relevant(example: RankedList) -> Step:
    return term(f"{example.n_relevant}", relevant_rows(example), Part.DENOMINATOR)


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
    "ndcg": work_ndcg,
}
