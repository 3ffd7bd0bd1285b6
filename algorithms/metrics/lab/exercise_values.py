"""Questions about errors: MAE weighs them as they are, RMSE squares them first."""

from __future__ import annotations

import math

import numpy as np

from algorithms.messages import Message
from algorithms.metrics.lab.draws import draw_until
from algorithms.metrics.lab.exercises import Exercise, Mistake, Words, apart, real_mistakes
from algorithms.metrics.lab.worked import number


def ask_step(key: str, rng: np.random.Generator) -> Exercise:
    """Ask how much one error, grown by so much, adds to MAE."""
    n, more = int(rng.integers(2, 11)), int(rng.integers(1, 7)) / 2
    right = more / n
    return Exercise(
        f"{key}.step",
        key,
        Message(
            "One of {n} predictions gets worse: it is off by {more} more than before. By how much "
            "does MAE rise?",
            {"n": n, "more": number(more)},
        ),
        right,
        Message(
            "MAE is a mean of {n} errors, so it rises by {more} / {n}.",
            {"n": n, "more": number(more)},
        ),
        mistakes=real_mistakes(
            right, [Mistake(more, Message("That is the sum's rise; MAE divides it by the rows."))]
        ),
    )


def ask_missing(key: str, rng: np.random.Generator) -> Exercise:
    """Ask for the error that is not told, from the others and MAE."""
    n = int(rng.choice([4, 5]))
    errors = [int(error) / 2 for error in rng.integers(0, 7, n)]
    mean, told = sum(errors) / n, "; ".join(number(error) for error in errors[:-1])
    return Exercise(
        f"{key}.missing",
        key,
        Message(
            "{n} predictions have an MAE of {mae}. All but one are off by {told}. By how much is "
            "the last one off?",
            {"n": n, "mae": number(mean), "told": told},
        ),
        errors[-1],
        Message(
            "All {n} errors sum to {n} times {mae}, which is {total}; the rest is the last one's.",
            {"n": n, "mae": number(mean), "total": number(sum(errors))},
        ),
        mistakes=real_mistakes(
            errors[-1],
            [Mistake(mean, Message("The last error need not be the mean of all."))],
        ),
    )


def ask_scale(key: str, rng: np.random.Generator) -> Exercise:
    """Ask what becomes of the metric when stars become points."""
    factor, before = int(rng.choice([2, 10, 20])), int(rng.integers(3, 20)) / 10
    title = key.upper()
    right = factor * before
    mistakes = [
        Mistake(before, Message("It is in the unit of the label, so it changes with the unit.")),
        Mistake(
            factor**2 * before,
            Message("The root undoes the square: it grows as the errors do, not as their squares."),
        ),
    ]
    words: Words = {"metric": title, "factor": factor, "before": number(before)}
    return Exercise(
        f"{key}.scale",
        key,
        Message(
            "{metric} is {before} stars. Now each star counts {factor} points, in truth and "
            "predictions alike. What is {metric} in points?",
            words,
        ),
        right,
        Message("Each error is {factor} times as large, and so is {metric}.", words),
        mistakes=real_mistakes(right, mistakes),
    )


def ask_equal_errors(key: str, rng: np.random.Generator) -> Exercise:
    """Ask for the metric where all are off by the same, some up and some down."""
    n, error = int(rng.integers(4, 10)), int(rng.integers(1, 8)) / 4
    n_high = int(rng.integers(2, n - 1))
    words: Words = {
        "metric": key.upper(),
        "n_high": n_high,
        "n_low": n - n_high,
        "error": number(error),
    }
    signed = error * (2 * n_high - n) / n
    mistakes = [
        Mistake(signed, Message("Errors up and down must not cancel: the sign does not count.")),
        Mistake(0.0, Message("Errors up and down must not cancel: the sign does not count.")),
    ]
    if key == "rmse":
        square = Message("That is the mean square: the root is still to be taken.")
        mistakes.append(Mistake(error**2, square))
    return Exercise(
        f"{key}.equal_errors",
        key,
        Message(
            "{n_high} predictions are too high by {error}, {n_low} are too low by {error}. What "
            "is {metric}?",
            words,
        ),
        error,
        Message(
            "All are off by {error}, so {metric} is {error}: where all errors are of one size, "
            "MAE and RMSE agree.",
            words,
        ),
        mistakes=real_mistakes(error, mistakes),
    )


def ask_outlier(key: str, rng: np.random.Generator) -> Exercise:
    """Ask which is lower in RMSE: many small errors or a single large one."""

    def draw() -> tuple[int, float, float]:
        return int(rng.choice([4, 9])), int(rng.integers(1, 5)) / 4, int(rng.integers(2, 9)) / 2

    def clear(drawn: tuple[int, float, float]) -> bool:
        n, even, large = drawn
        return large > even and apart(even, large / math.sqrt(n))

    n, even, large = draw_until(draw, clear, "one large error and many small ones")
    single = large / math.sqrt(n)
    words: Words = {"n": n, "even": number(even), "large": number(large)}
    right = 2 if math.isclose(even, single) else int(single < even)
    return Exercise(
        f"{key}.outlier",
        key,
        Message(
            "Two models predict {n} rows. The first is off by {even} in each. The second is right "
            "in all but one, where it is off by {large}. Which has the lower RMSE?",
            words,
        ),
        right,
        Message(
            "The first has {even}. The second has the root of {large} squared over {n}, {single}: "
            "by MAE it would be {mae}.",
            {**words, "single": number(single), "mae": number(large / n)},
        ),
        (Message("The first"), Message("The second"), Message("Neither: they are equal")),
    )


def ask_largest(key: str, rng: np.random.Generator) -> Exercise:
    """Ask how large RMSE can be at a given MAE: all error in one row."""
    n, mean = int(rng.choice([4, 9, 16, 25])), int(rng.integers(1, 9)) / 4
    right = math.sqrt(n) * mean
    words: Words = {
        "n": n,
        "mae": number(mean),
        "total": number(n * mean),
        "value": number(right),
    }
    mistakes = [
        Mistake(mean, Message("That is the smallest that it can be, where all errors are equal.")),
        Mistake(n * mean, Message("That is the largest single error; the mean square is less.")),
    ]
    return Exercise(
        f"{key}.largest",
        key,
        Message("{n} predictions have an MAE of {mae}. How large can RMSE be at most?", words),
        right,
        Message(
            "It is largest where one row has all the error, {total}: the root of {total} squared "
            "over {n} is {value}.",
            words,
        ),
        mistakes=real_mistakes(right, mistakes),
    )
