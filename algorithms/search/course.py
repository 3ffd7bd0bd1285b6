"""The course of a search: which setting is next, and what came of it.

Whoever does the trials, in this process one after the other (``search``) or in processes of their
own (the application), asks here for the next one and tells here what came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from algorithms.data.log import InteractionLog
from algorithms.errors import MtrecError
from algorithms.evaluation.experiment import RunSpec
from algorithms.evaluation.results import RunResult
from algorithms.messages import Message
from algorithms.models.base import Bound, Recommender
from algorithms.models.catalog import MODELS, find_model
from algorithms.progress import Progress, part_of, silent
from algorithms.search.points import n_points, points_of
from algorithms.search.rehearsal import rehearse
from algorithms.search.result import Role, SearchResult, Trial
from algorithms.search.space import Choice
from algorithms.search.spec import SearchSpec

_FLOOR, _START = -2, -1


@dataclass(frozen=True)
class Attempt:
    """A trial that is to be done: the run to rehearse, and the setting behind it."""

    number: int
    role: Role
    run: RunSpec
    weights: Mapping[str, float]
    config: Mapping[str, Choice]


class Course:
    """One search from its first trial to its last.

    Parameters
    ----------
    spec : what is searched
    models : by key

    Raises
    ------
    MtrecError
        Where the search cannot be done as asked (see ``SearchSpec.check``, ``points_of``).
    """

    def __init__(self, spec: SearchSpec, models: Mapping[str, type[Recommender]] = MODELS) -> None:
        spec.check(models)
        self._points = points_of(spec)
        self._model = find_model(spec.base.model, models)
        self._next = _FLOOR
        self._n_open = 0
        self._floor = next((key for key, m in models.items() if m.bound is Bound.FLOOR), None)
        self.n_trials = n_points(spec)
        self.result = SearchResult(spec, spec.columns(models))

    @property
    def n_attempts(self) -> int:
        """How many rehearsals the whole search has, with the floor and the start."""
        return self.n_trials + 1 + (self._floor is not None)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to ask for or to wait for."""
        return self._next >= self.n_trials and not self._n_open

    def ask(self) -> Attempt | None:
        """Return the next trial; None where there is none, or none before another is told."""
        if self._next >= self.n_trials or (self._n_open and not self._points.can_be_ahead):
            return None
        number, spec = self._next, self.result.spec
        self._next += 1
        if number == _FLOOR and self._floor is None:
            return self.ask()
        self._n_open += 1
        if number == _FLOOR:
            floor = spec.base.model_copy(update={"model": self._floor, "config": {}})
            return Attempt(number, Role.FLOOR, floor, {}, {})
        if number == _START:
            return Attempt(number, Role.START, spec.base, *self._present())
        weights, config = spec.setting(self._points.ask(number))
        return Attempt(number, Role.TRIAL, spec.run_spec(weights, config), weights, config)

    def tell(self, attempt: Attempt, outcome: RunResult | Message) -> Trial:
        """Take what came of a trial: its result, or why there is none."""
        self._n_open -= 1
        values = [float("nan")] * len(self.result.columns)
        seconds, message = float("nan"), None
        if isinstance(outcome, Message):
            message = outcome
        else:
            seconds = outcome.cost.fit_seconds
            found = [outcome.metric(c.task, c.key) for c in self.result.columns]
            values = [float("nan") if one is None else one.value for one in found]
        trial = Trial(
            attempt.number,
            attempt.role,
            attempt.weights,
            attempt.config,
            tuple(values),
            seconds,
            message,
        )
        self.result = self.result.with_trial(trial)
        if attempt.role is Role.TRIAL:
            failed = message is not None
            self._points.tell(
                attempt.number, None if failed else np.asarray(self.result.signs * values)
            )
        return trial

    def _present(self) -> tuple[dict[str, float], dict[str, Choice]]:
        """Return what is varied as it stands in the base."""
        spec = self.result.spec
        config = self._model.from_values(spec.base.config).config.model_dump(mode="json")
        given = {parameter.name: config[parameter.name] for parameter in spec.parameters}
        return {task.name: task.weight for task in spec.weighed_tasks()}, given


def search(
    spec: SearchSpec,
    log: InteractionLog,
    progress: Progress = silent,
    models: Mapping[str, type[Recommender]] = MODELS,
    told: Callable[[Trial], None] | None = None,
) -> SearchResult:
    """Do a whole search in this process, one trial after the other.

    Parameters
    ----------
    spec : what is searched
    log : the whole log; its test events are never looked at (see ``rehearsal``)
    progress : told how far the search is; may raise to stop it, also within a trial
    models : by key
    told : called with each trial as it ends

    Raises
    ------
    MtrecError
        Where the search cannot be done as asked. A trial that fails is noted with its sentence,
        and the search goes on.
    """
    course = Course(spec, models)
    n = course.n_attempts
    while (attempt := course.ask()) is not None:
        done = len(course.result.trials)
        outcome: RunResult | Message
        try:
            part = part_of(progress, done / n, (done + 1) / n)
            outcome = rehearse(attempt.run, log, part, models)
        except MtrecError as error:
            outcome = error.message
        trial = course.tell(attempt, outcome)
        if told is not None:
            told(trial)
    return course.result
