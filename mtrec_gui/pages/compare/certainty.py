"""What is worked out beside a table: second witnesses, repeats, the linter's findings (Qt-free)."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from algorithms.data.split import SplitConfig
from algorithms.errors import SplitError
from algorithms.evaluation import Comparison, Experiment, RunResult, RunSpec, split_of
from algorithms.evaluation.linter import LintFinding, future_of, judged_here, lint
from algorithms.evaluation.paired_tests import (
    PairedTest,
    corrected,
    signed_ranks,
    user_differences,
)
from algorithms.evaluation.repeats import Repeats, overlap_of, summarise
from mtrec_gui.model_shelf import find_model

if TYPE_CHECKING:
    from algorithms.data.log import InteractionLog
    from mtrec_gui.pages.compare.state import Shown

Place = tuple[int, int]  # row and column of the comparison


def tests_of(comparison: Comparison) -> dict[Place, PairedTest]:
    """Return signed ranks for each gain, corrected over all of them."""
    places, tests = [], []
    for twin in comparison.twins:
        model, alone = (comparison.rows[number].runs for number in (twin.row, twin.twin))
        for entry in twin.gains.tasks:
            places.append((twin.row, comparison.columns.index(entry.column)))
            tests.append(signed_ranks(user_differences(model, alone, entry.column)))
    return dict(zip(places, corrected(tests), strict=True))


def repeats_of(comparison: Comparison, split: SplitConfig) -> dict[Place, Repeats]:
    """Return mean and interval over the seeds, for each row with several."""
    overlap = overlap_of(split)
    found = {}
    for number, row in enumerate(comparison.rows):
        for place, column in enumerate(comparison.columns):
            results = [run.metric(column.task, column.key) for run in row.runs]
            values = [result.value for result in results if result is not None]
            if len(values) > 1:
                found[number, place] = summarise(values, overlap)
    return found


def findings_of(experiment: Experiment, results: Collection[RunResult]) -> tuple[LintFinding, ...]:
    """Return what the linter finds in how results were judged."""
    judged = judged_here(experiment, results, lambda key: find_model(key).title)
    return lint(judged)


def split_findings_of(shown: Shown, log: InteractionLog) -> tuple[LintFinding, ...]:
    """Return what the linter finds in the split of the first seed; takes seconds on much data."""
    from algorithms.evaluation.split_linter import lint_split

    spec = RunSpec(model="", seed=shown.seeds[0], tasks=(), split=shown.split)
    found = future_of(shown.split, log)
    try:
        split = split_of(spec, log)
    except SplitError:  # the runs say so themselves
        return found
    return found + lint_split(split, shown.tasks, shown.k)
