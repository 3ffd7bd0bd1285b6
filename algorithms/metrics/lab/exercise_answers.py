"""Questions about counts: who said yes, what happened, and which count divides which."""

from __future__ import annotations

import numpy as np

from algorithms.messages import Message
from algorithms.metrics.catalog import find_metric
from algorithms.metrics.lab.examples import AnswerRows
from algorithms.metrics.lab.exercises import Exercise, Mistake, Words, real_mistakes
from algorithms.metrics.lab.mistakes import ARITHMETIC, MISSED, MISTAKES
from algorithms.metrics.lab.worked import catalog_value, number


def ask_counts(key: str, rng: np.random.Generator) -> Exercise:
    """Ask for the metric from the four counts."""
    tp, fp, fn, tn = (int(count) for count in rng.integers(1, 10, 4))
    example = AnswerRows((1,) * (tp + fn) + (0,) * (fp + tn), _said(tp, fn) + _said(fp, tn))
    metric = find_metric(key)
    right = catalog_value(metric, example)
    words: Words = {"metric": metric.card.title, "value": number(right)}
    mistakes = [Mistake(wrong(example), reason) for wrong, reason in MISTAKES.get(key, ())]
    return Exercise(
        f"{key}.counts",
        key,
        Message(
            "Right yes answers (TP): {tp}. Wrong yes answers (FP): {fp}. Wrong no answers (FN): "
            "{fn}. Right no answers (TN): {tn}. What is {metric}?",
            {"tp": tp, "fp": fp, "fn": fn, "tn": tn, **words},
        ),
        right,
        Message("{metric} is {value}; the equation shows how.", words),
        revealed=(example,),
        mistakes=real_mistakes(right, mistakes),
    )


def ask_always_no(key: str, rng: np.random.Generator) -> Exercise:
    """Ask how accurate it is to say no to everything."""
    n = int(rng.choice([50, 100, 200, 500, 1000]))
    m = n * int(rng.integers(1, 6)) // 50
    right = (n - m) / n
    words: Words = {"n": n, "m": m, "value": number(right)}
    mistakes = [
        Mistake(0.0, Message("Each no where nothing happened is a right answer, too.")),
        Mistake(m / n, Message("That is the share of wrong answers: of what happened.")),
    ]
    return Exercise(
        f"{key}.always_no",
        key,
        Message(
            "Of {n} recommendations {m} are clicked. A model says no to all of them. What is its "
            "accuracy?",
            words,
        ),
        right,
        Message(
            "All that were not clicked are right: {value}. Such an accuracy says nothing about "
            "finding a click.",
            words,
        ),
        mistakes=real_mistakes(right, mistakes),
    )


def ask_always_yes(key: str, rng: np.random.Generator) -> Exercise:
    """Ask how precise it is to say yes to everything."""
    n = int(rng.choice([20, 40, 50, 100]))
    m = int(rng.integers(1, n // 2))
    words: Words = {"n": n, "m": m, "value": number(m / n)}
    mistakes = [
        Mistake(1.0, Message("That is its recall: nothing that happened is missed.")),
        Mistake(1 - m / n, Message("That is the share of the yes answers that is wrong.")),
    ]
    return Exercise(
        f"{key}.always_yes",
        key,
        Message(
            "Of {n} recommendations {m} are clicked. A model says yes to all of them. What is its "
            "precision?",
            words,
        ),
        m / n,
        Message("Of {n} yes answers {m} are right: {value}, the share that is clicked.", words),
        mistakes=real_mistakes(m / n, mistakes),
    )


def ask_wrong_yes(key: str, rng: np.random.Generator) -> Exercise:
    """Ask how many yes answers are wrong at a given precision."""
    n, tenths = 10 * int(rng.integers(1, 10)), int(rng.integers(1, 10))
    n_right = n * tenths // 10
    words: Words = {"n": n, "precision": number(tenths / 10), "right": n_right}
    mistake = Message("That is how many of them are right.")
    return Exercise(
        f"{key}.wrong_yes",
        key,
        Message(
            "A model says yes {n} times, with a precision of {precision}. How many of these "
            "answers are wrong?",
            words,
        ),
        n - n_right,
        Message("{precision} of {n}, that is {right}, are right; the others are wrong.", words),
        mistakes=real_mistakes(n - n_right, [Mistake(n_right, mistake)]),
    )


def ask_missed(key: str, rng: np.random.Generator) -> Exercise:
    """Ask for recall where the missed events are told: the share found, not the share missed."""
    n = int(rng.integers(4, 41))
    missed = int(rng.integers(1, n))
    right = (n - missed) / n
    words: Words = {"n": n, "missed": missed, "found": n - missed}
    return Exercise(
        f"{key}.missed",
        key,
        Message(
            "There were {n} purchases; the model missed {missed} of them. What is recall?", words
        ),
        right,
        Message("It found {found} of {n}. Recall is the share found.", words),
        mistakes=real_mistakes(right, [Mistake(missed / n, MISSED)]),
    )


def ask_harmonic_mean(key: str, rng: np.random.Generator) -> Exercise:
    """Ask for F1 from precision and recall."""
    precision, recall = rng.permutation(np.arange(1, 11))[:2] / 10
    right = float(2 * precision * recall / (precision + recall))
    words: Words = {
        "precision": number(precision),
        "recall": number(recall),
        "value": number(right),
    }
    return Exercise(
        f"{key}.harmonic_mean",
        key,
        Message("Precision is {precision} and recall is {recall}. What is F1?", words),
        right,
        Message("2 · {precision} · {recall} / ({precision} + {recall}) is {value}.", words),
        mistakes=real_mistakes(right, [Mistake(float(precision + recall) / 2, ARITHMETIC)]),
    )


def _said(n_yes: int, n_no: int) -> tuple[float, ...]:
    return (1.0,) * n_yes + (0.0,) * n_no
