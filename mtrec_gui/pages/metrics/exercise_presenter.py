"""Predict, then reveal: which question comes next, whether the answer is right, what is solved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from algorithms.errors import UnknownMetricError
from algorithms.metrics.lab import Exercise, Verdict, WorkbenchError, exercise, templates
from mtrec_gui.pages.metrics.state import Subject, find_subject


def has_exercises(key: str) -> bool:
    """Return whether there are questions about a metric or a measure."""
    try:
        return bool(templates(key))
    except (UnknownMetricError, WorkbenchError):
        return False


@dataclass(frozen=True, eq=False)
class ExerciseState:
    """The question on the page.

    Parameters
    ----------
    metric : which one
    exercise : the question; None where the metric has none
    verdict : on the answer; None while nobody answered
    answer : what was answered
    n, n_solved : kinds of questions that the metric has, and those answered rightly once
    """

    metric: Subject
    exercise: Exercise | None
    verdict: Verdict | None = None
    answer: float | None = None
    n: int = 0
    n_solved: int = 0


class ExerciseView(Protocol):
    """What the presenter asks of the view."""

    def show_exercise(self, state: ExerciseState) -> None:
        """Show everything."""


class ExercisePresenter:
    """Asks the questions of a metric, the unsolved kinds first.

    Parameters
    ----------
    rng : draws the numbers
    load : returns the keys of the kinds of questions that were solved, where no project is open
    keep : keeps those that were solved so far
    """

    def __init__(
        self,
        rng: np.random.Generator,
        load: Callable[[], Iterable[str]],
        keep: Callable[[tuple[str, ...]], None],
    ) -> None:
        self._rng, self._keep = rng, keep
        self._solved = list(load())
        self._view: ExerciseView | None = None
        self._state: ExerciseState | None = None
        self._place = 0
        self._key = ""
        self._is_shown = False

    def shown(self, is_shown: bool) -> None:
        """The part came to the front or went to the back; nothing is asked unseen."""
        self._is_shown = is_shown
        if is_shown and self._key and self._state is None:
            self._begin()

    def progress_changed(self, solved: Iterable[str]) -> None:
        """Other questions were solved than those known: another project was opened."""
        self._solved = list(solved)
        if self._state is not None:
            self._state = replace(self._state, n_solved=self._count(self._state.metric.key))
            self._render()

    def attach(self, view: ExerciseView) -> None:
        """Take the view."""
        self._view = view
        self._render()

    def metric_chosen(self, key: str) -> None:
        """Another metric is on the page."""
        if key == self._key:
            return
        self._key, self._place, self._state = key, 0, None
        if self._is_shown:
            self._begin()

    def _begin(self) -> None:
        if not has_exercises(self._key):
            self._state = ExerciseState(find_subject(self._key), None)
            self._render()
        else:
            self._ask()

    def answered(self, answer: float) -> None:
        """A person says what the answer is; only the first counts."""
        state = self._state
        if state is None or state.exercise is None or state.verdict is not None:
            return
        verdict = state.exercise.check(answer)
        if verdict.right and state.exercise.key not in self._solved:
            self._solved.append(state.exercise.key)
            self._keep(tuple(self._solved))
        self._state = replace(
            state, verdict=verdict, answer=answer, n_solved=self._count(state.metric.key)
        )
        self._render()

    def next_pressed(self) -> None:
        """A person wants the next question."""
        if self._state is not None and self._state.exercise is not None:
            self._place += 1
            self._ask()

    def again_pressed(self) -> None:
        """A person wants the same question with other numbers."""
        if self._state is not None and self._state.exercise is not None:
            self._ask(same=True)

    def _ask(self, same: bool = False) -> None:
        """Draw a question; a solved kind is passed over while there are others."""
        n = len(templates(self._key))
        drawn = exercise(self._key, self._rng, self._place % n)
        for _ in range(n - 1):
            if same or drawn.key not in self._solved:
                break
            self._place += 1
            drawn = exercise(self._key, self._rng, self._place % n)
        self._state = ExerciseState(
            find_subject(self._key), drawn, n=n, n_solved=self._count(self._key)
        )
        self._render()

    def _count(self, key: str) -> int:
        return sum(solved.startswith(f"{key}.") for solved in self._solved)

    def _render(self) -> None:
        if self._view is not None and self._state is not None:
            self._view.show_exercise(self._state)
