"""When metrics disagree: which two are compared, and the pair of examples that was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from algorithms.errors import MtrecError
from algorithms.messages import Message
from algorithms.metrics import METRICS, Metric, find_metric
from algorithms.metrics.lab import Disagreement, find_disagreement, workable
from mtrec_gui.jobs.background import Runner


@dataclass(frozen=True, eq=False)
class DisagreeState:
    """Two metrics and what was found.

    Parameters
    ----------
    metric : the one on the page
    others : those that look at the same rows; none where it has no small examples
    other : the one it is compared with
    found : two examples, or why there are none; None while they are looked for
    """

    metric: Metric
    others: tuple[Metric, ...]
    other: Metric | None = None
    found: Disagreement | Message | None = None


class DisagreeView(Protocol):
    """What the presenter asks of the view."""

    def show_disagreement(self, state: DisagreeState) -> None:
        """Show everything."""


class DisagreePresenter:
    """Looks for two examples that two metrics put in different order, in the background.

    Parameters
    ----------
    runner : does the looking
    rng : draws the examples
    """

    def __init__(self, runner: Runner, rng: np.random.Generator) -> None:
        self._runner, self._rng = runner, rng
        self._view: DisagreeView | None = None
        self._state: DisagreeState | None = None
        self._is_shown = False
        self._request = 0

    def attach(self, view: DisagreeView) -> None:
        """Take the view."""
        self._view = view

    def shown(self, is_shown: bool) -> None:
        """The part came to the front or went to the back; nothing is looked for unseen."""
        self._is_shown = is_shown
        if is_shown and self._state is not None and self._state.found is None:
            self._look()

    def metric_chosen(self, key: str) -> None:
        """Another metric is on the page."""
        self._request += 1
        if key not in METRICS:  # a measure has no rows that another could look at
            self._state = None
            return
        metric = find_metric(key)
        is_there = key in workable()
        others = tuple(
            each
            for each in map(find_metric, workable())
            if is_there and each.level is metric.level and each.key != key
        )
        former = None if self._state is None else self._state.other
        other = former if former in others else next(iter(others), None)
        self._state = DisagreeState(metric, others, other)
        if self._is_shown:
            self._look()

    def other_chosen(self, key: str) -> None:
        """A person wants to compare with another metric."""
        if self._state is not None:
            self._state = DisagreeState(self._state.metric, self._state.others, find_metric(key))
            self._look()

    def more_wanted(self) -> None:
        """A person wants another pair of examples."""
        if self._state is not None:
            self._look()

    def _look(self) -> None:
        self._request += 1
        request, state = self._request, self._state
        if state is None:
            return
        self._state = DisagreeState(state.metric, state.others, state.other)
        self._render()
        metric, other = state.metric, state.other
        if other is None:
            return
        seed = int(self._rng.integers(2**32))

        def take(found: Disagreement | Message) -> None:
            if request == self._request:
                self._state = DisagreeState(metric, state.others, other, found)
                self._render()

        def failed(error: MtrecError) -> None:
            take(error.message)

        self._runner.run(
            lambda progress: find_disagreement(metric.key, other.key, np.random.default_rng(seed)),
            take,
            failed,
        )

    def _render(self) -> None:
        if self._view is not None and self._state is not None:
            self._view.show_disagreement(self._state)
