"""The numbers that people get when they mix something up, and what they mixed up."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from algorithms.messages import Message
from algorithms.metrics.catalog import find_metric
from algorithms.metrics.lab.examples import AnswerRows, RankedList, ValueRows
from algorithms.metrics.lab.user_lists import UserLists, exposures
from algorithms.metrics.lab.worked import catalog_value

Wrong = tuple[Callable[[Any], float], Message]


def _other(key: str) -> Callable[[Any], float]:
    return lambda example: catalog_value(find_metric(key), example)


def _complement(key: str) -> Callable[[Any], float]:
    return lambda example: 1 - catalog_value(find_metric(key), example)


def _mean_of(first: str, second: str) -> Callable[[Any], float]:
    return lambda example: (_other(first)(example) + _other(second)(example)) / 2


def _signed_mean(example: ValueRows) -> float:
    pairs = zip(example.truth, example.predicted, strict=True)
    return sum(truth - predicted for truth, predicted in pairs) / len(example)


def _mean_square(example: ValueRows) -> float:
    return _other("rmse")(example) ** 2


def _undivided(example: RankedList) -> float:
    return sum(1 / math.log2(p + 2) for p in range(example.k) if example.relevance[p])


def _over_possible(example: RankedList) -> float:
    n_possible = min(example.k, example.n_relevant)
    return _other("precision_at")(example) * example.k / n_possible


def _over_all(example: RankedList) -> float:
    return _other("map")(example) * min(example.k, example.n_relevant) / example.n_relevant


def _yes_share(example: AnswerRows) -> float:
    return sum(example.answers) / len(example)


def _all_places(key: str) -> Callable[[Any], float]:
    return lambda example: _other(key)(example.with_k(example.width))


def _share_of_places(example: UserLists) -> float:
    counts = exposures(example)
    return sum(count > 0 for count in counts) / max(sum(counts), 1)


def _gini_of_shown(example: UserLists) -> float:
    counts = sorted(count for count in exposures(example) if count)
    n = len(counts)
    unequal = sum((2 * place - n - 1) * count for place, count in enumerate(counts, start=1))
    return unequal / (n * sum(counts)) if n else math.nan


def _all_hits(example: UserLists) -> float:
    values = [
        len(set(example.listed(user)) & set(relevant)) / example.k
        for user, relevant in enumerate(example.relevant)
        if relevant
    ]
    return sum(values) / len(values) if values else math.nan


FIRST_PLACES = Message("That counts all places; only those up to k do.")
ARITHMETIC = Message(
    "That is the arithmetic mean of precision and recall; F1 is their harmonic mean."
)
MISSED = Message("That is the share of what happened that was missed; recall is the share found.")

MISTAKES: Mapping[str, tuple[Wrong, ...]] = {
    "mae": (
        (_other("rmse"), Message("That is RMSE: the errors are not squared here.")),
        (_signed_mean, Message("Errors up and down must not cancel: take them without sign.")),
    ),
    "rmse": (
        (_mean_square, Message("That is the mean square: the root is still to be taken.")),
        (_other("mae"), Message("That is MAE: square the errors before you average them.")),
    ),
    "accuracy": (
        (_complement("accuracy"), Message("That is the share of wrong answers.")),
        (_yes_share, Message("That is the share of yes answers, right or wrong.")),
    ),
    "precision": (
        (_other("recall"), Message("That is recall: precision divides by the yes answers.")),
        (_complement("precision"), Message("That is the share of the yes answers that is wrong.")),
    ),
    "recall": (
        (_complement("recall"), MISSED),
        (_other("precision"), Message("That is precision: recall divides by what happened.")),
    ),
    "f1": ((_mean_of("precision", "recall"), ARITHMETIC),),
    "auc": (
        (
            _complement("auc"),
            Message("That is the share of pairs in the wrong order; AUC counts the right ones."),
        ),
    ),
    "mse": ((_other("rmse"), Message("That is RMSE: no root is taken here.")),),
    "specificity": (
        (_other("recall"), Message("That is recall: specificity looks at what did not happen.")),
        (_complement("specificity"), Message("That is the share that was wrongly answered yes.")),
    ),
    "balanced_accuracy": (
        (_other("accuracy"), Message("That is accuracy: here both classes weigh the same.")),
    ),
    "precision_at": (
        (_other("recall_at"), Message("That is recall: precision divides by k.")),
        (_complement("precision_at"), Message("That is the share of the places that missed.")),
    ),
    "recall_at": (
        (_complement("recall_at"), MISSED),
        (
            _over_possible,
            Message(
                "That divides by the hits that were possible, min(R, k), as some libraries do; "
                "here recall is over all R relevant items."
            ),
        ),
    ),
    "f1_at": ((_mean_of("precision_at", "recall_at"), ARITHMETIC),),
    "map": (
        (_other("precision_at"), Message("That is precision: here the place of a hit counts.")),
        (
            _over_all,
            Message(
                "That divides by all R relevant items, as trec_eval does; here it is over the "
                "hits that were possible, min(R, k)."
            ),
        ),
    ),
    "ndcg": (
        (_undivided, Message("That is DCG: divide it by the DCG of the best order.")),
        (_other("precision_at"), Message("That is precision: a hit counts more near the top.")),
    ),
    "item_coverage": (
        (
            _share_of_places,
            Message("That is over the places; coverage is over all items that could be shown."),
        ),
        (_all_places("item_coverage"), FIRST_PLACES),
    ),
    "novelty": ((_all_places("novelty"), FIRST_PLACES),),
    "popularity_bias": ((_all_places("popularity_bias"), FIRST_PLACES),),
    "diversity": (
        (_complement("diversity"), Message("That is the share of pairs of the same category.")),
        (_all_places("diversity"), FIRST_PLACES),
    ),
    "gini": (
        (
            _gini_of_shown,
            Message("That leaves out the items that nobody is shown: they are the poorest of all."),
        ),
    ),
    "miscalibration": ((_all_places("miscalibration"), FIRST_PLACES),),
    "serendipity": (
        (_all_hits, Message("That counts all hits; those among the best sellers are expected.")),
    ),
}
