"""What the Compare page shows, as values (Qt-free)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from algorithms.data.split import SplitConfig
from algorithms.evaluation import Cell, Column, Comparison, TaskGain
from algorithms.evaluation.across import AcrossTasks
from algorithms.evaluation.linter import LintFinding
from algorithms.evaluation.paired_tests import PairedTest
from algorithms.evaluation.repeats import Repeats
from algorithms.messages import Message
from algorithms.metrics import Metric
from algorithms.progress import Stage
from algorithms.tasks import Task
from mtrec_gui.jobs.port import JobState


class Section(StrEnum):
    """Which part of the table is shown."""

    MAIN = "main"
    ALL = "all"
    COST = "cost"


@dataclass(frozen=True, slots=True)
class Choice:
    """A comparison of the project that can be chosen.

    Parameters
    ----------
    id : in the project
    number : 1 for the oldest
    created : when it was started
    n_done, n_failed : how its runs ended
    """

    id: int
    number: int
    created: datetime
    n_done: int
    n_failed: int


@dataclass(frozen=True, slots=True)
class FailedRun:
    """Runs of a model that have no result, all for the same reason."""

    title: str
    seeds: tuple[int, ...]
    message: Message | None


@dataclass(frozen=True, slots=True)
class PendingRun:
    """A model that is not in the table yet, or not with all its seeds.

    Parameters
    ----------
    title : of the model
    state, fraction, stage, seconds_left, message : of the run of it that is furthest
    n_left : how many of its runs are not over
    in_table : whether other seeds of it are in the table already
    """

    title: str
    state: JobState
    fraction: float
    stage: Stage | None
    seconds_left: float | None
    message: Message | None
    n_left: int
    in_table: bool


@dataclass(frozen=True, slots=True)
class Footnote:
    """One sentence, said of several tasks and of several models.

    Parameters
    ----------
    template : of the sentence
    said : the title of each model, and its sentence for each task
    """

    template: str
    said: tuple[tuple[str, tuple[Message, ...]], ...]


@dataclass(frozen=True, slots=True)
class Footnotes:
    """What is written under the table.

    Parameters
    ----------
    notes : in the order of their numbers, from 1
    marks : for each row of the table, the numbers of its notes
    seed : of which seed they tell, where there are several
    """

    notes: tuple[Footnote, ...]
    marks: tuple[tuple[int, ...], ...]
    seed: int | None


NO_FOOTNOTES = Footnotes((), (), None)


@dataclass(frozen=True, eq=False)
class Shown:
    """The comparison that is on the page.

    Parameters
    ----------
    choice : which one
    tasks, split, seeds, k : as they were when it was started
    comparison : its results side by side, with every metric
    main : positions of the main metrics among the comparison's columns
    failures, footnotes : as they say
    tests : signed ranks of each gain that was measured, by row and column
    repeats : mean over several seeds and its interval, by row and column
    across : the main metrics seen together; None with fewer than two tasks or models
    findings : of the linter, on how the results were judged
    """

    choice: Choice
    tasks: tuple[Task, ...]
    split: SplitConfig
    seeds: tuple[int, ...]
    k: int
    comparison: Comparison
    main: tuple[int, ...]
    failures: tuple[FailedRun, ...]
    footnotes: Mapping[Section, Footnotes]
    tests: Mapping[tuple[int, int], PairedTest]
    repeats: Mapping[tuple[int, int], Repeats]
    across: AcrossTasks | None
    findings: tuple[LintFinding, ...]

    def gain(self, row: int, column: int) -> TaskGain | None:
        """Return what a row gains over its single-task twin, where that was measured."""
        wanted = self.comparison.columns[column]
        for twin in self.comparison.twins:
            if twin.row == row:
                return next((g for g in twin.gains.tasks if g.column == wanted), None)
        return None


@dataclass(frozen=True, eq=False)
class CompareState:
    """The whole page.

    Parameters
    ----------
    choices : comparisons of the project, oldest first
    shown : the one on the page, None where there is none
    section : which part of the table
    trade_off : positions of two main metrics among the comparison's columns
    pending : what is still running
    is_loading : whether the project was asked for its first comparison and has not answered
    width : gains within it, in percent, count as practically equal
    split_findings : what the linter finds in the split; None while it has not answered
    """

    choices: tuple[Choice, ...] = ()
    shown: Shown | None = None
    section: Section = Section.MAIN
    trade_off: tuple[int, int] | None = None
    pending: tuple[PendingRun, ...] = ()
    is_loading: bool = False
    width: float = 0.0
    split_findings: tuple[LintFinding, ...] | None = None

    @property
    def findings(self) -> tuple[LintFinding, ...] | None:
        """What the linter found; None before it has answered and while runs are not over."""
        if self.shown is None or self.split_findings is None:
            return None
        if any(run.n_left for run in self.pending):
            return None
        return self.shown.findings + self.split_findings

    @property
    def columns(self) -> tuple[int, ...]:
        """Positions of the columns in the table, among the comparison's."""
        if self.shown is None or self.section is Section.COST:
            return ()
        if self.section is Section.MAIN:
            return self.shown.main
        return tuple(range(len(self.shown.comparison.columns)))


@dataclass(frozen=True, eq=False)
class CellDetail:
    """All that can be asked of one number.

    Parameters
    ----------
    model, seeds : the row
    column, metric, cell : what was measured
    gain, twin : over the single-task twin and its title, where there is one
    test : signed ranks of the same users, where there is a gain
    repeats : over several seeds or folds, where there are several
    in_folds : whether the seeds are folds
    """

    model: str
    seeds: tuple[int, ...]
    column: Column
    metric: Metric
    cell: Cell
    gain: TaskGain | None
    twin: str
    test: PairedTest | None
    repeats: Repeats | None
    in_folds: bool
