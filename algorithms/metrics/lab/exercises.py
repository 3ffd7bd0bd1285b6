"""Predict, then reveal: questions with random numbers, their answers, and the reasons.

A template draws numbers until its question has exactly one right answer: two values that are
compared are either equal or clearly apart, and no common mistake happens to give the right number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.messages import Message, MessageValue
from algorithms.metrics.lab.examples import Workbench
from algorithms.metrics.lab.workbench import evaluate
from algorithms.metrics.lab.worked import Worked

Words = dict[str, MessageValue]

CLEARLY = 0.02  # values nearer than this, and not equal, are not asked to be compared
TOLERANCE = 0.0051  # an answer with two decimals


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an answer is right, and why.

    Parameters
    ----------
    right : whether it is
    reason : why the right answer is right or, where the answer is a common mistake, what was mixed
        up
    worked : the equations that show it
    """

    right: bool
    reason: Message
    worked: tuple[Worked, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong answer that people give, and what is wrong with it."""

    answer: float
    reason: Message


@dataclass(frozen=True, slots=True)
class Exercise:
    """A question with exactly one right answer.

    Parameters
    ----------
    key : of the template, such as ``rmse.outlier``: what progress is counted by
    metric : key
    question : what is asked
    right : the right number, or the place of the right choice
    reason : why it is right
    choices : what can be chosen; empty where a number, to two decimals, is to be given
    shown : the rows that belong to the question, none to two workbenches
    revealed : the rows whose equations show the answer
    mistakes : wrong answers that are known
    """

    key: str
    metric: str
    question: Message
    right: float
    reason: Message
    choices: tuple[Message, ...] = ()
    shown: tuple[Workbench, ...] = ()
    revealed: tuple[Workbench, ...] = ()
    mistakes: tuple[Mistake, ...] = ()

    def check(self, answer: float) -> Verdict:
        """Judge an answer: a number, or the place of a choice."""
        worked = tuple(evaluate(self.metric, example) for example in self.revealed)
        right = self._is(answer, self.right)
        if not right:
            for mistake in self.mistakes:
                if self._is(answer, mistake.answer):
                    return Verdict(False, mistake.reason, worked)
        return Verdict(right, self.reason, worked)

    def _is(self, answer: float, other: float) -> bool:
        return answer == other if self.choices else abs(answer - other) <= TOLERANCE


Template = Callable[[str, np.random.Generator], Exercise]  # (metric key, rng) -> exercise


def apart(first: float, second: float) -> bool:
    """Return whether two values are clearly different, or clearly equal."""
    if math.isnan(first) or math.isnan(second):
        return False
    return abs(first - second) >= CLEARLY or math.isclose(first, second, abs_tol=1e-12)


def real_mistakes(right: float, mistakes: Sequence[Mistake]) -> tuple[Mistake, ...]:
    """Return the mistakes that do not happen to be right, each number once."""
    kept: list[Mistake] = []
    for mistake in mistakes:
        others = [right, *(each.answer for each in kept)]
        if math.isfinite(mistake.answer) and all(
            abs(mistake.answer - other) > 2 * TOLERANCE for other in others
        ):
            kept.append(mistake)
    return tuple(kept)
