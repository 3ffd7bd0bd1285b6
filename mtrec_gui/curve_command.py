"""``mtrec curve``: quality against labels kept, or against size and time, without a window."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from algorithms.data import InteractionLog
from algorithms.errors import ConfigError
from algorithms.evaluation import Experiment, RunSpec
from algorithms.evaluation.columns import Column
from algorithms.progress import Stage, part_of
from algorithms.search import (
    CurveValue,
    Objective,
    column_of,
    label_curve,
    size_curve,
    size_values,
)
from mtrec_gui import exit_status
from mtrec_gui.console import open_workspace
from mtrec_gui.json_output import write_json
from mtrec_gui.model_shelf import MODELS, default_experiment, find_model

LABELS, SIZE = "labels", "size"
_SHARES = (0.1, 0.3, 1.0)
_HEADS = {
    LABELS: "Quality against the share of labels kept",
    SIZE: "Quality against size and time",
}


def curve(options: argparse.Namespace) -> int:
    """Draw one curve for each model, and print its points as a table."""
    console = Console()
    log, experiment = _data(options)
    seeds = _seeds(options.seeds)
    keys = options.model or _default_models(options.what)
    bases = [_base(key, experiment, seeds[0]) for key in keys]
    column = column_of(_objective(options.task, bases[0], log), bases[0], MODELS)
    for base in bases[1:]:
        column_of(Objective(task=column.task, metric=column.key), base, MODELS)
    asked = [_asked(base, options) for base in bases]
    lines: dict[int, Sequence[CurveValue]] = {}
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=console,
    ) as display:
        bar = display.add_task("", total=1.0)

        def report(fraction: float, stage: Stage) -> None:
            display.update(bar, completed=fraction)

        for number, (base, (parameter, values)) in enumerate(zip(bases, asked, strict=True)):
            display.update(bar, description=find_model(base.model).title)
            part = part_of(report, number / len(bases), (number + 1) / len(bases))
            if options.what == LABELS:
                lines[number] = label_curve(base, log, column, values, seeds, part, MODELS)
            else:
                lines[number] = size_curve(
                    base, log, column, parameter, values, seeds, part, MODELS
                )
    for number, base in enumerate(bases):
        console.print(_table(base, column, options.what, asked[number][0], lines[number]))
    console.print(
        Text(
            f"Judged on test data with the seeds {', '.join(map(str, seeds))}: means, and 95 % "
            "intervals that are wide with few seeds. Nothing is chosen here.",
            "dim",
        )
    )
    if options.json is not None:
        found = [(base, asked[n][0], lines[n]) for n, base in enumerate(bases)]
        write_json(options.json, curve_values(options, column, seeds, found))
    return exit_status.OK


def curve_values(
    options: argparse.Namespace,
    column: Column,
    seeds: Sequence[int],
    found: Sequence[tuple[RunSpec, str, Sequence[CurveValue]]],
) -> dict[str, Any]:
    """Return all points as JSON values (described in ``docs/json.md``)."""
    return {
        "project": None if options.open is None else str(options.open),
        "world": options.world if options.open is None else None,
        "what": options.what,
        "judged_on": "test",
        "task": column.task,
        "metric": column.key,
        "higher_is_better": column.higher_is_better,
        "seeds": list(seeds),
        "models": [
            {
                "model": base.model,
                "title": find_model(base.model).title,
                "config": dict(base.config),
                "parameter": parameter or None,
                "points": [_point(value) for value in line],
            }
            for base, parameter, line in found
        ],
    }


def _point(value: CurveValue) -> Mapping[str, Any]:
    quality = value.quality
    return {
        "x": value.x,
        "mean": _number(quality.mean),
        "low": _number(quality.low),
        "high": _number(quality.high),
        "deviation": _number(quality.deviation),
        "n": quality.n,
        "fit_seconds": value.fit_seconds,
        "n_parameters": value.n_parameters,
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


# --- what was asked for ----------------------------------------------------------------------


def _data(options: argparse.Namespace) -> tuple[InteractionLog, Experiment]:
    """Return a project's log and experiment, or a sample world's; nothing is written."""
    if options.open is not None:
        workspace = open_workspace()
        workspace.open(Path(options.open))
        log, experiment = workspace.log, workspace.experiment
        workspace.close()
        return log, experiment
    from sample_data import load_world, world_tasks

    log = load_world(options.world)
    return log, default_experiment(log, world_tasks(options.world))


def _default_models(what: str) -> list[str]:
    """Return shared factors; beside what learns each task alone where sharing is the question."""
    twin = MODELS["shared_factors"].single_task_twin
    return ["shared_factors", twin] if what == LABELS and twin is not None else ["shared_factors"]


def _base(key: str, experiment: Experiment, seed: int) -> RunSpec:
    find_model(key)
    choice = next((each for each in experiment.models if each.model == key), None)
    return RunSpec(
        model=key,
        config={} if choice is None else choice.config,
        seed=seed,
        tasks=experiment.tasks,
        split=experiment.split,
        rules=experiment.rules,
        k=experiment.k,
    )


def _objective(text: str | None, base: RunSpec, log: InteractionLog) -> Objective:
    """Return what ``TASK[=METRIC]`` says; without it, the task where labels are scarce.

    That is one that follows another in a funnel, else the one with the fewest events.
    """
    if text is None:
        served = find_model(base.model).served_tasks(base.tasks)
        scarce = min(
            served,
            key=lambda task: (task.parent is None, int(task.events(log).sum())),
            default=None,
        )
        return Objective(task="" if scarce is None else scarce.name)
    task, _, metric = text.partition("=")
    return Objective(task=task, metric=metric or None)


def _asked(base: RunSpec, options: argparse.Namespace) -> tuple[str, tuple[float, ...]]:
    """Return the parameter that is turned up (none for labels) and where the points stand."""
    if options.what == LABELS:
        return "", _shares(options.values)
    return size_values(find_model(base.model), options.parameter, options.values)


def _shares(text: str | None) -> tuple[float, ...]:
    if text is None:
        return _SHARES
    try:
        shares = tuple(float(part) for part in text.split(","))
    except ValueError:
        shares = ()
    if not shares or not all(0 < share <= 1 for share in shares):
        raise ConfigError(
            where="curve", field="values", expected="shares above 0 and up to 1", found=text
        )
    return shares


def _seeds(text: str) -> tuple[int, ...]:
    try:
        seeds = tuple(dict.fromkeys(int(part) for part in text.split(",")))
    except ValueError:
        seeds = ()
    if not seeds or min(seeds) < 0:
        raise ConfigError(
            where="curve", field="seeds", expected="whole numbers such as 1,2,3", found=text
        )
    return seeds


# --- what is shown ---------------------------------------------------------------------------


def _table(
    base: RunSpec, column: Column, what: str, parameter: str, line: Sequence[CurveValue]
) -> Table:
    title = f"{find_model(base.model).title}: {_HEADS[what].lower()}"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    arrow = "↑" if column.higher_is_better else "↓"
    table.add_column(Text("labels kept" if what == LABELS else parameter), justify="right")
    table.add_column(Text(f"{column.task}\n{column.title}{arrow}"), justify="right")
    table.add_column("95 % interval", justify="right")
    table.add_column("fit", justify="right")
    table.add_column("numbers\nlearned", justify="right")
    for value in line:
        quality = value.quality
        x = f"{value.x:.4g}" if what == SIZE else f"{value.x:.3g}"
        known = math.isfinite(quality.low)
        table.add_row(
            x if what == SIZE else f"{100 * value.x:.3g} %",
            f"{quality.mean:.4f}" if math.isfinite(quality.mean) else "–",
            f"{quality.low:.4f} to {quality.high:.4f}" if known else "–",
            f"{value.fit_seconds:.1f} s",
            f"{value.n_parameters:,.0f}",
        )
    return table
