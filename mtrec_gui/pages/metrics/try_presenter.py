"""What is decided at the workbench: a change of a row is a new example, worked out at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from algorithms.metrics.inputs import MetricInputError
from algorithms.metrics.lab import (
    GAIN,
    AnswerRows,
    RankedList,
    TaskGains,
    UserLists,
    ValueRows,
    Workbench,
    all_variants,
    evaluate,
    first_example,
    variants_of,
    workable,
)
from mtrec_gui.pages.metrics.state import find_subject
from mtrec_gui.pages.metrics.try_state import TryState


class TryView(Protocol):
    """What the presenter asks of the view."""

    def show_try(self, state: TryState) -> None:
        """Show everything."""

    def show_light(self, state: TryState) -> None:
        """Show which rows and terms belong together; all else is as before."""


class TryPresenter:
    """Works a metric out on a few rows that a person changes."""

    def __init__(self) -> None:
        self._view: TryView | None = None
        self._state: TryState | None = None
        self._starts: dict[str, Workbench] = {}
        self._sources: dict[str, str] = {}
        self._examples: dict[str, Workbench] = {}
        self._variants: dict[str, str] = {}  # chosen instead of the first

    def attach(self, view: TryView) -> None:
        """Take the view."""
        self._view = view
        if self._state is not None:
            view.show_try(self._state)

    # --- what a person does --------------------------------------------------------------------

    def metric_chosen(self, key: str) -> None:
        """Another metric is on the page; its rows are as they were left."""
        if key in (*workable(), GAIN) and key not in self._examples:
            self._starts[key] = self._examples[key] = first_example(key)
        self._work_out(key)

    def rows_taken(self, key: str, example: Workbench, source: str) -> None:
        """A person wants to change the rows of a run; ``source`` says whose they are."""
        self._starts[key] = self._examples[key] = example
        self._sources[key] = source
        self._work_out(key)

    def reset_pressed(self) -> None:
        """A person wants the rows as they were before they were changed."""
        if self._state is not None and self._state.example is not None:
            self._change(lambda _: self._starts[self._key])

    def invented_wanted(self) -> None:
        """A person wants invented rows instead of those of a run."""
        if self._state is not None and self._state.example is not None:
            self._sources.pop(self._key, None)
            self._starts[self._key] = first_example(self._key)
            self._change(lambda _: self._starts[self._key])

    def number_changed(self, row: int, value: float) -> None:
        """A person gives a row another prediction or score, or a task another value together."""

        def changed(example: Workbench) -> Workbench:
            if isinstance(example, ValueRows):
                return example.with_prediction(row, value)
            if isinstance(example, TaskGains):
                return example.with_multi(row, value)
            return example.with_score(row, value) if isinstance(example, AnswerRows) else example

        self._change(changed)

    def truth_changed(self, row: int, value: float) -> None:
        """A person gives a row another truth, or a task another value alone."""

        def changed(example: Workbench) -> Workbench:
            if isinstance(example, ValueRows):
                return example.with_truth(row, value)
            if isinstance(example, AnswerRows):
                return example.with_truth(row, bool(value))
            if isinstance(example, RankedList):
                return example.with_relevance(row, value)
            if isinstance(example, TaskGains):
                return example.with_single(row, value)
            return example

        self._change(changed)

    def row_moved(self, place: int, steps: int) -> None:
        """A person moves an item down the list, or up by a negative number of places."""

        def changed(example: Workbench) -> Workbench:
            if not isinstance(example, RankedList):
                return example
            return example.moved(place, min(max(place + steps, 0), len(example) - 1))

        self._change(changed)

    def k_changed(self, k: int) -> None:
        """A person wants another number of places to count."""
        self._change(lambda e: e.with_k(k) if isinstance(e, RankedList | UserLists) else e)

    def item_changed(self, row: int, item: int) -> None:
        """A person wants another item in a place of a user's list."""
        self._change(lambda e: e.with_item(row, item) if isinstance(e, UserLists) else e)

    def unlisted_changed(self, n: int) -> None:
        """A person wants n relevant items that the list does not hold."""
        self._change(lambda e: e.with_unlisted(n) if isinstance(e, RankedList) else e)

    def threshold_changed(self, threshold: float) -> None:
        """A person wants yes to begin elsewhere."""
        self._change(lambda e: e.with_threshold(threshold) if isinstance(e, AnswerRows) else e)

    def variant_chosen(self, variant: str) -> None:
        """A person wants the metric as another library computes it."""
        if self._state is not None and variant in {each.key for each in variants_of(self._key)}:
            self._variants[self._key] = variant
            self._work_out(self._key)

    def row_pointed(self, row: int) -> None:
        """A person points at a row; -1 for at none."""
        self.rows_pointed(frozenset({row} if row >= 0 else ()))

    def rows_pointed(self, rows: frozenset[int]) -> None:
        """A person points at rows together, as a mark of a picture shows them."""
        state = self._state
        if state is not None and state.worked is not None:
            self._light(rows, frozenset(n for row in rows for n in state.worked.steps_of(row)))

    def step_pointed(self, step: int) -> None:
        """A person points at a term of the equation; -1 for at none."""
        state = self._state
        if state is not None and state.worked is not None:
            is_there = 0 <= step < len(state.worked.steps)
            rows = frozenset(state.worked.steps[step].rows) if is_there else frozenset()
            self._light(rows, frozenset({step} if is_there else ()))

    # --- what follows --------------------------------------------------------------------------

    @property
    def _key(self) -> str:
        return "" if self._state is None else self._state.metric.key

    def _change(self, changed: Callable[[Workbench], Workbench]) -> None:
        key, before = self._key, self._examples.get(self._key)
        if before is None:
            return
        try:
            after = changed(before)
        except MetricInputError:  # of a row that is no longer there
            return
        if after != before:
            self._examples[key] = after
            self._work_out(key)

    def _work_out(self, key: str) -> None:
        example = self._examples.get(key)
        found = {} if example is None else all_variants(key, example)
        variants = tuple((each, found[each.key]) for each in variants_of(key) if found)
        variant = self._variants.get(key, next(iter(found), ""))
        worked = None if example is None else found.get(variant) or evaluate(key, example)
        self._state = TryState(
            metric=find_subject(key),
            example=example,
            worked=worked,
            source=self._sources.get(key, ""),
            is_changed=example != self._starts.get(key),
            variants=variants,
            variant=variant,
        )
        if self._view is not None:
            self._view.show_try(self._state)

    def _light(self, rows: frozenset[int], steps: frozenset[int]) -> None:
        state = self._state
        if state is None or (rows, steps) == (state.lit_rows, state.lit_steps):
            return
        self._state = replace(state, lit_rows=rows, lit_steps=steps)
        if self._view is not None:
            self._view.show_light(self._state)
