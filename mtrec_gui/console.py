"""What the terminal shows: the table of a comparison, and how far its runs are."""

from __future__ import annotations

import math
import queue
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from algorithms.data.plan import ImportPlan, PlanResult
from algorithms.evaluation import Comparison, Experiment, RunResult, concerns
from algorithms.evaluation.leaks import LeakReport
from algorithms.models.base import Bound
from mtrec_gui.bringing import questions, rejected_lines
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.jobs.local import LocalJobs
from mtrec_gui.jobs.port import JobEvent, JobState
from mtrec_gui.keys import Keys
from mtrec_gui.model_shelf import compare, find_model
from mtrec_gui.run_desk import DeskRow, RunDesk
from mtrec_gui.workspace import Workspace

_WORDS = {
    JobState.QUEUED: "waiting",
    JobState.STARTED: "starting",
    JobState.DONE: "done",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
    JobState.KILLED: "killed",
    JobState.CRASHED: "crashed",
}

_BOUNDS = {
    Bound.CEILING: "the ceiling, for it knows the truth of this world; never marked best.",
    Bound.FLOOR: "the floor, for it learns only averages and ranks by lot; never marked best.",
}

MOST_SHOWN = 5  # rejected lines


def open_workspace() -> Workspace:
    """Return a workspace that does its work in the call and raises its errors."""
    workspace = Workspace(ImmediateRunner())

    def fail(error: Exception) -> None:
        raise error

    workspace.failed.connect(fail)
    return workspace


def run_all(workspace: Workspace, console: Console) -> list[DeskRow]:
    """Run the workspace's experiment, one process a run, with a progress display."""
    events: queue.Queue[JobEvent] = queue.Queue()
    backend = LocalJobs(secrets=Keys().for_run)
    backend.listen(events.put)
    desk = RunDesk(workspace, backend)
    try:
        with Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[state]}"),
            TimeElapsedColumn(),
            console=console,
        ) as display:
            desk.start(workspace.experiment)
            bars = {
                row.job: display.add_task(_title(row), total=1.0, state="waiting", start=False)
                for row in desk.rows
            }
            while desk.is_running:
                event = events.get()
                desk.job_happened(event)
                _show(display, bars, desk.rows)
    finally:
        backend.close()
    return list(desk.rows)


def _title(row: DeskRow) -> str:
    return f"{find_model(row.spec.model).title}, seed {row.spec.seed}"


def _show(display: Progress, bars: Mapping[str, TaskID], rows: Sequence[DeskRow]) -> None:
    for row in rows:
        bar = bars[row.job]
        if row.state is not JobState.QUEUED:
            display.start_task(bar)
        display.update(
            bar,
            completed=1.0 if row.is_over else row.fraction,
            state=_WORDS.get(row.state, str(row.stage or "")),
        )
        if row.is_over:
            display.stop_task(bar)


def load_results(workspace: Workspace) -> list[RunResult]:
    """Return the results of the project's newest comparison."""
    project = workspace.project
    if project is None:
        return []
    newest = project.comparisons()[-1]
    return [project.load_result(run.id) for run in project.runs(newest.id) if run.message is None]


def show_comparison(console: Console, experiment: Experiment, results: list[RunResult]) -> None:
    """Print the side-by-side table, what it says in words, and its footnotes."""
    comparison = compare(results, experiment.tasks, experiment.k)
    console.print(_table(comparison))
    console.print(
        Text("Best value of a column in bold. ↑ higher is better, ↓ lower is better.", "dim")
    )
    for row in comparison.rows:
        if row.bound is not None:
            console.print(Text(f"{row.title}: {_BOUNDS[row.bound]}", "dim"))
    for sentence in comparison.sentences():
        console.print(Text(f"• {sentence}"))
    for row in comparison.rows:
        notes = " ".join(
            dict.fromkeys(
                str(note)
                for run in row.runs
                for note in run.notes
                if concerns(note, comparison.columns)
            )
        )
        if notes:
            console.print(Text(f"{row.title}: {notes}", "dim"))


def _table(comparison: Comparison) -> Table:
    """Lay the comparison out in 80 columns where four tasks are compared."""
    table = Table(
        title="Models side by side, judged on test data",
        title_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    table.add_column("model")
    for column in comparison.columns:
        arrow = "↑" if column.higher_is_better else "↓"
        table.add_column(Text(f"{column.task}\n{column.title}{arrow}"), justify="right")
    for head in ("fit", "numbers\nlearned", "peak\nmemory"):
        table.add_column(head, justify="right", no_wrap=True)
    for row, cells in zip(comparison.rows, comparison.cells, strict=True):
        quiet = "" if row.bound is None else "dim"
        shown = [Text(row.title, quiet)]
        for cell in cells:
            if cell is None or math.isnan(cell.value):
                shown.append(Text("–", "dim"))
            else:
                shown.append(Text(f"{cell.value:.3f}", "bold" if cell.is_best else quiet))
        shown += [
            Text(f"{row.cost.fit_seconds:.1f} s"),
            Text(f"{row.cost.n_parameters:,}"),
            Text(f"{row.cost.peak_bytes / 1e6:,.0f} MB"),
        ]
        table.add_row(*shown)
    return table


def say_where(console: Console, path: Path) -> None:
    """Name the project file, whole and unbroken, so that it can be copied."""
    console.print(Text(f"\nProject: {path}"), soft_wrap=True)
    console.print(Text("Open it in the window: python main.py window FILE"), soft_wrap=True)


def report_plan(console: Console, plan: ImportPlan) -> None:
    """Say which files make the data, and what they leave open."""
    if plan.layout:
        console.print(Text(f"Recognised: {plan.layout}"))
    if len(plan.parts) > 1:
        names = ", ".join(f"{part.name} ({part.table.value})" for part in plan.parts)
        console.print(Text(f"Files: {names}"))
    for part, look in questions(plan):
        for question in look.questions:
            console.print(Text(f"{part.name}: {question.message}", "yellow"))


def report_leaks(console: Console, report: LeakReport) -> None:
    """Say what the leak doctor found."""
    for finding in report.findings:
        console.print(Text(f"{finding.severity.value}: {finding.message}", "yellow"))
    if report.sampled is not None:
        console.print(Text(str(report.sampled), "dim"))


def report_rejected(console: Console, read: PlanResult) -> None:
    """Say how many lines were read, and why the first rejected ones were."""
    console.print(
        Text(
            f"{read.n_read:,} lines read, {read.n_accepted:,} accepted, "
            f"{read.n_rejected:,} rejected"
        )
    )
    for part, line in islice(rejected_lines(read), MOST_SHOWN):
        console.print(Text(f"  {part.name}, line {line.line}: {line.reason}", "yellow"))
