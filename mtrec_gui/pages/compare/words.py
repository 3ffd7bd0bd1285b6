"""The words of the comparison table: rows, cells and footnotes from values."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from algorithms.evaluation import Cell, Column, TaskGain, Verdict
from algorithms.metrics import find_metric
from algorithms.models.base import Bound
from mtrec_gui.jobs.port import JobState
from mtrec_gui.pages.compare.state import CompareState, PendingRun, Section, Shown
from mtrec_gui.widgets.metric_table import MetricCell, MetricColumn, MetricRow
from mtrec_gui.wording import engine_text, kilobytes, megabytes, number, percent, say, seconds

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_TONES = {Verdict.BETTER: "better", Verdict.WORSE: "worse"}


class TableWords(QObject):
    """Turns the state of the page into the table's columns and rows.

    Parameters
    ----------
    task_position : decides the colour of a task
    """

    def __init__(self, task_position: Callable[[str], int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task_position = task_position

    # --- columns -----------------------------------------------------------------------------

    def columns(self, state: CompareState) -> list[MetricColumn]:
        """Return the heads of the part that is shown."""
        shown = state.shown
        if shown is None:
            return []
        if state.section is Section.COST:
            return [
                MetricColumn(self.tr("Fit ↓"), tip=self.tr("Time to learn, wall clock")),
                MetricColumn(
                    self.tr("Predict ↓"),
                    tip=self.tr("Time to score the test events and fill every user's list"),
                ),
                MetricColumn(
                    self.tr("Parameters"), tip=self.tr("How many numbers the model learned")
                ),
                MetricColumn(
                    self.tr("Peak memory ↓"),
                    tip=self.tr("Highest memory of the run's own process, the data included"),
                ),
                MetricColumn(
                    self.tr("Stored ↓"),
                    tip=self.tr("Size of the arrays as which the model is kept, before packing"),
                ),
            ]
        columns = [self.column(shown.comparison.columns[place]) for place in state.columns]
        if self.has_mean(state):
            columns.append(
                MetricColumn(
                    self.tr("Mean gain ↑"),
                    tip=self.tr("Mean gain of the tasks over the single-task twin (Δm)"),
                )
            )
        return columns

    def column(self, column: Column) -> MetricColumn:
        """Return the head of a task's metric."""
        return MetricColumn(
            self.metric_title(column),
            column.task,
            self._task_position(column.task),
            engine_text(find_metric(column.metric).card.definition),
        )

    def metric_title(self, column: Column) -> str:
        """Return the metric's title with its direction."""
        return f"{engine_text(column.title)} {'↑' if column.higher_is_better else '↓'}"

    def has_mean(self, state: CompareState) -> bool:
        """Whether the table ends with the mean gain."""
        return (
            state.section is Section.MAIN
            and state.shown is not None
            and bool(state.shown.comparison.twins)
        )

    # --- rows --------------------------------------------------------------------------------

    def rows(self, state: CompareState) -> list[MetricRow]:
        """Return models with numbers, then those that still run, then those that failed."""
        shown = state.shown
        if shown is None:
            return []
        references = {twin.twin for twin in shown.comparison.twins}
        rows = [
            MetricRow(
                engine_text(row.title),
                self._remark(shown, state.section, place, place in references),
                self._cells(state, shown, place),
                is_quiet=row.bound is not None,
            )
            for place, row in enumerate(shown.comparison.rows)
        ]
        rows += [
            MetricRow(
                engine_text(run.title),
                sentence=self.pending_sentence(run),
                tone="worse" if run.message is not None else "muted",
            )
            for run in state.pending
            if not run.in_table
        ]
        several = len(shown.seeds) > 1
        rows += [
            MetricRow(
                engine_text(failure.title),
                self._seeds(failure.seeds) if several else "",
                sentence=self.tr("Failed: {reason}").format(
                    reason="–" if failure.message is None else say(failure.message)
                ),
                tone="worse",
            )
            for failure in shown.failures
        ]
        return rows

    def _seeds(self, seeds: Sequence[int]) -> str:
        words = self.tr("seed {seeds}") if len(seeds) == 1 else self.tr("seeds {seeds}")
        return words.format(seeds=", ".join(str(seed) for seed in seeds))

    def pending_sentence(self, run: PendingRun) -> str:
        """Say how far a model is that has no numbers yet."""
        if run.state is JobState.QUEUED:
            return self.tr("waiting …")
        if run.state is JobState.CANCELLED:
            return self.tr("cancelled")
        if run.state is JobState.DONE:
            return self.tr("saving …")
        if run.state.is_final:
            reason = run.state.value if run.message is None else say(run.message)
            return self.tr("Failed: {reason}").format(reason=reason)
        parts = [] if run.stage is None else [engine_text(str(run.stage))]
        parts.append(f"{100 * run.fraction:.0f} %")
        if run.seconds_left is not None:
            parts.append(self.tr("{time} left").format(time=seconds(run.seconds_left)))
        return self.tr("running: {progress}").format(progress=" · ".join(parts))

    def _remark(self, shown: Shown, section: Section, place: int, is_reference: bool) -> str:
        row = shown.comparison.rows[place]
        marked = shown.footnotes[section].marks
        numbers = marked[place] if marked else ()
        marks = " ".join(str(number).translate(SUPERSCRIPTS) for number in numbers)
        parts = [marks] if marks else []
        if row.bound is not None:
            parts.append(self.bound(row.bound))
        if is_reference:
            parts.append(self.tr("reference"))
        if len(row.seeds) < len(shown.seeds):
            parts.append(
                self.tr("{done} of {n} seeds").format(done=len(row.seeds), n=len(shown.seeds))
            )
        return " · ".join(parts)

    def bound(self, bound: Bound) -> str:
        """Return the word for the line that a reference draws."""
        return self.tr("ceiling") if bound is Bound.CEILING else self.tr("floor")

    def _cells(self, state: CompareState, shown: Shown, place: int) -> tuple[MetricCell, ...]:
        row = shown.comparison.rows[place]
        if state.section is Section.COST:
            return (
                MetricCell(seconds(row.cost.fit_seconds)),
                MetricCell(seconds(row.cost.predict_seconds)),
                MetricCell(f"{row.cost.n_parameters:,}"),
                MetricCell(megabytes(row.cost.peak_bytes)),
                MetricCell(kilobytes(row.cost.bytes_stored)),
            )
        cells = [
            self.cell(
                shown.comparison.columns[column],
                shown.comparison.cells[place][column],
                shown.gain(place, column),
                row.seeds,
                shown.comparison.way(place, column) if row.bound is None else math.nan,
            )
            for column in state.columns
        ]
        if self.has_mean(state):
            cells.append(self._mean(shown, place))
        return tuple(cells)

    def cell(
        self,
        column: Column,
        cell: Cell | None,
        gain: TaskGain | None,
        seeds: Sequence[int],
        way: float = math.nan,
    ) -> MetricCell:
        """Return a number with its verdict and what its tool tip says."""
        if cell is None:
            return MetricCell("–", tip=self.tr("This model does not serve the task."))
        if not math.isfinite(cell.value):
            return MetricCell("–", tip=self.tr("Undefined: press for why."), can_be_asked=True)
        verdict = None if gain is None else gain.gain.verdict
        return MetricCell(
            text=number(cell.value),
            is_best=cell.is_best,
            word="" if verdict is None else self.verdict(verdict),
            tone=_TONES.get(verdict, "muted") if verdict is not None else "muted",
            tip=self.certainty(column, cell, gain, seeds, way),
            can_be_asked=True,
        )

    def _mean(self, shown: Shown, place: int) -> MetricCell:
        twin = next((t for t in shown.comparison.twins if t.row == place), None)
        if twin is None or twin.gains.mean is None:
            return MetricCell("")
        mean = twin.gains.mean
        return MetricCell(
            percent(mean.percent / 100),
            word=self.verdict(mean.verdict),
            tone=_TONES.get(mean.verdict, "muted"),
            tip=self.tr(
                "Mean gain of {n} tasks over {twin}, Δm; 95 % interval {low} to {high}. Others "
                "write it as a mean drop, lower is better: {drop}."
            ).format(
                n=len(twin.gains.tasks),
                drop=percent(-mean.percent / 100),
                twin=self.tr("the single-task twin"),
                low=percent(mean.low / 100),
                high=percent(mean.high / 100),
            ),
        )

    def verdict(self, verdict: Verdict) -> str:
        """Return the word for what the judged users say."""
        return engine_text(verdict.value)

    def chance(self, p: float) -> str:
        """Return a p-value as it is read."""
        return self.tr("p < 0.001") if p < 0.001 else f"p = {p:.3f}"

    # --- sentences ---------------------------------------------------------------------------

    def certainty(
        self,
        column: Column,
        cell: Cell,
        gain: TaskGain | None,
        seeds: Sequence[int],
        way: float = math.nan,
    ) -> str:
        """Say how sure a number is: interval, n, what was left out, seeds, gain, how high it is."""
        parts = []
        if math.isfinite(cell.low) and math.isfinite(cell.high):
            parts.append(
                self.tr("95 % interval {low} to {high}").format(
                    low=number(cell.low), high=number(cell.high)
                )
            )
        parts.append(self.counted(column, cell.n))
        if cell.n_undefined:
            parts.append(self.tr("{n} left out as undefined").format(n=f"{cell.n_undefined:,}"))
        if len(seeds) > 1:
            parts.append(
                self.tr("mean of {n} seeds, standard deviation {spread}").format(
                    n=len(seeds), spread=number(cell.spread)
                )
            )
        if gain is not None:
            parts.append(
                self.tr("{percent} against the single-task twin ({low} to {high})").format(
                    percent=percent(gain.gain.percent / 100),
                    low=percent(gain.gain.low / 100),
                    high=percent(gain.gain.high / 100),
                )
            )
        if math.isfinite(way):
            parts.append(
                self.tr("{share} of the way from floor to ceiling").format(
                    share=f"{100 * way:.0f} %"
                )
            )
        return " · ".join(parts)

    def counted(self, column: Column, n: int) -> str:
        """Say on how many users or events a number rests."""
        if find_metric(column.metric).level.of_lists:
            return self.tr("n = {n} users").format(n=f"{n:,}")
        return self.tr("n = {n} events").format(n=f"{n:,}")
