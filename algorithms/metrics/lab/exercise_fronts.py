"""Questions about several models at once: who is on the Pareto front, and what volume they span.

Two tasks are few enough to see it all on paper; where not said otherwise, higher is better.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from algorithms.messages import Message
from algorithms.metrics.lab.draws import draw_until
from algorithms.metrics.lab.exercise_any import RISES_FALLS_STAYS
from algorithms.metrics.lab.exercises import Exercise, Mistake, Words, real_mistakes

Point = tuple[int, ...]

NAMES = "ABCD"
DOMINATES = (
    Message("A dominates B"),
    Message("B dominates A"),
    Message("Neither dominates the other"),
)


def ask_front_size(key: str, rng: np.random.Generator) -> Exercise:
    """Ask how many of four models nobody dominates."""
    points = [_point(rng) for _ in NAMES]
    front = [name for name, own in zip(NAMES, points, strict=True) if not _is_beaten(own, points)]
    bests = {max(points, key=lambda own: own[task]) for task in range(2)}
    words: Words = {"n": len(front), "names": ", ".join(front)}
    return Exercise(
        f"{key}.size",
        key,
        Message(
            "Four models with their values in two tasks, in percent: {models}. How many are on "
            "the Pareto front?",
            {"models": _listed(points)},
        ),
        len(front),
        Message(
            "{n}, namely {names}: no other model is as good in both tasks and better in one.", words
        ),
        mistakes=real_mistakes(
            len(front),
            [
                Mistake(
                    len(bests),
                    Message(
                        "That counts who is best in a task; a compromise is on the front, too, "
                        "where nobody beats it in both."
                    ),
                ),
                Mistake(
                    len(points) - len(front),
                    Message("That counts the models that are dominated: the front is the others."),
                ),
            ],
        ),
    )


def ask_dominance(key: str, rng: np.random.Generator) -> Exercise:
    """Ask which of two models dominates the other, where one task is an error."""
    first, second = draw_until(
        lambda: _rivals(rng), lambda both: both[0] != both[1], "two models that are not equal"
    )
    ways = _upwards(first), _upwards(second)
    right = 0 if _dominates(*ways) else 1 if _dominates(*ways[::-1]) else 2
    reasons = (
        "A is nowhere worse than B and better somewhere.",
        "B is nowhere worse than A and better somewhere.",
        "Each is better than the other in some task, so that neither dominates.",
    )
    return Exercise(
        f"{key}.dominance",
        key,
        Message(
            "Two models with their values in three tasks; in the third, an error, lower is "
            "better: {models}. Which dominates the other?",
            {"models": _listed([first, second])},
        ),
        right,
        Message(reasons[right]),
        DOMINATES,
    )


def ask_volume(key: str, rng: np.random.Generator) -> Exercise:
    """Ask for the volume of two models that overlap."""
    high, wide = _crossed(rng)
    areas = [high[0] * high[1], wide[0] * wide[1]]
    overlap = high[0] * wide[1]
    right = sum(areas) - overlap
    words: Words = {"first": areas[0], "second": areas[1], "overlap": overlap, "value": right}
    return Exercise(
        f"{key}.value",
        key,
        Message(
            "Two models with their values in two tasks: {models}. What is the hypervolume above "
            "the reference point (0, 0)?",
            {"models": _listed([high, wide])},
        ),
        right,
        Message("{first} + {second} less the {overlap} that both cover is {value}.", words),
        mistakes=real_mistakes(
            right,
            [
                Mistake(sum(areas), Message("That counts twice what both models cover.")),
                Mistake(
                    max(areas), Message("That is one model alone; the other adds what it covers.")
                ),
                Mistake(
                    (max(high[0], wide[0])) * max(high[1], wide[1]),
                    Message("That is the box round both; its corner is reached by neither."),
                ),
            ],
        ),
    )


def ask_third_model(key: str, rng: np.random.Generator) -> Exercise:
    """Ask what a third model does to the volume of two."""
    high, wide = _crossed(rng)
    third = _point(rng, most=10)
    beaten = any(all(a >= b for a, b in zip(own, third, strict=True)) for own in (high, wide))
    return Exercise(
        f"{key}.third",
        key,
        Message(
            "Two models with their values in two tasks: {models}. A third, C {third}, joins them. "
            "What happens to the hypervolume above (0, 0)?",
            {"models": _listed([high, wide]), "third": bracketed(third)},
        ),
        2 if beaten else 0,
        Message("All that C covers was covered before, since a model is nowhere worse than C.")
        if beaten
        else Message("C covers what neither covers, since each is worse than C in some task."),
        RISES_FALLS_STAYS,
    )


def bracketed(point: Point) -> str:
    """Write a point."""
    return f"({', '.join(map(str, point))})"


def _point(rng: np.random.Generator, n_tasks: int = 2, most: int = 20) -> Point:
    return tuple(rng.integers(1, most + 1, n_tasks).tolist())


def _rivals(rng: np.random.Generator) -> tuple[Point, Point]:
    """Draw two models, of which in two of three cases one is nowhere worse."""
    one, other = _point(rng, 3), _point(rng, 3)
    nowhere_worse = (
        *(max(pair) for pair in zip(one[:2], other[:2], strict=True)),
        min(one[2], other[2]),
    )
    pairs = ((nowhere_worse, other), (other, nowhere_worse), (one, other))
    return pairs[int(rng.integers(len(pairs)))]


def _crossed(rng: np.random.Generator) -> tuple[Point, Point]:
    """Draw two models of which each is better in one task, the second in the first task."""
    left, right = np.sort(rng.permutation(np.arange(1, 10))[:2]).tolist()
    low, high = np.sort(rng.permutation(np.arange(1, 10))[:2]).tolist()
    return (left, high), (right, low)


def _upwards(point: Point) -> Point:
    return (*point[:-1], -point[-1])


def _dominates(one: Point, other: Point) -> bool:
    return one != other and all(a >= b for a, b in zip(one, other, strict=True))


def _is_beaten(own: Point, points: Sequence[Point]) -> bool:
    return any(_dominates(other, own) for other in points)


def _listed(points: Sequence[Point]) -> str:
    return "; ".join(
        f"{name} {bracketed(point)}" for name, point in zip(NAMES, points, strict=False)
    )
