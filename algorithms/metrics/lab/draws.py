"""Random examples that are small enough to compute by hand, and without doubtful cases.

Scores never lie on a threshold and never tie, so that no question hangs on how a tie is read;
stars are whole and predictions halves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from algorithms.arrays import AnyArray
from algorithms.errors import MtrecError
from algorithms.metrics.card import EventMetric, Level, Metric
from algorithms.metrics.lab.examples import (
    AnswerRows,
    RankedList,
    TaskGains,
    ValueRows,
)
from algorithms.metrics.lab.user_lists import NOTHING, ItemFacts, UserLists

T = TypeVar("T")
Rows = ValueRows | AnswerRows | RankedList | UserLists  # what a metric of the catalog looks at

MOST_DRAWS = 5000
GRID = np.array([percent for percent in range(1, 100) if percent % 5])  # no threshold among them
_N_PLACES, _EMPTY = 4, 0.4  # of several users' lists; how often one is empty
_USERS = ("Ann", "Ben", "Cleo", "Dan")
LETTERS = "FCAHBEGDJILK"  # the candidates of a list, which shows some of them


class NothingDrawnError(MtrecError, RuntimeError):
    """A search among random examples that did not find what it needs."""

    template = "No example with {wanted} was found among {n} random ones."


def draw_until(
    draw: Callable[[], T], accept: Callable[[T], bool], wanted: str, most: int = MOST_DRAWS
) -> T:
    """Draw until something is accepted.

    Raises
    ------
    NothingDrawnError
        Where nothing was accepted.
    """
    for _ in range(most):
        drawn = draw()
        if accept(drawn):
            return drawn
    raise NothingDrawnError(wanted=wanted, n=most)


def draw_values(rng: np.random.Generator, n: int = 4) -> ValueRows:
    """Draw n true stars from 1 to 5 and predictions in halves."""
    truth = rng.integers(1, 6, n)
    return ValueRows(tuple(truth.astype(float).tolist()), _predictions(truth, rng))


def draw_answers(rng: np.random.Generator, n: int = 6, users: bool = False) -> AnswerRows:
    """Draw n events of which some happened and some did not, with distinct scores.

    With ``users`` they belong to two users, each with both kinds of events; n is at least 4.
    """
    threshold = float(rng.integers(3, 8)) / 10
    scores = _scores(rng, n)
    if not users:
        truth = rng.permutation(np.arange(n) < rng.integers(1, n))
        return AnswerRows(tuple(truth.astype(int).tolist()), scores, threshold)
    order = rng.permutation(n)
    own, happened = rng.integers(1, 3, n), rng.integers(0, 2, n)
    own[order[:4]], happened[order[:4]] = [1, 1, 2, 2], [0, 1, 0, 1]
    return AnswerRows(tuple(happened.tolist()), scores, threshold, users=tuple(own.tolist()))


def draw_list(
    rng: np.random.Generator, n: int = 6, graded: bool = False, most_k: int = 3
) -> RankedList:
    """Draw a list of n of n + 2 items, of which two to four are relevant."""
    n_relevant = int(rng.integers(2, 5))
    grades = rng.integers(1, 4, n_relevant) if graded else np.ones(n_relevant)
    return _listed(rng.permutation(n + 2), grades, n, int(rng.integers(1, most_k + 1)))


def draw_user_lists(rng: np.random.Generator, empty: bool = False, n_users: int = 3) -> UserLists:
    """Draw the lists of up to four users, four of eight items each; no two are as popular.

    With ``empty`` some of the users have no list.
    """
    n = 8
    items = ItemFacts(
        tuple("ABCDEFGH"),
        tuple(rng.permutation(["comedy", "thriller", "drama"] * 3)[:n].tolist()),
        tuple(np.sort(rng.permutation(np.arange(1, 13))[:n])[::-1].tolist()),
        16,
    )
    orders = [rng.permutation(n).tolist() for _ in range(n_users)]
    met = tuple(tuple(sorted(order[:2])) for order in orders)
    relevant = tuple(tuple(sorted(order[2 : int(rng.integers(4, 6))])) for order in orders)
    nothing = ((NOTHING,) * _N_PLACES,) * n_users
    k = int(rng.integers(1, 3))
    example = UserLists(items, _USERS[:n_users], nothing, k, relevant=relevant, met=met)
    return _filled(example, rng, empty)


def _filled(example: UserLists, rng: np.random.Generator, empty: bool) -> UserLists:
    """Fill the lists with items that the users had not met; with ``empty`` leave some empty.

    Between showing everybody the same and everybody their own, all degrees are drawn.
    """
    n = len(example.items)
    shared, weight = rng.random(n), rng.random()
    lists = []
    for met in example.met:
        scores = weight * shared + (1 - weight) * rng.random(n)
        best = [item for item in np.argsort(-scores).tolist() if item not in met]
        is_empty = empty and rng.random() < _EMPTY
        lists.append((NOTHING,) * example.width if is_empty else tuple(best[: example.width]))
    return replace(example, lists=tuple(lists))


def draw_gains(rng: np.random.Generator) -> TaskGains:
    """Draw the values of three tasks, of which in the last lower is better."""
    single = rng.choice([0.4, 0.5, 0.8, 1.0], 3)
    change = rng.choice([-0.1, -0.05, 0.05, 0.1], 3)
    return TaskGains(
        ("click", "purchase", "rating"),
        tuple(single.tolist()),
        tuple(np.round(single * (1 + change), 4).tolist()),
        (True, True, False),
    )


def draw_example(metrics: Sequence[Metric], rng: np.random.Generator, n: int | None = None) -> Rows:
    """Draw n rows that all of some metrics of one level can look at; how many is usual without n.

    They have users, or grades, where one of the metrics asks for them.
    """
    level = metrics[0].level
    if level is Level.RATING:
        return draw_values(rng, n or 4)
    if level is Level.BINARY:
        users = any(isinstance(each, EventMetric) and each.needs_users for each in metrics)
        return draw_answers(rng, n or 6, users)
    if level is Level.BEYOND:
        empty = any(each.key == "user_coverage" for each in metrics)
        return draw_user_lists(rng, empty, len(_USERS) if n else 3)
    graded = any(each.key == "ndcg_graded" for each in metrics)
    return draw_list(rng, n, graded, most_k=n) if n else draw_list(rng, graded=graded)


def draw_rival(example: Rows, rng: np.random.Generator) -> Rows:
    """Draw what another model says of the same events, or lists for the same user."""
    if isinstance(example, ValueRows):
        return replace(example, predicted=_predictions(np.array(example.truth), rng))
    if isinstance(example, AnswerRows):
        return replace(example, scores=_scores(rng, len(example)))
    if isinstance(example, UserLists):
        return _filled(example, rng, any(NOTHING in own for own in example.lists))
    n = len(example)
    return _listed(rng.permutation(n + 2), _grades(example), n, example.k)


def draw_pair(metric: Metric, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """Draw two models' answers to the same question."""
    example = draw_example([metric], rng)
    return example, draw_rival(example, rng)


def _predictions(truth: AnyArray, rng: np.random.Generator) -> tuple[float, ...]:
    return tuple(np.clip(truth + rng.integers(-4, 5, len(truth)) / 2, 1, 5).tolist())


def _scores(rng: np.random.Generator, n: int) -> tuple[float, ...]:
    """Draw distinct scores of a model that is generous, or sparing, or neither."""
    high = rng.random() < rng.random(n)  # each row's score is the larger or the smaller of two
    drawn = np.stack([rng.permutation(GRID)[:n], rng.permutation(GRID)[:n]])
    scores = np.where(high, drawn.max(axis=0), drawn.min(axis=0))
    _, counts = np.unique(scores, return_counts=True)
    return tuple((scores / 100).tolist()) if counts.max() == 1 else _scores(rng, n)


def _listed(order: AnyArray, grades: AnyArray, n: int, k: int) -> RankedList:
    """Make a list from an order of all items, the first of which have the grades (r,)."""
    relevance = np.zeros(len(order))
    relevant = order < len(grades)  # which letter is relevant stays the same
    relevance[relevant] = grades[order[relevant]]
    names = tuple(LETTERS[item] for item in order[:n])
    missing = np.sort(order[n:])
    unlisted = tuple(grades[missing[missing < len(grades)]].astype(float).tolist())
    n_others = len(order) - n - len(unlisted)
    return RankedList(names, tuple(relevance[:n].tolist()), k, unlisted, n_others)


def _grades(example: RankedList) -> AnyArray:
    """Return (r,) the grade of each relevant item, in the order of the letters."""
    items = [LETTERS.index(name) for name in example.names]
    grades = {item: g for item, g in zip(items, example.relevance, strict=True) if g}
    missing = [item for item in range(example.n_relevant) if item not in grades]
    grades |= dict(zip(missing, example.unlisted, strict=True))
    return np.array([grades[item] for item in range(example.n_relevant)])
