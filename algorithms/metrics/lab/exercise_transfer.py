"""Questions about what tasks do to each other: did sharing do harm, do they pull the same way."""

from __future__ import annotations

import numpy as np

from algorithms.messages import Message
from algorithms.metrics.lab.draws import draw_until
from algorithms.metrics.lab.exercise_fronts import Point, bracketed
from algorithms.metrics.lab.exercises import Exercise, Mistake, Words, real_mistakes
from algorithms.metrics.lab.worked import number

FLAGS = (
    Message("Yes: it is surely worse"),
    Message("No: it is surely better"),
    Message("No: these users cannot tell"),
)
STEPS = (Message("It falls"), Message("It rises"))
_SIDES = ((3, 4), (4, 3), (0, 5), (5, 0), (-3, 4), (4, -3), (-4, 3), (3, -4), (0, -5), (-5, 0))
LENGTH = 5  # of each of these gradients


def ask_flag(key: str, rng: np.random.Generator) -> Exercise:
    """Ask whether a task suffers from the others, given its gain with an interval."""
    gain, low, high = _interval(rng)
    right = 0 if high < 0 else 1 if low > 0 else 2
    reasons = (
        "The whole interval lies below 0.",
        "The whole interval lies above 0.",
        "The interval holds 0: these users cannot tell a gain from none.",
    )
    return Exercise(
        f"{key}.flag",
        key,
        Message(
            "A task gains {gain} % from learning with the others; the 95 % interval goes from "
            "{low} to {high} %. Is that negative transfer?",
            {"gain": number(gain), "low": number(low), "high": number(high)},
        ),
        right,
        Message(reasons[right]),
        FLAGS,
    )


def ask_flagged_tasks(key: str, rng: np.random.Generator) -> Exercise:
    """Ask in how many of four tasks there is negative transfer."""
    tasks = [_interval(rng) for _ in range(4)]
    right = sum(high < 0 for _, _, high in tasks)
    told = "; ".join(f"{number(g)} ({number(low)} to {number(high)})" for g, low, high in tasks)
    return Exercise(
        f"{key}.count",
        key,
        Message(
            "Four tasks learnt together, their gains in percent with 95 % intervals: {gains}. In "
            "how many of them is there negative transfer?",
            {"gains": told},
        ),
        right,
        Message("{n}: as many intervals lie below 0 as a whole.", {"n": right}),
        mistakes=real_mistakes(
            right,
            [
                Mistake(
                    sum(gain < 0 for gain, _, _ in tasks),
                    Message("That counts every loss; where the interval holds 0 it may be luck."),
                ),
                Mistake(
                    sum(low < 0 for _, low, _ in tasks),
                    Message("That counts each interval that begins below 0; it must end there."),
                ),
            ],
        ),
    )


def ask_cosine(key: str, rng: np.random.Generator) -> Exercise:
    """Ask for the cosine of two gradients."""
    first, second = _gradients(rng)
    product = _product(first, second)
    right = product / LENGTH**2
    words: Words = {"product": product, "square": LENGTH**2, "value": number(right)}
    return Exercise(
        f"{key}.value",
        key,
        Message(
            "Two tasks have the gradients {first} and {second} on what they share, each 5 long. "
            "What is their cosine?",
            {"first": bracketed(first), "second": bracketed(second)},
        ),
        right,
        Message("The product of both, {product}, over 5 · 5 = {square} is {value}.", words),
        mistakes=real_mistakes(
            right,
            [
                Mistake(product, Message("That is the product; divide it by both lengths.")),
                Mistake(product / LENGTH, Message("That is divided by one length; there are two.")),
                Mistake(-right, Message("That has the other sign: look at the signs once more.")),
            ],
        ),
    )


def ask_step(key: str, rng: np.random.Generator) -> Exercise:
    """Ask what a step for both tasks does to the loss of one of them."""

    def draw() -> tuple[Point, Point]:
        first, second = _gradients(rng)
        times = int(rng.integers(1, 4))
        return first, (times * second[0], times * second[1])

    first, second = draw_until(
        draw, lambda both: _product(both[0], _sum(*both)) != 0, "a step that changes the loss"
    )
    total = _sum(first, second)
    product = _product(first, total)
    words: Words = {"sum": bracketed(total), "product": product}
    return Exercise(
        f"{key}.step",
        key,
        Message(
            "Task A has the gradient {first} on what the tasks share, task B {second}. The model "
            "takes a small step against the sum of both. What happens to the loss of task A?",
            {"first": bracketed(first), "second": bracketed(second)},
        ),
        0 if product > 0 else 1,
        Message(
            "The sum {sum} times A's gradient is {product}, above 0: the step goes down for A, "
            "too.",
            words,
        )
        if product > 0
        else Message(
            "The sum {sum} times A's gradient is {product}, below 0: B pulls so hard the other "
            "way that A is carried along.",
            words,
        ),
        STEPS,
    )


def _interval(rng: np.random.Generator) -> tuple[float, float, float]:
    """Draw a gain with its interval, none of them 0."""
    gain = float(rng.choice([-1, 1]) * rng.integers(2, 60)) / 10
    half = float(rng.integers(5, 40)) / 10
    low, high = round(gain - half, 1), round(gain + half, 1)
    return (gain, low, high) if low and high else _interval(rng)


def _gradients(rng: np.random.Generator) -> tuple[Point, Point]:
    """Draw two gradients of the same length."""
    first, second = rng.integers(len(_SIDES), size=2)
    return _SIDES[first], _SIDES[second]


def _product(first: Point, second: Point) -> int:
    return sum(a * b for a, b in zip(first, second, strict=True))


def _sum(first: Point, second: Point) -> Point:
    return tuple(a + b for a, b in zip(first, second, strict=True))
