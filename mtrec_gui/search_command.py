"""``mtrec search``: a search over task weights and parameters, without a window."""

from __future__ import annotations

import argparse
import math
import queue
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from algorithms.data import InteractionLog
from algorithms.errors import MtrecError
from algorithms.evaluation import Experiment, RunSpec
from algorithms.progress import Stage
from algorithms.search import (
    Role,
    SearchMethod,
    SearchResult,
    SearchSpec,
    Trial,
    WeightScale,
    narrowed,
    parameter_of,
)
from mtrec_gui import exit_status, preferences
from mtrec_gui.console import open_workspace, say_where
from mtrec_gui.jobs.local import LocalJobs
from mtrec_gui.jobs.port import JobEvent
from mtrec_gui.json_output import write_json
from mtrec_gui.model_shelf import default_experiment, find_model
from mtrec_gui.project_files import free_name
from mtrec_gui.search_desk import SearchDesk
from mtrec_gui.study_desk import FUNCTION
from mtrec_gui.workspace import Workspace

_DEFAULT_OBJECTIVES = 2


def search(options: argparse.Namespace) -> int:
    """Do a search and print its front."""
    console = Console()
    workspace = open_workspace()
    path = _open(workspace, options)
    try:
        spec = make_spec(workspace.experiment, options)
        result = _search(workspace, spec, console)
        _show(console, result)
        if options.json is not None:
            write_json(options.json, search_values(result, path))
        say_where(console, path)
    finally:
        workspace.close()
    failed = all(trial.message is not None for trial in result.candidates)
    return exit_status.RUNS_FAILED if failed else exit_status.OK


def make_spec(experiment: Experiment, options: argparse.Namespace) -> SearchSpec:
    """Return the search that the options ask for.

    Raises
    ------
    MtrecError
        Where a name or a range is wrong.
    """
    model = find_model(options.model)
    served = [task.name for task in model.served_tasks(experiment.tasks)]
    asked = options.objective or served[:_DEFAULT_OBJECTIVES]
    objectives = []
    for text in asked:
        task, _, metric = text.partition("=")
        objectives.append({"task": task, "metric": metric or None})
    parameters = []
    for text in options.vary:
        name, _, where = text.partition("=")
        parameter = parameter_of(model, name)
        parameters.append(narrowed(parameter, where) if where else parameter)
    is_kept = bool(parameters) or len(objectives) < 2
    weights = options.weights or (WeightScale.KEPT if is_kept else WeightScale.SIMPLEX).value
    n_sides = len(parameters) + (0 if weights == WeightScale.KEPT else len(objectives) - 1)
    method = options.method or (SearchMethod.SWEEP if n_sides < 2 else SearchMethod.RANDOM).value
    return parse_spec(
        {
            "base": RunSpec(
                model=options.model,
                config=next(
                    (each.config for each in experiment.models if each.model == options.model), {}
                ),
                seed=options.seed,
                tasks=experiment.tasks,
                split=experiment.split,
                rules=experiment.rules,
                k=experiment.k,
            ).model_dump(mode="json"),
            "parameters": [parameter.model_dump(mode="json") for parameter in parameters],
            "weights": weights,
            "objectives": objectives,
            "method": method,
            "n_trials": options.trials,
        }
    )


def search_values(result: SearchResult, project: Path) -> dict[str, Any]:
    """Return a whole search as JSON values (described in ``docs/json.md``)."""
    front = {trial.number for trial in result.front()}
    volumes = result.volumes()
    reference = result.reference()
    return {
        "project": str(project),
        "spec": result.spec.model_dump(mode="json"),
        "judged_on": "validation",
        "objectives": [
            {"task": c.task, "metric": c.key, "higher_is_better": c.higher_is_better}
            for c in result.columns
        ],
        "trials": [
            {**trial.to_json(), "on_front": trial.number in front} for trial in result.trials
        ],
        "reference": None if reference is None else list(result.signs * reference),
        "hypervolume": None if not len(volumes) or math.isnan(volumes[-1]) else float(volumes[-1]),
    }


def parse_spec(values: dict[str, Any]) -> SearchSpec:
    """Validate a search; the first problem becomes a ``ConfigError``."""
    from algorithms.models.base import parse_config

    return parse_config(SearchSpec, values, "search")


def _open(workspace: Workspace, options: argparse.Namespace) -> Path:
    from sample_data import load_world, world_tasks

    if options.open is not None:
        workspace.open(options.open)
        return Path(options.open)

    def make(progress: Any) -> tuple[InteractionLog, Experiment]:
        log = load_world(options.world)
        progress(1.0, Stage.LOAD)
        return log, default_experiment(log, world_tasks(options.world))

    path = options.project or free_name(preferences.project_folder(), options.world)
    workspace.create(path, make)
    return Path(path)


def _search(workspace: Workspace, spec: SearchSpec, console: Console) -> SearchResult:
    """Do the search, one process a trial, with a progress display."""
    events: queue.Queue[JobEvent] = queue.Queue()
    backend = LocalJobs(function=FUNCTION)
    backend.listen(events.put)
    desk = SearchDesk(workspace, backend)

    def fail(error: MtrecError) -> None:
        raise error

    desk.failed.connect(fail)
    try:
        desk.start(spec)
        with Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f} of {task.total} rehearsals"),
            TimeElapsedColumn(),
            console=console,
        ) as display:
            bar = display.add_task(find_model(spec.base.model).title, total=desk.n_runs)
            while desk.is_running:
                desk.job_happened(events.get())
                display.update(bar, completed=desk.fraction * desk.n_runs)
    finally:
        backend.close()
    if desk.result is None:
        raise RuntimeError("the search was not started")
    return desk.result


def _show(console: Console, result: SearchResult) -> None:
    front = result.front()
    console.print(_table(result, front))
    console.print(
        Text(
            "The Pareto front: no setting tried is better for one task and no worse for the "
            "others. Judged on validation data; the best of many is flattered, so run what you "
            "choose before you quote it.",
            "dim",
        )
    )
    volumes = result.volumes()
    if len(volumes) and not math.isnan(volumes[-1]):
        console.print(
            Text(f"Hypervolume above the floor: {volumes[-1]:.4g}; as it stands: {volumes[0]:.4g}.")
        )
    n_tried = sum(trial.role is Role.TRIAL for trial in result.trials)
    console.print(Text(f"{n_tried} settings tried, {len(front)} on the front."))
    for trial in result.trials:
        if trial.message is not None:
            console.print(Text(f"Setting {trial.number + 1} failed: {trial.message}", "red"))


def _table(result: SearchResult, front: Sequence[Trial]) -> Table:
    table = Table(
        title="The front, judged on validation data", title_justify="left", box=SIMPLE_HEAD
    )
    table.add_column("setting", no_wrap=True)
    for column in result.columns:
        arrow = "↑" if column.higher_is_better else "↓"
        table.add_column(Text(f"{column.task}\n{column.title}{arrow}"), justify="right")
    weighed = [task.name for task in result.spec.weighed_tasks()]
    names = [parameter.name for parameter in result.spec.parameters]
    for name in weighed:
        table.add_column(Text(f"weight of\n{name}"), justify="right")
    for name in names:
        table.add_column(Text(name), justify="right")
    table.add_column("fit", justify="right")
    shown = [*front, *(t for t in result.trials if t.role is not Role.TRIAL and t not in front)]
    for trial in shown:
        if trial.message is not None:
            continue
        quiet = "" if trial in front else "dim"
        words = {Role.FLOOR: "the floor", Role.START: "as it stands"}
        cells = [words.get(trial.role, str(trial.number + 1))]
        cells += [f"{value:.4f}" for value in trial.values]
        cells += [f"{trial.weights[n]:.3g}" if n in trial.weights else "–" for n in weighed]
        cells += [_short(trial.config[n]) if n in trial.config else "–" for n in names]
        cells.append(f"{trial.seconds:.1f} s")
        table.add_row(*(Text(cell, quiet) for cell in cells))
    return table


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
