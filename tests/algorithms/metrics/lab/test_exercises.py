"""Exercises: each has exactly one right answer, and it is the one that others compute."""

import math
import os
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from sklearn import metrics as reference

from algorithms.errors import UnknownMetricError
from algorithms.metrics import METRICS, Direction
from algorithms.metrics.lab import (
    GAIN,
    NOTHING,
    AnswerRows,
    RankedList,
    UserLists,
    ValueRows,
    exercise,
    templates,
    workable,
)

SEED_METRICS = ("accuracy", "precision", "recall", "f1", "mae", "rmse")
N_DRAWS = int(os.environ.get("MTREC_DRAWS", "60"))  # a thousand take some minutes
CASES = [(key, place) for key in (*workable(), GAIN) for place in range(len(templates(key)))]
STEP = 0.02  # answers this far off must be wrong


def lists(example):
    hits = [grade > 0 for grade in example.relevance[: example.k]]
    return sum(hits), example.k, example.n_relevant, hits


def ndcg(example):
    _, k, n_relevant, hits = lists(example)
    gain = sum(hit / math.log2(place + 2) for place, hit in enumerate(hits))
    return gain / sum(1 / math.log2(place + 2) for place in range(min(k, n_relevant)))


def per_user(function):
    """Average over the users something about the items in the first places of each."""

    def mean(example):
        held = [[item for item in own[: example.k] if item != NOTHING] for own in example.lists]
        return float(np.mean([function(example, items) for items in held]))

    return mean


def shares(example, items):
    return np.array([example.items.n_meetings[item] for item in items]) / example.items.n_users


def other_categories(example, items):
    names = [example.items.categories[item] for item in items]
    pairs = list(combinations(names, 2))
    return np.mean([first != second for first, second in pairs]) if pairs else math.nan


def coverage(example):
    held = {item for own in example.lists for item in own[: example.k]}
    return len(held - {NOTHING}) / len(example.items)


def answers(function):
    return lambda example: function(example.truth, [int(yes) for yes in example.answers])


REFERENCES = {
    "mae": lambda e: reference.mean_absolute_error(e.truth, e.predicted),
    "rmse": lambda e: reference.root_mean_squared_error(e.truth, e.predicted),
    "accuracy": answers(reference.accuracy_score),
    "precision": answers(reference.precision_score),
    "recall": answers(reference.recall_score),
    "f1": answers(reference.f1_score),
    "balanced_accuracy": answers(reference.balanced_accuracy_score),
    "specificity": answers(lambda truth, said: reference.recall_score(truth, said, pos_label=0)),
    "mse": lambda e: reference.mean_squared_error(e.truth, e.predicted),
    "r2": lambda e: reference.r2_score(e.truth, e.predicted),
    "average_precision": lambda e: reference.average_precision_score(e.truth, e.scores),
    "log_loss": lambda e: reference.log_loss(e.truth, e.scores),
    "brier": lambda e: reference.brier_score_loss(e.truth, e.scores),
    "auc": lambda e: reference.roc_auc_score(e.truth, e.scores),
    "precision_at": lambda e: lists(e)[0] / lists(e)[1],
    "recall_at": lambda e: lists(e)[0] / lists(e)[2],
    "f1_at": lambda e: 2 * lists(e)[0] / (lists(e)[1] + lists(e)[2]),
    "ndcg": ndcg,
    "item_coverage": coverage,
    "user_coverage": per_user(lambda example, items: len(items) > 0),
    "novelty": per_user(lambda example, items: -np.log2(shares(example, items)).mean()),
    "popularity_bias": per_user(lambda example, items: shares(example, items).mean()),
    "diversity": per_user(other_categories),
    GAIN: lambda e: (
        100
        / 3
        * sum(
            (multi / single - 1) * (1 if higher else -1)
            for single, multi, higher in zip(e.single, e.multi, e.higher_is_better, strict=True)
        )
    ),
}


def value(key, example):
    if key in REFERENCES:
        return REFERENCES[key](example)
    from algorithms.metrics.lab.worked import catalog_value

    return catalog_value(METRICS[key], example)  # proved in the metric's own tests


def changed(template, example, values):
    """Do what the question says."""
    if template == "threshold":
        return example.with_threshold(float(values["after"]))
    if template == "double_k":
        assert values["after"] == 2 * example.k == 2 * values["before"]
        return example.with_k(values["after"])
    if isinstance(example, RankedList):
        assert example.names[values["old"] - 1] == values["item"]
        return example.moved(values["old"] - 1, values["new"] - 1)
    if isinstance(example, UserLists):
        row = example.users.index(values["user"]) * example.width + values["place"] - 1
        places = {name: place for place, name in enumerate(example.items.names)}
        assert example.item_of(row) == places.get(values.get("old"), NOTHING)
        return example.with_item(row, places.get(values.get("new"), NOTHING))
    row, new = values["row"] - 1, float(values["new"])
    if isinstance(example, ValueRows):
        assert example.predicted[row] == float(values["old"])
        return example.with_prediction(row, new)
    assert example.scores[row] == float(values["old"])
    return example.with_score(row, new)


def right_answer(drawn):
    """Answer a question from what a person is told, and nothing else."""
    key, template = drawn.key.split(".")
    told = drawn.question.values
    if template == "value":
        return value(key, drawn.shown[0])
    if template == "sign":
        return 0 if value(key, drawn.shown[0]) > 0 else 1
    if template == "comparison":
        first, second = (value(key, example) for example in drawn.shown)
        if math.isclose(first, second, abs_tol=1e-9):
            return 2
        return int((second > first) == (METRICS[key].card.direction is Direction.HIGHER))
    if template in ("change", "threshold", "double_k"):
        before = value(key, drawn.shown[0])
        after = value(key, changed(template, drawn.shown[0], told))
        if math.isclose(before, after, abs_tol=1e-9):
            return 2
        return int(after < before)
    if template == "counts":
        tp, fp, fn, tn = (told[name] for name in ("tp", "fp", "fn", "tn"))
        rows = AnswerRows(
            (1,) * tp + (0,) * fp + (1,) * fn + (0,) * tn, (1.0,) * (tp + fp) + (0.0,) * (fn + tn)
        )
        return value(key, rows)
    return OWN[template](
        {name: float(each) for name, each in told.items() if name not in ("metric", "told")}
        | ({"told": told["told"]} if "told" in told else {})
    )


def equal_errors(told):
    errors = [told["error"]] * int(told["n_high"]) + [-told["error"]] * int(told["n_low"])
    return np.sqrt(np.mean(np.square(errors)))


def outlier(told):
    n = int(told["n"])
    even = reference.root_mean_squared_error([0] * n, [told["even"]] * n)
    single = reference.root_mean_squared_error([0] * n, [0] * (n - 1) + [told["large"]])
    return 2 if math.isclose(even, single) else int(single < even)


def largest(told):
    """Spread the error over fewer and fewer rows."""
    n, total = int(told["n"]), told["n"] * told["mae"]
    return max(math.sqrt(rows * (total / rows) ** 2 / n) for rows in range(1, n + 1))


OWN = {
    "step": lambda told: told["more"] / told["n"],
    "missing": lambda told: (
        told["n"] * told["mae"] - sum(float(error) for error in told["told"].split("; "))
    ),
    "scale": lambda told: told["factor"] * told["before"],
    "equal_errors": equal_errors,
    "outlier": outlier,
    "largest": largest,
    "always_no": lambda told: 1 - told["m"] / told["n"],
    "always_yes": lambda told: told["m"] / told["n"],
    "wrong_yes": lambda told: told["n"] - told["n"] * told["precision"],
    "missed": lambda told: 1 - told["missed"] / told["n"],
    "harmonic_mean": lambda told: 2 / (1 / told["precision"] + 1 / told["recall"]),
}


def check_one(drawn):
    right = right_answer(drawn)
    assert drawn.check(right).right, str(drawn.question)
    if drawn.choices:
        texts = [str(choice) for choice in drawn.choices]
        assert len(set(texts)) == len(texts) >= 2
        assert [drawn.check(place).right for place in range(len(texts))].count(True) == 1
        assert not drawn.mistakes
        return
    for wrong in (right - STEP, right + STEP, *(mistake.answer for mistake in drawn.mistakes)):
        assert not drawn.check(wrong).right
    assert drawn.check(round(right, 2)).right
    for mistake in drawn.mistakes:
        assert drawn.check(mistake.answer).reason == mistake.reason


def check_many(key, place, n):
    rng = np.random.default_rng([place, len(key)])
    found = [exercise(key, rng, place) for _ in range(n)]
    assert len({drawn.key for drawn in found}) == 1
    for drawn in found:
        assert drawn.metric == key
        assert str(drawn.question).endswith("?")
        assert str(drawn.reason).endswith(".")
        check_one(drawn)
    return found


@pytest.mark.parametrize(("key", "place"), CASES)
def test_exactly_one_answer_is_right(key, place):
    found = check_many(key, place, N_DRAWS)
    assert len({str(drawn.question) + str(drawn.shown) for drawn in found}) > 10
    verdict = found[0].check(found[0].right)
    assert [worked.metric for worked in verdict.worked] == [key] * len(found[0].revealed)


def test_there_are_enough_of_them():
    keys = {
        key: [
            exercise(key, np.random.default_rng(1), place).key
            for place in range(len(templates(key)))
        ]
        for key in (*workable(), GAIN)
    }
    for key, own in keys.items():
        assert len(set(own)) == len(own)
        assert len(own) >= (5 if key in SEED_METRICS else 2)


def test_choices_are_all_right_at_times():
    rng = np.random.default_rng(7)
    for key in workable():
        seen = Counter(exercise(key, rng, 1).right for _ in range(60))
        assert seen[0] > 5, key
        assert seen[1] > 5, key


def test_the_same_seed_asks_the_same():
    drawn = [exercise("ndcg", np.random.default_rng(3)) for _ in range(2)]
    assert drawn[0] == drawn[1]


def test_the_share_missed_is_no_recall_and_the_reason_says_so():
    drawn = exercise("recall", np.random.default_rng(2), len(templates("recall")) - 1)
    assert drawn.key == "recall.missed"
    wrong = drawn.check(drawn.question.values["missed"] / drawn.question.values["n"])
    assert not wrong.right
    assert "share found" in str(wrong.reason)


def test_unknown_metrics_have_none():
    with pytest.raises(UnknownMetricError):
        exercise("ncdg", np.random.default_rng(1))
