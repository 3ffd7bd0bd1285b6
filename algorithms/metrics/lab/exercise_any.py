"""Questions that fit any metric: its value, which model is better, what a change does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from algorithms.messages import Message
from algorithms.metrics.card import Direction, EventMetric, Level, Metric
from algorithms.metrics.catalog import find_metric
from algorithms.metrics.lab.draws import (
    GRID,
    draw_answers,
    draw_example,
    draw_list,
    draw_pair,
    draw_until,
    draw_user_lists,
    draw_values,
)
from algorithms.metrics.lab.examples import AnswerRows, RankedList, ValueRows, Workbench
from algorithms.metrics.lab.exercises import CLEARLY, Exercise, Mistake, Words, apart, real_mistakes
from algorithms.metrics.lab.mistakes import MISTAKES
from algorithms.metrics.lab.user_lists import NOTHING, UserLists
from algorithms.metrics.lab.worked import catalog_value, number

FIRST_SECOND_EQUAL = (
    Message("The first"),
    Message("The second"),
    Message("Neither: they are equal"),
)
RARELY = 0.25
RISES_FALLS_STAYS = (Message("It rises"), Message("It falls"), Message("It stays the same"))


def shown_name(metric: Metric, example: Workbench) -> str:
    """Return the metric's name with the example's k, where it has one."""
    return metric.shown(example.k if isinstance(example, (RankedList, UserLists)) else None)


def ask_value(key: str, rng: np.random.Generator) -> Exercise:
    """Ask for the value on a few rows."""
    metric = find_metric(key)
    example = draw_until(
        lambda: draw_example([metric], rng),
        lambda drawn: _worth_asking(catalog_value(metric, drawn), rng),
        f"a value of {key}",
    )
    right = catalog_value(metric, example)
    values = {"metric": shown_name(metric, example), "value": number(right)}
    mistakes = [Mistake(wrong(example), reason) for wrong, reason in MISTAKES.get(key, ())]
    return Exercise(
        f"{key}.value",
        key,
        Message(_VALUE_QUESTIONS[_asked(metric)], {**values, **_facts(example)}),
        right,
        Message("{metric} is {value}; the equation shows how.", values),
        shown=(example,),
        revealed=(example,),
        mistakes=real_mistakes(right, mistakes),
    )


def ask_comparison(key: str, rng: np.random.Generator) -> Exercise:
    """Ask which of two models is better on the same rows."""
    metric = find_metric(key)
    first, second = draw_until(
        lambda: draw_pair(metric, rng),
        lambda pair: _clear(catalog_value(metric, pair[0]), catalog_value(metric, pair[1]), rng),
        f"two clearly different values of {key}",
    )
    values = catalog_value(metric, first), catalog_value(metric, second)
    higher = metric.card.direction is Direction.HIGHER
    template = (
        "{metric} is {first} for the first and {second} for the second; higher is better."
        if higher
        else "{metric} is {first} for the first and {second} for the second; lower is better."
    )
    name = shown_name(metric, first)
    words: Words = {
        "metric": name,
        "first": number(values[0]),
        "second": number(values[1]),
    }
    return Exercise(
        f"{key}.comparison",
        key,
        Message(_COMPARISON_QUESTIONS[_asked(metric)], {"metric": name, **_facts(first)}),
        _place(values[0] - values[1] if higher else values[1] - values[0]),
        Message(template, words),
        FIRST_SECOND_EQUAL,
        (first, second),
        (first, second),
    )


def ask_change(key: str, rng: np.random.Generator) -> Exercise:
    """Ask what a changed prediction, or a moved item, does to the value."""
    metric = find_metric(key)
    return _ask_change(metric, "change", lambda: _changed(metric, rng), rng)


def ask_threshold(key: str, rng: np.random.Generator) -> Exercise:
    """Ask what another threshold does to the value."""

    def draw() -> _Change:
        example = draw_answers(rng)
        after = example.with_threshold(float(rng.integers(1, 10)) / 10)
        values = {"before": number(example.threshold), "after": number(after.threshold)}
        return _Change(example, after, Message(_THRESHOLD, values))

    return _ask_change(find_metric(key), "threshold", draw, rng)


def ask_double_k(key: str, rng: np.random.Generator) -> Exercise:
    """Ask what twice the k does to the value."""

    def draw() -> _Change:
        metric = find_metric(key)
        of_users = metric.level is Level.BEYOND
        example = draw_user_lists(rng) if of_users else _ranked(metric, rng)
        after = example.with_k(2 * example.k)
        words: Words = {"before": example.k, "after": after.k, **_facts(example)}
        question = _DOUBLE_K_OF_USERS if of_users else _DOUBLE_K
        return _Change(example, after, Message(question, words))

    return _ask_change(find_metric(key), "double_k", draw, rng)


@dataclass(frozen=True)
class _Change:
    before: Workbench
    after: Workbench
    question: Message  # wants {metric}


def _ask_change(
    metric: Metric, name: str, draw: Callable[[], _Change], rng: np.random.Generator
) -> Exercise:
    def clear(change: _Change) -> bool:
        values = catalog_value(metric, change.before), catalog_value(metric, change.after)
        return change.before != change.after and _clear(*values, rng)

    change = draw_until(draw, clear, f"a clear change of {metric.key}")
    before = catalog_value(metric, change.before)
    after = catalog_value(metric, change.after)
    title = metric.card.title if name == "double_k" else shown_name(metric, change.before)
    words: Words = {
        "metric": title,
        "before": number(before),
        "after": number(after),
    }
    return Exercise(
        f"{metric.key}.{name}",
        metric.key,
        Message(change.question.template, {**change.question.values, "metric": title}),
        _place(after - before),
        Message("{metric} was {before} and is {after} then.", words),
        RISES_FALLS_STAYS,
        (change.before,),
        (change.before, change.after),
    )


def _changed(metric: Metric, rng: np.random.Generator) -> _Change:
    if metric.level is Level.RATING:
        return _other_prediction(draw_values(rng), rng)
    if metric.level is Level.BINARY:
        return _other_score(_answers(metric, rng), rng, _asked(metric) == "threshold")
    if metric.level is Level.BEYOND:
        empty = metric.key == "user_coverage"
        return _other_item(draw_user_lists(rng, empty), rng, empty)
    return _moved(_ranked(metric, rng), rng)


def _answers(metric: Metric, rng: np.random.Generator) -> AnswerRows:
    users = isinstance(metric, EventMetric) and metric.needs_users
    return draw_answers(rng, users=users)


def _ranked(metric: Metric, rng: np.random.Generator) -> RankedList:
    return draw_list(rng, graded=metric.key == "ndcg_graded")


def _other_prediction(example: ValueRows, rng: np.random.Generator) -> _Change:
    row, new = int(rng.integers(len(example))), float(rng.integers(2, 11)) / 2
    words: Words = {"row": row + 1, "old": number(example.predicted[row]), "new": number(new)}
    return _Change(example, example.with_prediction(row, new), Message(_OTHER_VALUE, words))


def _other_score(example: AnswerRows, rng: np.random.Generator, told: bool) -> _Change:
    row = int(rng.integers(len(example)))
    free = [score for score in (GRID / 100).tolist() if score not in example.scores]
    new = free[int(rng.integers(len(free)))]
    words: Words = {"row": row + 1, "old": number(example.scores[row]), "new": number(new)}
    question = Message(_OTHER_ANSWER if told else _OTHER_SCORE, {**words, **_facts(example)})
    return _Change(example, example.with_score(row, new), question)


def _other_item(example: UserLists, rng: np.random.Generator, empty: bool) -> _Change:
    """Put another item in a place; where ``empty``, fill an empty place or empty a full one."""
    row = int(rng.integers(len(example)))
    user, place = example.place_of(row)
    old = example.item_of(row)
    free = set(range(len(example.items))) - {*example.lists[user], *example.met[user]}
    free = {NOTHING} if empty and old != NOTHING else free
    new = sorted(free)[int(rng.integers(len(free)))]
    words: Words = {"user": example.users[user], "place": place + 1}
    question = _FILLED if old == NOTHING else _EMPTIED if new == NOTHING else _OTHER_ITEM
    for name, item in (("old", old), ("new", new)):
        if item != NOTHING:
            words[name] = example.items.names[item]
    return _Change(example, example.with_item(row, new), Message(question, words))


def _moved(example: RankedList, rng: np.random.Generator) -> _Change:
    place, to = int(rng.integers(len(example))), int(rng.integers(len(example)))
    words: Words = {"item": example.names[place], "old": place + 1, "new": to + 1}
    question = Message(_MOVED, {**words, **_facts(example)})
    return _Change(example, example.moved(place, to), question)


def _worth_asking(value: float, rng: np.random.Generator) -> bool:
    """Return whether there is a value; zeros, which are quickly seen, are asked for less often."""
    return bool(np.isfinite(value)) and (value != 0 or rng.random() < RARELY)


def _clear(first: float, second: float, rng: np.random.Generator) -> bool:
    """Return whether two values can be compared; equal ones are asked for less often."""
    return apart(first, second) and (abs(first - second) >= CLEARLY or rng.random() < RARELY)


def _place(difference: float) -> int:
    """Return the place of the choice: 0 above zero, 1 below, 2 at zero."""
    if abs(difference) < 1e-12:
        return 2
    return 0 if difference > 0 else 1


def _facts(example: Workbench) -> Words:
    if isinstance(example, AnswerRows):
        return {"threshold": number(example.threshold)}
    if isinstance(example, RankedList):
        return {"n_unlisted": len(example.unlisted)}
    return {}


def _asked(metric: Metric) -> str:
    if isinstance(metric, EventMetric) and metric.needs_threshold:
        return "threshold"
    return metric.level.value


_VALUE_QUESTIONS = {
    "rating": "These are truth and prediction. What is {metric}?",
    "binary": "These are truth and score. What is {metric}?",
    "threshold": "The answer is yes from a score of {threshold} up. What is {metric}?",
    "ranking": (
        "The relevant items of this list are marked; relevant items that it does not hold: "
        "{n_unlisted}. What is {metric}?"
    ),
    "beyond": "These are lists of several users. What is {metric}, over all of them?",
}
_COMPARISON_QUESTIONS = {
    "rating": "Two models predict the same rows. Which is better by {metric}?",
    "binary": "Two models score the same rows. Which is better by {metric}?",
    "threshold": (
        "Two models score the same rows; from {threshold} up they say yes. Which is better by "
        "{metric}?"
    ),
    "ranking": "Two lists for the same user. Which is better by {metric}?",
    "beyond": "Two models fill the lists of the same users. Which is better by {metric}?",
}
_OTHER_VALUE = (
    "The prediction in row {row} becomes {new} instead of {old}. What happens to {metric}?"
)
_OTHER_SCORE = "The score in row {row} becomes {new} instead of {old}. What happens to {metric}?"
_OTHER_ANSWER = (
    "From {threshold} up the answer is yes. The score in row {row} becomes {new} instead of {old}. "
    "What happens to {metric}?"
)
_MOVED = (
    "Item {item} moves from place {old} to place {new}; relevant items that the list does not "
    "hold: {n_unlisted}. What happens to {metric}?"
)
_THRESHOLD = "The threshold moves from {before} to {after}. What happens to {metric}?"
_DOUBLE_K = (
    "k doubles from {before} to {after}. Relevant items that the list does not hold: "
    "{n_unlisted}. What happens to {metric}?"
)
_DOUBLE_K_OF_USERS = "k doubles from {before} to {after}. What happens to {metric}?"
_OTHER_ITEM = (
    "In place {place} of {user}'s list stands {new} instead of {old}. What happens to {metric}?"
)
_EMPTIED = "Place {place} of {user}'s list loses {old} and is empty. What happens to {metric}?"
_FILLED = "Place {place} of {user}'s list, which was empty, holds {new}. What happens to {metric}?"
