"""``mtrec curve``: quality against labels, size and time, or bytes, without a window."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from functools import partial
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
from algorithms.models.neural.shrinking import SHRINKINGS
from algorithms.progress import Stage, part_of
from algorithms.search import (
    CurveKind,
    CurveOutcome,
    CurveSpec,
    CurveValue,
    Objective,
    knee,
    share_values,
    size_values,
)
from algorithms.search import curve as draw_curve
from mtrec_gui import exit_status
from mtrec_gui.console import open_workspace, say_where
from mtrec_gui.json_output import write_json
from mtrec_gui.model_shelf import MODELS, default_experiment, find_model, title_of
from mtrec_gui.workspace import Workspace

_SHARES = "0.1,0.3,1"
_DEFAULT_MODELS = {
    CurveKind.LABELS: ("shared_factors", "separate_factors"),  # sharing beside learning alone
    CurveKind.SIZE: ("shared_factors",),
    CurveKind.SHRINK: ("shared_bottom",),
}


def curve(options: argparse.Namespace) -> int:
    """Draw one curve for each model, and print its points as a table."""
    console = Console()
    workspace = open_workspace()
    path = options.open or options.project
    try:
        log, experiment = _data(workspace, options)
        specs = make_specs(log, experiment, options)
        lines = _draw(specs, log, console, workspace)
    finally:
        workspace.close()
    for spec, line in zip(specs, lines, strict=True):
        console.print(_table(spec, line))
    if specs[0].kind is not CurveKind.LABELS:
        console.print(
            Text("Knee: the smallest that is within one standard error of the best mean.", "dim")
        )
    seeds = ", ".join(map(str, specs[0].seeds))
    console.print(
        Text(
            f"Judged on {_judged_on(specs[0].kind)} data with the seeds {seeds}: means, and 95 % "
            "intervals, which are wide with few seeds.",
            "dim",
        )
    )
    if options.json is not None:
        write_json(options.json, curve_values(options, specs, lines))
    if path is not None:
        say_where(console, path)
    return exit_status.OK


def make_specs(
    log: InteractionLog, experiment: Experiment, options: argparse.Namespace
) -> list[CurveSpec]:
    """Return the curve of each model that is asked for.

    Raises
    ------
    MtrecError
        Where a name or a value is wrong.
    """
    kind, seeds = CurveKind(options.what), _seeds(options.seeds)
    bases = [_base(text, experiment, seeds[0]) for text in options.model or _DEFAULT_MODELS[kind]]
    objective = _objective(options.task, bases[0], log)
    specs = []
    for base in bases:
        parameter, values = "", tuple[float, ...]()
        if kind is CurveKind.LABELS:
            values = share_values(options.values or _SHARES)
        elif kind is CurveKind.SIZE:
            model = find_model(base.model)
            parameter, values = size_values(model, options.parameter, options.values)
        spec = CurveSpec(
            kind=kind,
            base=base,
            objective=objective,
            parameter=parameter,
            values=values,
            seeds=seeds,
        )
        spec.check(MODELS)
        specs.append(spec)
    return specs


def curve_values(
    options: argparse.Namespace,
    specs: Sequence[CurveSpec],
    lines: Sequence[Sequence[CurveValue]],
) -> dict[str, Any]:
    """Return all points as JSON values (described in ``docs/json.md``)."""
    column = specs[0].column(MODELS)
    path = options.open or options.project
    return {
        "project": None if path is None else str(path),
        "world": options.world if options.open is None else None,
        "what": specs[0].kind.value,
        "judged_on": _judged_on(specs[0].kind),
        "task": column.task,
        "metric": column.key,
        "higher_is_better": column.higher_is_better,
        "seeds": list(specs[0].seeds),
        "models": [
            {
                "model": spec.base.model,
                "title": title_of(spec.base.model, spec.base.config),
                "config": dict(spec.base.config),
                "parameter": spec.parameter or None,
                "points": [_point(value) for value in line],
            }
            for spec, line in zip(specs, lines, strict=True)
        ],
    }


def _point(value: CurveValue) -> dict[str, Any]:
    quality = value.quality
    return {
        "x": value.x,
        "way": value.way or None,
        "mean": _number(quality.mean),
        "low": _number(quality.low),
        "high": _number(quality.high),
        "deviation": _number(quality.deviation),
        "n": quality.n,
        "fit_seconds": value.fit_seconds,
        "n_parameters": value.n_parameters,
        "stored_bytes": _number(value.stored_bytes),
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _judged_on(kind: CurveKind) -> str:
    return "validation" if kind is CurveKind.SHRINK else "test"


def _draw(
    specs: Sequence[CurveSpec], log: InteractionLog, console: Console, workspace: Workspace
) -> list[tuple[CurveValue, ...]]:
    """Do all runs, with a progress display; an open project keeps what each says."""
    lines = []
    project, dataset_id = workspace.project, workspace.dataset_id
    sheet = None
    if project is not None and dataset_id is not None:
        sheet = project.start_curves(dataset_id, specs)

    def keep(curve: int, outcome: CurveOutcome) -> None:
        if project is not None and sheet is not None:
            project.add_curve_run(sheet, curve, outcome)

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

        for number, spec in enumerate(specs):
            display.update(bar, description=title_of(spec.base.model, spec.base.config))
            part = part_of(report, number / len(specs), (number + 1) / len(specs))
            lines.append(draw_curve(spec, log, part, MODELS, partial(keep, number)))
    return lines


# --- what was asked for ----------------------------------------------------------------------


def _data(workspace: Workspace, options: argparse.Namespace) -> tuple[InteractionLog, Experiment]:
    """Return a project's log and experiment, or a sample world's, of which one may be made."""
    if options.open is not None:
        workspace.open(Path(options.open))
        return workspace.log, workspace.experiment
    from sample_data import load_world, world_tasks

    log = load_world(options.world)
    made = log, default_experiment(log, world_tasks(options.world))
    if options.project is not None:
        workspace.create(Path(options.project), lambda _: made)
    return made


def _base(text: str, experiment: Experiment, seed: int) -> RunSpec:
    """Return the model that ``KEY`` or ``KEY:NAME=VALUE,NAME=VALUE`` says.

    It is set as the experiment has it first, but for what is said.
    """
    key, _, settings = text.partition(":")
    find_model(key)
    changed: dict[str, Any] = {}
    for setting in filter(None, settings.split(",")):
        name, is_set, value = setting.partition("=")
        if not is_set:
            raise ConfigError(
                where="curve", field="model", expected="KEY:NAME=VALUE,NAME=VALUE", found=text
            )
        changed[name.strip()] = value.strip()  # the model's configuration reads the text
    choice = next((each for each in experiment.models if each.model == key), None)
    return RunSpec(
        model=key,
        config=_read({**({} if choice is None else choice.config), **changed}, key),
        seed=seed,
        tasks=experiment.tasks,
        split=experiment.split,
        rules=experiment.rules,
        k=experiment.k,
    )


def _read(config: dict[str, Any], key: str) -> dict[str, Any]:
    """Return a configuration with the values that its texts stand for; what is not said stays."""
    read = find_model(key).from_values(config).config.model_dump(mode="json")
    return {name: read[name] for name in config}


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


def _table(spec: CurveSpec, line: Sequence[CurveValue]) -> Table:
    column, kind = spec.column(MODELS), spec.kind
    titles = {
        CurveKind.LABELS: "quality against the share of labels kept",
        CurveKind.SIZE: "quality against size and time",
        CurveKind.SHRINK: "quality against the bytes stored",
    }
    title = f"{title_of(spec.base.model, spec.base.config)}: {titles[kind]}"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    heads = {
        CurveKind.LABELS: "labels kept",
        CurveKind.SIZE: spec.parameter,
        CurveKind.SHRINK: "made smaller",
    }
    table.add_column(Text(heads[kind]), justify="left" if kind is CurveKind.SHRINK else "right")
    if kind is CurveKind.SHRINK:
        table.add_column("stored", justify="right")
    arrow = "↑" if column.higher_is_better else "↓"
    table.add_column(Text(f"{column.task}\n{column.title}{arrow}"), justify="right")
    table.add_column("95 % interval", justify="right")
    table.add_column("fit", justify="right")
    table.add_column("numbers\nlearned", justify="right")
    table.add_column("")
    bend = None if kind is CurveKind.LABELS else knee(line, column.higher_is_better)
    for place, value in enumerate(line):
        quality = value.quality
        table.add_row(
            *_place(kind, value),
            f"{quality.mean:.4f}" if math.isfinite(quality.mean) else "–",
            f"{quality.low:.4f} to {quality.high:.4f}" if math.isfinite(quality.low) else "–",
            f"{value.fit_seconds:.1f} s",
            f"{value.n_parameters:,.0f}",
            "knee" if place == bend else "",
        )
    return table


def _place(kind: CurveKind, value: CurveValue) -> tuple[str, ...]:
    match kind:
        case CurveKind.LABELS:
            return (f"{100 * value.x:.3g} %",)
        case CurveKind.SIZE:
            return (f"{value.x:.4g}",)
        case CurveKind.SHRINK:
            return SHRINKINGS[value.way].title, f"{value.stored_bytes / 1024:,.0f} KiB"
